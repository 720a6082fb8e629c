"""A small panel in the shape of the credit record, made from a seed, and what became of each account."""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

LATEST = date(2020, 2, 29)
MONTH_ENDS = (
    date(2019, 7, 31), date(2019, 8, 31), date(2019, 9, 30), date(2019, 10, 31), date(2019, 11, 30), date(2019, 12, 31),
    date(2020, 1, 31), LATEST,
)  # fmt: skip
FIRST = 1 - len(MONTH_ENDS)
Panel = dict[int, dict[int, str]]  # account -> month (0 the latest) -> status

# Where an account goes from each status: C nothing late, 0 to 5 months late 1 to 6, X no loan that month, - gone.
_MOVES = {
    "C": "CCCCCC00X",
    "0": "0000CC11X",
    "1": "0C1122",
    "2": "1C2333X",
    "3": "2C4444",
    "4": "5555C3",
    "5": "555550C-",
    "X": "XX0CC",
    "-": "-",
}
LATE = {"C": 0, "0": 1, "1": 2, "2": 3, "3": 4, "4": 5, "5": 6}


def make(accounts: int, seed: int) -> Panel:
    """Return a panel; a third of the accounts open after the first month, some under X first."""
    rng = random.Random(seed)
    panel: Panel = {}
    for number in range(accounts):
        born = FIRST if number % 3 else rng.randrange(FIRST, 1)
        status = rng.choice("CC0001X5")
        panel[5_000_000 + number] = {}
        for month in range(born, 1):
            if status != "-":
                panel[5_000_000 + number][month] = status
            status = rng.choice(_MOVES[status])
    return panel


def write(panel: Panel, path: Path) -> None:
    """Write the whole panel as one CSV: every import picks its own month out of it."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("ID", "MONTHS_BALANCE", "STATUS"))
        for account, months in panel.items():
            rows.writerows((account, month, status) for month, status in months.items())


def months() -> Iterator[tuple[int, date]]:
    """Give (month as the tape numbers it, as-of date), the earliest first."""
    yield from zip(range(FIRST, 1), MONTH_ENDS, strict=True)


def late_in(panel: Panel, month: int) -> dict[int, int]:
    """Return account -> months late, of those in the book of a month."""
    found = {account: statuses.get(month, "X") for account, statuses in panel.items()}
    return {account: LATE[status] for account, status in found.items() if status != "X"}


def movements(panel: Panel, month: int) -> Counter[str]:
    """Count what became of each account since the month before."""
    before, now = late_in(panel, month - 1) if month > FIRST else {}, late_in(panel, month)
    return Counter(_kind(before.get(account), now.get(account)) for account in before.keys() | now.keys())


def _kind(old: int | None, new: int | None) -> str:
    if old is None:
        return "NEW"
    if new is None:
        return "GONE"
    if old == 0 or new == 0:
        return "STAYED" if old == new else ("ENTERED" if old == 0 else "CURED")
    return "STAYED" if old == new else ("ROLLED" if new > old else "ROLLED_BACK")


def matrix(panel: Panel, month: int, apart: int) -> dict[tuple[str, str], int]:
    """Count the accounts of an earlier month by their state then and now."""
    before, now = late_in(panel, month - apart), late_in(panel, month)
    return dict(Counter((f"M{old}", f"M{now[one]}" if one in now else "GONE") for one, old in before.items()))


def vintages(panel: Panel, month: int) -> dict[tuple[str, int], tuple[int, int]]:
    """Return (month first seen, days) -> (accounts that late by now, accounts); the first month's are of any age."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    ends = dict(months())
    for statuses in panel.values():
        seen = sorted(one for one, status in statuses.items() if status != "X" and one <= month)
        if not seen or seen[0] == FIRST:
            continue
        worst = max(LATE[statuses[one]] for one in seen)
        for days, least in ((30, 2), (90, 4)):
            late, whole = found.get((f"{ends[seen[0]]:%Y-%m}", days), (0, 0))
            found[f"{ends[seen[0]]:%Y-%m}", days] = (late + (worst >= least), whole + 1)
    return found
