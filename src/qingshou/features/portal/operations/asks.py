"""What a debtor asks for on their page: kept with a number and a day, acted on at once where that is right."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.cases.errors import CaseClosed
from qingshou.features.cases.operations import set_next_action
from qingshou.features.cases.operations.locked import lock_case
from qingshou.features.cases.queries import get_case, latest_case_of
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.operations.stops import lock_person_of, place_stop
from qingshou.features.portal.errors import AskHandled, BadAsk, NoSuchAsk
from qingshou.features.portal.models import PortalAsk
from qingshou.features.portal.operations.recording import note
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.rules.asks import DISPUTE_REASONS, AskKind, AskState
from qingshou.features.portal.rules.policy import portal_policy
from qingshou.features.repayment.operations.hardship import lock_for_report, report_hardship
from qingshou.law.contact.terms import Stop
from qingshou.privacy.sealing import seal, unseal
from qingshou.tenancy.queries import current_tenant

SAID_PLACE, ANSWER_PLACE = "portal_portalask.said", "portal_portalask.answer"
SAID_MAX = 2000
_SAME_WITHIN = timedelta(minutes=2)  # a button pressed twice, or in two tabs
_ANSWER_LENGTH_MIN = 3
_AHEAD_DAYS_MAX = 30
# without what is easily misread: a number is read out on the telephone
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LOOK_INTO, CALL_BACK, NEGOTIATE = "LOOK_INTO", "CALL_BACK", "NEGOTIATE_PLAN"


def place_ask(
    *, borrower_id: UUID, kind: AskKind, now: datetime, said: str = "", facts: Mapping[str, object] | None = None,
    action: str = LOOK_INTO, act_on: date | None = None, is_done: bool = False,
) -> PortalAsk:  # fmt: skip
    """Keep something a debtor asked for, and put it on the desk of their case.

    Takes   action   the case's next action, on `act_on` (today where not given); '' leaves it
            is_done  it was done at once, by itself: nobody has to answer
    Gives   the ask, with its number and the day by which it is answered
    """
    tenant = current_tenant()
    with transaction.atomic():
        case_id = _hold(borrower_id, now)
        today = now.astimezone(ZoneInfo(tenant.time_zone)).date()
        ask = PortalAsk(
            id=uuid4(), number=_number(), case_id=case_id, borrower_id=borrower_id, kind=kind.value,
            facts=dict(facts or {}), asked_at=now,
            answer_due_on=None if is_done else today + _days(portal_policy(tenant.settings).answer_days, kind),
        )  # fmt: skip
        if is_done:
            ask.state, ask.handled_by, ask.handled_at = AskState.DONE.value, DEBTOR.name, now
        if said.strip():
            ask.said = seal(said.strip()[:SAID_MAX], place=SAID_PLACE, row_id=ask.id)  # type: ignore[assignment]
        ask.save(force_insert=True)
        if case_id is not None and action and not is_done:
            _put_on_desk(case_id, action, act_on, now)
        note(borrower_id=borrower_id, case_id=case_id, action="PORTAL_ASKED", actor=DEBTOR, now=now, ask=ask.id,
             number=ask.number, kind=ask.kind, answer_due_on=ask.answer_due_on)  # fmt: skip
    return ask


def dispute_debt(
    *, borrower_id: UUID, loan_id: UUID | None, reason: str, said: str, now: datetime
) -> PortalAsk:  # fmt: skip
    """Take a dispute of one loan, or of all: contact about it stops at once, and somebody looks into it.

    Stops   BadAsk  no such reason
    Law     12 CFR 1006.38; each place's own rule binds through the stop
    """
    if reason not in DISPUTE_REASONS:
        raise BadAsk("Choose what is wrong with the debt.", field="reason", problem="CHOOSE")
    facts: dict[str, object] = {"loan": str(loan_id) if loan_id else "", "reason": reason}
    with transaction.atomic():
        _hold(borrower_id, now)
        if known := _same_just_now(borrower_id, AskKind.DISPUTE, said, facts, now):
            return known
        stop = place_stop(borrower_id=borrower_id, kind=Stop.DISPUTE, actor=DEBTOR, now=now, loan_id=loan_id,
                          source="PORTAL")  # fmt: skip
        return place_ask(borrower_id=borrower_id, kind=AskKind.DISPUTE, now=now, said=said,
                         facts=facts | {"stop": str(stop.id)})  # fmt: skip


def complain(*, borrower_id: UUID, said: str, now: datetime) -> PortalAsk:
    """Take a complaint: the debtor is left in peace while it is looked into.

    Stops   BadAsk  nothing was said
    """
    if not said.strip():
        raise BadAsk("Say what went wrong, in your own words.", field="said", problem="MISSING")
    with transaction.atomic():
        _hold(borrower_id, now)
        if known := _same_just_now(borrower_id, AskKind.COMPLAINT, said, {}, now):
            return known
        stop = place_stop(borrower_id=borrower_id, kind=Stop.COMPLAINT, actor=DEBTOR, now=now, source="PORTAL")
        return place_ask(borrower_id=borrower_id, kind=AskKind.COMPLAINT, now=now, said=said,
                         facts={"stop": str(stop.id)})  # fmt: skip


def tell_hardship(
    *, borrower_id: UUID, kind: str, said: str, now: datetime, document_hash: str = ""
) -> PortalAsk:  # fmt: skip
    """Take the news of a hardship: contact pauses at once, and a specialist decides.

    Stops   BadAsk        the debtor has no live case
            HardshipUnfit  no such kind
    """
    case_id = latest_case_of(borrower_ids=[borrower_id])
    if case_id is None or get_case(case_id=case_id).closed_on is not None:
        raise BadAsk("Nothing is open that could be paused.", field="kind", problem="NOTHING_OPEN")
    with transaction.atomic():
        lock_for_report(borrower_id=borrower_id, kind=kind, actor=DEBTOR, now=now)
        _hold(borrower_id, now)
        if known := _same_just_now(borrower_id, AskKind.HARDSHIP, said, {"kind": kind}, now):
            return known
        row = report_hardship(case_id=case_id, kind=kind, actor=DEBTOR, now=now, source="PORTAL", note=said,
                              document_hash=document_hash)  # fmt: skip
        facts = {"hardship": str(row.id), "kind": kind, "until_on": row.until_on.isoformat() if row.until_on else ""}
        return place_ask(borrower_id=borrower_id, kind=AskKind.HARDSHIP, now=now, said=said, facts=facts)


def ask_call(*, borrower_id: UUID, at: datetime, said: str, now: datetime) -> PortalAsk:
    """Note when the debtor wants to be called; whoever works the case calls then.

    Takes   at  one of the times that were offered (queries.calls): the caller has seen to it
    """
    act_on, facts = at.astimezone(ZoneInfo(current_tenant().time_zone)).date(), {"at": at.isoformat()}
    with transaction.atomic():
        _hold(borrower_id, now)
        return _same_just_now(borrower_id, AskKind.CALL_AT, said, facts, now) or place_ask(
            borrower_id=borrower_id, kind=AskKind.CALL_AT, now=now, said=said, facts=facts, action=CALL_BACK,
            act_on=act_on,
        )  # fmt: skip


def answer_ask(*, ask_id: UUID, is_done: bool, answer: str, actor: Actor, now: datetime) -> PortalAsk:
    """Answer what a debtor asked for; the answer stands on their page.

    Takes   is_done  False: declined
    Stops   NoSuchAsk
            AskHandled  somebody answered it already
            BadAsk      no answer in words: the debtor is told why or what was done
    """
    bare = answer.strip()
    if len(bare) < _ANSWER_LENGTH_MIN:
        raise BadAsk("Tell the debtor in a few words what was done, or why not: they read it on their page.",
                     field="answer", problem="MISSING")  # fmt: skip
    with transaction.atomic():
        ask = PortalAsk.objects.select_for_update(no_key=True, of=("self",)).filter(id=ask_id).first()
        if ask is None:
            raise NoSuchAsk("There is no such request. It may belong to someone else.")
        if ask.state != AskState.OPEN:
            raise AskHandled("This request was answered already: load the page again.", state=ask.state)
        ask.state = (AskState.DONE if is_done else AskState.DECLINED).value
        ask.answer = seal(bare[:SAID_MAX], place=ANSWER_PLACE, row_id=ask.id)  # type: ignore[assignment]
        ask.handled_by, ask.handled_at = actor.name[:60], now
        ask.save(update_fields=["state", "answer", "handled_by", "handled_at"])
        note(borrower_id=ask.borrower_id, case_id=ask.case_id, action="PORTAL_ASK_ANSWERED", actor=actor, now=now,
             ask=ask.id, number=ask.number, kind=ask.kind, state=ask.state)  # fmt: skip
    return ask


def _hold(borrower_id: UUID, now: datetime) -> UUID | None:
    """Lock the person, then the case, in the order every writer of repayment keeps; gives the case."""
    lock_person_of(borrower_id, now)
    case_id = latest_case_of(borrower_ids=[borrower_id])
    if case_id is not None:
        lock_case(case_id, live=False)
    return case_id


def _same_just_now(
    borrower_id: UUID, kind: AskKind, said: str, facts: Mapping[str, object], now: datetime
) -> PortalAsk | None:
    """Return what was asked for a moment ago in the same words and is open: asked twice in one press, it is one.

    The caller holds the person, so that two presses at once do not miss one another.
    """
    rows = PortalAsk.objects.filter(
        borrower=borrower_id, kind=kind.value, state=AskState.OPEN.value, asked_at__gt=now - _SAME_WITHIN,
    ).order_by("-asked_at")  # fmt: skip
    words = said.strip()[:SAID_MAX]
    for one in rows:
        held = unseal(one.said, place=SAID_PLACE, row_id=one.id) if one.said is not None else ""
        if held == words and all(one.facts.get(name) == value for name, value in facts.items()):
            return one
    return None


def _put_on_desk(case_id: UUID, action: str, due_on: date | None, now: datetime) -> None:
    on = working_day(get_case(case_id=case_id), now)
    due = min(max(due_on or on, on), on + timedelta(days=_AHEAD_DAYS_MAX))
    try:
        set_next_action(case_id=case_id, action=action, due_on=due, actor=DEBTOR, on=on, now=now)
    except CaseClosed:
        return  # nothing is to be done next on a case that is over


def _days(answer_days: Mapping[str, int], kind: AskKind) -> timedelta:
    return timedelta(days=answer_days[kind.value])


def _number() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
