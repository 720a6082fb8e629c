"""Budgets: the last ones of a case, one judged again as it was told, and judging before anything is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.features.contact.rules.zones import COUNTRY
from qingshou.features.repayment.errors import NoSuchBudget
from qingshou.features.repayment.models import Budget, BudgetLine
from qingshou.features.repayment.rules.affordability import Affordability, Willingness, judge_affordability
from qingshou.features.repayment.rules.budget_forms import Side, budget_form, source_table
from qingshou.features.repayment.rules.living_floors import Household, floor_table, house_floors
from qingshou.features.repayment.rules.reason_record import reasons_of
from qingshou.features.repayment.rules.spending_guides import spending_guide
from qingshou.features.repayment.rules.told_budget import ToldBudget, lines_of, needs_our_balance
from qingshou.kernel.lender_settings import part_of
from qingshou.kernel.verdict import Reason


@dataclass(frozen=True, slots=True)
class BudgetLineShown:
    """One figure of a budget with where it comes from."""

    heading: str
    side: Side
    told_amount: Decimal
    told_every: str
    monthly_amount: Decimal
    balance: Decimal | None
    source: str
    document_hash: str


@dataclass(frozen=True, slots=True)
class BudgetShown:
    """A budget with its lines in the form's order and its reasons."""

    budget: Budget
    lines: tuple[BudgetLineShown, ...]
    reasons: tuple[Reason, ...]


def judge_told(
    *, told: ToldBudget, currency: str, on: date, our_balance: Decimal | None, settings: Mapping[str, Any]
) -> Affordability:
    """Judge a budget as it was told, by the lender's own tables where it has some; nothing is kept.

    Takes   told  without problems (rules.told_budget.problems_of_budget)
    """
    form = budget_form(told.form)
    floors = part_of(settings, "living_floors")
    return judge_affordability(
        form=form, lines=lines_of(told), currency=currency, as_of=on,
        household=Household(adults=told.adults or 1, children=told.children or 0), place=told.place,
        our_balance=our_balance if needs_our_balance(form) else None, willingness=Willingness(told.willingness),
        sources=source_table(settings), floors=floor_table(floors) if floors else house_floors(),
        guide=spending_guide(part_of(settings, "spending_guide")),
    )  # fmt: skip


def list_budgets(*, case_id: UUID, limit: int = 5) -> list[Budget]:
    """Return the budgets of a case, the newest first."""
    return list(Budget.objects.filter(case=case_id).order_by("-taken_at", "-id")[:limit])


def latest_budget(*, case_id: UUID) -> Budget | None:
    """Return the budget that holds: the newest one."""
    return next(iter(list_budgets(case_id=case_id, limit=1)), None)


def get_budget(*, budget_id: UUID, case_id: UUID) -> BudgetShown:
    """Return one budget of a case; stops with NoSuchBudget."""
    found = Budget.objects.filter(id=budget_id, case=case_id).first()
    if found is None:
        raise NoSuchBudget("There is no such budget of this case.")
    return shown_of([found])[0]


def shown_of(budgets: Sequence[Budget]) -> list[BudgetShown]:
    """Return budgets with their lines; one query for all of them."""
    rows: dict[UUID, list[BudgetLine]] = {}
    for one in BudgetLine.objects.filter(budget__in=[one.id for one in budgets]).order_by("id"):
        rows.setdefault(one.budget_id, []).append(one)
    return [BudgetShown(one, _lines(one.form, rows.get(one.id, ())), tuple(reasons_of(one.reasons))) for one in budgets]


def case_of_budget(*, budget_id: UUID) -> UUID | None:
    """Return whose budget it is."""
    return Budget.objects.filter(id=budget_id).values_list("case_id", flat=True).first()


def country_of(jurisdiction: str) -> str:
    """Return the place that a lender's law is of: the living floor's where nothing nearer was said."""
    return COUNTRY.get(jurisdiction, "")


def _lines(code: str, rows: Sequence[Any]) -> tuple[BudgetLineShown, ...]:
    headings = {one.code: one for one in budget_form(code).headings}
    ordered = sorted(rows, key=lambda one: (headings[one.heading].order, one.source))
    return tuple(
        BudgetLineShown(
            one.heading, headings[one.heading].side, one.told_amount, one.told_every, one.monthly_amount, one.balance,
            one.source, one.document_hash,
        )
        for one in ordered
    )  # fmt: skip
