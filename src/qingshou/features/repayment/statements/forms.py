"""The one form every bank's file is brought to: accounts, their booked lines, and what could not be read.

Names, accounts and texts are personal data: whoever stores a line seals them. Nothing else here holds any, so that
rejected rows, warnings and totals may be shown, logged and audited as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

# Kinds of file that tell of bookings before, or beside, the day's own statement: each is told there once more.
INTERIM = frozenset({"CAMT052", "CAMT054", "MT942"})
# Rows that say nothing about money received: counted, but no fault of the file.
HARMLESS = frozenset({"SUMMARY_ROW", "NOT_BOOKED"})


class Format(StrEnum):
    """The kinds of file that can be read."""

    CSV = "CSV"
    XLSX = "XLSX"
    CAMT052 = "CAMT052"
    CAMT053 = "CAMT053"
    CAMT054 = "CAMT054"
    MT940 = "MT940"
    MT942 = "MT942"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One booking as the bank states it.

    line_no       physical line of the file on which it begins
    amount        signed: above zero the account was credited
    payer_name    the other party: who paid where the amount is above zero
    is_reversal   the bank says that this takes back an earlier booking
    reverses_ref  what the bank gives to find that booking by; often nothing
    row_hash      of all the bank says of the booking, its account included
    occurrence    the how manieth of identical rows in the file
    key           the same for the same booking in every file: see identity.py
    """

    line_no: int
    account: str
    currency: str
    amount: Decimal
    value_date: date
    booked_date: date
    bank_ref: str = ""
    payer_name: str = ""
    payer_account: str = ""
    remittance: str = ""
    end_to_end_ref: str = ""
    is_reversal: bool = False
    reverses_ref: str = ""
    balance_after: Decimal | None = None
    row_hash: str = ""
    occurrence: int = 1
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatement:
    """One statement of one account; a file may hold several, of one account too."""

    account: str
    currency: str
    statement_ref: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row, or one place of it, that could not be read. `fields` never holds what stood there."""

    line_no: int
    column: str
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_harmless(self) -> bool:
        """Whether the row is no booking at all, rather than one that was lost."""
        return self.code in HARMLESS


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file that a person should know before its lines are booked."""

    code: str
    line_no: int = 0
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """What the good lines of one currency come to; `debits` is zero or below."""

    currency: str
    lines: int
    credits: Decimal
    debits: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFile:
    """A whole file: what was read, what was not, and what is doubtful."""

    format: Format
    version: str
    name: str
    content_hash: str
    accounts: tuple[AccountStatement, ...]
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[Notice, ...] = ()
    totals: tuple[CurrencyTotal, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All good lines, in the order of the file."""
        return tuple(line for one in self.accounts for line in one.lines)
