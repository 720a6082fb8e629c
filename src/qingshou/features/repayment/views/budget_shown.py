"""A budget drawn: where the income goes as one bar, the band an instalment should lie in, and why."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.features.repayment.documents.files import PDF, WORD
from qingshou.features.repayment.phrases import budget as words
from qingshou.features.repayment.phrases.documents import KINDS
from qingshou.features.repayment.queries.budgets import BudgetShown
from qingshou.features.repayment.rules.affordability import Affordability
from qingshou.features.repayment.views.desk_shown import article_words
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Reason

_FORMS = {PDF: "PDF", WORD: _("Word file")}

_QUIET = ("BAND",)


def picture_of_judged(judged: Affordability) -> dict[str, Any]:
    """Return what is drawn of a budget that was just judged."""
    return _picture(
        currency=judged.currency, income=judged.income, priority=judged.priority, essential=judged.essential,
        savings=judged.savings, others=judged.other_debts, disposable=judged.disposable, low=judged.low,
        high=judged.high, floor=judged.floor.amount, reasons=judged.reasons,
    )  # fmt: skip


def picture_of(shown: BudgetShown) -> dict[str, Any]:
    """Return what is drawn of a budget on file, with its lines and who took it."""
    one = shown.budget
    picture = _picture(
        currency=one.currency, income=one.income, priority=one.priority, essential=one.essential, savings=one.savings,
        others=one.other_debts, disposable=one.disposable, low=one.band_low, high=one.band_high,
        floor=one.living_floor, reasons=shown.reasons,
    )  # fmt: skip
    return picture | {
        "budget": one, "form": words.FORMS[one.form], "willingness": words.WILLINGNESS[one.willingness],
        "lines": [
            {"line": line, "words": words.HEADINGS[line.heading], "source": words.SOURCES[line.source],
             "every": words.EVERY[line.told_every]}
            for line in shown.lines
        ],
    }  # fmt: skip


def compared(budgets: Sequence[BudgetShown]) -> dict[str, Any]:
    """Return the last budgets as a table: one column a budget, one row a figure, with what changed since the one
    before."""
    rows = [
        ("income", words.SIDES["INCOME"]), ("essential", words.SIDES["ESSENTIAL"]),
        ("priority", words.SIDES["PRIORITY"]), ("savings", words.SIDES["SAVINGS"]),
        ("other_debts", words.SIDES["DEBT"]), ("disposable", words.LEFT), ("band_high", words.AT_MOST),
    ]  # fmt: skip
    found = [one.budget for one in budgets]
    return {
        "heads": [{"budget": one, "form": words.FORMS[one.form], "willingness": words.WILLINGNESS[one.willingness]}
                  for one in found],
        "rows": [{"words": label, "values": [getattr(one, name) for one in found]} for name, label in rows],
        "currency": found[0].currency,
    }  # fmt: skip


def document_line(one: Any) -> dict[str, Any]:
    """Return a document to choose: its kind, what file it is, day and the first letters of its hash."""
    kind, form = KINDS.get(one.kind, one.kind), _FORMS.get(one.content_type)
    return {"hash": one.document_hash, "id": one.id, "words": f"{kind} · {form}" if form else kind, "on": one.stored_at,
            "short": one.document_hash[:6]}  # fmt: skip


def _picture(
    *, currency: str, income: Decimal, priority: Decimal, essential: Decimal, savings: Decimal, others: Decimal,
    disposable: Decimal, low: Decimal, high: Decimal, floor: Decimal | None, reasons: Sequence[Reason],
) -> dict[str, Any]:  # fmt: skip
    spent = [("priority", words.SIDES["PRIORITY"], priority), ("essential", words.SIDES["ESSENTIAL"], essential),
             ("savings", words.SIDES["SAVINGS"], savings), ("others", words.SIDES["DEBT"], others)]  # fmt: skip
    parts = [(code, label, amount) for code, label, amount in (*spent, ("left", words.LEFT, max(ZERO, disposable)))]
    scale = max(income, sum((amount for _code, _label, amount in parts), ZERO)) or Decimal(1)
    bars, at = [], ZERO
    for code, label, amount in parts:
        bars.append(
            {"code": code, "words": label, "amount": amount, "x": _share(at, scale), "w": _share(amount, scale)}
        )
        at += amount
    start = at - max(ZERO, disposable)
    band = {"x": _share(start + low, scale), "w": _share(high - low, scale)} if high > 0 else None
    return {
        "currency": currency, "income": income, "disposable": disposable, "low": low, "high": high, "floor": floor,
        "bars": bars, "band": band, "income_x": _share(income, scale), "is_short": disposable <= 0,
        "reasons": [(words.budget_reason_words(one), article_words(one.article)) for one in reasons
                    if one.code not in _QUIET],
    }  # fmt: skip


def _share(amount: Decimal, scale: Decimal) -> str:
    """Return a part as a width of a drawing of 1000 units."""
    return f"{amount / scale * 1000:.1f}"
