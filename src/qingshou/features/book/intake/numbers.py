"""Numbers as lenders write them, brought to one plain form without changing a digit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal

from qingshou.features.book.intake.reasons import Reason

UNITS: dict[str, Decimal] = {
    "one": Decimal(1),
    "fraction": Decimal(1),
    "percent": Decimal("0.01"),
    "permille": Decimal("0.001"),
    "basis_points": Decimal("0.0001"),
    "cents": Decimal("0.01"),
    "mills": Decimal("0.001"),
    "thousand": Decimal(1000),
    "万": Decimal(10_000),
    "萬": Decimal(10_000),
    "万元": Decimal(10_000),
    "萬元": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "million": Decimal(1_000_000),
    "亿": Decimal(100_000_000),
    "亿元": Decimal(100_000_000),
    "億元": Decimal(100_000_000),
}
_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]*))?|\.([0-9]+)", re.ASCII)
_SCIENTIFIC = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,20})?)[eE]([+-]?[0-9]{1,3})", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:s?nan[0-9]*|inf(?:inity)?|∞|1\.#(?:inf|ind|qnan).*)", re.IGNORECASE)
_SIGNS = (
    "NT$", "HK$", "US$", "A$", "C$", "S$", "R$", "RMB", "CNY", "TWD", "HKD", "USD", "EUR", "GBP", "JPY", "INR",
    "人民币", "人民幣", "新台币", "新台幣", "港币", "港幣", "元", "圆", "圓",
    "$", "¥", "￥", "€", "£", "₩", "₹", "Rs.", "Kč",
)  # fmt: skip
# The default context would round at 28 digits: exact here means enough room for any text we accept.
_EXACT = Context(prec=120)
_SPACES = " \u00a0\u202f\u3000"


@dataclass(frozen=True, kw_only=True)
class NumberSpec:
    """How numbers are written in this column; everything not allowed here is refused."""

    decimal: str = "."
    group: str = ""
    currency: bool = False
    parentheses: bool = False
    trailing_minus: bool = False
    scientific: bool = False
    percent_sign: bool = False
    full_width: bool = False
    unit: str = "one"

    @property
    def scale(self) -> Decimal:
        return UNITS[self.unit]

    @property
    def is_plain(self) -> bool:
        """Whether the quick path's pattern covers the usual value of this column."""
        return self.decimal == "." and self.group in ("", ",") and self.scale == 1


_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋（）", "0123456789.,-+()")


def _unsigned(text: str, spec: NumberSpec) -> tuple[int, str]:
    """Return the sign and the text without sign, currency and accounting marks."""
    sign = 1
    if spec.parentheses and text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip(_SPACES)
    if spec.trailing_minus and text.endswith("-"):
        sign, text = -sign, text[:-1].rstrip(_SPACES)
    lead = text[:1]
    if lead in ("-", "+"):
        sign, text = (-sign if lead == "-" else sign), text[1:].lstrip(_SPACES if spec.currency else "")
    if spec.currency:
        before = text
        for mark in _SIGNS:
            if text.startswith(mark):
                text = text[len(mark) :].lstrip(_SPACES)
                break
        for mark in _SIGNS:
            if text.endswith(mark):
                text = text[: -len(mark)].rstrip(_SPACES)
                break
        # '$-5.00': the sign may also stand behind the currency, but only once.
        if text != before and lead not in ("-", "+") and text[:1] == "-":
            sign, text = -sign, text[1:]
    return sign, text


def _ungrouped(text: str, spec: NumberSpec) -> str | None:
    """Return the digits without thousands marks, or None when the marks stand in wrong places."""
    whole, point, rest = text.partition(spec.decimal)
    if spec.group and spec.group in whole:
        groups = whole.split(spec.group)
        if not 1 <= len(groups[0]) <= 3 or any(len(part) != 3 for part in groups[1:]):
            return None
        whole = "".join(groups)
    if point and spec.decimal != "." and "." in whole + rest:
        return None
    return whole + ("." + rest if point else "")


def _why_not(text: str) -> Reason:
    """Say as exactly as possible why a text is no number."""
    if _NOT_FINITE.fullmatch(text):
        return Reason.NOT_FINITE
    if _SCIENTIFIC.fullmatch(text.lstrip("+-")):
        return Reason.EXPONENT
    if any(char.isnumeric() and not char.isascii() for char in text):
        return Reason.FOREIGN_DIGITS
    return Reason.NOT_A_NUMBER


def read_number(text: str, spec: NumberSpec) -> Decimal | Reason:
    """Return the exact number a trimmed text states in the units of the target, or why it states none.

    Nothing is rounded: the result may have more decimals than a column holds, which `fit` then refuses.
    """
    shown = text.translate(_FULL_WIDTH) if spec.full_width else text
    sign, bare = _unsigned(shown, spec)
    scale = spec.scale
    if spec.percent_sign and bare.endswith("%"):
        bare, scale = bare[:-1].rstrip(_SPACES), UNITS["percent"]
    if spec.scientific and (match := _SCIENTIFIC.fullmatch(bare)):
        # int() guards the size: an exponent of three digits is at most 10^999, and refused by `fit`.
        shifted = Decimal(match.group(1)).scaleb(int(match.group(2)), _EXACT)
        return _EXACT.multiply(_EXACT.multiply(shifted, scale), Decimal(sign))
    plain = _ungrouped(bare, spec)
    if plain is None or not _PLAIN.fullmatch(plain):
        return _why_not(text)
    if len(plain) > 60:
        return Reason.TOO_MANY_DIGITS
    return _EXACT.multiply(_EXACT.multiply(Decimal(plain), scale), Decimal(sign))


def fit(number: Decimal, *, digits_max: int, decimals_max: int) -> Decimal | Reason:
    """Return the number if it fits a column exactly, trailing zeros aside; else the reason."""
    if number.adjusted() >= digits_max and number != 0:
        return Reason.TOO_MANY_DIGITS
    tail = number.as_tuple().exponent
    if isinstance(tail, int) and -tail > decimals_max:
        trimmed = number.normalize(_EXACT)
        tail = trimmed.as_tuple().exponent
        if isinstance(tail, int) and -tail > decimals_max:
            return Reason.TOO_MANY_DECIMALS
        return trimmed
    return number


def number_reader(spec: NumberSpec, *, digits_max: int, decimals_max: int) -> Callable[[str], Decimal | Reason]:
    """Return the function that reads one amount or rate."""

    def read(text: str) -> Decimal | Reason:
        number = read_number(text, spec)
        return number if isinstance(number, Reason) else fit(number, digits_max=digits_max, decimals_max=decimals_max)

    return read


def whole_reader(spec: NumberSpec) -> Callable[[str], int | Reason]:
    """Return the function that reads one whole number within 32 bits; '30.0' is 30, '30.5' is refused."""

    def read(text: str) -> int | Reason:
        number = read_number(text, spec)
        if isinstance(number, Reason):
            return number
        if number.adjusted() > 12:
            return Reason.TOO_MANY_DIGITS
        if number != number.to_integral_value():
            return Reason.NOT_A_WHOLE_NUMBER
        return int(number) if abs(number) < 2**31 else Reason.TOO_MANY_DIGITS

    return read
