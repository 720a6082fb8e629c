"""Hardship reported, accepted, declined, ended: contact pauses and goes on by itself, in the same transaction."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from qingshou.audit.actors import SYSTEM, Actor
from qingshou.audit.operations import record
from qingshou.features.cases.errors import CaseClosed
from qingshou.features.cases.operations import set_next_action
from qingshou.features.cases.operations.locked import lock_case
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.errors import NotNow
from qingshou.features.contact.operations.stops import lift_stop, lock_person_of, place_stop
from qingshou.features.repayment.errors import HardshipNotNow, NoSuchHardship
from qingshou.features.repayment.models import Hardship, ReliefProgramme
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.locked_books import LockedBooks
from qingshou.features.repayment.operations.standstill import begin_standstill
from qingshou.features.repayment.rules.hardship import (
    LIVE,
    HardshipKind,
    HardshipState,
    HardshipUnfit,
    Relief,
    hardship_kinds,
    is_over,
    judge_acceptance,
    judge_report,
)
from qingshou.law.contact.terms import Stop
from qingshou.privacy.sealing import seal
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant

NOTE_PLACE = "repayment_hardship.note"
_NOTE_LENGTH_MAX = 2000
_REASON_LENGTH_MIN = 3
DISASTER = "DISASTER"
LOOK_INTO, CALL_BACK = "LOOK_INTO", "CALL_BACK"


def report_hardship(
    *, case_id: UUID, kind: str, actor: Actor, now: datetime, source: str = "DESK", note: str = "",
    document_hash: str = "", entered_on: date | None = None, register_ref: str = "",
) -> Hardship:  # fmt: skip
    """Take the news of a hardship: contact pauses at once, and a specialist is to decide.

    Takes   kind        a code of the lender's policy
            note        what was told, kept sealed
            entered_on  of the entry in the register, for a breathing space: in force by the law, nobody decides
    Gives   the hardship; where one of the kind stands already, that one, with nothing changed
    Stops   NoSuchCase, CaseClosed, HardshipUnfit
    """
    tenant = current_tenant()
    rule = _kind(tenant, kind)
    on = _today(tenant, now)
    relief = judge_report(kind=rule, jurisdiction=tenant.jurisdiction, on=on, entered_date=entered_on)
    with transaction.atomic():
        books = _books(get_case(case_id=case_id).borrower_id, rule.freezes_charges, tenant, actor, now)
        borrower_id = _hold(case_id, now)
        same = Hardship.objects.filter(borrower=borrower_id, kind=kind, state__in=LIVE).first()
        if same is not None:
            return same
        row = Hardship(
            id=uuid4(), case_id=case_id, borrower_id=borrower_id, kind=kind, state=relief.state,
            entered_on=entered_on, register_ref=register_ref[:40], source=source, document_hash=document_hash,
            reported_by=actor.name[:60], reported_at=now,
        )  # fmt: skip
        if note.strip():
            row.note = seal(note.strip()[:_NOTE_LENGTH_MAX], place=NOTE_PLACE, row_id=row.id)  # type: ignore[assignment]
        _put(row, relief)
        _pause(row, relief, tenant, actor, now)
        row.save(force_insert=True)
        _say_next(row, LOOK_INTO, on, on, actor, now)
        _record(row, "HARDSHIP_REPORTED", actor, now, source=source, law=_law(relief))
        _let_stand_still(row, books, on, actor, now)
    return row


def lock_for_report(*, borrower_id: UUID, kind: str, actor: Actor, now: datetime) -> None:
    """Lock the books that `report_hardship` locks first, for who locks the person and the case before reporting.

    In the caller's transaction, before any other lock: that is the order in which everybody locks.

    Stops   HardshipUnfit  no such kind
    """
    tenant = current_tenant()
    _books(borrower_id, _kind(tenant, kind).freezes_charges, tenant, actor, now)


def accept_hardship(
    *, hardship_id: UUID, actor: Actor, now: datetime, until_on: date | None = None, document_hash: str = "",
    owner_id: UUID | None = None,
) -> Hardship:  # fmt: skip
    """Accept a hardship for a time, or agree on another last day of one that was accepted.

    Takes   until_on       the last day it holds; None for the length of the policy
            document_hash  of the proof, where it was not added before
            owner_id       the specialist who looks after it from now on
    Stops   NoSuchHardship, HardshipNotNow (declined or ended), HardshipUnfit
    """
    tenant = current_tenant()
    on = _today(tenant, now)
    with transaction.atomic():
        books = _books_of(hardship_id, tenant, actor, now)
        row = _locked(hardship_id, now)
        if row.state not in LIVE:
            raise HardshipNotNow("This hardship was declined or has ended: report a new one.", state=row.state)
        if row.entered_on is not None:
            raise HardshipNotNow(
                "A breathing space holds by the register: its days are the law's and cannot be agreed."
            )
        row.document_hash = document_hash or row.document_hash
        relief = judge_acceptance(
            kind=_kind(tenant, row.kind), from_date=row.from_on, until_date=until_on,
            has_proof=bool(row.document_hash), on=on,
        )  # fmt: skip
        _lift(row, actor, now, reason="hardship: new days")
        _put(row, relief)
        _pause(row, relief, tenant, actor, now)
        row.owner_id = owner_id or row.owner_id or actor.user_id
        row.decided_by, row.decided_at = actor.name[:60], now
        row.save()
        _say_next(row, LOOK_INTO, relief.review_date, on, actor, now)
        _record(row, "HARDSHIP_ACCEPTED", actor, now)
        _let_stand_still(row, books, on, actor, now)
    return row


def decline_hardship(*, hardship_id: UUID, actor: Actor, now: datetime, reason: str) -> Hardship:
    """Decline a reported hardship, with a reason; contact may go on.

    Stops   NoSuchHardship, HardshipNotNow (decided already), HardshipUnfit (no reason)
    """
    return _end(hardship_id, HardshipState.DECLINED, (HardshipState.REPORTED,), reason, actor, now)


def end_hardship(*, hardship_id: UUID, actor: Actor, now: datetime, reason: str) -> Hardship:
    """End a hardship before its last day, with a reason; contact may go on.

    Stops   NoSuchHardship, HardshipNotNow (not in force), HardshipUnfit (no reason)
    """
    return _end(hardship_id, HardshipState.ENDED, LIVE, reason, actor, now)


def grant_by_programme(*, case_id: UUID, programme: ReliefProgramme, actor: Actor, now: datetime) -> bool:
    """Give a programme's relief to one debtor: accepted at once, for the days of the programme.

    Gives   whether it is new; a debtor who has a hardship of a disaster already keeps that one
    Stops   NoSuchCase, CaseClosed
    """
    tenant = current_tenant()
    on = _today(tenant, now)
    rule = _kind(tenant, DISASTER)
    relief = Relief(
        HardshipState.ACCEPTED, rule.stop, programme.from_on, programme.until_on, programme.until_on,
        programme.freezes_charges,
    )  # fmt: skip
    with transaction.atomic():
        books = _books(get_case(case_id=case_id).borrower_id, programme.freezes_charges, tenant, actor, now)
        borrower_id = _hold(case_id, now)
        if Hardship.objects.filter(borrower=borrower_id, kind=DISASTER, state__in=LIVE).exists():
            return False
        row = Hardship(
            id=uuid4(), case_id=case_id, borrower_id=borrower_id, programme=programme, kind=DISASTER,
            pauses_contact=programme.pauses_contact, source="PROGRAMME", decided_by=actor.name[:60], decided_at=now,
            reported_by=actor.name[:60], reported_at=now,
        )  # fmt: skip
        _put(row, relief)
        _pause(row, relief, tenant, actor, now)
        row.save(force_insert=True)
        _say_next(row, LOOK_INTO, relief.review_date, on, actor, now)
        _record(row, "HARDSHIP_ACCEPTED", actor, now, law=programme.law, programme=programme.code)
        _let_stand_still(row, books, on, actor, now)
    return True


def end_by_programme(*, hardship_id: UUID, actor: Actor, now: datetime) -> bool:
    """End what a programme gave to one debtor, with the programme; gives whether it was still in force."""
    with transaction.atomic():
        row = _locked(hardship_id, now, live=False)
        if row.state not in LIVE:
            return False
        _close(row, HardshipState.ENDED, "PROGRAMME_ENDED", _today(current_tenant(), now), actor, now)
    return True


def end_hardships_due(*, as_of: date, now: datetime, actor: Actor = SYSTEM) -> int:
    """End every hardship whose last day has passed; run by the day. One transaction each, so that a kill loses none.

    Gives   how many ended; run again it ends none
    """
    due = Hardship.objects.filter(state__in=LIVE, until_on__lt=as_of).order_by("id").values_list("id", flat=True)
    ended = 0
    for hardship_id in list(due):
        with transaction.atomic():
            row = _locked(hardship_id, now, live=False)
            if row.state in LIVE and is_over(until_date=row.until_on, on=as_of):
                _close(row, HardshipState.ENDED, "TIME_PASSED", as_of, actor, now)
                ended += 1
    return ended


def _end(
    hardship_id: UUID, state: HardshipState, from_states: tuple[HardshipState, ...], reason: str, actor: Actor,
    now: datetime,
) -> Hardship:  # fmt: skip
    if len(reason.strip()) < _REASON_LENGTH_MIN:
        raise HardshipUnfit("Say why, in a few words: the debtor may ask, and it is kept.", field="reason")
    on = _today(current_tenant(), now)
    with transaction.atomic():
        row = _locked(hardship_id, now, live=False)
        if row.state not in from_states:
            raise HardshipNotNow("This hardship has been decided or has ended already.", state=row.state)
        _close(row, state, "BY_DECISION", on, actor, now, said=reason.strip())
    return row


def _close(
    row: Hardship, state: HardshipState, why: str, on: date, actor: Actor, now: datetime, *, said: str = ""
) -> None:
    _lift(row, actor, now, reason=f"hardship {why.lower().replace('_', ' ')}")
    row.state, row.ended_reason = state, why
    if why != "TIME_PASSED":
        row.until_on = min(row.until_on or on, on)
    if why == "BY_DECISION":
        row.decided_by, row.decided_at = actor.name[:60], now
    row.save()
    _say_next(row, CALL_BACK, on, on, actor, now)
    record(
        subject_kind="CASE", subject_id=row.case_id, action=f"HARDSHIP_{state}", actor=actor, now=now,
        facts=_facts(row), personal={"why": said} if said else None, seal=seal if said else None,
    )  # fmt: skip


def _hold(case_id: UUID, now: datetime, *, live: bool = True) -> UUID:
    """Lock the person, then the case, in the order every writer of repayment keeps; gives the debtor."""
    borrower_id: UUID = get_case(case_id=case_id).borrower_id
    lock_person_of(borrower_id, now)
    lock_case(case_id, live=live)
    return borrower_id


def _locked(hardship_id: UUID, now: datetime, *, live: bool = True) -> Hardship:
    found = Hardship.objects.filter(id=hardship_id).values_list("case_id", flat=True).first()
    if found is None:
        raise NoSuchHardship("There is no such hardship. It may belong to someone else.")
    _hold(found, now, live=live)
    return Hardship.objects.select_for_update(no_key=True, of=("self",)).get(id=hardship_id)


def _books(
    borrower_id: UUID, freezes_charges: bool, tenant: Tenant, actor: Actor, now: datetime
) -> LockedBooks | None:  # fmt: skip
    """Lock the debtor's books where charges may stand still, opened if need be: their figures are the beginning.

    Before the person and the case: that is the order in which everybody locks.
    """
    return lock_books(borrower_id=borrower_id, lender=tenant, actor=actor, now=now) if freezes_charges else None


def _books_of(hardship_id: UUID, tenant: Tenant, actor: Actor, now: datetime) -> LockedBooks | None:
    found = Hardship.objects.filter(id=hardship_id).values_list("borrower_id", "kind").first()
    if found is None:
        return None
    rule = hardship_kinds(tenant.settings).get(found[1])
    return _books(found[0], rule is not None and rule.freezes_charges, tenant, actor, now)


def _let_stand_still(row: Hardship, books: LockedBooks | None, on: date, actor: Actor, now: datetime) -> None:
    if row.freezes_charges and books is not None:
        begin_standstill(locked=books, actor=actor, now=now, on=on)


def _put(row: Hardship, relief: Relief) -> None:
    row.state, row.from_on, row.until_on = relief.state, relief.from_date, relief.until_date
    row.review_on, row.freezes_charges = relief.review_date, relief.freezes_charges


def _pause(row: Hardship, relief: Relief, tenant: Tenant, actor: Actor, now: datetime) -> None:
    """Place the stop the door refuses with; its last instant is the end of the last day, by the lender's clock."""
    if not row.pauses_contact:
        return
    zone = ZoneInfo(tenant.time_zone)
    starts = datetime.combine(relief.from_date, time.min, zone)
    ends = datetime.combine(relief.until_date + timedelta(days=1), time.min, zone)
    stop = place_stop(
        borrower_id=row.borrower_id, kind=Stop(relief.stop), actor=actor, now=now, from_at=max(starts, now),
        until_at=ends, source="HARDSHIP", document_hash=row.document_hash,
    )  # fmt: skip
    row.stop_id = stop.id


def _lift(row: Hardship, actor: Actor, now: datetime, *, reason: str) -> None:
    """Lift the stop that was placed for it; one that somebody lifted by hand stays lifted."""
    if row.stop_id is None:
        return
    try:
        with transaction.atomic():
            lift_stop(stop_id=row.stop_id, actor=actor, now=now, reason=reason)
    except NotNow:
        pass
    row.stop_id = None


def _say_next(row: Hardship, action: str, due_on: date, on: date, actor: Actor, now: datetime) -> None:
    try:
        set_next_action(case_id=row.case_id, action=action, due_on=max(due_on, on), actor=actor, on=on, now=now)
    except CaseClosed:
        return  # nothing is to be done next on a case that is over


def _kind(tenant: Tenant, code: str) -> HardshipKind:
    kinds = hardship_kinds(tenant.settings)
    if code not in kinds:
        raise HardshipUnfit(f"'{code[:20]}' is no kind of hardship: choose one of {', '.join(kinds)}.", field="kind")
    return kinds[code]


def _today(tenant: Tenant, now: datetime) -> date:
    return now.astimezone(ZoneInfo(tenant.time_zone)).date()


def _law(relief: Relief) -> str:
    return "; ".join(f"{one.article.instrument} {one.article.article}" for one in relief.reasons if one.article)


def _facts(row: Hardship) -> dict[str, object]:
    return {
        "hardship": row.id, "kind": row.kind, "state": row.state, "from_on": row.from_on, "until_on": row.until_on,
        "freezes_charges": row.freezes_charges, "pauses_contact": row.pauses_contact,
    }  # fmt: skip


def _record(row: Hardship, action: str, actor: Actor, now: datetime, *, law: str = "", **more: object) -> None:
    record(
        subject_kind="CASE", subject_id=row.case_id, action=action, actor=actor, now=now, facts=_facts(row) | more,
        law=law, document_hash=row.document_hash,
    )  # fmt: skip
