"""Made-up files of banks, read as they come: each kind, each quirk, line by line."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from qingshou.features.repayment.statements.forms import Format, StatementFile
from qingshou.features.repayment.statements.opening import read_statement

FILES = Path(__file__).parent / "files"
JAN = {day: date(2026, 1, day) for day in (5, 6)}


def read(name: str) -> StatementFile:
    return read_statement(path=FILES / name, name=name)


def rejected(file: StatementFile) -> list[tuple[int, str, str]]:
    return [(one.line_no, one.column, one.code) for one in file.rejected]


def warned(file: StatementFile) -> list[str]:
    return [one.code for one in file.warnings]


def test_a_table_of_a_chinese_bank():
    file = read("bank_table_gb18030.csv")
    (account,) = file.accounts
    assert (file.format, account.account, account.currency) == (Format.CSV, "6222000011112222", "CNY")
    assert (account.opening, account.closing) == (Decimal("100000.00"), Decimal("101664.50"))
    assert [(one.line_no, one.amount, one.bank_ref, one.is_reversal) for one in file.lines] == [
        (7, Decimal("1200.00"), "P0001", False),
        (8, Decimal("-35.50"), "P0002", False),
        (9, Decimal("88000.00"), "P0003", False),
        (10, Decimal("-88000.00"), "P0004", True),
        (11, Decimal("500.00"), "P0005", False),
    ]
    first, third, last = file.lines[0], file.lines[2], file.lines[4]
    assert (first.value_date, first.booked_date) == (JAN[5], JAN[5])
    assert (third.value_date, third.booked_date) == (JAN[5], JAN[6])
    assert (first.payer_name, first.payer_account) == ("王小明", "6217000000000001")
    assert first.remittance == "还款 RF45QS2026000123 跨行汇款"
    assert third.payer_account == "4400001234567890123"
    assert last.remittance == '=HYPERLINK("http://example.invalid") 转账'
    assert rejected(file) == [(12, "", "SUMMARY_ROW")]
    assert file.rejected[0].is_harmless
    assert warned(file) == []


def test_a_table_with_marks_and_bad_rows():
    file = read("bank_table_marks.csv")
    assert [(one.amount, one.is_reversal) for one in file.lines] == [
        (Decimal("1250.00"), False),
        (Decimal("-9.99"), False),
        (Decimal("-1250.00"), True),
    ]
    assert rejected(file) == [(5, "amount", "NOT_A_NUMBER"), (6, "booked_date", "IMPOSSIBLE_DATE")]
    assert not file.rejected[0].is_harmless
    assert warned(file) == ["BALANCE_NOT_STATED", "ACCOUNT_NOT_STATED"]


def test_camt_of_today_splits_a_batch():
    file = read("camt053_v08.xml")
    (account,) = file.accounts
    assert (file.format, file.version) == (Format.CAMT053, "camt.053.001.08")
    assert (account.account, account.statement_ref) == ("622200001111", "2026-003")
    assert (account.opening, account.closing) == (Decimal("1000.00"), Decimal("1550.00"))
    first, second, third = file.lines
    assert (first.amount, first.bank_ref, first.end_to_end_ref) == (Decimal("400.00"), "BATCH1/1", "E2E-1")
    assert (first.payer_name, first.payer_account) == ("王小明", "6217000000000001")
    assert (first.value_date, first.booked_date) == (JAN[6], JAN[5])
    assert (second.amount, second.bank_ref, second.end_to_end_ref) == (Decimal("200.00"), "BATCH1/2", "")
    assert second.remittance == "RF18539007547034"
    assert (third.amount, third.is_reversal, third.reverses_ref) == (Decimal("-50.00"), True, "E2E-0")
    assert third.payer_name == "王小明"
    assert rejected(file) == [(28, "Sts", "NOT_BOOKED")]
    assert warned(file) == []


def test_camt_of_version_2_whose_balance_differs():
    file = read("camt053_v02.xml")
    (line,) = file.lines
    assert (file.version, line.amount, line.currency) == ("camt.053.001.02", Decimal("10.50"), "EUR")
    assert (line.payer_name, line.payer_account) == ("Jürgen Beispiel", "DE00000000000000000001")
    assert line.bank_ref == "T1"
    (warning,) = file.warnings
    assert (warning.code, warning.line_no) == ("BALANCE_DIFFERS", 3)
    assert warning.fields == {
        "statement_ref": "1",
        "currency": "EUR",
        "opening": "0.00",
        "closing": "11.00",
        "lines": "10.50",
        "difference": "0.50",
    }


def test_mt940_with_numbered_details():
    file = read("statement_numbered.sta")
    first, second = file.lines
    assert (file.format, file.accounts[0].account) == (Format.MT940, "10020030/1234567")
    assert (first.amount, first.bank_ref, first.end_to_end_ref) == (Decimal("250.50"), "B-001", "PLAN-7")
    assert (first.payer_name, first.payer_account) == ("Erika Beispiel", "DE00000000000000000001")
    assert first.remittance == "Rate Januar RF185390075470 34"
    assert (second.amount, second.is_reversal, second.reverses_ref) == (Decimal("-250.50"), True, "PLAN-7")
    assert rejected(file) == [(11, ":61:", "IMPOSSIBLE_DATE")]
    assert warned(file) == []


def test_mt940_with_words_and_a_page_that_lacks_a_line():
    file = read("statement_words.sta")
    first, second = file.lines
    assert [one.account for one in file.accounts] == ["NL00EXAM0000000001", "NL00EXAM0000000001"]
    assert (file.accounts[0].opening, file.accounts[0].closing) == (Decimal("-10.00"), Decimal("89.99"))
    assert (first.payer_name, first.payer_account) == ("A. Reed", "NL00EXAM0000000002")
    assert (first.remittance, first.end_to_end_ref) == ("loan 4711", "PLAN-9")
    assert (second.amount, second.remittance) == (Decimal("-0.01"), "fee of the day")
    (warning,) = file.warnings
    assert (warning.code, warning.line_no, warning.fields["difference"]) == ("BALANCE_DIFFERS", 12, "10.00")


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_nothing_but_lines_holds_personal_data(name: str):
    file = read(name)
    told = repr((file.rejected, file.warnings, file.totals))
    for line in file.lines:
        for secret in (line.payer_name, line.payer_account, line.remittance):
            assert not secret or secret not in told
