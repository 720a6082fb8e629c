"""What is learnt of a number or address: whose it is, where it is, and that it must not be used any more."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.debtors import PointRow, list_points, mark_struck
from qingshou.features.contact.errors import BadContactInput, NoSuchContact
from qingshou.features.contact.models import PointState
from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.law.contact.terms import Party, Place

STRUCK_REASONS = ("WRONG_PERSON", "INVALID", "BOUNCED", "ASKED")


def strike_point(*, borrower_id: UUID, contact_point_id: UUID, reason: str, actor: Actor, now: datetime) -> PointState:
    """Strike a number for a debtor: by its value, so that the same number on the next tape stays struck.

    Takes   reason  WRONG_PERSON, INVALID, BOUNCED or ASKED
    Stops   NoSuchContact, BadContactInput
    """
    if reason not in STRUCK_REASONS:
        raise BadContactInput(f"'{reason[:20]}' is no reason to strike: use one of {', '.join(STRUCK_REASONS)}.")
    return _change(borrower_id, contact_point_id, actor, now, "NUMBER_STRUCK", is_struck=True, struck_reason=reason)


def unstrike_point(*, borrower_id: UUID, contact_point_id: UUID, actor: Actor, now: datetime) -> PointState:
    """Take a strike back: it was a mistake."""
    return _change(borrower_id, contact_point_id, actor, now, "NUMBER_LEARNT", is_struck=False, struck_reason="")


def learn_point(
    *, borrower_id: UUID, contact_point_id: UUID, actor: Actor, now: datetime, party: Party | None = None,
    place: Place | None = None, employer_forbids: bool | None = None, is_checked: bool = False,
) -> PointState:  # fmt: skip
    """Note whose a number is and where; `is_checked`: it was seen to be the debtor's just now."""
    given = {"party": party, "place": place, "employer_forbids": employer_forbids,
             "checked_at": now if is_checked else None}  # fmt: skip
    changed = {name: getattr(value, "value", value) for name, value in given.items() if value is not None}
    return _change(borrower_id, contact_point_id, actor, now, "NUMBER_LEARNT", **changed)


def _change(
    borrower_id: UUID, contact_point_id: UUID, actor: Actor, now: datetime, action: str, **changed: object
) -> PointState:
    with transaction.atomic():
        person_id = lock_person_of(borrower_id, now)
        point = _point(borrower_id, contact_point_id)
        state, _ = PointState.objects.get_or_create(
            borrower_id=borrower_id, point_index=point.value_index,
            defaults={"id": uuid4(), "changed_by": actor.name[:60], "changed_at": now},
        )  # fmt: skip
        for name, value in changed.items():
            setattr(state, name, value)
        state.changed_by, state.changed_at = actor.name[:60], now
        state.save()
        if "is_struck" in changed:
            mark_struck(contact_point_ids=[contact_point_id], is_struck=state.is_struck)
        facts = {"point": contact_point_id, "channel": point.channel, **changed}
        record(subject_kind="PERSON", subject_id=person_id, action=action, actor=actor, now=now, facts=facts)
    return state


def _point(borrower_id: UUID, contact_point_id: UUID) -> PointRow:
    held = list_points(borrower_ids={borrower_id}).get(borrower_id, [])
    point = next((one for one in held if one.id == contact_point_id), None)
    if point is None or point.value_index is None:
        raise NoSuchContact("There is no such number or address of this debtor.")
    return point
