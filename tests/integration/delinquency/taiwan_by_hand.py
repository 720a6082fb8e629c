"""The real card accounts of data/taiwan, counted by hand: the csv module and plain loops, nothing of ours."""

import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

TAPE = Path(__file__).resolve().parents[3] / "data" / "taiwan" / "creditcard_default.csv.gz"
# as-of date -> column of the status, column of the bill
MONTHS = {
    date(2005, 4, 30): ("pay_6", "bill_amt6"),
    date(2005, 5, 31): ("pay_5", "bill_amt5"),
    date(2005, 6, 30): ("pay_4", "bill_amt4"),
    date(2005, 7, 31): ("pay_3", "bill_amt3"),
    date(2005, 8, 31): ("pay_2", "bill_amt2"),
    date(2005, 9, 30): ("pay_0", "bill_amt1"),
}
DATES = list(MONTHS)


@dataclass(frozen=True)
class Taiwan:
    """The lender whose book it is, where its lake lies, the file read by hand, and what each day's parts answered."""

    tenant: Any
    home: Path
    tape: list[dict[str, str]]
    taken: dict[Any, Any]


def rows() -> list[dict[str, str]]:
    """Read the file as it is."""
    with gzip.open(TAPE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def months_late(row: dict[str, str], day: date) -> int:
    """Status k >= 1 is k months late, anything else is not late; seven and more are one state."""
    return min(7, max(0, int(row[MONTHS[day][0]])))


def bill(row: dict[str, str], day: date) -> int:
    return int(float(row[MONTHS[day][1]]))


def moves(tape: list[dict[str, str]], then: date, now: date) -> Counter[tuple[str, str]]:
    """Count accounts by state on either date."""
    return Counter((f"M{months_late(row, then)}", f"M{months_late(row, now)}") for row in tape)


def severity(months: int) -> str:
    """k months late stand for 30k days: 30 days are mild, 60 and 90 moderate, 120 and more severe."""
    return ("NONE", "MILD", "MODERATE", "MODERATE")[months] if months < 4 else "SEVERE"
