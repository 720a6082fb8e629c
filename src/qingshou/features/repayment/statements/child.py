"""The limited child that parses a bank's file: it can write nothing but its answer.

    python -m qingshou.features.repayment.statements.child < request > answer

The answer is JSON, one array a line: a statement, its lines, what was rejected, what is doubtful, and an end; or why
the file is refused. Memory, processor time and files are capped by the kernel before the file is opened.
"""

import json
import pickle
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from qingshou.features.book.intake.errors import FileRefused, MappingWrong
from qingshou.features.book.intake.limited import limit_process
from qingshou.features.repayment.statements.drafts import Draft, Reading
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Line
from qingshou.features.repayment.statements.limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES
from qingshou.features.repayment.statements.opening import parse_statement


def _rows(request: dict[str, Any]) -> Iterator[list[Any]]:
    try:
        reading, kind, version = parse_statement(**request)
        yield from _of_reading(reading)
        yield ["end", kind.value, version, reading.rows, reading.is_interim]
    except (StatementRefused, FileRefused) as refused:
        fields = {name: value for name, value in refused.fields.items() if name != "why"}
        yield ["refused", refused.why, refused.message, fields]
    except MappingWrong as wrong:
        yield ["mapping", wrong.message]
    except MemoryError:
        message = "Reading the file takes more than any sound statement needs: ask the bank for a file a day."
        yield ["refused", "TOO_MUCH_MEMORY", message, {}]


def _of_reading(reading: Reading) -> Iterator[list[Any]]:
    for draft in reading.statements:
        yield ["statement", *_draft(draft)]
        for line in draft.lines:
            yield ["line", *_line(line)]
    for one in reading.rejected:
        yield ["rejected", one.line_no, one.column, one.code, dict(one.fields)]
    for notice in reading.warnings:
        yield ["warning", notice.code, notice.line_no, dict(notice.fields)]


def _draft(one: Draft) -> list[Any]:
    return [one.account, one.currency, one.statement_ref, _text(one.opening), _text(one.closing), one.states_balances,
            one.line_no]  # fmt: skip


def _line(one: Line) -> list[Any]:
    return [
        one.line_no, one.account, one.currency, str(one.amount), one.value_date.isoformat(),
        one.booked_date.isoformat(), one.bank_ref, one.payer_name, one.payer_account, one.remittance,
        one.end_to_end_ref, one.is_reversal, one.reverses_ref, _text(one.balance_after),
    ]  # fmt: skip


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def main() -> int:
    """Read one request of our own process and answer it."""
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 (from the process that started this one, not from outside)
    limit_process(memory_bytes=CHILD_MEMORY_BYTES, cpu_seconds=CHILD_CPU_SECONDS)
    for row in _rows(request):
        sys.stdout.write(json.dumps(row, ensure_ascii=True) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
