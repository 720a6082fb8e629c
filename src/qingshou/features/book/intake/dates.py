"""Dates as lenders write them: a format is turned into a strict pattern once, no locale, no guessing of order."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.reasons import Reason

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TOKENS = {
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%R": r"(?P<R>[0-9]{2,3})",  # year of the Republic (民國): 94 is 2005
    "%m": r"(?P<m>[0-9]{1,2})",
    "%d": r"(?P<d>[0-9]{1,2})",
    "%b": r"(?P<b>[A-Za-z]{3,9})",
    "%H": r"[0-9]{1,2}",
    "%M": r"[0-9]{2}",
    "%S": r"[0-9]{2}(?:\.[0-9]{1,9})?",
    "%z": r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
    "%%": "%",
}
EXCEL_SERIAL = "excel_serial"
_EXCEL_ZERO = date(1899, 12, 30)
_YEAR_MIN, _YEAR_MAX = 1900, 2199


@dataclass(frozen=True, kw_only=True)
class DateSpec:
    """The formats tried in order, and the year from which two digits are counted."""

    formats: tuple[str, ...] = ("%Y-%m-%d",)
    pivot_year: int = 1950


@lru_cache(maxsize=256)
def _pattern(date_format: str) -> re.Pattern[str]:
    """Return the pattern of a format; a month alone (%Y-%m) stands for its last day."""
    parts = re.split(r"(%.)", date_format)
    unknown = [part for part in parts if len(part) == 2 and part[0] == "%" and part not in _TOKENS]
    if unknown:
        raise MappingWrong(
            f"Date format '{date_format}': '{unknown[0]}' is not known; use %Y %y %R %m %d %b %H %M %S %z.",
            date_format=date_format,
        )
    body = "".join(_TOKENS.get(part, re.escape(part)) for part in parts)
    if not re.search(r"\?P<[YyR]>", body) or not re.search(r"\?P<[mb]>", body):
        raise MappingWrong(f"Date format '{date_format}' needs a year and a month.", date_format=date_format)
    try:
        return re.compile(body, re.ASCII)
    except re.error:
        raise MappingWrong(
            f"Date format '{date_format}' names a part twice: use each once.", date_format=date_format
        ) from None


def check_format(date_format: str) -> None:
    """Stop with MappingWrong when the format cannot be used."""
    if date_format != EXCEL_SERIAL:
        _pattern(date_format)


def _year(groups: dict[str, str | None], pivot_year: int) -> int:
    if groups.get("Y"):
        return int(groups["Y"] or 0)
    if groups.get("R"):
        return int(groups["R"] or 0) + 1911
    short = int(groups["y"] or 0)
    return pivot_year + (short - pivot_year) % 100


def _from_groups(groups: dict[str, str | None], pivot_year: int) -> date | Reason:
    year = _year(groups, pivot_year)
    month = int(groups["m"] or 0) if groups.get("m") else _MONTHS.get((groups.get("b") or "").lower(), 0)
    if not (_YEAR_MIN <= year <= _YEAR_MAX and 1 <= month <= 12):
        return Reason.IMPOSSIBLE_DATE
    try:
        if groups.get("d"):
            return date(year, month, int(groups["d"] or 0))
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return Reason.IMPOSSIBLE_DATE


def _from_serial(text: str) -> date | Reason:
    whole = re.fullmatch(r"([0-9]{1,6})(?:\.[0-9]+)?", text, re.ASCII)
    if whole is None:
        return Reason.NOT_A_DATE
    day = _EXCEL_ZERO + timedelta(days=int(whole.group(1)))
    # Serials up to 60 fall before the day Excel invents (1900-02-29): which day is meant is not certain.
    return day if int(whole.group(1)) > 60 and day.year <= _YEAR_MAX else Reason.IMPOSSIBLE_DATE


def date_reader(spec: DateSpec) -> Callable[[str], date | Reason]:
    """Return the function that reads one date by the formats of `spec`, first match wins."""
    patterns = [(form, None if form == EXCEL_SERIAL else _pattern(form)) for form in spec.formats]

    def read(text: str) -> date | Reason:
        worst = Reason.NOT_A_DATE
        for _form, pattern in patterns:
            if pattern is None:
                found: date | Reason = _from_serial(text)
            else:
                match = pattern.fullmatch(text)
                found = _from_groups(match.groupdict(), spec.pivot_year) if match else Reason.NOT_A_DATE
            if isinstance(found, date):
                return found
            worst = found if found is Reason.IMPOSSIBLE_DATE else worst
        if worst is Reason.NOT_A_DATE and any(char.isdigit() and not char.isascii() for char in text):
            return Reason.FOREIGN_DIGITS
        return worst

    return read
