"""Any bank's table (CSV, or a sheet of a workbook): rows to lines, balances from the column that holds them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from qingshou.features.book.intake.csv_reader import CsvReader
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.raw_rows import BAD, LINE, REST, Reader
from qingshou.features.book.intake.reading import open_source
from qingshou.features.book.intake.source_spec import SourceSpec
from qingshou.features.repayment.statements.drafts import Draft, Reading, own_account
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Line
from qingshou.features.repayment.statements.limits import HEADER_LINES_MAX
from qingshou.features.repayment.statements.table_balances import state_balances
from qingshou.features.repayment.statements.table_head import TableHead, currency_code, find_head, head_of_rows
from qingshou.features.repayment.statements.table_mapping import TableMapping, placed
from qingshou.features.repayment.statements.table_values import RowWrong, Side, TableValues
from qingshou.features.repayment.statements.texts import cell_text, is_shortened

_AMOUNTS = ("credit", "debit", "amount")
_DAYS = ("booked_date", "value_date")
_NUMBERS = ("account", "payer_account", "bank_ref", "end_to_end_ref", "reverses_ref")


def read_table(path: Path, *, mapping: TableMapping, account: str, currency: str, is_workbook: bool) -> Reading:
    """Read a bank's table.

    Takes   mapping   what is known of this bank's columns
            account   of whom the file is, where it does not say so itself
            currency  the same for its currency
    Stops   StatementRefused  no table, no day or no amount in it, no currency known
    """
    try:
        head = _workbook_head(path, mapping) if is_workbook else find_head(path, mapping)
        spec = SourceSpec(
            format="xlsx" if is_workbook else "csv",
            encoding=mapping.encoding,
            delimiter=head.delimiter,
            skip_rows=head.skip_rows,
        )
        with _opened(path, spec, is_workbook) as reader:
            headers = reader.shape.headers
            rows = _Rows(mapping, headers, head, account or mapping.account, currency or mapping.currency)
            for batch in reader.chunks():
                rows.take(batch, len(headers))
            return rows.finish()
    except FileRefused as refused:
        raise StatementRefused(refused.message, why=refused.why) from None


@contextmanager
def _opened(path: Path, spec: SourceSpec, is_workbook: bool) -> Iterator[Reader]:
    """A CSV is streamed here, bounded line by line; a workbook is opened by the limited child only."""
    if is_workbook:
        with open_source(path=path, spec=spec) as source:
            yield source
    else:
        with closing(CsvReader(path, spec)) as reader:
            yield reader


def _workbook_head(path: Path, mapping: TableMapping) -> TableHead:
    with open_source(path=path, spec=SourceSpec(format="xlsx", header=False), rows_max=HEADER_LINES_MAX) as source:
        rows: list[list[str | None]] = []
        for batch in source.chunks():
            rows += [list(row) for row in zip(*(column.to_pylist() for column in batch.columns[5:]), strict=True)]
    return head_of_rows(rows, mapping)


class _Rows:
    """The rows of one table, taken one by one into a statement for each account and currency."""

    def __init__(self, mapping: TableMapping, headers: list[str], head: TableHead, account: str, currency: str) -> None:
        self._places = placed(headers, mapping)
        missing = [
            " or ".join(wanted) for wanted in (_DAYS, _AMOUNTS) if not any(name in self._places for name in wanted)
        ]
        if missing:
            raise StatementRefused(
                f"The table has no column known as {', and none as '.join(missing)}: name it in the bank's mapping.",
                why="NO_COLUMNS",
                missing=missing,
            )
        self._values = TableValues(mapping)
        self._account = account or head.account
        self._currency = currency or head.currency
        if not self._currency and "currency" not in self._places:
            raise StatementRefused(
                "The table does not say in which currency it is: name the currency when you give the file.",
                why="CURRENCY_UNKNOWN",
            )
        self.reading = Reading()
        self._is_shortened = False
        self._taken: dict[tuple[str, str], list[_Taken]] = {}

    def take(self, batch: pa.RecordBatch, width: int) -> None:
        """Take the rows of one batch."""
        names = [LINE, BAD, REST, *(f"c{index}" for index in range(width))]
        for line_no, bad, rest, *values in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
            self.reading.count_row()
            cells = [cell_text(value) for value in values]
            if not any(cells) and bad is None:
                continue
            if self._values.is_summary(next((cell for cell in cells if cell), "")):
                self.reading.reject(line_no, "", "SUMMARY_ROW")
            elif bad is not None and not (bad == "TOO_MANY_FIELDS" and _is_blank(rest)):
                self.reading.reject(line_no, "", bad)
            else:
                self._take_row(line_no, cells)

    def _take_row(self, line_no: int, cells: list[str]) -> None:
        said = {name: self._text(cells, places) for name, places in self._places.items()}
        try:
            broken = next((name for name, text in said.items() if "\ufffd" in text), None)
            if broken:
                raise RowWrong(broken, "BAD_ENCODING")
            short = [name for name in _NUMBERS if is_shortened(said.get(name, ""))]
            self._keep(line_no, said | dict.fromkeys(short, ""))
        except RowWrong as wrong:
            self.reading.reject(line_no, wrong.column, wrong.code)
            return
        if short and not self._is_shortened:
            self._is_shortened = True  # once a file: it was saved by a spreadsheet, every row of it alike
            self.reading.warn("NUMBERS_SHORTENED", line_no, columns=short)

    @staticmethod
    def _text(cells: list[str], places: tuple[int, ...]) -> str:
        return " ".join(dict.fromkeys(cells[place] for place in places if cells[place]))

    def _keep(self, line_no: int, said: dict[str, str]) -> None:
        currency = currency_code(said["currency"]) if said.get("currency") else self._currency
        if not currency:
            raise RowWrong("currency", "UNKNOWN_CURRENCY")
        booked, valued = self._days(said)
        side = self._values.side(said, currency)
        account = own_account(said.get("account") or self._account)
        line = self.reading.draw(
            line_no=line_no,
            account=account,
            currency=currency,
            amount=side.amount,
            value_date=valued,
            booked_date=booked,
            balance_after=self._values.amount("balance", said.get("balance", ""), currency),
            payer_account=said.get("payer_account", ""),
            payer_name=said.get("payer_name", ""),
            remittance=said.get("remittance", ""),
            bank_ref=said.get("bank_ref", ""),
            end_to_end_ref=said.get("end_to_end_ref", ""),
            reverses_ref=said.get("reverses_ref", ""),
        )
        taken = _Taken(line, side, self._values.is_marked(said), self._values.is_worded(said))
        self._taken.setdefault((account, currency), []).append(taken)

    def _days(self, said: dict[str, str]) -> tuple[date, date]:
        booked = self._values.day("booked_date", said.get("booked_date", ""))
        valued = self._values.day("value_date", said.get("value_date", ""))
        first, second = booked or valued, valued or booked
        if first is None or second is None:
            raise RowWrong("booked_date", "REQUIRED_MISSING")
        return first, second

    def finish(self) -> Reading:
        """Return what was read, once the whole table is known."""
        for (account, currency), taken in self._taken.items():
            draft = Draft(account=account, currency=currency, lines=_settled(taken))
            state_balances(draft)
            self.reading.statements.append(draft)
        if not self._taken and self.reading.rejected:
            # a table without one good row is still a file that was read, and its rows say why
            self.reading.statements.append(Draft(account=own_account(self._account), currency=self._currency))
        return self.reading


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row read, before the whole column is known."""

    line: Line
    side: Side
    is_marked: bool
    is_worded: bool


def _settled(taken: list[_Taken]) -> list[Line]:
    """Return the lines with their signs: where all debits bear a minus it is the bank's way, and no red entry."""
    debits = [one.side for one in taken if one.side.column == "debit"]
    is_style = bool(debits) and all(side.is_red for side in debits)
    lines = []
    for one in taken:
        is_plain = is_style and one.side.column == "debit"
        amount = -one.line.amount if is_plain else one.line.amount
        is_red = one.side.is_red and not is_plain
        is_reversal = is_red or one.is_marked or (amount < 0 and one.is_worded)
        lines.append(replace(one.line, amount=amount, is_reversal=is_reversal))
    return lines


def _is_blank(rest: str | None) -> bool:
    return not (rest or "").strip(',;\t|^~: "\r\n')
