"""One cell of a file: what kinds there are, how each is read, and why one is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import pyarrow as pa

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import parse_amount

TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y", "是"})
FALSE_WORDS = frozenset({"0", "false", "f", "no", "n", "否"})
TEXT_LENGTH_MAX = 200
MONEY_DIGITS_MAX = 3
RATE_DIGITS_MAX = 6


class Kind(StrEnum):
    """What a column holds."""

    ID = "ID"
    TEXT = "TEXT"
    DATE = "DATE"
    MONEY = "MONEY"
    RATE = "RATE"
    DAYS = "DAYS"
    FLAG = "FLAG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column wanted from a file: our name for it, other names it may carry, whether it or its cells may be absent."""

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    is_required: bool = True
    may_be_empty: bool = False


ARROW: dict[Kind, pa.DataType] = {
    Kind.ID: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.MONEY: pa.decimal128(18, 3),
    Kind.RATE: pa.decimal128(9, 6),
    Kind.DAYS: pa.int32(),
    Kind.FLAG: pa.bool_(),
}
SQL: dict[Kind, str] = {
    Kind.ID: "VARCHAR",
    Kind.TEXT: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.MONEY: "DECIMAL(18,3)",
    Kind.RATE: "DECIMAL(9,6)",
    Kind.DAYS: "INTEGER",
    Kind.FLAG: "BOOLEAN",
}


def read_text(text: str) -> str:
    """Read a short printable text; what is not UTF-8 or hides control characters is refused."""
    if len(text) > TEXT_LENGTH_MAX:
        raise BadInput(f"The text is longer than {TEXT_LENGTH_MAX} characters.")
    if not text.isprintable():
        raise BadInput("The text holds bytes that are not UTF-8, or control characters.")
    return text


@lru_cache(maxsize=65536)
def read_date(text: str) -> date:
    """Read a date; the same few thousand days come again and again."""
    return parse_date(text)


def _read_decimal(text: str, digits: int) -> Decimal:
    amount = parse_amount(text)
    whole, _, fraction = text.partition(".")
    if len(fraction.rstrip("0")) > digits:
        raise BadInput(f"The number has more than {digits} decimals.")
    return Decimal(f"{whole}.{fraction[:digits]}") if len(fraction) > digits else amount


def read_money(text: str) -> Decimal:
    """Read an amount of at most three decimals."""
    return _read_decimal(text, MONEY_DIGITS_MAX)


def read_rate(text: str) -> Decimal:
    """Read a fraction of at most six decimals, below 1000."""
    rate = _read_decimal(text, RATE_DIGITS_MAX)
    if abs(rate) >= 1000:
        raise BadInput("The rate is too large: write it as a fraction, 0.0612 for 6.12 %.")
    return rate


def read_days(text: str) -> int:
    """Read a whole number of days from 0."""
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise BadInput("The days are not a whole number from 0 to 999999.")
    return int(text)


def read_flag(text: str) -> bool:
    """Read yes or no."""
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise BadInput("The value is neither true nor false: write true or false.")


READ: dict[Kind, Callable[[str], object]] = {
    Kind.ID: read_text,
    Kind.TEXT: read_text,
    Kind.DATE: read_date,
    Kind.MONEY: read_money,
    Kind.RATE: read_rate,
    Kind.DAYS: read_days,
    Kind.FLAG: read_flag,
}
