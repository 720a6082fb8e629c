"""What every reader fills while it reads: statements still open, and the rows that could not be read."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Line, Notice, Rejected
from qingshou.features.repayment.statements.identity import real_reference
from qingshou.features.repayment.statements.limits import (
    ACCOUNT_CHARS_MAX,
    LINES_MAX,
    NAME_CHARS_MAX,
    REFERENCE_CHARS_MAX,
    REMITTANCE_CHARS_MAX,
    WHOLE_DIGITS_MAX,
)
from qingshou.features.repayment.statements.texts import clean, plain_account
from qingshou.kernel.money import minor_digits

_LENGTHS = {
    "bank_ref": REFERENCE_CHARS_MAX,
    "end_to_end_ref": REFERENCE_CHARS_MAX,
    "reverses_ref": REFERENCE_CHARS_MAX,
    "payer_name": NAME_CHARS_MAX,
    "remittance": REMITTANCE_CHARS_MAX,
}
_REFERENCES = ("bank_ref", "end_to_end_ref", "reverses_ref")


@dataclass
class Draft:
    """One statement while it is read."""

    account: str = ""
    currency: str = ""
    statement_ref: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    states_balances: bool = True  # an advice or a report within the day need not, and nobody misses them
    line_no: int = 0
    lines: list[Line] = field(default_factory=list)


@dataclass
class Reading:
    """All that a reader has to say of a file."""

    statements: list[Draft] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    rows: int = 0
    is_interim: bool = False  # MT942 rather than MT940

    def count_row(self) -> None:
        """Count one more row, good or bad; no statement has more than the limit."""
        self.rows += 1
        if self.rows > LINES_MAX:
            raise StatementRefused(
                f"The file has more than {LINES_MAX:,} rows: ask the bank for a file a day, or split it.",
                why="TOO_MANY_ROWS",
                rows_max=LINES_MAX,
            )

    def reject(self, line_no: int, column: str, code: str, **fields: object) -> None:
        """Note a row that could not be read."""
        self.rejected.append(Rejected(line_no, column, code, fields))

    def warn(self, code: str, line_no: int = 0, **fields: object) -> None:
        """Note something a person should know."""
        self.warnings.append(Notice(code, line_no, fields))

    def draw(
        self,
        *,
        line_no: int,
        account: str,
        currency: str,
        amount: Decimal,
        value_date: date,
        booked_date: date,
        is_reversal: bool = False,
        balance_after: Decimal | None = None,
        payer_account: str = "",
        **texts: str,
    ) -> Line:
        """Return a line, its texts cleaned and bounded; a text that had to be cut is a warning."""
        kept: dict[str, str] = {}
        for name, given in texts.items():
            kept[name], was_cut = clean(given, _LENGTHS[name])
            if name in _REFERENCES:
                kept[name] = real_reference(kept[name])
            if was_cut:
                self.warn("TEXT_CUT", line_no, column=name, chars_max=_LENGTHS[name])
        payer, was_cut = clean(plain_account(payer_account), ACCOUNT_CHARS_MAX)
        if was_cut:
            self.warn("TEXT_CUT", line_no, column="payer_account", chars_max=ACCOUNT_CHARS_MAX)
        return Line(
            line_no=line_no,
            account=account,
            currency=currency,
            amount=amount,
            value_date=value_date,
            booked_date=booked_date,
            is_reversal=is_reversal,
            balance_after=balance_after,
            payer_account=real_reference(payer),
            bank_ref=kept.get("bank_ref", ""),
            payer_name=kept.get("payer_name", ""),
            remittance=kept.get("remittance", ""),
            end_to_end_ref=kept.get("end_to_end_ref", ""),
            reverses_ref=kept.get("reverses_ref", ""),
        )


def own_account(text: str) -> str:
    """Return the number of the lender's own account in the form it is compared by."""
    return clean(plain_account(text), ACCOUNT_CHARS_MAX)[0]


def is_currency(text: str) -> bool:
    """Whether a text has the form of an ISO 4217 code."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def fitted(amount: Decimal, currency: str) -> Decimal | str:
    """Return an amount at its currency's minor unit, or the code saying why it does not fit; nothing is rounded."""
    if amount and amount.adjusted() >= WHOLE_DIGITS_MAX:
        return "TOO_MANY_DIGITS"
    at_unit = amount.quantize(Decimal(1).scaleb(-minor_digits(currency)))
    return at_unit if at_unit == amount else "TOO_MANY_DECIMALS"
