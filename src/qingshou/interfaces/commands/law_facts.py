"""Facts written as `name=value` on the command line, read by the type that the law package declares for them."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import get_type_hints

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import parse_amount
from qingshou.law.classification import ClassificationFacts

FACT_NAMES = tuple(one.name for one in fields(ClassificationFacts))
_HINTS = get_type_hints(ClassificationFacts)


def read_facts(written: Sequence[str]) -> dict[str, object]:
    """Read facts such as 'is_evading=true', 'expected_loss_share=0.5', 'missed_payment_dates=2024-01-15,2024-02-15'."""
    return dict(_read_fact(one) for one in written)


def _read_fact(written: str) -> tuple[str, object]:
    name, sign, text = written.partition("=")
    if not sign or name not in FACT_NAMES:
        raise BadInput(f"'{written[:40]}' is not a fact: write name=value with one of {', '.join(FACT_NAMES)}.")
    return name, _reader(_HINTS[name])(text)


def _reader(hint: object) -> Callable[[str], object]:
    readers: dict[object, Callable[[str], object]] = {
        bool: _truth,
        int: _whole,
        int | None: _whole,
        date | None: parse_date,
        Decimal | None: parse_amount,
        tuple[date, ...]: lambda text: tuple(parse_date(part) for part in text.split(",")),
    }
    return readers.get(hint, str)


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise BadInput(f"'{text[:20]}' is neither true nor false: write one of them.")
    return text == "true"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise BadInput(f"'{text[:20]}' is not a whole number of days or months: write digits, for example 91.")
    return int(text)
