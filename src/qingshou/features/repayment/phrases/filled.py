"""Sentences filled with the fields of a reason: codes as their words, amounts and dates as they are."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import formats

from qingshou.kernel.verdict import Reason


def filled(
    sentences: Mapping[str, object], reason: Reason, named: Mapping[str, Mapping[str, object]] | None = None
) -> str:
    """Return the sentence of a reason in the language in force; a code without words shows itself."""
    sentence = sentences.get(reason.code)
    if sentence is None:
        return reason.code
    words = {name: _shown(value, (named or {}).get(name)) for name, value in reason.fields.items()}
    return str(sentence) % words


def _shown(value: object, named: Mapping[str, object] | None) -> str:
    if named is not None and str(value) in named:
        return str(named[str(value)])
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return str(formats.date_format(value)) if isinstance(value, date) else str(value)
