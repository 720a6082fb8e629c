"""Whom a campaign is for: what of a case and its debtor is asked for. Read from a form or a file, kept as codes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation

TEXT_LONGEST = 80
_DAYS_MOST = 36_500
_AMOUNT_MOST = Decimal(10**15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Filters of live cases; what is left empty asks for nothing. The default is the mild class at first contact."""

    severity: str = "MILD"
    stage: str = "FIRST_CONTACT"
    product: str = ""
    branch: str = ""
    region: str = ""
    language: str = ""
    next_action: str = ""
    days_min: int | None = None
    days_max: int | None = None
    arrears_min: Decimal | None = None
    arrears_max: Decimal | None = None

    def as_facts(self) -> dict[str, str | int]:
        """Return what is asked for, as codes and numbers for JSON and the record; an amount is text."""
        given = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        return {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in given.items()}


TEXTS = ("severity", "stage", "product", "branch", "region", "language", "next_action")
WHOLE = ("days_min", "days_max")
AMOUNTS = ("arrears_min", "arrears_max")
NAMES = tuple(one.name for one in fields(Segment))


def read_segment(given: Mapping[str, object]) -> tuple[Segment, tuple[str, ...]]:
    """Read a segment; what is not given counts as not asked for, also severity and stage.

    Gives   (segment, names of what cannot be used: an unknown name, an unreadable number, a range upside down)
    """
    wrong = [name for name in given if name not in NAMES]
    read: dict[str, object] = {}
    for name in TEXTS:
        text = str(given.get(name) or "").strip()
        if len(text) > TEXT_LONGEST or "\x00" in text:
            wrong.append(name)
            text = ""
        read[name] = text
    for name in WHOLE + AMOUNTS:
        read[name] = _number(given.get(name), whole=name in WHOLE)
        if read[name] is None and str(given.get(name) if given.get(name) is not None else "").strip():
            wrong.append(name)
    for low, high in (WHOLE, AMOUNTS):
        least, most = read[low], read[high]
        if least is not None and most is not None and least > most:  # type: ignore[operator]
            wrong.append(high)
    return Segment(**read), tuple(dict.fromkeys(wrong))  # type: ignore[arg-type]


def _number(value: object, *, whole: bool) -> int | Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0 or number > (_DAYS_MOST if whole else _AMOUNT_MOST):
        return None
    if whole:
        return int(number) if number == number.to_integral_value() else None
    return number.quantize(Decimal("0.001")) if number.as_tuple().exponent >= -3 else None  # type: ignore[operator]
