"""What a figure is of, in words: its key as the pages show it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qingshou.edges.words import SEVERITIES
from qingshou.features.delinquency import phrases

_OF_STAGES = frozenset({"structure_stage"})
_NOT_CODES = frozenset({"arrears_by", "vintage"})  # made of the lender's own words and of numbers


def key_words(name: str, key: str, products: Mapping[str, object]) -> str:
    """Return a figure's key in words: 'M2>M3|COUNT' becomes 'M2 (31 to 60 days) → M3 (...) · by loans'."""
    if name == "arrears_by":
        product, _mark, branch = key.partition("|")
        return f"{products.get(product, product)} · {branch or _('Branch not given')}"
    words = _words(name)
    parts = (" → ".join(str(words.get(code, code)) for code in part.split(">")) for part in key.split("|"))
    return " · ".join(parts)


def _words(name: str) -> dict[str, object]:
    if name in _NOT_CODES:
        return {}
    if name in _OF_STAGES:
        return dict(phrases.STAGES)
    counted = {
        "ALL": _("All"),
        "COUNT": _("Loans"),
        "BALANCE": pgettext("amount", "Balance"),
        "D1": _("Overdue"),
        "D30": _("30 days and more"),
        "D90": _("90 days and more"),
    }
    return {**phrases.LINES, **phrases.CLASSES, **phrases.BASES, **SEVERITIES, **phrases.STATES, **counted}
