"""Beginning a call: a place reserved at the door, then the dial; and giving the place back where it was never made."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.book.debtors import list_points
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.channels.base import AnswerLost, Rejected, Unreachable
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.models import Call
from qingshou.features.contact.operations.attempts import release
from qingshou.features.contact.operations.call_rows import lock_call, lock_caller, record_call
from qingshou.features.contact.operations.door import refusal_of, reserve_many
from qingshou.features.contact.rules.asked import OWN, Asked
from qingshou.features.contact.rules.facts import Clearance
from qingshou.features.contact.scripts.reading import current_script
from qingshou.features.contact.scripts.shape import BACK, IDENTITY, PASSED, TONES, Script, Step
from qingshou.law.contact.terms import Channel, Party, Purpose
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed

CLICK = "CLICK"  # the person's own telephone, by a tel: or sip: link
UNDO = "UNDO"  # not a branch: the last step was a slip
_PATH_MAX = 200
_POINT_PLACE = "book_contactpoint.value"


class Exchange(Protocol):
    """What rings the caller's telephone and then the number: an adapter of the channel PHONE."""

    @property
    def code(self) -> str: ...

    def originate(self, *, key: UUID, number: str, caller: str) -> str:
        """Begin a call and return the exchange's id of it; stops with Rejected, Unreachable, AnswerLost."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that may now be made. `is_uncertain`: the exchange did not answer; it may be ringing."""

    call: Call
    clearance: Clearance
    is_uncertain: bool = False


def begin_call(
    *, case_id: UUID, contact_point_id: UUID, actor: Actor, now: datetime, purpose: Purpose = Purpose.COLLECT,
    party: Party = Party.DEBTOR, tone: str = "NEUTRAL", adapter: Exchange | None = None, collector: str = OWN,
) -> Begun:  # fmt: skip
    """Reserve a call at the door and begin it.

    Takes   adapter  the exchange that dials; None: the person dials by the link that the page then shows
    Gives   Begun    the call, PENDING in every counter until it is written up
    Stops   ContactRefused   with every reason; the refusal is kept
            NotNow           the person has a call that is not written up; its case is in the fields
            BadContactInput  no such tone, or a number of another debtor
            Rejected, Unreachable  the exchange did not dial; then the place is given back
    """
    if tone not in TONES:
        raise BadContactInput(f"'{tone[:20]}' is no tone: use one of {', '.join(TONES)}.")
    case = get_case(case_id=case_id)
    _point_of(case.borrower_id, contact_point_id)
    asked = Asked(
        borrower_id=case.borrower_id, channel=Channel.PHONE, purpose=purpose, party=party,
        contact_point_id=contact_point_id, case_id=case_id, key=f"call:{uuid4()}",
    )  # fmt: skip
    with transaction.atomic():
        lock_caller(actor)
        _ensure_free(actor)
        (reserved,) = reserve_many(asked=[asked], actor=actor, now=now, collector=collector)
        call = None
        if reserved.attempt is not None:
            script = current_script()
            call = Call.objects.create(
                id=uuid4(), attempt=reserved.attempt, adapter=adapter.code if adapter else CLICK, begun_at=now,
                tone=tone, path=[opening(script, reserved.attempt.party)], script_version=script.version,
            )  # fmt: skip
            facts = {"attempt": reserved.attempt.id, "adapter": call.adapter, "tone": tone, "script": script.version}
            record_call(call, "CALL_BEGUN", actor=actor, now=now, facts=facts)
    if call is None:  # outside the transaction: the refusal is kept
        raise refusal_of(reserved.clearance)
    begun = Begun(call, reserved.clearance)
    return begun if adapter is None else _dialled(begun, adapter, contact_point_id, actor, now)


def _dialled(begun: Begun, adapter: Exchange, point_id: UUID, actor: Actor, now: datetime) -> Begun:
    """Let the exchange dial, outside every transaction: what it does cannot be rolled back."""
    call = begun.call
    try:
        ref = adapter.originate(
            key=call.id, number=_number(call.attempt.borrower_id, point_id, actor, now), caller=actor.name
        )
    except (Rejected, Unreachable):
        abandon_call(call_id=call.id, actor=actor, now=now)
        raise
    except AnswerLost:
        return replace(begun, is_uncertain=True)
    with transaction.atomic():
        held = lock_call(call.id, unsaved=False)
        held.provider_ref = ref[:120]
        held.save(update_fields=["provider_ref"])
    return replace(begun, call=held)


def _number(borrower_id: UUID, point_id: UUID, actor: Actor, now: datetime) -> str:
    point = _point_of(borrower_id, point_id)
    fields = {"value": Sealed(_POINT_PLACE, point_id, PersonalKind.PHONE, point)}
    shown = reveal(subject_kind="BORROWER", subject_id=borrower_id, fields=fields, reader=actor, role=SENDER,
                   purpose="CALL", now=now)  # fmt: skip
    return shown["value"] or ""


def _point_of(borrower_id: UUID, point_id: UUID) -> bytes | None:
    held = list_points(borrower_ids={borrower_id}).get(borrower_id, [])
    point = next((one for one in held if one.id == point_id and one.channel == "PHONE"), None)
    if point is None:
        raise NoSuchContact("There is no such number of this debtor: choose one of the list.")
    return point.value


def _ensure_free(actor: Actor) -> None:
    open_call = (
        Call.objects.filter(saved_at__isnull=True, attempt__placed_by=actor.name[:60])
        .select_related("attempt").order_by("begun_at").first()
    )  # fmt: skip
    if open_call is not None:
        raise NotNow(
            "You have a call that is not written up: save it, or take it back if it was never made.",
            call=open_call.id, case=open_call.attempt.case_id,
        )  # fmt: skip


def opening(script: Script, party: str) -> str:
    """Return the step a call to a party opens with."""
    return script.opens["THIRD" if party in (Party.THIRD, Party.ATTORNEY) else "DEBTOR"]


def abandon_call(*, call_id: UUID, actor: Actor, now: datetime) -> Call:
    """Take a call back that was never made: its place in the counters is free again.

    Stops   NotNow  somebody answered, or the identity was checked: then it was made, and is written up
    """
    with transaction.atomic():
        call = lock_call(call_id, actor=actor)
        if call.answered_at or call.ended_at or call.identity_checked_at or len(call.path) > 1:
            raise NotNow("This call was made: write it up, also when nobody answered.")
        release(attempt_id=call.attempt_id, actor=actor, now=now)
        call.saved_at = now
        call.save(update_fields=["saved_at"])
        record_call(call, "CALL_ABANDONED", actor=actor, now=now, facts={"attempt": call.attempt_id})
    return call


def take_step(*, call_id: UUID, branch: str, actor: Actor, now: datetime) -> Call:  # noqa: ARG001  as every operation
    """Follow a branch of the script, or UNDO the last step.

    Stops   NotNow           the identity check has not passed, and the branch leads past it
            BadContactInput  no such branch here
    """
    script = current_script()
    with transaction.atomic():
        call = lock_call(call_id, actor=actor)
        path = list(call.path)
        here = script.steps.get(path[-1]) if path else None
        if here is None:  # the script was changed under an open call
            path = [opening(script, call.attempt.party)]
        elif branch == UNDO:
            path = path[:-1] or path
        else:
            path = [*path, _next_step(script, here, branch, path, is_checked=call.identity_checked_at is not None)]
        call.path = path[-_PATH_MAX:]
        call.save(update_fields=["path"])
    return call


def _next_step(script: Script, here: Step, code: str, path: list[str], *, is_checked: bool) -> str:
    branch = here.branch(code)
    if branch is None:
        raise BadContactInput(f"'{code[:40]}' does not lead on from here: choose one of the branches shown.")
    to = (path[-2] if len(path) > 1 else here.code) if branch.to == BACK else branch.to
    if not is_checked and (not script.steps[to].is_safe or (here.code, code) == (IDENTITY, PASSED)):
        raise NotNow("First the identity check: nothing of the debt before it passes.")
    return to
