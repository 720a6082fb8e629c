"""Sentences filled with the fields of a reason: codes as their words, amounts and dates as they are."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from qingshou.kernel.verdict import Reason

# fields that are money; one without its decimals (10, 0) is told with them, as every other amount beside it
_AMOUNTS = frozenset({"amount", "disposable", "high", "least", "low", "lump_sum", "smallest"})


def filled(
    sentences: Mapping[str, object], reason: Reason, named: Mapping[str, Mapping[str, object]] | None = None
) -> str:
    """Return the sentence of a reason in the language in force; a code without words shows itself."""
    sentence = sentences.get(reason.code)
    if sentence is None:
        return reason.code
    words = {
        name: _shown(value, (named or {}).get(name), is_amount=name in _AMOUNTS and _is_bare(value))
        for name, value in reason.fields.items()
    }
    return str(sentence) % words


def _is_bare(value: object) -> bool:
    return isinstance(value, Decimal) and value == value.to_integral_value()


def _shown(value: object, named: Mapping[str, object] | None, *, is_amount: bool) -> str:
    if named is not None and str(value) in named:
        return str(named[str(value)])
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if is_amount else f"{value:,f}"
    return value.isoformat() if isinstance(value, date) else str(value)
