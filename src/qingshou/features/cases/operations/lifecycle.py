"""Opening, moving, closing and reopening one case."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.features.book.identity import CASE, identify
from qingshou.features.cases.dealing import Dealt, ToDeal, deal
from qingshou.features.cases.errors import BadCaseInput, CaseOpen, MoveRefused, NobodyToOwn, NoSuchCase
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations.locked import facts_of, lock_case, process_of, record_case, requeue, write
from qingshou.features.cases.operations.numbering import next_number, spell_number
from qingshou.features.cases.process import ASSIGN, CLOSED, Process, Trigger
from qingshou.features.cases.process_reading import current_process
from qingshou.features.cases.queries.day_facts import debtor_facts_sql
from qingshou.features.cases.queries.people import list_people
from qingshou.features.cases.rules import REFUSED, judge_move, next_action, opening_stage, stage_due
from qingshou.tenancy.context import current_tenant_id

_REASON_LENGTH_MIN = 3


def open_case(*, borrower_id: UUID, as_of: date, actor: Actor, now: datetime) -> Case:
    """Open a case for a debtor of the working set outside the day's run.

    Gives   the case, with owner, next action and date
    Stops   NoSuchCase   the debtor is not in the working set
            CaseOpen     there is a live case already
            NobodyToOwn  the lender has nobody who could own it
    """
    with transaction.atomic():
        facts = _facts(borrower_id)
        if Case.objects.filter(borrower=borrower_id, closed_on__isnull=True).exists():
            raise CaseOpen("This debtor has a live case already: work in that one.")
        process = current_process()
        stage = opening_stage(process, str(facts["severity"]))
        action, action_on = next_action(process, stage, on=as_of)
        number = spell_number(as_of.year, next_number(as_of.year))
        case = Case(
            id=_free_id(str(facts["borrower_ref"]), as_of), number=number, borrower_id=borrower_id,
            process_code=process.code, process_version=process.version, stage=stage, stage_entered_on=as_of,
            stage_due_on=stage_due(process, stage, entered_on=as_of), severity=facts["severity"],
            overdue_days=facts["overdue_days"], overdue_since=_since(facts["overdue_days"], as_of),
            loans_count=facts["loans_count"], balance=facts["balance"],
            arrears=facts["arrears"], currency=facts["currency"], product=facts["product"], branch=facts["branch"],
            next_action=action, next_action_on=action_on, is_never_paid=facts["is_never_paid"],
            cures_count=Case.objects.filter(borrower=borrower_id, closed_reason="CURED").count(),
            opened_on=as_of, as_of=as_of,
        )  # fmt: skip
        dealt = hand_out(case, process, on=as_of)
        requeue(case, on=as_of)
        case.save(force_insert=True)
        said = {"number": number, "stage": stage, "severity": case.severity, "overdue_days": case.overdue_days,
                "arrears": case.arrears, "as_of": as_of, "owner": dealt.owner_id, "why": dealt.reason,
                **dealt.facts}  # fmt: skip
        record_case(case, "CASE_OPENED", actor=actor, now=now, facts=said, rule=spell(process))
    return case


def move_stage(
    *,
    case_id: UUID,
    to: str,
    actor: Actor,
    role: str,
    on: date,
    now: datetime,
    reason: str,
    is_approved: bool = False,
    approval_id: UUID | None = None,
) -> Case:
    """Move a case to another stage because a person asks, or because an exception was approved.

    Takes   role         the asker's; the process says which roles may make the move
            is_approved  a second person approved this very move (approvals); `approval_id` goes into the record
    Gives   the case in its new stage, with owner, action and date by the process
    Stops   MoveRefused  with every reason in `fields['reasons']`: codes and what is missing
    """
    with transaction.atomic():
        case = lock_case(case_id)
        process = process_of(case)
        trigger = Trigger.APPROVAL if is_approved else Trigger.OPERATOR
        verdict = judge_move(process, facts_of(case, role=role, is_approved=is_approved), trigger, to=to)
        if verdict.value == REFUSED:
            reasons = [{"code": one.code, **one.fields} for one in verdict.reasons]
            raise MoveRefused(
                f"Case {case.number} cannot go from {case.stage} to {to}: "
                + "; ".join(f"{one['code']} {one.get('items', '')}".strip() for one in reasons)
                + ". Complete what is missing, or ask for approval of an exception.",
                reasons=reasons,
            )
        if to == CLOSED:
            return _close(
                case, trigger.value, actor=actor, on=on, now=now, reason=needed(reason), approval_id=approval_id
            )
        came_from = case.stage
        enter(case, process, to, on=on)
        if process.stage(to).role != _owner_role(case):
            hand_out(case, process, on=on)
        requeue(case, on=on)
        write(case, ["stage", "stage_entered_on", "stage_due_on", "next_action", "next_action_on", "owner"])
        facts = {
            "from": came_from,
            "to": to,
            "trigger": trigger.value,
            "reason": needed(reason),
            "approval": approval_id,
            "owner": case.owner_id,
            "next_action": case.next_action,
            "next_action_on": case.next_action_on,
        }
        record_case(case, "CASE_MOVED", actor=actor, now=now, facts=facts, rule=spell(process))
    return case


def close_case(
    *, case_id: UUID, actor: Actor, role: str, on: date, now: datetime, reason: str, is_approved: bool = False,
    approval_id: UUID | None = None,
) -> Case:  # fmt: skip
    """Close a case because a person asks: a move to CLOSED, judged as every move."""
    return move_stage(case_id=case_id, to=CLOSED, actor=actor, role=role, on=on, now=now, reason=reason,
                      is_approved=is_approved, approval_id=approval_id)  # fmt: skip


def reopen(*, case_id: UUID, actor: Actor, on: date, now: datetime, reason: str) -> Case:
    """Reopen a closed case: closed by mistake, or the payment that cured it was reversed.

    Gives   the case in the stage its severity asks for, dealt out anew
    Stops   CaseOpen  the debtor has another live case, or this one lives
    """
    with transaction.atomic():
        case = lock_case(case_id, live=False)
        if Case.objects.filter(borrower=case.borrower_id, closed_on__isnull=True).exists():
            raise CaseOpen("This debtor has a live case already: work in that one.", number=case.number)
        process = process_of(case)
        was = {"closed_on": case.closed_on, "closed_reason": case.closed_reason}
        case.closed_on, case.closed_reason = None, ""
        enter(case, process, opening_stage(process, case.severity), on=on)
        dealt = hand_out(case, process, on=on)
        requeue(case, on=on)
        write(case, ["closed_on", "closed_reason", "stage", "stage_entered_on", "stage_due_on", "next_action",
                     "next_action_on", "owner"])  # fmt: skip
        facts = {**was, "stage": case.stage, "reason": needed(reason), "owner": dealt.owner_id, "why": dealt.reason}
        record_case(case, "CASE_REOPENED", actor=actor, now=now, facts=facts, rule=spell(process))
    return case


def enter(case: Case, process: Process, stage: str, *, on: date) -> None:
    """Put the case into a stage: since when, until when, what is to be done first."""
    case.stage, case.stage_entered_on = stage, on
    case.stage_due_on = stage_due(process, stage, entered_on=on)
    case.next_action, case.next_action_on = next_action(process, stage, on=on)


def hand_out(case: Case, process: Process, *, on: date) -> Dealt:
    """Give the case to whoever fits best; with nobody free it waits with a team lead or administrator."""
    wanted = ToDeal(case.id, process.stage(case.stage).role, case.stage, case.severity, case.product, case.branch)
    dealt = deal([wanted], list_people())
    if not dealt:
        raise NobodyToOwn("The lender has nobody who could own a case: add a team lead or administrator first.")
    case.owner_id = dealt[0].owner_id
    if dealt[0].is_unassigned:
        case.next_action, case.next_action_on = ASSIGN, on
    return dealt[0]


def needed(reason: str) -> str:
    """Return the reason a person gave, without margins; stops where there is none."""
    bare = reason.strip()
    if len(bare) < _REASON_LENGTH_MIN:
        raise BadCaseInput("Say why, in a few words: it is kept with the case.")
    return bare[:400]


def spell(process: Process) -> str:
    """Return the process as the record names it."""
    return f"{process.code} {process.version}"


def _close(case: Case, trigger: str, *, actor: Actor, on: date, now: datetime, reason: str,
           approval_id: UUID | None) -> Case:  # fmt: skip
    came_from = case.stage
    case.stage, case.stage_entered_on, case.stage_due_on = CLOSED, on, None
    case.closed_on, case.closed_reason, case.next_action, case.next_action_on = on, trigger, "", None
    write(case, ["stage", "stage_entered_on", "stage_due_on", "closed_on", "closed_reason", "next_action",
                 "next_action_on"])  # fmt: skip
    facts = {"from": came_from, "to": CLOSED, "trigger": trigger, "reason": reason, "approval": approval_id}
    record_case(case, "CASE_CLOSED", actor=actor, now=now, facts=facts, rule=spell(process_of(case)))
    return case


def _owner_role(case: Case) -> str:
    return case.owner.role if case.owner else ""


def _facts(borrower_id: UUID) -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({debtor_facts_sql()}) facts WHERE borrower_id = %(borrower)s",  # noqa: S608
            {"tenant": current_tenant_id(), "borrower": borrower_id},
        )
        row = cursor.fetchone()
        if row is None:
            raise NoSuchCase("This debtor is not in the working set: the next day's run brings in who is overdue.")
        facts = dict(zip([column.name for column in cursor.description], row, strict=True))
    return {name: Decimal(value) if name in ("balance", "arrears") and value is not None else value
            for name, value in facts.items()}  # fmt: skip


def _since(overdue_days: object, as_of: date) -> date | None:
    return as_of - timedelta(days=overdue_days) if isinstance(overdue_days, int) else None


def _free_id(borrower_ref: str, as_of: date) -> UUID:
    """Return the id of a case opened that day; a second one of one day has the next id in turn."""
    turn = 0
    while True:
        parts = (borrower_ref, as_of) if turn == 0 else (borrower_ref, as_of, turn)
        found = identify(current_tenant_id(), CASE, *parts)
        if not Case.objects.filter(id=found).exists():
            return found
        turn += 1
