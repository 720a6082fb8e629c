"""Reads of plans: those at risk, those of a case, one with its schedule and what was paid, and how many survive."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from qingshou.audit.queries import list_events
from qingshou.features.repayment.errors import NoSuchPlan
from qingshou.features.repayment.models import Counted, Plan, PlanInstalment
from qingshou.features.repayment.rules.plan_states import WAITING, InstalmentState, PlanState
from qingshou.features.repayment.rules.plans import Due, PlanTerms, Standing, payoff_amount
from qingshou.kernel.money import ZERO

PAGE_SIZE = 50
SHELVES = ("AT_RISK", "BROKEN", "DUE_SOON", "WAITING", "ACTIVE", "ENDED", "ALL")
_SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan of the list. `missed`: instalments past their grace; `unpaid`: what is past due and not paid."""

    id: UUID
    number: str
    case_id: UUID
    case_number: str
    borrower_id: UUID
    owner_name: str
    kind: str
    state: str
    currency: str
    total: Decimal
    paid: Decimal
    unpaid: Decimal
    missed: int
    late: int
    next_due_on: date | None
    ends_on: date
    offered_until: date
    broken_on: date | None
    cure_until: date | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PlanListPage:
    """A page of plans; `after` gives the next one, None where this is the last."""

    rows: tuple[PlanRow, ...]
    after: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One due date of a plan, with what counted towards it: receipt (None: booked by the core system), day, amount."""

    position: int
    due_on: date
    last_date: date
    amount: Decimal
    paid_amount: Decimal
    state: str
    paid_on: date | None
    reminded_on: date | None
    counted: tuple[tuple[UUID | None, date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One plan with its offer, loans, schedule and what settles it on a day."""

    plan: Plan
    row: PlanRow
    instalments: tuple[InstalmentLine, ...]
    loans: tuple[Any, ...]
    given_up: Decimal
    payoff: Decimal | None  # on the day asked about; None: it is not in force
    supersedes: Plan | None
    superseded_by: Plan | None


@dataclass(frozen=True, slots=True)
class Survival:
    """Of plans of which at least k instalments fell due, those never broken by then: S(k) = alive / of."""

    k: int
    of: int
    alive: int


def list_plans(
    *, on: date, shelf: str = "AT_RISK", owner_ids: Collection[UUID] | None = None,
    after: tuple[datetime, UUID] | None = None, limit: int = PAGE_SIZE,
) -> PlanListPage:  # fmt: skip
    """Return a page of plans, newest first; two queries.

    Takes   shelf  AT_RISK (in force with an instalment late or missed), BROKEN (and still to be cured), DUE_SOON (an
                   instalment within seven days), WAITING, ACTIVE, ENDED, ALL
            after  the last row's time and id of the page before
    """
    found = _shelf(shelf, on)
    if owner_ids is not None:
        found = found.filter(case__owner__in=owner_ids)
    if after is not None:
        found = found.filter(Q(made_at__lt=after[0]) | Q(made_at=after[0], id__lt=after[1]))
    plans = list(found.select_related("case__owner").order_by("-made_at", "-id")[: limit + 1])
    rows = _rows(plans[:limit], on)
    return PlanListPage(rows, (rows[-1].made_at, rows[-1].id) if len(plans) > limit else None)


def list_plans_of(*, case_id: UUID, on: date, limit: int = 50) -> tuple[PlanRow, ...]:
    """Return the plans of a case, newest first."""
    plans = Plan.objects.filter(case=case_id).select_related("case__owner").order_by("-made_at", "-id")
    return _rows(list(plans[:limit]), on)


def get_plan(*, plan_id: UUID, on: date) -> PlanPage:
    """Return all that the page of a plan shows; a fixed number of queries. Stops with NoSuchPlan."""
    found = Plan.objects.select_related("case__owner", "offer", "supersedes").filter(id=plan_id).first()
    if found is None:
        raise NoSuchPlan("There is no such plan. It may belong to someone else.")
    (row,) = _rows([found], on)
    instalments = list(found.instalments.order_by("position"))
    loans = tuple(found.loans.select_related("ledger__loan").order_by("ledger__loan__loan_ref"))
    given_up = sum((Decimal(text) for one in loans for text in one.waivers.values()), ZERO)
    is_followed = found.state in (PlanState.ACTIVE, PlanState.BROKEN)
    payoff = payoff_amount(terms=_terms(found), standings=_standings(instalments), on=on) if is_followed else None
    return PlanPage(
        plan=found, row=row, instalments=_lines(found, instalments), loans=loans, given_up=given_up, payoff=payoff,
        supersedes=found.supersedes, superseded_by=Plan.objects.filter(supersedes=found.id).first(),
    )  # fmt: skip


def count_plans(*, on: date, owner_ids: Collection[UUID] | None = None) -> dict[str, int]:
    """Return how many plans stand on each shelf of live plans; one query."""
    shelves = {shelf: _on_shelf(shelf, on) for shelf in ("AT_RISK", "BROKEN", "DUE_SOON", "WAITING", "ACTIVE")}
    found = Plan.objects.all() if owner_ids is None else Plan.objects.filter(case__owner__in=owner_ids)
    return dict(found.aggregate(**{shelf: Count("id", filter=wanted) for shelf, wanted in shelves.items()}))


def case_of_plan(*, plan_id: UUID) -> UUID:
    """Return whose plan it is; stops with NoSuchPlan."""
    found = Plan.objects.filter(id=plan_id).values_list("case_id", flat=True).first()
    if found is None:
        raise NoSuchPlan("There is no such plan. It may belong to someone else.")
    return found


def acceptance_of(*, plan: Plan) -> Mapping[str, Any] | None:
    """Return what was put on record when the debtor accepted a plan; None before that. One query."""
    if plan.accepted_at is None:
        return None
    told = list_events(subject_kind="CASE", subject_id=plan.case_id, action="PLAN_ACCEPTED")
    return next((one.facts for one in told if one.facts["plan"] == str(plan.id)), None)


def plan_of_debtor(*, borrower_id: UUID) -> Plan | None:
    """Return the plan in force or waiting for a debtor, the one in force first; None where there is none."""
    wanted = Plan.objects.filter(borrower=borrower_id)
    live = wanted.filter(Q(state=PlanState.ACTIVE) | Q(state=PlanState.BROKEN, ended_on__isnull=True)).first()
    return live or wanted.filter(state__in=WAITING).order_by("-made_at").first()


def survivals(*, from_date: date, until_date: date, on: date, most: int = 24) -> list[Survival]:
    """Return S(k) of the plans accepted in [from, until): those not broken after k instalments fell due.

    A plan counts in `of` for k as far as its k-th instalment's grace is over, or it ended kept before; a broken one
    counts as broken from the instalment whose grace had ended when it broke.
    """
    plans = Plan.objects.filter(accepted_at__date__gte=from_date, accepted_at__date__lt=until_date)
    plans = plans.exclude(state__in=[PlanState.CANCELLED, PlanState.SUPERSEDED])
    counted = plans.annotate(
        fallen=Count("instalments", filter=Q(instalments__due_on__lt=on)),
        lost_at=Count("instalments", filter=Q(instalments__state=InstalmentState.PAID)),
    )
    rows = list(counted.values_list("state", "fallen", "lost_at"))
    found = []
    for k in range(1, most + 1):
        of = [row for row in rows if row[1] >= k]
        alive = [row for row in of if row[0] != PlanState.BROKEN or row[2] >= k]
        if of:
            found.append(Survival(k, len(of), len(alive)))
    return found


def _shelf(shelf: str, on: date) -> QuerySet[Plan]:
    return Plan.objects.filter(_on_shelf(shelf, on))


def _on_shelf(shelf: str, on: date) -> Q:
    overdue = PlanInstalment.objects.filter(due_on__lt=on, state__in=[InstalmentState.LATE, InstalmentState.MISSED])
    soon = PlanInstalment.objects.filter(
        due_on__gte=on, due_on__lte=on + timedelta(days=_SOON_DAYS), state=InstalmentState.DUE
    )
    return {
        "AT_RISK": Q(state=PlanState.ACTIVE, id__in=overdue.values("plan")),
        "BROKEN": Q(state=PlanState.BROKEN, ended_on__isnull=True),
        "DUE_SOON": Q(state=PlanState.ACTIVE, id__in=soon.values("plan")),
        "WAITING": Q(state__in=WAITING),
        "ACTIVE": Q(state=PlanState.ACTIVE),
        "ENDED": Q(ended_on__isnull=False),
    }.get(shelf, Q())


def _rows(plans: list[Plan], on: date) -> tuple[PlanRow, ...]:
    ids = [plan.id for plan in plans]
    overdue = Q(due_on__lt=on) & ~Q(state=InstalmentState.DROPPED)
    sums = {
        row["plan_id"]: row
        for row in PlanInstalment.objects.filter(plan__in=ids)
        .values("plan_id")
        .annotate(
            paid=Sum("paid_amount"),
            owed=Sum("amount", filter=overdue),
            came=Sum("paid_amount", filter=overdue),
            missed=Count("id", filter=Q(state=InstalmentState.MISSED)),
            late=Count("id", filter=Q(state=InstalmentState.LATE)),
            next_due=Min("due_on", filter=Q(state__in=[InstalmentState.DUE, InstalmentState.LATE])),
        )
    }
    return tuple(_row(plan, sums[plan.id]) for plan in plans)


def _row(plan: Plan, sums: dict[str, Any]) -> PlanRow:
    owner = plan.case.owner
    cure_until = plan.broken_on + timedelta(days=plan.cure_days) if plan.broken_on else None
    return PlanRow(
        id=plan.id, number=plan.number, case_id=plan.case_id, case_number=plan.case.number,
        borrower_id=plan.borrower_id, owner_name=(owner.display_name or owner.username) if owner else "",
        kind=plan.kind, state=plan.state, currency=plan.currency, total=plan.total, paid=sums["paid"] or ZERO,
        unpaid=(sums["owed"] or ZERO) - (sums["came"] or ZERO), missed=sums["missed"], late=sums["late"],
        next_due_on=sums["next_due"], ends_on=plan.ends_on, offered_until=plan.offered_until,
        broken_on=plan.broken_on, cure_until=cure_until, made_at=plan.made_at,
    )  # fmt: skip


def _lines(plan: Plan, instalments: list[PlanInstalment]) -> tuple[InstalmentLine, ...]:
    counted: dict[UUID, list[tuple[UUID | None, date, Decimal]]] = {}
    rows = Counted.objects.filter(instalment__in=[one.id for one in instalments])
    rows = rows.annotate(on=Coalesce("receipt__value_date", "paid_on")).order_by("on", "receipt_id", "payment_ref")
    for of, receipt, day, amount in rows.values_list("instalment_id", "receipt_id", "on", "amount"):
        counted.setdefault(of, []).append((receipt, day, amount))
    return tuple(
        InstalmentLine(
            one.position, one.due_on, one.due_on + timedelta(days=plan.grace_days), one.amount, one.paid_amount,
            one.state, one.paid_on, one.reminded_on, tuple(counted.get(one.id, ())),
        )
        for one in instalments
    )  # fmt: skip


def _terms(plan: Plan) -> PlanTerms:
    return PlanTerms(
        currency=plan.currency, starts_on=plan.starts_on, grace_days=plan.grace_days,
        threshold_pct=plan.threshold_pct, missed_max=plan.missed_max, unpaid_max=plan.unpaid_max,
        cure_days=plan.cure_days,
    )  # fmt: skip


def _standings(instalments: list[PlanInstalment]) -> list[Standing]:
    return [
        Standing(Due(one.id, one.position, one.due_on, one.amount, one.interest), InstalmentState(one.state),
                 one.paid_amount, one.paid_on)
        for one in instalments
    ]  # fmt: skip


def waiting_plan_of(*, case_id: UUID) -> UUID | None:
    """Return the plan of a case that waits for a second person or for the debtor."""
    rows = Plan.objects.filter(case=case_id, state__in=WAITING).order_by("-made_at")
    return rows.values_list("id", flat=True).first()
