"""The lender's own mappings: a change is a new version, with its audit event."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.identity import identify
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.mapping import load_mapping, shipped_names
from qingshou.features.book.models import Mapping
from qingshou.tenancy.context import current_tenant_id

SUBJECT = "MAPPING"


def save_mapping(*, document: dict[str, Any], actor: Actor, now: datetime) -> Mapping:
    """Keep a mapping under its name: the same document again changes nothing, another is the next version.

    Stops   MappingWrong  naming every place that is wrong, or when the name is that of a shipped mapping
    """
    load_mapping(document)
    name = str(document["name"])
    if name in shipped_names():
        raise MappingWrong(f"'{name}' is a mapping that comes with Qingshou: give yours another name.", mapping=name)
    for _attempt in range(2):
        try:
            return _save(name, document, actor, now)
        except IntegrityError:  # another hand saved the same version first: ours comes after it
            continue
    return _save(name, document, actor, now)


def _save(name: str, document: dict[str, Any], actor: Actor, now: datetime) -> Mapping:
    with transaction.atomic():
        latest = Mapping.objects.select_for_update(no_key=True).filter(name=name).order_by("-version").first()
        if latest is not None and latest.document == document:
            return latest
        made = Mapping.objects.create(
            id=uuid4(),
            name=name,
            version=latest.version + 1 if latest else 1,
            document=document,
            created_by=actor.name,
            created_at=now,
        )
        record(
            subject_kind=SUBJECT,
            subject_id=identify(current_tenant_id(), "mapping", name),
            action="MAPPING_SAVED",
            actor=actor,
            now=now,
            facts={"name": name, "version": made.version, "shape": document["shape"]},
        )
    return made


def mapping_document(*, name: str) -> dict[str, Any] | str:
    """Return what `load_mapping` takes for a name: the lender's newest version, or the shipped mapping of that name."""
    own = Mapping.objects.filter(name=name).order_by("-version").first()
    if own is not None:
        return dict(own.document)
    if name in shipped_names():
        return name
    raise MappingWrong(f"There is no mapping '{name}': the list of mappings shows those there are.", mapping=name[:60])
