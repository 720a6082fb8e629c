"""A budget as it was told: every line and field that cannot be used is named, nothing is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qingshou.features.repayment.rules.affordability import Willingness
from qingshou.features.repayment.rules.budget_forms import FORMS, BudgetForm, OtherDebts, Side, Source, budget_form
from qingshou.features.repayment.rules.budget_lines import Every, Line
from qingshou.kernel.money import minor_digits

AMOUNT_MAX = Decimal(1_000_000_000)
HOUSEHOLD_MAX = 30
ORIGINS = ("DESK", "CALL", "PORTAL", "API")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One figure as it was told. `amount` None: what was written is no amount."""

    heading: str
    amount: Decimal | None
    every: str = "MONTH"
    source: str = "STATED"
    balance: Decimal | None = None
    document_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBudget:
    """A whole statement of income and expenditure as it was told."""

    form: str
    lines: tuple[ToldLine, ...]
    adults: int | None = 1
    children: int | None = 0
    place: str = ""
    willingness: str = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field: the heading's code, or adults, children, form, place, willingness, lines."""

    field: str
    code: str


def problems_of_budget(*, told: ToldBudget, currency: str) -> list[Problem]:
    """Return everything that is wrong with what was told, each field named; empty where it can be judged."""
    if told.form not in FORMS:
        return [Problem("form", "FORM_UNKNOWN")]
    form = budget_form(told.form)
    found = [Problem(field, code) for field, code in _household(told)]
    if told.willingness not in set(Willingness):
        found.append(Problem("willingness", "WILLINGNESS_UNKNOWN"))
    seen: set[tuple[str, str]] = set()
    for line in told.lines:
        found += [Problem(line.heading, code) for code in _line(line, form, currency)]
        if (line.heading, line.source) in seen:
            found.append(Problem(line.heading, "TWICE"))
        seen.add((line.heading, line.source))
    if not any(line.amount for line in told.lines):
        found.append(Problem("lines", "NOTHING_TOLD"))
    return found


def lines_of(told: ToldBudget) -> list[Line]:
    """Return the lines as the rules of affordability take them; only after `problems_of_budget` found nothing."""
    return [
        Line(
            heading=one.heading, amount=one.amount or Decimal(0), source=Source(one.source), every=Every(one.every),
            balance=one.balance,
        )
        for one in told.lines
    ]  # fmt: skip


def needs_our_balance(form: BudgetForm) -> bool:
    """Tell whether the form shares what is left with other creditors by what each is owed."""
    return form.others is OtherDebts.PRO_RATA


def _household(told: ToldBudget) -> list[tuple[str, str]]:
    wrong = [
        ("adults", told.adults is None or not 1 <= told.adults <= HOUSEHOLD_MAX, "HOUSEHOLD_UNFIT"),
        ("children", told.children is None or not 0 <= told.children <= HOUSEHOLD_MAX, "HOUSEHOLD_UNFIT"),
    ]
    return [(field, code) for field, is_wrong, code in wrong if is_wrong]


def _line(line: ToldLine, form: BudgetForm, currency: str) -> Sequence[str]:
    known = {one.code: one for one in form.headings}
    if line.heading not in known:
        return ["HEADING_UNKNOWN"]
    codes = [*_amount(line.amount, currency)]
    if line.balance is not None:
        codes += ["BALANCE_NOT_HERE"] if known[line.heading].side is not Side.DEBT else _amount(line.balance, currency)
    if line.every not in set(Every):
        codes.append("EVERY_UNKNOWN")
    if line.source not in set(Source):
        codes.append("SOURCE_UNKNOWN")
    elif line.source == Source.DOCUMENT and not line.document_hash:
        codes.append("DOCUMENT_MISSING")
    return codes


def _amount(amount: Decimal | None, currency: str) -> list[str]:
    if amount is None:
        return ["AMOUNT_UNREADABLE"]
    if amount < 0:
        return ["AMOUNT_BELOW_ZERO"]
    if amount > AMOUNT_MAX:
        return ["AMOUNT_TOO_LARGE"]
    return ["AMOUNT_TOO_FINE"] if amount != amount.quantize(Decimal(1).scaleb(-minor_digits(currency))) else []
