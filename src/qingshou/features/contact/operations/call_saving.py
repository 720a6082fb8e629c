"""Writing a call up: outcome, next action and date are required; everything that follows from them happens at once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.cases.operations import give_evidence, set_next_action
from qingshou.features.cases.operations.locked import lock_case, process_of
from qingshou.features.contact.errors import BadContactInput
from qingshou.features.contact.models import Call, PromiseTaken
from qingshou.features.contact.operations.attempts import lock_attempt, settle
from qingshou.features.contact.operations.call_beginning import CLICK
from qingshou.features.contact.operations.call_rows import lock_call, record_call, working_day
from qingshou.features.contact.operations.points import learn_point, strike_point
from qingshou.features.contact.operations.promise_effects import PromiseSaid, tell_promise_taken
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.phrases.reasons import OF_CALLS
from qingshou.features.contact.rules.call_outcomes import HARDSHIP_DAYS, OUTCOMES, CallOutcome, stop_of
from qingshou.features.contact.scripts.reading import offer_policy
from qingshou.kernel.money import minor_digits
from qingshou.law.contact.terms import Party, Stop
from qingshou.privacy.sealing import seal
from qingshou.tenancy.queries import current_tenant

_NOTE_PLACE = "contact_call.note"
_NOTE_LENGTH_MAX = 2000
CHECK_PROMISE = "CHECK_PROMISE"


@dataclass(frozen=True, slots=True)
class PromiseGiven:
    """A promise as it was said."""

    amount: Decimal
    due_on: date
    pay_by: str


@dataclass(frozen=True, slots=True)
class Writing:
    """What a person writes of a call."""

    outcome: CallOutcome
    reason: str
    note: str
    options: tuple[str, ...]
    next_action: str
    next_action_on: date
    promise: PromiseGiven | None


def save_call(
    *, call_id: UUID, outcome: str, next_action: str, next_action_on: date | None, actor: Actor, now: datetime,
    reason: str = "", note: str = "", options: Collection[str] = (), promise: PromiseGiven | None = None,
) -> Call:  # fmt: skip
    """Write a call up, once: settle it, note what was said, place the stops it asks for, say what comes next.

    Takes   outcome      a code of rules.call_outcomes
            reason       of the arrears, a code of phrases.reasons.OF_CALLS (or what the outcome itself says);
                         required where the debtor was spoken with
            note         kept sealed
            options      what was offered: only what may be offered to this case
            next_action, next_action_on  required; with a promise they follow from it
    Gives   the call, saved
    Stops   NoSuchContact, NotNow   not this person's call, or written up already
            BadContactInput         naming every field that is missing or does not fit: `fields` -> words
    """
    with transaction.atomic():
        call = lock_call(call_id, actor=actor)
        lock_attempt(call.attempt_id)
        case = lock_case(call.attempt.case_id)
        on = working_day(case, now)
        written = _judged(call, case, on, outcome, reason, note, options, next_action, next_action_on, promise)
        settle(attempt_id=call.attempt_id, outcome=written.outcome.counts_as, actor=actor, now=now)
        _keep(call, written, now)
        _take_promise(call, case, on, written.promise, actor, now)
        _act_on(call, written, actor, now)
        set_next_action(
            case_id=case.id, action=written.next_action, due_on=written.next_action_on, actor=actor, on=on, now=now
        )
        _give_evidence(call, case, written, actor, now)
        facts = {
            "outcome": written.outcome.code, "arrears_reason": written.reason, "options": list(written.options),
            "next_action": written.next_action, "next_action_on": written.next_action_on, "path": call.path,
            "has_promise": written.promise is not None,
        }  # fmt: skip
        record_call(call, "CALL_SAVED", actor=actor, now=now, facts=facts)
    return call


def _judged(
    call: Call, case: Any, on: date, outcome: str, reason: str, note: str, options: Collection[str], next_action: str,
    next_action_on: date | None, promise: PromiseGiven | None,
) -> Writing:  # fmt: skip
    """Return what was written, complete; every problem of every field is told together."""
    problems: dict[str, str] = {}
    ending = OUTCOMES.get(outcome)
    if ending is None:
        raise BadContactInput("Choose how the call ended.", problems={"outcome": "OUTCOME_MISSING"})
    problems |= dict(_outcome_problems(call, ending))
    said = reason or ending.reason
    if said and said not in OF_CALLS and said != ending.reason:
        problems["reason"] = "REASON_UNKNOWN"
    elif not said and ending.is_conversation and call.identity_checked_at is not None:
        problems["reason"] = "REASON_MISSING"
    if len(note) > _NOTE_LENGTH_MAX:
        problems["note"] = "NOTE_TOO_LONG"
    offered = offer_policy().open_to(severity=case.severity, stage=case.stage)
    if set(options) - set(offered) or (options and call.identity_checked_at is None):
        problems["options"] = "OPTION_NOT_OPEN"
    if (ending.code == "PROMISE") != (promise is not None):
        problems["promise"] = "PROMISE_MISSING" if promise is None else "PROMISE_WITHOUT_OUTCOME"
    elif promise is not None:
        problems |= dict(_promise_problems(promise, case, on))
        next_action, next_action_on = CHECK_PROMISE, promise.due_on
    if not next_action:
        problems["next_action"] = "NEXT_ACTION_MISSING"
    if next_action_on is None:
        problems["next_action_on"] = "DATE_MISSING"
    elif next_action_on < on:
        problems["next_action_on"] = "DATE_PAST"
    if problems or next_action_on is None:
        named = ", ".join(f"{field} ({code})" for field, code in problems.items())
        raise BadContactInput(f"The call cannot be saved yet; look at: {named}.", problems=problems)
    return Writing(ending, said, note.strip(), tuple(sorted(options)), next_action, next_action_on, promise)


def _outcome_problems(call: Call, ending: CallOutcome) -> Iterator[tuple[str, str]]:
    if ending.needs_identity and call.identity_checked_at is None:
        yield "outcome", "IDENTITY_NOT_CHECKED"
    if ending.never_identified and call.identity_checked_at is not None:
        yield "outcome", "IDENTITY_WAS_CHECKED"


def _promise_problems(promise: PromiseGiven, case: Any, on: date) -> Iterator[tuple[str, str]]:
    policy = offer_policy()
    if not promise.amount.is_finite() or promise.amount <= 0:
        yield "promise_amount", "AMOUNT_NOT_ABOVE_ZERO"
    elif promise.amount != round(promise.amount, minor_digits(case.currency)):
        yield "promise_amount", "AMOUNT_TOO_FINE"
    elif case.balance is not None and promise.amount > case.balance:
        yield "promise_amount", "AMOUNT_ABOVE_BALANCE"
    days = policy.promise_days_max.get(case.severity, min(policy.promise_days_max.values()))
    if promise.due_on < on:
        yield "promise_due_on", "DATE_PAST"
    elif promise.due_on > on + timedelta(days=days):
        yield "promise_due_on", "DATE_TOO_LATE"
    if promise.pay_by not in policy.pay_by:
        yield "promise_pay_by", "PAY_BY_MISSING"


def _keep(call: Call, written: Writing, now: datetime) -> None:
    call.reason, call.options_offered = written.reason, list(written.options)
    call.next_action, call.next_action_on = written.next_action, written.next_action_on
    call.note = seal(written.note, place=_NOTE_PLACE, row_id=call.id) if written.note else None  # type: ignore[assignment]
    call.saved_at = now
    if call.adapter == CLICK:  # an exchange says itself when the call ended
        call.ended_at = now
    call.save(update_fields=["reason", "options_offered", "next_action", "next_action_on", "note", "saved_at",
                             "ended_at"])  # fmt: skip


def _take_promise(call: Call, case: Any, on: date, promise: PromiseGiven | None, actor: Actor, now: datetime) -> None:
    if promise is None:
        return
    taken = PromiseTaken.objects.create(
        id=uuid4(), attempt_id=call.attempt_id, case_id=case.id, amount=promise.amount, currency=case.currency,
        due_on=promise.due_on, pay_by=promise.pay_by, taken_by=actor.name[:60], taken_at=now,
    )  # fmt: skip
    facts = {"promise": taken.id, "amount": promise.amount, "currency": case.currency, "due_on": promise.due_on,
             "pay_by": promise.pay_by}  # fmt: skip
    record_call(call, "PROMISE_TAKEN", actor=actor, now=now, facts=facts)
    said = PromiseSaid(
        id=taken.id, case_id=case.id, amount=promise.amount, currency=case.currency, due_on=promise.due_on,
        pay_by=promise.pay_by, taken_by=taken.taken_by, taken_at=now,
    )  # fmt: skip
    tell_promise_taken(said, on=on, actor=actor, now=now)


def _act_on(call: Call, written: Writing, actor: Actor, now: datetime) -> None:
    """Strike a wrong number, place the stop, note a number that was seen to be the debtor's."""
    attempt, ending = call.attempt, written.outcome
    if ending.strikes and attempt.contact_point_id is not None:
        strike_point(borrower_id=attempt.borrower_id, contact_point_id=attempt.contact_point_id,
                     reason="WRONG_PERSON", actor=actor, now=now)  # fmt: skip
    if call.identity_checked_at is not None and attempt.contact_point_id is not None and attempt.party == Party.DEBTOR:
        learn_point(borrower_id=attempt.borrower_id, contact_point_id=attempt.contact_point_id, is_checked=True,
                    actor=actor, now=now)  # fmt: skip
    stop = stop_of(ending, written.reason)
    if stop is not None:
        index = bytes(attempt.point_index) if stop is Stop.THIRD_REFUSED and attempt.point_index else None
        place_stop(
            borrower_id=attempt.borrower_id, kind=stop, actor=actor, now=now, source="CALL", note=written.note,
            until_at=now + timedelta(days=HARDSHIP_DAYS) if stop is Stop.HARDSHIP else None, point_index=index,
        )  # fmt: skip


def _give_evidence(call: Call, case: Any, written: Writing, actor: Actor, now: datetime) -> None:
    """Meet what the call proves of the stage's checklist, where the stage asks for it and nobody met it yet."""
    is_checked = call.identity_checked_at is not None
    proved = {
        "IDENTITY_CHECKED": is_checked,
        "REASON_RECORDED": is_checked and bool(written.reason),
        "OPTIONS_OFFERED": bool(written.options),
        "DEADLINE_AGREED": written.promise is not None,
    }
    asked = {one.item for one in process_of(case).stage(case.stage).checklist if one.evidence == "NOTE"}
    met = set(case.evidence.filter(stage=case.stage).values_list("item", flat=True))
    when = call.begun_at.astimezone(ZoneInfo(current_tenant().time_zone)).strftime("%Y-%m-%d %H:%M")
    for item, is_proved in proved.items():
        if is_proved and item in asked - met:
            give_evidence(case_id=case.id, item=item, actor=actor, now=now, note=f"☎ {when}")
