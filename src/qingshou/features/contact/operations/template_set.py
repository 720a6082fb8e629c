"""The starting set put in, and what a lender says of itself: its own words, name and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record, record_many
from qingshou.features.contact.errors import BadContactInput, WordingRefused
from qingshou.features.contact.models import Template, TemplateVersion
from qingshou.features.contact.operations.templates import version_facts, words_hash
from qingshou.features.contact.queries.templates import SUBJECT
from qingshou.features.contact.templating.rendering import tidy
from qingshou.features.contact.templating.starting_set import starting_set
from qingshou.features.contact.templating.variables import LANGUAGES, VARIABLES
from qingshou.kernel.lender_settings import part_of
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.operations import change_tenant
from qingshou.tenancy.queries import current_tenant

WORDS_MAX = 300
WORD_LENGTH_MAX = 60
DETAILS = ("lender_name", "contact_phone", "pay_link")


@dataclass(frozen=True, slots=True)
class Installed:
    """What was put in: the ids of the new versions; templates that were there already are left as they are."""

    version_ids: tuple[UUID, ...]
    is_approved: bool


def install_starting_set(*, actor: Actor, now: datetime, approved_by: Actor | None = None) -> Installed:
    """Put in every template of the starting set that the lender does not have, as drafts for a second person.

    Takes   approved_by  the second person, where consent was given outside (the demo, a test): then they are in use
    Stops   WordingRefused  both are one person
    """
    if approved_by is not None and approved_by.name == actor.name:
        raise WordingRefused("Whoever puts wordings in cannot approve them: name a second person.", own=True)
    tenant = current_tenant()
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(id=tenant.id)  # two hands at once put one set in
        held = set(Template.objects.values_list("code", "channel", "language", "tone"))
        wanted = [
            one
            for one in starting_set(jurisdiction=tenant.jurisdiction)
            if (one.code, one.channel, one.language, one.tone) not in held
        ]
        versions = []
        for one in wanted:
            template = Template(
                id=uuid4(), code=one.code, channel=one.channel, language=one.language, tone=one.tone, made_at=now
            )
            versions.append(
                TemplateVersion(
                    template=template, version=1, subject=one.subject, body=one.body, made_by=actor.name, made_at=now,
                    document_hash=words_hash(one.subject, one.body),
                    status="APPROVED" if approved_by else "DRAFT",
                    approved_by=approved_by.name if approved_by else "", approved_at=now if approved_by else None,
                )
            )  # fmt: skip
        Template.objects.bulk_create([version.template for version in versions])
        TemplateVersion.objects.bulk_create(versions)
        _record(versions, "TEMPLATE_DRAFTED", actor, now)
        if approved_by is not None:
            _record(versions, "TEMPLATE_APPROVED", approved_by, now)
    return Installed(tuple(version.id for version in versions), approved_by is not None)


def set_contact_words(
    *, language: str, extra: Sequence[str], allowed: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Set what a lender adds to the lists of a language, and which of their words count as warnings only.

    Stops   BadContactInput  an unknown language, a word too long, too many words
    """
    if language not in LANGUAGES:
        raise BadContactInput(f"Words are kept for {', '.join(LANGUAGES)}.")
    kept = {"extra": _words(extra), "allowed": _words(allowed)}
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(id=current_tenant().id)
        words = dict(part_of(tenant.settings, "contact_words")) | {language: kept}
        change_tenant(tenant_id=tenant.id, settings=dict(tenant.settings) | {"contact_words": words})
        record(subject_kind="TENANT", subject_id=tenant.id, action="CONTACT_WORDS_CHANGED", actor=actor, now=now,
               facts={"language": language, **kept})  # fmt: skip


def set_contact_details(*, details: dict[str, str], actor: Actor, now: datetime) -> None:
    """Set the name, telephone number and payment page that messages give; empty takes one away.

    Stops   BadContactInput  an unknown detail, or one too long
    """
    kept: dict[str, str] = {}
    for name, text in details.items():
        if name not in DETAILS:
            raise BadContactInput(f"Details are {', '.join(DETAILS)}.")
        kept[name] = tidy(text, one_line=True)
        if len(kept[name]) > VARIABLES[name].length_max:
            raise BadContactInput("A word or a detail is too long: shorten it.", most=VARIABLES[name].length_max)
    if kept.get("pay_link") and not kept["pay_link"].startswith("https://"):
        raise BadContactInput("The address of the payment page begins with https://.")
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(id=current_tenant().id)
        contact = dict(part_of(tenant.settings, "contact"))
        contact["details"] = dict(contact.get("details") or {}) | kept
        change_tenant(tenant_id=tenant.id, settings=dict(tenant.settings) | {"contact": contact})
        record(subject_kind="TENANT", subject_id=tenant.id, action="CONTACT_DETAILS_CHANGED", actor=actor, now=now,
               facts={"details": kept})  # fmt: skip


def _words(given: Sequence[str]) -> list[str]:
    kept = list(dict.fromkeys(bare for word in given if (bare := tidy(word, one_line=True))))
    if len(kept) > WORDS_MAX:
        raise BadContactInput("This is more than can be kept: take some away.", most=WORDS_MAX)
    if any(len(word) > WORD_LENGTH_MAX for word in kept):
        raise BadContactInput("A word or a detail is too long: shorten it.", most=WORD_LENGTH_MAX)
    return kept


def _record(versions: Sequence[TemplateVersion], action: str, actor: Actor, now: datetime) -> None:
    entries = [
        Entry(SUBJECT, version.id, action, version_facts(version), document_hash=version.document_hash)
        for version in versions
    ]
    record_many(entries=entries, actor=actor, now=now)
