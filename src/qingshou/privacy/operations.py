"""Opening personal data: unsealed or masked by role, and every opening logged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from qingshou.privacy.clearance import sees_clear
from qingshou.privacy.keys import current_keyring
from qingshou.privacy.masking import mask
from qingshou.privacy.models import PersonalDataRead
from qingshou.privacy.places import Sealed
from qingshou.privacy.sealing import unseal


class Reader(Protocol):
    """Who reads: an audit actor fits."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def user_id(self) -> UUID | None: ...


Shown = dict[str, str | None]


def reveal(
    *,
    subject_kind: str,
    subject_id: UUID,
    fields: Mapping[str, Sealed],
    reader: Reader,
    role: str,
    purpose: str,
    now: datetime,
) -> Shown:
    """Return one person's values, clear or masked by the reader's role; logs the read.

    Takes   subject_kind, subject_id  whose data it is, for "who read mine?"
            fields   name -> sealed value (places.sealed_fields makes them)
            purpose  why: an upper-case code such as CASE_PAGE
    Gives   name -> text, masked where the role is not cleared for its kind; None where there is no value
    Stops   UnsealError; then nothing is shown
    """
    return reveal_many(
        subject_kind=subject_kind, rows={subject_id: fields}, reader=reader, role=role, purpose=purpose, now=now
    )[subject_id]


def reveal_many(
    *,
    subject_kind: str,
    rows: Mapping[UUID, Mapping[str, Sealed]],
    reader: Reader,
    role: str,
    purpose: str,
    now: datetime,
) -> dict[UUID, Shown]:
    """Return the values of a page of people, as `reveal`; the page is one row of the log."""
    shown: dict[UUID, Shown] = {}
    clear: set[str] = set()
    masked: set[str] = set()
    for subject_id, fields in rows.items():
        shown[subject_id] = _opened(fields, role)
        for name, value in fields.items():
            if value.data is not None:
                (clear if sees_clear(role, value.kind) else masked).add(name)
    if clear or masked:
        _log(subject_kind, list(rows), reader, role, purpose, now, sorted(clear), sorted(masked))
    return shown


def log_read(
    *, subject_kind: str, subject_id: UUID, names: Sequence[str], reader: Reader, role: str, purpose: str, now: datetime
) -> None:
    """Log that somebody is given one person's data that no column holds: a recording that is played."""
    _log(subject_kind, [subject_id], reader, role, purpose, now, sorted(names), [])


def _opened(fields: Mapping[str, Sealed], role: str) -> Shown:
    keys = current_keyring()
    opened: Shown = {}
    for name, value in fields.items():
        if value.data is None:
            opened[name] = None
            continue
        text = unseal(value.data, place=value.place, row_id=value.row_id, keys=keys)
        opened[name] = text if sees_clear(role, value.kind) else mask(value.kind, text)
    return opened


def _log(
    subject_kind: str,
    subject_ids: Sequence[UUID],
    reader: Reader,
    role: str,
    purpose: str,
    now: datetime,
    clear: list[str],
    masked: list[str],
) -> None:
    # in the caller's transaction where there is one: a page that failed showed nothing
    with transaction.atomic(savepoint=False):
        PersonalDataRead.objects.create(
            at=now,
            reader_kind=reader.kind,
            reader_name=reader.name,
            reader_id=reader.user_id,
            role=role,
            purpose=purpose,
            subject_kind=subject_kind,
            subject_ids=list(subject_ids),
            clear_fields=clear,
            masked_fields=masked,
        )
