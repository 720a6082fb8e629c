"""Budgets over REST: taken whole, or figures from elsewhere put beside those on file, each with its source."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qingshou.features.cases.callers import case_behind, case_for
from qingshou.features.repayment.api.desk_shapes import Hash, Money, ReasonOut, reason_out
from qingshou.features.repayment.operations.budget_by_word import sign_off_by_word
from qingshou.features.repayment.operations.budgets import add_figures, record_budget
from qingshou.features.repayment.queries.budgets import BudgetShown, case_of_budget, get_budget, list_budgets, shown_of
from qingshou.features.repayment.rules.told_budget import ToldBudget, ToldLine
from qingshou.rest.principal import permitted
from qingshou.rest.schemas import Code, Given, Note

router = Router()

EveryCode = Literal["WEEK", "FORTNIGHT", "FOUR_WEEKS", "MONTH", "QUARTER", "HALF_YEAR", "YEAR"]
SourceCode = Literal["STATED", "DOCUMENT", "TRANSACTIONS", "BUREAU"]


class LineIn(Given):
    """One figure as it was told or found."""

    heading: Code = Field(examples=["INCOME_OWN"])
    amount: Money = Field(examples=["6000.00"])
    every: EveryCode = "MONTH"
    source: SourceCode = "STATED"
    balance: Money | None = Field(None, description="Of another creditor's debt: what is owed in all.")
    document_hash: Hash = Field("", description="SHA-256 of a document filed with the case; needed for DOCUMENT.")


class BudgetIn(Given):
    """A statement of income and expenditure."""

    case_id: UUID
    form: Literal["SHORT", "FULL_CN", "FULL_SFS"] = "SHORT"
    lines: list[LineIn] = Field(max_length=200)
    adults: int = Field(1, ge=1, le=30)
    children: int = Field(0, ge=0, le=30)
    place: str = Field("", max_length=20, pattern=r"^[A-Z0-9\-]*$", examples=["CN-4403"])
    willingness: Literal["WILLING", "HESITANT", "REFUSES", "UNKNOWN"] = Field(
        "UNKNOWN", description="Kept apart: no figure depends on it."
    )
    note: Note = Field("", description="Kept sealed, never in the record.")


class FiguresIn(Given):
    """Figures from elsewhere: each takes the place of the one on file for its heading and source."""

    case_id: UUID
    lines: list[LineIn] = Field(min_length=1, max_length=200)


class ByWordIn(Given):
    """The recorded call on which the figures were told."""

    call_id: UUID


class LineOut(Schema):
    """One figure of a budget."""

    heading: str
    side: str = Field(examples=["INCOME"])
    told_amount: Decimal
    told_every: str
    monthly_amount: Decimal
    balance: Decimal | None = None
    source: str
    document_hash: str


class BudgetOut(Schema):
    """What a debtor can bear, with every figure and reason."""

    id: UUID
    case_id: UUID
    form: str
    as_of: date
    currency: str
    floor_place: str
    adults: int
    children: int
    income: Decimal
    priority: Decimal
    essential: Decimal
    savings: Decimal
    other_debts: Decimal
    living_floor: Decimal | None = None
    disposable: Decimal
    band_low: Decimal
    band_high: Decimal
    willingness: str
    source: str
    taken_by: str
    taken_at: datetime
    lines: list[LineOut]
    reasons: list[ReasonOut]


@router.post(
    "/budgets", response=BudgetOut, summary="Take income and spending", openapi_extra={"x-may-be-missing": True}
)
@permitted("repayment.work")
def take(request: HttpRequest, given: BudgetIn) -> dict[str, Any]:
    """Judged by the rules of the place; every bad line is named. It takes the place of the budget before."""
    case, caller = case_for(request, given.case_id, "repayment.work")
    told = ToldBudget(
        form=given.form, lines=_lines(given.lines), adults=given.adults, children=given.children, place=given.place,
        willingness=given.willingness,
    )  # fmt: skip
    budget = record_budget(case_id=case.id, told=told, actor=caller.actor, now=request.now, source="API",  # type: ignore[attr-defined]
                           note=given.note)  # fmt: skip
    return _out(get_budget(budget_id=budget.id, case_id=case.id))


@router.post(
    "/budgets/figures",
    response=BudgetOut,
    summary="Add figures from transactions, a bureau or documents",
    openapi_extra={"x-may-be-missing": True},
)
@permitted("repayment.work")
def figures(request: HttpRequest, given: FiguresIn) -> dict[str, Any]:
    """A new budget of the figures on file and these; of several for one heading the strongest source counts."""
    case, caller = case_for(request, given.case_id, "repayment.work")
    budget = add_figures(case_id=case.id, lines=_lines(given.lines), actor=caller.actor, now=request.now)  # type: ignore[attr-defined]
    return _out(get_budget(budget_id=budget.id, case_id=case.id))


@router.post("/budgets/{budget_id}/by-word", response=BudgetOut, summary="Sign a budget off that was told by word")
@permitted("repayment.work")
def by_word(request: HttpRequest, budget_id: UUID, given: ByWordIn) -> dict[str, Any]:
    """Where the lender's policy accepts it (`repayment.by_word`): the recording stands for the document the stage asks
    for. Every reason against it is named."""
    case, caller = case_behind(request, lambda: case_of_budget(budget_id=budget_id), "repayment.work", name="budget")
    sign_off_by_word(
        case_id=case.id, budget_id=budget_id, call_id=given.call_id, actor=caller.actor, role=caller.role,
        now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return _out(get_budget(budget_id=budget_id, case_id=case.id))


@router.get("/budgets/of-case/{case_id}", response=list[BudgetOut], summary="List the budgets of a case")
@permitted("repayment.view")
def list_all(request: HttpRequest, case_id: UUID) -> list[dict[str, Any]]:
    """The newest first, at most twenty; the first is the one that holds."""
    case, _caller = case_for(request, case_id, "cases.view")
    return [_out(one) for one in shown_of(list_budgets(case_id=case.id, limit=20))]


@router.get("/budgets/{budget_id}", response=BudgetOut, summary="Read a budget")
@permitted("repayment.view")
def show(request: HttpRequest, budget_id: UUID) -> dict[str, Any]:
    """With every figure, its source, and why the band is what it is."""
    case, _caller = case_behind(request, lambda: case_of_budget(budget_id=budget_id), "cases.view", name="budget")
    return _out(get_budget(budget_id=budget_id, case_id=case.id))


def _lines(lines: list[LineIn]) -> tuple[ToldLine, ...]:
    return tuple(ToldLine(**one.dict()) for one in lines)


def _out(shown: BudgetShown) -> dict[str, Any]:
    own = {"lines", "reasons"}
    return {
        **{name: getattr(shown.budget, name) for name in BudgetOut.model_fields if name not in own},
        "lines": [
            {name: getattr(one, name) for name in LineOut.model_fields} for one in shown.lines
        ],
        "reasons": [reason_out(one) for one in shown.budget.reasons],
    }  # fmt: skip
