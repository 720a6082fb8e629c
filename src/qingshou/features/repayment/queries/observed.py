"""Restructured loans under observation on a day: what the day's classing is handed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from qingshou.features.repayment.models import Plan, PlanInstalment, PlanLoan
from qingshou.features.repayment.queries.re_ageing import ReAged, list_re_aged
from qingshou.features.repayment.rules.plan_law import observed_floor
from qingshou.features.repayment.rules.plan_states import InstalmentState, PlanState
from qingshou.features.repayment.rules.re_ageing import house_observed_until
from qingshou.law.classification import ordered_classes
from qingshou.tenancy.queries import current_tenant


@dataclass(frozen=True, slots=True)
class ObservedLoan:
    """A loan that has at least a class while it is observed: until the day before `observed_until` (None: open)."""

    loan_ref: str
    observed_until: date | None
    floor_class: str


def list_observed(*, on: date, law_on: date | None = None) -> list[ObservedLoan]:
    """Return every loan that a restructuring, re-ageing or new schedule keeps at a class on a day, by reference.

    Six queries at most.

    Takes   on      the day; plans accepted after it are not known on it
            law_on  whose law is applied; None: of the day
    Law     商业银行金融资产风险分类办法 (2023) arts 17-22; CRR art. 47a: by the lender's place
    """
    tenant = current_tenant()
    plans = {
        plan.id: plan
        for plan in Plan.objects.filter(is_restructure=True, accepted_at__isnull=False, starts_on__lte=on)
        if plan.state != PlanState.CANCELLED
    }
    dues = _dues(plans.values())
    rows = PlanLoan.objects.filter(plan__in=plans).select_related("ledger__loan").order_by("ledger__loan__loan_ref")
    classes = ordered_classes(tenant.jurisdiction)
    found: dict[str, ObservedLoan] = {}
    for row in rows:
        plan, own = plans[row.plan_id], dues[row.plan_id]
        seen = observed_floor(
            jurisdiction=tenant.jurisdiction, first_due_on=own[0].due_on,
            period_months=_months(own), missed=_missed(plan, own, on),
            clean_since=_clean_since(plan, own, on), was_non_performing=row.was_non_performing,
            was_observed=row.was_observed, on=on, law_on=law_on or on,
        )  # fmt: skip
        if seen is None or not seen.floor_class:
            continue
        _keep(found, ObservedLoan(row.ledger.loan.loan_ref, seen.observed_until, seen.floor_class), classes)
    seen_before: set[UUID] = set()
    for aged in list_re_aged(on=on):
        again = aged.loan_id in seen_before
        seen_before.add(aged.loan_id)
        observed = _of_re_aged(aged, tenant.jurisdiction, was_observed=again, on=on, law_on=law_on or on)
        if observed is not None and observed.floor_class in classes:
            _keep(found, observed, classes)
    return sorted(found.values(), key=lambda one: one.loan_ref)


def _keep(found: dict[str, ObservedLoan], one: ObservedLoan, classes: Sequence[str]) -> None:
    """Keep the worst class of a loan."""
    held = found.get(one.loan_ref)
    if held is None or classes.index(one.floor_class) > classes.index(held.floor_class):
        found[one.loan_ref] = one


def _of_re_aged(
    aged: ReAged, jurisdiction: str, *, was_observed: bool, on: date, law_on: date
) -> ObservedLoan | None:  # fmt: skip
    """Return how a re-aged loan is observed: as the law observes a restructured one, else it keeps its class a year."""
    first = aged.dates[0]
    seen = observed_floor(
        jurisdiction=jurisdiction, first_due_on=first, period_months=1, missed=aged.missed,
        clean_since=first if first <= on and not aged.missed else None,
        was_non_performing=bool(aged.was.get("is_non_performing")), was_observed=was_observed, on=on, law_on=law_on,
    )  # fmt: skip
    if seen is not None:
        return ObservedLoan(aged.loan_ref, seen.observed_until, seen.floor_class) if seen.floor_class else None
    until = house_observed_until(re_aged_on=aged.on)
    return ObservedLoan(aged.loan_ref, until, str(aged.was.get("class", ""))) if on < until else None


def _dues(plans: Iterable[Plan]) -> dict[UUID, list[PlanInstalment]]:
    found: dict[UUID, list[PlanInstalment]] = {}
    for one in PlanInstalment.objects.filter(plan__in=[plan.id for plan in plans]).order_by("plan_id", "position"):
        found.setdefault(one.plan_id, []).append(one)
    return found


def _months(dues: list[PlanInstalment]) -> int:
    if len(dues) < 2:
        return 1
    first, second = dues[0].due_on, dues[1].due_on
    return max(1, (second.year - first.year) * 12 + second.month - first.month)


def _missed(plan: Plan, dues: list[PlanInstalment], on: date) -> tuple[date, ...]:
    """Return the due dates whose grace passed unpaid: each starts the observation again."""
    missed = []
    for one in dues:
        last = one.due_on + timedelta(days=plan.grace_days)
        is_late = one.paid_on is None or one.paid_on > last
        if last < on and is_late and one.state != InstalmentState.DROPPED:
            missed.append(one.due_on)
    return tuple(missed)


def _clean_since(plan: Plan, dues: list[PlanInstalment], on: date) -> date | None:
    """Return since when everything due was paid; None where something due is not."""
    last = [one for one in dues if one.due_on + timedelta(days=plan.grace_days) < on]
    if any(one.state not in (InstalmentState.PAID, InstalmentState.DROPPED) for one in last):
        return None
    late = [one.paid_on for one in last if one.paid_on and one.paid_on > one.due_on]
    return max([dues[0].due_on, *late])
