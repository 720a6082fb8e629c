"""Spending guidelines by heading and year (the Standard Financial Statement's are its members'): a lender's own table.

None comes with the program, and its absence is said in every budget of the form: nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qingshou.features.repayment.rules.living_floors import Household
from qingshou.kernel.lender_settings import unfit
from qingshou.kernel.money import parse_amount
from qingshou.kernel.verdict import Article, Confidence, Reason


@dataclass(frozen=True, slots=True)
class SpendingGuide:
    """One year's figures: heading -> (first grown person, each further one, each child), a month."""

    year: int
    source: str
    by_heading: Mapping[str, tuple[Decimal, Decimal, Decimal]]


def spending_guide(raw: Mapping[str, Any] | None) -> SpendingGuide | None:
    """Read a lender's guideline: {year, source, headings: {CODE: [first, adult, child]}}; None when it has none.

    Stops   SettingsUnfit  the table does not have this form
    """
    if not raw:
        return None
    try:
        figures = {
            str(code): (parse_amount(str(first)), parse_amount(str(adult)), parse_amount(str(child)))
            for code, (first, adult, child) in raw["headings"].items()
        }
        return SpendingGuide(int(raw["year"]), str(raw["source"]), figures)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unfit(
            "spending_guide",
            "a year, a source, and three amounts a heading are expected (first grown person, each further one, each "
            "child)",
        ) from None


def above_guide(
    *, guide: SpendingGuide | None, spent: Mapping[str, Decimal], household: Household, year: int
) -> Sequence[Reason]:
    """Return which headings lie above the guideline; a guideline never changes a figure, it asks for a reason."""
    if guide is None:
        return (Reason("NO_SPENDING_GUIDE", {}),)
    article = Article(f"spending_guide {guide.year}", guide.source, Confidence.READ)
    reasons = (
        [] if guide.year == year else [Reason("GUIDE_OF_OTHER_YEAR", {"year": guide.year, "asked": year}, article)]
    )
    for code, (first, adult, child) in sorted(guide.by_heading.items()):
        most = first + (household.adults - 1) * adult + household.children * child
        if spent.get(code, Decimal(0)) > most:
            fields = {"heading": code, "amount": spent[code], "guide": most}
            reasons.append(Reason("ABOVE_GUIDE", fields, article))
    return tuple(reasons)
