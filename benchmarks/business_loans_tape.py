"""A made-up tape of small-business loans with the dirt of the real one: columns, ways of writing, holes."""

import csv
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

HEADERS = (
    "LoanNr_ChkDgt", "Name", "City", "State", "Zip", "Bank", "BankState", "NAICS", "ApprovalDate", "ApprovalFY", "Term",
    "NoEmp", "NewExist", "CreateJob", "RetainedJob", "FranchiseCode", "UrbanRural", "RevLineCr", "LowDoc", "ChgOffDate",
    "DisbursementDate", "DisbursementGross", "BalanceGross", "MIS_Status", "ChgOffPrinGr", "GrAppv", "SBA_Appv",
)  # fmt: skip
_STATES = ("CA", "TX", "NY", "FL", "PA", "OH", "IL", "MA", "MN", "NJ", "")
_BANKS = (
    "BANK OF AMERICA NATL ASSOC", "WELLS FARGO BANK NATL ASSOC", "JPMORGAN CHASE BANK NATL ASSOC", "BBCN BANK", "",
    "U.S. BANK NATL ASSOC", "PNC BANK, NATIONAL ASSOCIATION", "MANUFACTURERS & TRADERS TR CO",
)  # fmt: skip
_NAMES = (
    "ABC HOBBYCRAFT", "LANDMARK BAR & GRILLE (THE)", "WHITLOCK DDS, TODD M.", "BIG BUCKS PAWN & JEWELRY, LLC", "",
    'THE "GRILL" INC', "TRULITE    SIGNS", "JOE'S GARAGE", "PEÑA FOODS", "=SUM AUTO PARTS", "-A- PLUS TOWING",
)  # fmt: skip
_CITIES = ("EVANSVILLE", "NEW PARIS", "BLOOMINGTON", "BROKEN ARROW", "ORLANDO", "N LITTLE ROCK, AR", "St. Paul", "")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST, _SPAN = date(1968, 1, 5), (date(2014, 6, 25) - date(1968, 1, 5)).days


@dataclass(slots=True)
class Written:
    """What was written, counted while writing: what the intake must come to."""

    rows: int = 0
    balance_cents: int = 0
    written_off: int = 0
    closed: int = 0
    without_status: int = 0
    before_1970: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


def money(cents: int) -> str:
    """Write an amount as the tape does: with a dollar sign, groups, and a blank behind it."""
    return f"${cents // 100:,}.{cents % 100:02d} "


def day(value: date) -> str:
    """Write a date as the tape does, with two digits of the year."""
    return f"{value.day}-{_MONTHS[value.month - 1]}-{value.year % 100:02d}"


def write(path: Path, rows: int, seed: int) -> Written:
    """Write the tape and count what is in it."""
    rng = random.Random(seed)
    written = Written()
    with path.open("w", encoding="utf-8", newline="") as out:
        tape = csv.writer(out)
        tape.writerow(HEADERS)
        for number in range(rows):
            tape.writerow(_row(rng, number, written))
    return written


def _row(rng: random.Random, number: int, written: Written) -> list[str]:
    approved = _FIRST + timedelta(days=int(_SPAN * rng.random() ** 0.5))
    disbursed = approved + timedelta(days=rng.randrange(0, 200))
    chance = rng.random()
    status = "P I F" if chance < 0.82 else "CHGOFF" if chance < 0.998 else ""
    gross = rng.randrange(40, 40_000) * 10_000
    balance = rng.randrange(1, gross) if rng.random() < 0.00002 else 0
    charged = rng.randrange(gross) if status == "CHGOFF" else 0
    year = str(approved.year if approved.month < 10 else approved.year + 1)
    written.rows += 1
    written.balance_cents += balance
    written.statuses[status] += 1
    written.written_off += status == "CHGOFF"
    written.closed += status == "P I F"
    written.without_status += status == ""
    written.before_1970 += approved.year < 1970
    return [
        str(1_000_014_003 + number * 9_973),
        rng.choice(_NAMES),
        rng.choice(_CITIES),
        rng.choice(_STATES),
        str(rng.randrange(0, 99_999)),
        rng.choice(_BANKS),
        rng.choice(_STATES),
        rng.choice(("0", "451120", "722410", "621210", "811118", "236115")),
        day(approved),
        f"{year}A" if rng.random() < 0.00002 else year,
        str(rng.choice((0, 12, 36, 60, 84, 84, 84, 120, 180, 240, 300, 569))),
        str(rng.choice((0, 1, 2, 4, 7, 14, 100, 9_999))),
        rng.choice(("1", "1", "1", "2", "2", "0", "")),
        str(rng.choice((0, 0, 0, 1, 5, 8_800))),
        str(rng.choice((0, 0, 1, 7, 23))),
        str(rng.choice((0, 1, 1, 15_100))),
        rng.choice("012"),
        rng.choice("NNNYY00T`,1RC327A5.4-Q ").strip(),
        rng.choice(("N", "N", "N", "N", "Y", "", "0", "C", "S", "A", "R", "1")),
        day(disbursed + timedelta(days=rng.randrange(30, 4_000))) if status == "CHGOFF" else "",
        day(disbursed) if rng.random() > 0.0026 else "",
        money(gross),
        money(balance),
        status,
        money(charged),
        money(gross + rng.randrange(100) * 100),
        money(gross * 3 // 4),
    ]  # fmt: skip
