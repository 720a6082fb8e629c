"""What a debtor can bear a month: income, less what must be paid before us, with a living floor and a band."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qingshou.features.repayment.rules.budget_forms import (
    BudgetForm,
    Heading,
    OtherDebts,
    Side,
    Source,
    SourceTable,
    source_table,
)
from qingshou.features.repayment.rules.budget_lines import Line, monthly_amount
from qingshou.features.repayment.rules.living_floors import Floor, FloorTable, Household, floor_for, house_floors
from qingshou.features.repayment.rules.spending_guides import SpendingGuide, above_guide
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.kernel.verdict import Article, Reason


class Willingness(StrEnum):
    """Whether the debtor wants to pay: kept beside the figures, never part of them."""

    WILLING = "WILLING"
    HESITANT = "HESITANT"
    REFUSES = "REFUSES"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One heading's figure a month: as told, as counted, and from where."""

    heading: str
    side: Side
    told: Decimal
    counted: Decimal
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Affordability:
    """What is left for us a month, and the band an instalment should lie in; every figure and reason with it."""

    form: str
    as_of: date
    currency: str
    income: Decimal
    priority: Decimal
    essential: Decimal  # essential and flexible together, the living floor respected
    flexible: Decimal  # the flexible part of it
    savings: Decimal
    other_debts: Decimal
    disposable: Decimal  # for us; below zero where the budget does not close
    low: Decimal
    high: Decimal
    floor: Floor
    willingness: Willingness
    figures: tuple[Figure, ...]
    reasons: tuple[Reason, ...]


def judge_affordability(
    *,
    form: BudgetForm,
    lines: Sequence[Line],
    currency: str,
    as_of: date,
    household: Household,
    place: str,
    our_balance: Decimal | None = None,
    willingness: Willingness = Willingness.UNKNOWN,
    sources: SourceTable | None = None,
    floors: FloorTable | None = None,
    guide: SpendingGuide | None = None,
) -> Affordability:
    """Judge what a debtor can pay us a month.

    Takes   lines        figures as told; of several for one heading those of the strongest source count
            place        'CN-4403', 'CN', 'GB' ...: selects the living floor; '' when not known
            our_balance  what is owed to us; needed where the form shares by right with other creditors' balances
            willingness  kept beside the result; no figure depends on it
    Gives   Affordability  disposable may be negative; then the band is (0, 0) with the reason NOTHING_LEFT
    Stops   BadInput     a heading the form does not have, a negative amount, a missing own balance
    """
    table = sources or source_table()
    figures, reasons = _figures(form, lines, currency, table)
    floor = floor_for(
        table=floors or house_floors(), place=place, household=household, currency=currency, on=as_of
    )  # fmt: skip
    reasons += floor.reasons
    sums = {side: _sum(one.counted for one in figures if one.side is side) for side in Side}
    raised = _raised_to_floor(form, figures, floor)
    if raised > 0:
        reasons.append(Reason("RAISED_TO_FLOOR", {"amount": raised, "floor": floor.amount}, floor.reasons[0].article))
    essential = sums[Side.ESSENTIAL] + sums[Side.FLEXIBLE] + raised
    surplus = sums[Side.INCOME] - sums[Side.PRIORITY] - essential
    savings = _savings(form, figures, surplus, currency, reasons)
    left = surplus - savings
    disposable, others = _ours(form, _balances(form, lines, table), figures, left, currency, our_balance, reasons)
    if form.savings is not None:  # the forms with an allowance are those that have guidelines
        spent = {one.heading: one.counted for one in figures}
        reasons += above_guide(guide=guide, spent=spent, household=household, year=as_of.year)
    low, high = _band(figures, disposable, currency, table, reasons)
    return Affordability(
        form=form.code, as_of=as_of, currency=currency, income=sums[Side.INCOME], priority=sums[Side.PRIORITY],
        essential=essential, flexible=sums[Side.FLEXIBLE], savings=savings, other_debts=others, disposable=disposable,
        low=low, high=high, floor=floor, willingness=willingness, figures=tuple(figures), reasons=tuple(reasons),
    )  # fmt: skip


def _figures(
    form: BudgetForm, lines: Sequence[Line], currency: str, table: SourceTable
) -> tuple[list[Figure], list[Reason]]:
    """Bring the lines to one figure a heading, in the form's order; what a stronger source replaces is said."""
    figures, reasons = [], []
    told: dict[str, dict[Source, Decimal]] = {}
    for line in lines:
        heading = form.heading(line.heading)
        amount = monthly_amount(amount=line.amount, every=line.every, currency=currency)
        by_source = told.setdefault(heading.code, {})
        by_source[line.source] = by_source.get(line.source, ZERO) + amount
    for heading in form.headings:
        if heading.code not in told:
            continue
        by_source = told[heading.code]
        source = max(by_source, key=lambda one: (table.by_source[one].rank, one.value))
        for other in sorted(by_source):
            if other is not source:
                fields = {"heading": heading.code, "source": other, "amount": by_source[other]}
                reasons.append(Reason("STRONGER_SOURCE", fields | {"by": source, "counted": by_source[source]}))
        figures.append(_figure(heading, by_source[source], source, currency, table, reasons))
    return figures, reasons


def _figure(
    heading: Heading, told: Decimal, source: Source, currency: str, table: SourceTable, reasons: list[Reason]
) -> Figure:
    counted, haircut = told, table.by_source[source].haircut
    if heading.side is Side.INCOME and haircut > 0:
        counted = round_money(told * (1 - haircut), currency, Rounding.DOWN)
        fields = {"heading": heading.code, "source": source, "share": haircut, "amount": told - counted}
        reasons.append(Reason("INCOME_HAIRCUT", fields))
    return Figure(heading=heading.code, side=heading.side, told=told, counted=counted, source=source)


def _raised_to_floor(form: BudgetForm, figures: Sequence[Figure], floor: Floor) -> Decimal:
    """Return by how much what is told for living lies under the floor."""
    if floor.amount is None:
        return ZERO
    living = _sum(one.counted for one in figures if form.heading(one.heading).is_in_floor)
    return max(ZERO, floor.amount - living)


def _savings(
    form: BudgetForm, figures: Sequence[Figure], surplus: Decimal, currency: str, reasons: list[Reason]
) -> Decimal:
    """Return what may be put by: the share of the surplus up to the sum, less where the debtor says less."""
    rule = form.savings
    told = [one.counted for one in figures if one.side is Side.SAVINGS]
    if rule is None or surplus <= 0 or rule.currency != currency:
        return ZERO
    most = min(round_money(surplus * rule.share, currency, Rounding.DOWN), rule.most)
    amount = min(_sum(told), most) if told else most
    article = Article(f"form {form.code} {form.version}", "savings", rule.confidence)
    reasons.append(Reason("SAVINGS", {"amount": amount, "most": most, "share": rule.share}, article))
    return amount


def _balances(form: BudgetForm, lines: Sequence[Line], table: SourceTable) -> list[Decimal | None]:
    """Return what other creditors are owed: of a debt told by several sources what the strongest that knows tells."""
    told: dict[str, dict[Source, list[Decimal | None]]] = {}
    for line in lines:
        if form.heading(line.heading).side is Side.DEBT:
            told.setdefault(line.heading, {}).setdefault(line.source, []).append(line.balance)
    found: list[Decimal | None] = []
    for by_source in told.values():
        knowing = [one for one in by_source if None not in by_source[one]] or [*by_source]
        found += by_source[max(knowing, key=lambda one: (table.by_source[one].rank, one.value))]
    return found


def _ours(
    form: BudgetForm,
    balances: Sequence[Decimal | None],
    figures: Sequence[Figure],
    left: Decimal,
    currency: str,
    our_balance: Decimal | None,
    reasons: list[Reason],
) -> tuple[Decimal, Decimal]:
    """Return what is left for us and what goes to other creditors, by the form's way."""
    paid = _sum(one.counted for one in figures if one.side is Side.DEBT)
    if form.others is OtherDebts.PAYMENTS or not balances or None in balances:
        if form.others is OtherDebts.PRO_RATA and balances:
            reasons.append(Reason("BALANCES_NOT_KNOWN", {"amount": paid}))
        return left - paid, paid
    if our_balance is None or our_balance <= 0:
        raise BadInput("This form shares with other creditors by what each is owed: give what is owed to us.")
    if left <= 0:
        return left, ZERO
    theirs = _sum(one for one in balances if one is not None)
    ours = round_money(left * our_balance / (our_balance + theirs), currency, Rounding.DOWN)
    reasons.append(Reason("PRO_RATA", {"amount": ours, "ours": our_balance, "theirs": theirs}))
    return ours, left - ours


def _band(
    figures: Sequence[Figure], disposable: Decimal, currency: str, table: SourceTable, reasons: list[Reason]
) -> tuple[Decimal, Decimal]:
    """Return the band: its top a share of the disposable income, its width the mean of the sources by size."""
    if disposable <= 0:
        reasons.append(Reason("NOTHING_LEFT", {"amount": disposable}))
        return ZERO, ZERO
    whole = _sum(one.told for one in figures)
    weighed = _sum(one.told * table.by_source[one.source].width for one in figures)
    width = weighed / whole if whole else table.by_source[Source.STATED].width
    high = round_money(disposable * table.high_share, currency, Rounding.DOWN)
    low = round_money(high * (1 - width), currency, Rounding.DOWN)
    stated = _sum(one.told for one in figures if one.source is Source.STATED)
    share = (width * 100).quantize(Decimal("0.1"))
    reasons.append(Reason("BAND", {"low": low, "high": high, "width_pct": share, "version": table.version}))
    if whole and stated == whole:
        reasons.append(Reason("ONLY_STATED", {"width_pct": share}))
    return low, high


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
