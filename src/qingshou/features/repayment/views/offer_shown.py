"""An offer as a card: what is paid, when it ends, what it costs, how likely it is kept, which limit binds and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from qingshou.edges.figures import money, percent
from qingshou.features.repayment.phrases import offers as words
from qingshou.features.repayment.rules.offer_limits import NOBODY
from qingshou.features.repayment.rules.reason_record import article_of, reasons_of
from qingshou.features.repayment.views.desk_shown import article_words
from qingshou.kernel.money import ZERO

PARTS = {
    "principal": pgettext_lazy("part of a debt", "Principal"),
    "interest": pgettext_lazy("part of a debt", "Interest"),
    "penalty": pgettext_lazy("part of a debt", "Penalty"),
    "costs": pgettext_lazy("part of a debt", "Costs"),
}
# by the ledger's kinds: what the tape does not split counts as principal
GIVEN_UP = {part.upper(): words for part, words in PARTS.items()} | {
    "UNSPLIT": gettext_lazy("Not split up, reckoned as principal"),
}
_COUNTS = frozenset({"TERM_MONTHS_MAX", "GRACE_MONTHS_MAX", "SETTLEMENT_STAGES_MAX"})
_MONEY = frozenset({"INSTALMENT_MIN"})
NO_VALUE_ROLES = frozenset({"AGENCY_USER"})  # what an offer is worth to the lender is not for others


def card_of(offer: Any, *, role: str) -> dict[str, Any]:
    """Return what a card of an offer shows to a role."""
    currency, terms = offer.currency, offer.terms
    amounts = [Decimal(row["amount"]) for row in offer.schedule]
    limits = [_limit(one, currency) for one in offer.limits]
    labels = [offer.label, *terms.get("also", ())]
    return {
        "offer": offer,
        "labels": [words.LABELS.get(one, one) for one in labels],
        "is_settlement": offer.kind == "SETTLEMENT",
        "about": terms.get("about", ()),
        "instalment": _instalment(amounts, currency),
        "count": _count(offer, len(amounts)),
        "first_on": date.fromisoformat(offer.schedule[0]["due_on"]),
        "new_interest": Decimal(terms.get("new_interest") or "0"),
        "chance": _chance(offer),
        "observed": terms.get("observed", 0),
        "value": offer.value if role not in NO_VALUE_ROLES else None,
        "value_share": Decimal(terms["value_share"]) if role not in NO_VALUE_ROLES and "value_share" in terms else None,
        "waived": _waived(terms),
        "terms": _terms(terms),
        "limits": limits,
        "binding": [one for one in limits if one["is_binding"]],
        "needs_role": words.ROLES.get(offer.needs_role, offer.needs_role) if offer.needs_role else "",
        "is_beyond_all": offer.needs_role == NOBODY,
        "is_beyond": bool(offer.needs_role),
        "reasons": [words.offer_reason_words(one) for one in reasons_of(terms.get("reasons", ()))],
        "rows": [
            {"due_on": date.fromisoformat(row["due_on"]), "amount": Decimal(row["amount"]),
             "interest": Decimal(row.get("new_interest") or "0")}
            for row in offer.schedule
        ],
    }  # fmt: skip


def _instalment(amounts: Sequence[Decimal], currency: str) -> str:
    regular = amounts[:-1] or amounts
    low, high = min(regular), max(regular)
    return money(low, currency) if low == high else f"{money(low, currency)} – {money(high, currency)}"


def _count(offer: Any, count: int) -> str:
    if count == 1:
        return _("one payment")
    held = offer.terms.get("schedule") or {}
    rhythm = words.FREQUENCIES.get(held.get("frequency", "MONTH"), "")
    payments = _count_of(count)
    return f"{payments} · {rhythm}" if held else payments


def _chance(offer: Any) -> dict[str, Any] | None:
    """Return the chance with its interval as places on a line of 100 units."""
    if offer.kept_chance is None:
        return None
    low, high = offer.kept_low or ZERO, offer.kept_high or Decimal(1)
    return {
        "mean": offer.kept_chance, "low": low, "high": high, "x": f"{low * 100:.1f}", "w": f"{(high - low) * 100:.1f}",
        "at": f"{offer.kept_chance * 100 - Decimal('0.7'):.1f}",
        "words": f"{offer.kept_chance * 100:.0f} %",
        "interval": f"{low * 100:.0f}–{high * 100:.0f}\u00a0%",
    }  # fmt: skip


def _waived(terms: Mapping[str, Any]) -> list[dict[str, Any]]:
    waived = terms.get("waived") or {}
    return [
        {"words": label, "amount": Decimal(waived[part])}
        for part, label in PARTS.items()
        if Decimal(waived.get(part) or "0") > 0
    ]


def _terms(terms: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Return what is out of the ordinary in the terms: a lower rate, grace at first, a rise; equal payments are not."""
    held = terms.get("schedule") or {}
    told: list[tuple[Any, str]] = []
    if Decimal(terms.get("rate_concession") or "0"):
        told.append((_("Rate of the plan"), percent(Decimal(held.get("rate") or "0"))))
    if held.get("grace", "NONE") != "NONE":
        told.append((words.GRACES.get(held["grace"], held["grace"]), _count_of(int(held.get("grace_periods") or 0))))
    if Decimal(held.get("step_up") or "0"):
        told.append((_("Rise each year"), percent(Decimal(held["step_up"]))))
    return told


def _count_of(count: int) -> str:
    return ngettext("%(count)s payment", "%(count)s payments", count) % {"count": count}


def _limit(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    article = article_of(row.get("article"))
    return {
        "words": words.LIMITS.get(row["kind"], row["kind"]), "most": _measure(row["kind"], row["most"], currency),
        "used": _measure(row["kind"], row["used"], currency),
        "by": _measure(row["kind"], str(abs(Decimal(row["used"]) - Decimal(row["most"]))), currency),
        "standing": words.STANDINGS[row["standing"]],
        "is_binding": row["standing"] != "WITHIN", "is_passed": row["standing"] == "PASSED", "is_law": row["is_law"],
        "rule": article_words(article) or row["rule"],
    }  # fmt: skip


def _measure(kind: str, text: str, currency: str) -> str:
    value = Decimal(text)
    if kind in _MONEY:
        return money(value, currency)
    return f"{value:.0f}" if kind in _COUNTS else f"{value * 100:.2f}".rstrip("0").rstrip(".") + " %"
