"""Plans made, approved, taken back and followed by another: the case is locked first, then the plan."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.db import transaction

from qingshou.approvals.kinds import Decided
from qingshou.approvals.operations import request
from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.cases.operations.locked import hold_cases, lock_case
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPlan, PlanNotNow, PlanRefused
from qingshou.features.repayment.models import LoanLedger, Offer, Plan, PlanInstalment, PlanLoan
from qingshou.features.repayment.operations.locks import lock_ledgers_of, lock_plans, plan_of
from qingshou.features.repayment.operations.plan_acts import (
    CALL,
    WATCH,
    give_if_asked,
    plan_entry,
    resume_collection,
    set_action,
)
from qingshou.features.repayment.rules.offer_policy import offer_policy
from qingshou.features.repayment.rules.offer_terms import OfferedDue, OfferedLoan, read_dues, read_loans
from qingshou.features.repayment.rules.plan_law import judge_term
from qingshou.features.repayment.rules.plan_policy import PlanPolicy, plan_policy
from qingshou.features.repayment.rules.plan_states import CANCEL_REASONS, WAITING, PlanState, may_become
from qingshou.features.repayment.rules.promise_policy import HUNDRED
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.kernel.verdict import Reason
from qingshou.tenancy.queries import current_tenant

KIND = "PLAN"
PERMISSION = "approvals.decide"
NOBODY = "NOBODY"


def propose_plan(
    *, case_id: UUID, offer_id: UUID, actor: Actor, role: str, now: datetime, reason: str = ""
) -> Plan:  # fmt: skip
    """Make a plan of an offer: within the role's limits it waits for the debtor, beyond them for a second person.

    Takes   role    the proposer's; DEBTOR where the debtor chose an offer on their own page
            reason  for the second person; needed where one is
    Gives   the plan, AWAITING_ACCEPTANCE or AWAITING_APPROVAL
    Stops   NoSuchPlan   no such offer for this case
            PlanRefused  with every reason: dates past, a loan that is not there, beyond every role, the law's term
            PlanNotNow   another plan of this debtor waits already
            BadInput     the offer has no usable schedule or loans
    """
    with transaction.atomic():
        case = lock_case(case_id)
        offer = Offer.objects.filter(id=offer_id, case=case.id).first()
        if offer is None:
            raise NoSuchPlan("There is no such offer for this case: search again.")
        on = working_day(case, now)
        dues = read_dues(schedule=offer.schedule, currency=offer.currency)
        loans = read_loans(terms=offer.terms)
        ledgers = _ledgers(case.borrower_id, loans)
        _ensure_fit(offer, dues, loans, ledgers, on)
        if Plan.objects.filter(borrower=case.borrower_id, state__in=WAITING).exists():
            raise PlanNotNow("A plan of this debtor waits already: have it decided, or take it back first.")
        needs_more = is_beyond(offer.needs_role, role)
        policy = plan_policy(settings=current_tenant().settings, severity=case.severity, product=case.product)
        plan = _made(case, offer, dues, loans, policy, on, actor, now, needs_more)
        given_up = sum((one.given_up for one in loans), ZERO)
        if needs_more:
            request(
                kind=KIND, subject_kind="CASE", subject_id=case.id, subject_label=f"{case.number} · {plan.number}",
                actor=actor, reason=reason, now=now, amount=given_up, currency=plan.currency,
                payload={"plan": str(plan.id), "needs_role": offer.needs_role},
            )  # fmt: skip
        else:
            _offered(case, plan, on, actor, now)
        entry = plan_entry(
            plan, "PLAN_PROPOSED", offer=offer.id, kind=plan.kind, total=plan.total, currency=plan.currency,
            instalments=len(dues), ends_on=plan.ends_on, given_up=given_up, needs_role=offer.needs_role,
            policy=policy.name, offered_until=plan.offered_until,
        )  # fmt: skip
        record_many(entries=[entry], actor=actor, now=now)
    return plan


def use_as_approved(decided: Decided, decider: Actor, now: datetime) -> None:
    """Let an approved plan wait for the debtor; runs in the approval.

    Stops   PlanNotNow   the plan no longer waits
            PlanRefused  the decider's role may not agree to such an offer either
    """
    plan_id = UUID(decided.payload["plan"])
    cases = hold_cases([plan_of(plan_id).case_id])
    (plan,) = lock_plans(id=plan_id)
    if plan.state != PlanState.AWAITING_APPROVAL:
        raise PlanNotNow("This plan no longer waits for approval.", state=plan.state)
    user = get_user_model().objects.filter(id=decider.user_id).first()
    needs_role = str(decided.payload["needs_role"])
    if user is None or is_beyond(needs_role, user.role):
        raise PlanRefused(
            "Your role may not agree to this plan: leave it to the role it names.",
            reasons=[{"code": "BEYOND_ROLE", "needs_role": needs_role, "article": ""}],
        )
    case = cases[plan.case_id]
    on = working_day(case, now)
    policy = plan_policy(settings=current_tenant().settings, severity=case.severity, product=case.product)
    plan.state = PlanState.AWAITING_ACCEPTANCE.value
    plan.offered_until = _offered_until(on, policy, plan.starts_on, _first_due(plan))
    plan.save(update_fields=["state", "offered_until"])
    _offered(case, plan, on, decider, now)
    entry = plan_entry(plan, "PLAN_APPROVED", approval=decided.id, offered_until=plan.offered_until)
    record_many(entries=[entry], actor=decider, now=now)


def let_go(decided: Decided, status: str, actor: Actor, now: datetime) -> None:
    """Cancel a plan whose approval was rejected, withdrawn or lapsed; runs with it."""
    plan_id = UUID(decided.payload["plan"])
    cases = hold_cases([plan_of(plan_id).case_id])
    for plan in lock_plans(id=plan_id, state=PlanState.AWAITING_APPROVAL):
        _end(plan, PlanState.CANCELLED, on=working_day(cases[plan.case_id], now), reason="NOT_APPROVED")
        entry = plan_entry(plan, "PLAN_CANCELLED", reason="NOT_APPROVED", approval=decided.id, approval_status=status)
        record_many(entries=[entry], actor=actor, now=now)


def cancel_plan(*, plan_id: UUID, reason: str, actor: Actor, now: datetime) -> Plan:
    """Take a plan back: before it is accepted, or by agreement afterwards. What was paid stays paid, nothing is waived.

    Takes   reason  of plan_states.CANCEL_REASONS
    Stops   NoSuchPlan
            PlanNotNow         it has ended
            BadAgreementInput  an unknown reason
    """
    if reason not in CANCEL_REASONS:
        raise BadAgreementInput(f"A plan is taken back for one of {', '.join(CANCEL_REASONS)}.")
    with transaction.atomic():
        plan, case = locked_plan(plan_id, now)
        if not may_become(PlanState(plan.state), PlanState.CANCELLED) or plan.ended_on is not None:
            raise PlanNotNow("This plan has ended already.", state=plan.state)
        on = working_day(case, now)
        resume_collection(plan, actor=actor, now=now)
        _end(plan, PlanState.CANCELLED, on=on, reason=reason)
        set_action(case, CALL, on, on=on, actor=actor, now=now)
        record_many(entries=[plan_entry(plan, "PLAN_CANCELLED", reason=reason)], actor=actor, now=now)
    return plan


def supersede_agreed(plan: Plan, *, on: date, actor: Actor, now: datetime) -> Plan | None:
    """End the plan agreed before, because a new one takes its place; in the caller's transaction, all locked."""
    before = next(
        iter(
            lock_plans(borrower=plan.borrower_id, state__in=[PlanState.ACTIVE, PlanState.BROKEN], ended_on__isnull=True)
        ),
        None,
    )
    if before is None:
        return None
    resume_collection(before, actor=actor, now=now)
    _end(before, PlanState.SUPERSEDED, on=on, reason="SUPERSEDED")
    record_many(entries=[plan_entry(before, "PLAN_SUPERSEDED", by=plan.id, by_number=plan.number)], actor=actor,
                now=now)  # fmt: skip
    return before


def expire_plans(*, as_of: date, actor: Actor, now: datetime) -> int:
    """End every plan that nobody accepted in time; gives how many. A part of the day's step."""
    with transaction.atomic():
        late: dict[str, Any] = {"state": PlanState.AWAITING_ACCEPTANCE, "offered_until__lt": as_of}
        cases = hold_cases(Plan.objects.filter(**late).values_list("case_id", flat=True))
        plans = lock_plans(**late)
        for plan in plans:
            _end(plan, PlanState.EXPIRED, on=as_of, reason="NOT_ACCEPTED")
            set_action(cases[plan.case_id], CALL, as_of, on=as_of, actor=actor, now=now)
        record_many(entries=[plan_entry(plan, "PLAN_EXPIRED") for plan in plans], actor=actor, now=now)
    return len(plans)


def locked_plan(plan_id: UUID, now: datetime) -> tuple[Plan, Any]:
    """Return a plan and its case, all that hangs on them locked in the one order (locks.py)."""
    found = plan_of(plan_id)
    lock_ledgers_of([found.borrower_id])
    lock_person_of(found.borrower_id, now)
    cases = hold_cases([found.case_id])
    (plan,) = lock_plans(id=plan_id)
    return plan, cases[plan.case_id]


def _ledgers(borrower_id: UUID, loans: Sequence[OfferedLoan]) -> Mapping[UUID, LoanLedger]:
    rows = LoanLedger.objects.filter(id__in=[one.ledger_id for one in loans], borrower=borrower_id)
    return {row.id: row for row in rows.select_related("loan")}


def _ensure_fit(
    offer: Offer, dues: Sequence[OfferedDue], loans: Sequence[OfferedLoan], ledgers: Mapping[UUID, LoanLedger],
    on: date,
) -> None:  # fmt: skip
    reasons: list[Reason] = []
    if dues[0].due_on < on:
        reasons.append(Reason("DATES_PAST", {"first_due_on": dues[0].due_on}))
    if any(one.ledger_id not in ledgers for one in loans):
        reasons.append(Reason("LOAN_NOT_THERE"))
    if any(one.currency != offer.currency for one in ledgers.values()):
        reasons.append(Reason("OTHER_CURRENCY", {"currency": offer.currency}))
    if any(one.state == "SETTLED" for one in ledgers.values()):
        reasons.append(Reason("LOAN_SETTLED"))
    if offer.needs_role == NOBODY:
        reasons.append(Reason("BEYOND_EVERY_ROLE", {"limits": list(offer.limits)}))
    term = judge_term(
        jurisdiction=current_tenant().jurisdiction, products=[one.loan.product for one in ledgers.values()],
        months=months_of(on, dues[-1].due_on), exceeds_ability=True, on=on,
    )  # fmt: skip
    if term.value != "ALLOWED":
        reasons += term.reasons
    if reasons:
        raise _refused(reasons)


def months_of(begin: date, end: date) -> int:
    """Return how many months a plan runs, begun ones counted whole."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    return max(1, months + (1 if end.day > begin.day else 0))


def _refused(reasons: Sequence[Reason]) -> PlanRefused:
    codes = ", ".join(dict.fromkeys(one.code for one in reasons))
    told = [
        {
            "code": one.code,
            **one.fields,
            "article": f"{one.article.instrument} {one.article.article}" if one.article else "",
        }
        for one in reasons
    ]
    return PlanRefused(f"This plan cannot be made: {codes}. Search for other offers.", reasons=told)


def is_beyond(needs_role: str, role: str) -> bool:
    """Tell whether an offer needs somebody with wider limits than this role's."""
    if not needs_role:
        return False
    policy = offer_policy(current_tenant().settings)
    return role not in {*policy.roles, *policy.same_as} or policy.level(role) < policy.level(needs_role)


def _made(
    case: Any, offer: Offer, dues: Sequence[OfferedDue], loans: Sequence[OfferedLoan], policy: PlanPolicy, on: date,
    actor: Actor, now: datetime, needs_more: bool,
) -> Plan:  # fmt: skip
    total = sum((one.amount for one in dues), ZERO)
    state = PlanState.AWAITING_APPROVAL if needs_more else PlanState.AWAITING_ACCEPTANCE
    has_waiver = any(one.given_up > 0 for one in loans)
    plan = Plan.objects.create(
        id=uuid4(), number=_number(case), case_id=case.id, borrower_id=case.borrower_id, offer=offer, kind=offer.kind,
        state=state.value, currency=offer.currency, total=total, starts_on=on, ends_on=dues[-1].due_on,
        grace_days=policy.grace_days, threshold_pct=policy.threshold_pct, missed_max=policy.missed_max,
        unpaid_max=round_money(total * policy.unpaid_share_max / HUNDRED, offer.currency, Rounding.DOWN),
        cure_days=policy.cure_days, policy=policy.name, is_restructure=offer.kind == "PLAN" or has_waiver,
        offered_until=_offered_until(on, policy, on, dues[0].due_on), made_by=actor.name[:60], made_at=now,
    )  # fmt: skip
    PlanLoan.objects.bulk_create(
        PlanLoan(plan=plan, ledger_id=one.ledger_id, owed=one.owed,
                 waivers={kind: str(amount) for kind, amount in sorted(one.waivers.items())})
        for one in loans
    )  # fmt: skip
    PlanInstalment.objects.bulk_create(
        PlanInstalment(id=uuid4(), plan=plan, position=place, due_on=one.due_on, amount=one.amount,
                       interest=one.interest)
        for place, one in enumerate(dues, start=1)
    )  # fmt: skip
    return plan


def _offered_until(on: date, policy: PlanPolicy, starts_on: date, first_due_on: date) -> date:
    """Return the last day a plan can be accepted: never after its first payment falls due."""
    return max(starts_on, min(on + timedelta(days=policy.offered_days), first_due_on))


def _first_due(plan: Plan) -> date:
    return plan.instalments.order_by("position").values_list("due_on", flat=True)[0]


def _number(case: Any) -> str:
    """Return the next number of a plan of this case, which is locked."""
    return f"{case.number}-P{Plan.objects.filter(case=case.id).count() + 1}"


def _offered(case: Any, plan: Plan, on: date, actor: Actor, now: datetime) -> None:
    give_if_asked(case, "PLAN_OFFERED", note=plan.number, actor=actor, now=now)
    set_action(case, WATCH, max(on, plan.offered_until), on=on, actor=actor, now=now)


def _end(plan: Plan, state: PlanState, *, on: date, reason: str) -> None:
    plan.state, plan.ended_on, plan.ended_reason = state.value, on, reason
    plan.save(update_fields=["state", "ended_on", "ended_reason", "stop_id"])
