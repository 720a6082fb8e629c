"""A bank's file read apart: parsed in a limited child, named and proved here, where the lender's secret is.

The child gets the file and how its table is read, nothing else; what it answers is plain JSON, a line a booking. A
workbook is opened by the intake's own child, and read here.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import qingshou
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.repayment.statements.assembling import assembled
from qingshou.features.repayment.statements.drafts import Draft, Reading, is_currency
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Format, Line, Notice, Rejected, StatementFile
from qingshou.features.repayment.statements.limits import CHILD_WALL_SECONDS
from qingshou.features.repayment.statements.opening import kind_of, read_statement
from qingshou.features.repayment.statements.table_mapping import TableMapping, read_mapping

_HEAVY = "Reading the file takes more than any sound statement needs: ask the bank for a file a day."


def read_statement_apart(
    *, path: Path, name: str, mapping: TableMapping | Path | str | None = None, account: str = "", currency: str = "",
    row_key: bytes = b"",
) -> StatementFile:  # fmt: skip
    """Read a bank's file as opening.read_statement does, its content parsed by a child with little memory and time.

    Stops   StatementRefused, MappingWrong  as there; TOO_MUCH_MEMORY, TOO_SLOW, PARSER_FAILED: the child ended
    """
    if currency and not is_currency(currency):
        raise StatementRefused(f"'{currency[:10]}' is no currency: write three capital letters.", why="BAD_CURRENCY")
    known = mapping if isinstance(mapping, TableMapping) else read_mapping(mapping)
    if kind_of(path) is Format.XLSX:
        return read_statement(
            path=path, name=name, mapping=known, account=account, currency=currency, row_key=row_key
        )  # fmt: skip
    request = {"path": path.resolve(), "mapping": known, "account": account, "currency": currency}
    # on disk only for as long as it is read, and without a name: a long answer is not held twice in memory
    with tempfile.TemporaryFile() as told:
        reading, kind, version = _heard(_told(request, told))
    return assembled(reading, path=path, name=name, kind=kind, version=version, row_key=row_key)


def _told(request: dict[str, Any], told: Any) -> Iterator[list[Any]]:
    environment = {
        "PATH": os.defpath, "PYTHONPATH": str(Path(qingshou.__file__).parent.parent), "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "qingshou.features.repayment.statements.child"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        assert child.stdin is not None  # noqa: S101 (given as a pipe)
        assert child.stdout is not None  # noqa: S101 (given as a pipe)
        child.stdin.write(pickle.dumps(request))
        child.stdin.close()
        # a child that hangs is ended by the kernel's limit of its processor time, one that waits by this
        watch = _Watch(child, CHILD_WALL_SECONDS)
        try:
            while block := child.stdout.read(1 << 16):
                told.write(block)
        finally:
            watch.stop()
        code = child.wait()
    if code < 0:
        why = "TOO_SLOW" if -code in (signal.SIGXCPU, signal.SIGKILL) else "PARSER_FAILED"
        raise StatementRefused(_HEAVY, why=why)
    told.seek(0)
    for line in told:
        yield json.loads(line)


class _Watch:
    """Ends a child that gives no answer for too long."""

    def __init__(self, child: "subprocess.Popen[bytes]", seconds: float) -> None:
        self._timer = threading.Timer(seconds, child.kill)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Let the child be."""
        self._timer.cancel()


def _heard(rows: Iterator[list[Any]]) -> tuple[Reading, Format, str]:
    reading = Reading()
    end: list[Any] | None = None
    for what, *row in rows:
        if what == "line":
            reading.statements[-1].lines.append(_line(row))
        elif what == "statement":
            reading.statements.append(_draft(row))
        elif what == "rejected":
            reading.rejected.append(Rejected(*row))
        elif what == "warning":
            reading.warnings.append(Notice(*row))
        elif what == "refused":
            raise StatementRefused(row[1], why=row[0], **row[2])
        elif what == "mapping":
            raise MappingWrong(row[0])
        elif what == "end":
            end = row
    if end is None:
        raise StatementRefused(_HEAVY, why="PARSER_FAILED")
    reading.rows, reading.is_interim = end[2], end[3]
    return reading, Format(end[0]), end[1]


def _draft(row: list[Any]) -> Draft:
    account, currency, reference, opening, closing, states, line_no = row
    return Draft(
        account=account, currency=currency, statement_ref=reference, opening=_amount(opening), closing=_amount(closing),
        states_balances=states, line_no=line_no,
    )  # fmt: skip


def _line(row: list[Any]) -> Line:
    (line_no, account, currency, amount, valued, booked, bank_ref, payer, payer_account, text, end_to_end, is_reversal,
     reverses, balance) = row  # fmt: skip
    return Line(
        line_no=line_no, account=account, currency=currency, amount=Decimal(amount),
        value_date=date.fromisoformat(valued), booked_date=date.fromisoformat(booked), bank_ref=bank_ref,
        payer_name=payer, payer_account=payer_account, remittance=text, end_to_end_ref=end_to_end,
        is_reversal=is_reversal, reverses_ref=reverses, balance_after=_amount(balance),
    )  # fmt: skip


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
