"""What one row of a bank's table says: its day, and its amount with the side it stands on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qingshou.features.book.intake.dates import DateSpec, date_reader
from qingshou.features.book.intake.numbers import NumberSpec, read_number
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.repayment.statements.drafts import fitted
from qingshou.features.repayment.statements.table_mapping import TableMapping, known

# 20260105, 20260105101112 or 20260105 10:11:12: exactly as many digits, or '2026111' could be two days.
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[ T]?[0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]{1,9})?)?)?")
# 1.234,56 or 100,50: a point that divides thousands has three digits behind it, so the comma is the decimal one.
_COMMA = re.compile(r"[^0-9.,]*(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]{1,2}[^0-9.,]*")
_POINT = re.compile(r"[^0-9.,]*(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\.[0-9]{1,2}[^0-9.,]*")
_DASHES = frozenset({"", "-", "--", "—", "——", "/", "无"})


class RowWrong(Exception):
    """One place of a row cannot be read: which, and why. Caught by the reader of rows, never shown."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(column, code)
        self.column = column
        self.code = code


@dataclass(frozen=True, slots=True)
class Side:
    """An amount as it stands: signed for our account; red where it stands negative in a column of amounts."""

    amount: Decimal
    column: str
    is_red: bool = False


class TableValues:
    """Reads the values of rows by one mapping."""

    def __init__(self, mapping: TableMapping) -> None:
        self._mapping = mapping
        self._number = NumberSpec(
            decimal=mapping.decimal, group=mapping.group, currency=True, parentheses=True, trailing_minus=True
        )
        self._comma = replace(self._number, decimal=",", group=".")
        self._is_told = (mapping.decimal, mapping.group) != (".", ",")
        self._written = ""  # the decimal sign of the first amount that leaves no doubt: one table has one
        self._date: Callable[[str], date | Reason] = date_reader(
            DateSpec(formats=mapping.date_formats, pivot_year=2000)
        )
        self._is_usual = mapping.date_formats == tuple(known()["date_formats"])
        self._reversal_marks = frozenset(str(mark).upper() for mark in known()["reversal_marks"])
        self._reversal_words = tuple(str(word).casefold() for word in known()["reversal_words"])
        self._summary_words = tuple(str(word).casefold() for word in known()["summary_words"])

    def day(self, column: str, text: str) -> date | None:
        """Return a day, None where nothing stands; RowWrong otherwise."""
        if text in _DASHES:
            return None
        compact = _COMPACT.fullmatch(text) if self._is_usual else None
        read = self._date("-".join(compact.groups()) if compact else text)
        if isinstance(read, Reason):
            raise RowWrong(column, read.value)
        return read

    def amount(self, column: str, text: str, currency: str) -> Decimal | None:
        """Return an amount at its currency's minor unit, None where nothing stands; RowWrong otherwise."""
        if text in _DASHES:
            return None
        read = read_number(text, self._spec(column, text))
        if isinstance(read, Reason):
            raise RowWrong(column, read.value)
        fit = fitted(read, currency)
        if isinstance(fit, str):
            raise RowWrong(column, fit)
        return fit

    def _spec(self, column: str, text: str) -> NumberSpec:
        """Return how this table writes amounts; one written the other way than those before is a slip."""
        if self._is_told:
            return self._number
        written = "," if _COMMA.fullmatch(text) else "." if _POINT.fullmatch(text) else ""
        self._written = self._written or written
        if written and written != self._written:
            raise RowWrong(column, "NOT_A_NUMBER")
        return self._comma if self._written == "," else self._number

    def side(self, cells: Mapping[str, str], currency: str) -> Side:
        """Return the booking's amount from whichever columns the bank has for it; RowWrong where it is not certain."""
        if "credit" in cells or "debit" in cells:
            return self._of_two_columns(cells, currency)
        amount = self.amount("amount", cells.get("amount", ""), currency)
        if not amount:
            raise RowWrong("amount", "REQUIRED_MISSING" if amount is None else "ZERO_AMOUNT")
        if "mark" not in cells:
            return Side(amount, "amount")
        mark = cells["mark"].upper()
        if mark in self._mapping.credit_marks:
            return Side(amount, "credit", amount < 0)
        if mark in self._mapping.debit_marks:
            return Side(-amount, "debit", amount < 0)
        raise RowWrong("mark", "UNMAPPED_VALUE" if mark else "REQUIRED_MISSING")

    def _of_two_columns(self, cells: Mapping[str, str], currency: str) -> Side:
        found = {name: self.amount(name, cells.get(name, ""), currency) for name in ("credit", "debit")}
        credit, debit = found["credit"], found["debit"]
        if credit and debit:
            raise RowWrong("credit", "BOTH_SIDES")
        if credit:
            return Side(credit, "credit", credit < 0)
        if debit:
            return Side(-debit, "debit", debit < 0)
        is_blank = credit is None and debit is None
        raise RowWrong("credit", "REQUIRED_MISSING" if is_blank else "ZERO_AMOUNT")

    def is_marked(self, cells: Mapping[str, str]) -> bool:
        """Whether the bank marks the booking as a reversal, or names what it takes back."""
        return cells.get("reversal", "").upper() in self._reversal_marks or (
            cells.get("reverses_ref", "") not in _DASHES
        )

    def is_worded(self, cells: Mapping[str, str]) -> bool:
        """Whether the booking's text begins as that of a reversal does."""
        return cells.get("remittance", "").casefold().startswith(self._reversal_words)

    def is_summary(self, first: str) -> bool:
        """Whether a row sums up or closes the table, by its first words."""
        return first.casefold().startswith(self._summary_words)
