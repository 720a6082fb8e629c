"""The same file, the same booking, and two bookings that only look alike."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from qingshou.features.repayment.statements.forms import Line
from qingshou.features.repayment.statements.identity import named
from qingshou.features.repayment.statements.opening import read_statement

LINE = Line(
    line_no=2,
    account="1",
    currency="CNY",
    amount=Decimal("5.00"),
    value_date=date(2026, 1, 5),
    booked_date=date(2026, 1, 5),
    payer_name="王小明",
)
NUMBERED = replace(LINE, bank_ref="P1")


def keys(*lines: Line) -> list[str]:
    return [one.key for one in named(lines, row_key=b"")]


def test_the_banks_number_is_one_booking_however_the_rest_is_written():
    again = replace(NUMBERED, line_no=9, payer_name="WANG XIAOMING", remittance="later", amount=Decimal("5"))
    assert len(set(keys(NUMBERED, again))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"bank_ref": "P2"},
        {"amount": Decimal("-5.00")},
        {"amount": Decimal("5.01")},
        {"booked_date": date(2026, 1, 6)},
        {"account": "2"},
        {"currency": "HKD"},
    ],
)
def test_what_makes_another_booking(change: dict[str, object]):
    assert len(set(keys(NUMBERED, replace(NUMBERED, **change)))) == 2


@pytest.mark.parametrize(
    "change",
    [{"payer_name": "林一"}, {"remittance": "x"}, {"payer_account": "9"}, {"balance_after": Decimal("1")}],
)
def test_without_a_number_all_that_is_said_counts(change: dict[str, object]):
    assert len(set(keys(LINE, replace(LINE, **change)))) == 2


def test_rows_that_are_alike_are_counted():
    first, second = named([LINE, replace(LINE, line_no=3)], row_key=b"")
    assert (first.occurrence, second.occurrence) == (1, 2)
    assert first.row_hash == second.row_hash
    assert second.key == f"{first.key}#2"
    assert keys(LINE, LINE) == keys(LINE, LINE)


def test_parts_do_not_run_into_each_other():
    assert keys(replace(LINE, payer_name="ab", payer_account="c")) != keys(
        replace(LINE, payer_name="a", payer_account="bc")
    )


def test_hashes_are_the_lenders_own():
    assert named([LINE], row_key=b"a")[0].key != named([LINE], row_key=b"b")[0].key
    assert len(named([LINE, LINE], row_key=b"a")[1].key) <= 120


def test_a_booking_twice_in_a_file_is_told(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("Date,Amount,Bank reference,Currency\n2026-01-05,5.00,P1,CNY\n2026-01-05,5.00,P1,CNY\n")
    file = read_statement(path=path, name="a.csv", account="1")
    assert len({line.key for line in file.lines}) == 1
    assert [(one.code, one.line_no) for one in file.warnings] == [
        ("BALANCE_NOT_STATED", 0),
        ("REFERENCE_REPEATED", 3),
    ]


def test_the_same_file_by_any_name(tmp_path: Path):
    text = "Date,Amount,Currency\n2026-01-05,5.00,CNY\n"
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "b.csv").write_text(text)
    (tmp_path / "c.csv").write_text(text + "\n")
    hashes = [read_statement(path=tmp_path / name, name=name).content_hash for name in ("a.csv", "b.csv", "c.csv")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_statement_told_twice_in_a_file_counts_once(tmp_path: Path):
    page = ":20:A\n:25:1\n:28C:1\n:60F:C260104EUR0,\n:61:260105C5,NTRFNONREF//X1\n:62F:C260105EUR5,\n-\n"
    path = tmp_path / "a.sta"
    path.write_text(page + page + page.replace(":28C:1", ":28C:2"))
    file = read_statement(path=path, name="a.sta")
    assert [one.statement_ref for one in file.accounts] == ["A 1", "A 2"]
    assert [one.code for one in file.warnings] == ["STATEMENT_REPEATED", "REFERENCE_REPEATED"]
