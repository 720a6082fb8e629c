"""Tables of banks: encodings, dividers, dates, signs, mappings, each by its own small table."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Format, StatementFile
from qingshou.features.repayment.statements.opening import read_statement
from qingshou.features.repayment.statements.table_mapping import mapping_of_days, read_mapping

HEAD = "交易日期,贷方金额,借方金额,对方户名,摘要\n"
ROW = "2026-01-05,12.30,,王小明,还款\n"


def read(folder: Path, content: str | bytes, **given: object) -> StatementFile:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_statement(path=path, name="file", **({"currency": "CNY", "account": "1"} | given))  # type: ignore[arg-type]


def amounts(file: StatementFile) -> list[str]:
    return [f"{line.amount}{'R' if line.is_reversal else ''}" for line in file.lines]


def rejected(file: StatementFile) -> list[tuple[int, str, str]]:
    return [(one.line_no, one.column, one.code) for one in file.rejected]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings(tmp_path: Path, codec: str):
    (line,) = read(tmp_path, (HEAD + ROW).encode(codec)).lines
    assert (line.payer_name, line.remittance, line.amount) == ("王小明", "还款", Decimal("12.30"))


def test_a_packed_table(tmp_path: Path):
    assert amounts(read(tmp_path, gzip.compress((HEAD + ROW).encode()))) == ["12.30"]


@pytest.mark.parametrize("divider", [",", ";", "\t", "|"])
def test_dividers(tmp_path: Path, divider: str):
    assert amounts(read(tmp_path, (HEAD + ROW).replace(",", divider))) == ["12.30"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        ("20260105 09:10:11", date(2026, 1, 5)),
        ("20260105091011", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("2026-01-05 09:10:11", date(2026, 1, 5)),
        ("05.01.2026", date(2026, 1, 5)),
        ("5 Jan 2026", date(2026, 1, 5)),
        ("2026111", "NOT_A_DATE"),
        ("01/02/2026", "NOT_A_DATE"),
        ("20260230", "IMPOSSIBLE_DATE"),
        ("２０２６-01-05", "FOREIGN_DIGITS"),
        ("٢٠٢٦-01-05", "FOREIGN_DIGITS"),
        ("46027", "NOT_A_DATE"),
        ("", "REQUIRED_MISSING"),
    ],
)
def test_dates(tmp_path: Path, text: str, day: date | str):
    file = read(tmp_path, HEAD + ROW.replace("2026-01-05", text))
    assert [line.booked_date for line in file.lines] + [one.code for one in file.rejected] == [day]


@pytest.mark.parametrize(
    ("credit", "debit", "told"),
    [
        ("1,234.50", "", "1234.50"),
        ("￥1,234.50", "0.00", "1234.50"),
        ("", "9", "-9.00"),
        ("-5.00", "", "-5.00R"),
        ("(5.00)", "", "-5.00R"),
        ("--", "3.10", "-3.10"),
        ("1", "2", "BOTH_SIDES"),
        ("0.00", "", "ZERO_AMOUNT"),
        ("", "", "REQUIRED_MISSING"),
        ("12,34.50", "", "NOT_A_NUMBER"),
        ("1e5", "", "EXPONENT"),
        ("NaN", "", "NOT_FINITE"),
        ("１２", "", "FOREIGN_DIGITS"),
        ("1.005", "", "TOO_MANY_DECIMALS"),
        ("1.5000", "", "1.50"),
        ("9999999999999999", "", "TOO_MANY_DIGITS"),
        ("=1+1", "", "NOT_A_NUMBER"),
    ],
)
def test_amounts(tmp_path: Path, credit: str, debit: str, told: str):
    row = f'2026-01-05,"{credit}","{debit}",王小明,还款\n'
    file = read(tmp_path, HEAD + row)
    assert amounts(file) + [one.code for one in file.rejected] == [told]


def test_debits_that_all_bear_a_minus_are_plain_debits(tmp_path: Path):
    rows = "2026-01-05,,-5.00,a,x\n2026-01-05,9.00,,b,y\n2026-01-05,,-6.00,c,z\n"
    assert amounts(read(tmp_path, HEAD + rows)) == ["-5.00", "9.00", "-6.00"]


def test_a_single_red_debit_among_plain_ones_puts_money_back(tmp_path: Path):
    rows = "2026-01-05,,5.00,a,x\n2026-01-06,,-5.00,a,x\n"
    assert amounts(read(tmp_path, HEAD + rows)) == ["-5.00", "5.00R"]


@pytest.mark.parametrize(
    ("mark", "told"),
    [("贷", "7.00"), ("借", "-7.00"), ("收入", "7.00"), ("D", "-7.00"), ("Cr", "7.00"), ("?", "UNMAPPED_VALUE")],
)
def test_marks(tmp_path: Path, mark: str, told: str):
    file = read(tmp_path, f"交易日期,交易金额,借贷标志,摘要\n2026-01-05,7.00,{mark},x\n")
    assert amounts(file) + [one.code for one in file.rejected] == [told]


def test_the_newest_row_may_stand_first_and_a_lost_one_shows(tmp_path: Path):
    head = "交易日期,发生额,余额,摘要\n"
    rows = ["2026-01-07,3.00,16.00,c\n", "2026-01-06,2.00,13.00,b\n", "2026-01-05,1.00,11.00,a\n"]
    whole = read(tmp_path, head + "".join(rows))
    assert (whole.accounts[0].opening, whole.accounts[0].closing) == (Decimal("10.00"), Decimal("16.00"))
    assert whole.warnings == ()
    broken = read(tmp_path, head + rows[0] + rows[1].replace("2.00,13", "x,13") + rows[2])
    assert rejected(broken) == [(3, "amount", "NOT_A_NUMBER")]
    (warning,) = broken.warnings
    assert (warning.code, warning.line_no, warning.fields["difference"]) == ("BALANCE_DIFFERS", 2, "2.00")


def test_a_mapping_names_what_cannot_be_guessed(tmp_path: Path):
    mapping = read_mapping(
        "bank: Example\n"
        "columns: {booked_date: Wann, amount: Wieviel, payer_name: Wer, remittance: [Warum, Wozu]}\n"
        'date_formats: ["%d/%m/%Y"]\ndecimal: ","\ncurrency: EUR\naccount: DE00 1\n'
    )
    text = "Wann;Wieviel;Wer;Warum;Wozu\n05/01/2026;-1.234,50;Erika;Rate;Januar\n"
    file = read(tmp_path, text, mapping=mapping, currency="", account="")
    (line,) = file.lines
    assert (line.amount, line.currency, line.account) == (Decimal("-1234.50"), "EUR", "DE001")
    assert (line.value_date, line.remittance) == (date(2026, 1, 5), "Rate Januar")


@pytest.mark.parametrize(
    "wrong",
    ["colums: {}", "columns: {nothing: x}", "currency: Euro", "date_formats: ['%Q']", "columns: [", "decimal: x"],
)
def test_a_wrong_mapping(wrong: str):
    with pytest.raises(MappingWrong):
        read_mapping(wrong)


def test_a_mapping_of_another_banks_file(tmp_path: Path):
    with pytest.raises(MappingWrong, match="Wann"):
        read(tmp_path, HEAD + ROW, mapping="columns: {booked_date: Wann}")


def test_a_table_without_a_header_is_refused_and_tells_nothing_of_it(tmp_path: Path):
    with pytest.raises(StatementRefused) as refused:
        read(tmp_path, "2026-01-05,王小明,12.30\n")
    assert refused.value.why == "NO_COLUMNS"
    assert "王小明" not in refused.value.message + repr(refused.value.fields)


def test_the_currency_is_never_guessed(tmp_path: Path):
    with pytest.raises(StatementRefused) as refused:
        read(tmp_path, HEAD + ROW, currency="")
    assert refused.value.why == "CURRENCY_UNKNOWN"
    file = read(tmp_path, HEAD.replace("摘要", "币种") + ROW.replace("还款", "人民币") + ROW.replace("还款", "盾"))
    assert [line.currency for line in file.lines] == ["CNY"]
    assert rejected(file) == [(3, "currency", "UNKNOWN_CURRENCY")]


def test_bad_rows_cost_no_good_ones(tmp_path: Path):
    rows = ROW + '2026-01-05,"12.30\n' + ROW + "2026-01-05\n" + ROW + "2026-01-05,1,,a,b,c,d\n" + ROW.strip() + ",,\n"
    file = read(tmp_path, HEAD + rows)
    assert amounts(file) == ["12.30"] * 4
    assert rejected(file) == [(3, "", "BAD_QUOTES"), (5, "", "TOO_FEW_FIELDS"), (7, "", "TOO_MANY_FIELDS")]


def test_a_workbook(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["账号", "6222 0001", "币种", "人民币"])
    sheet.append([])
    sheet.append(["交易日期", "贷方金额", "借方金额", "对方户名", "交易流水号"])
    sheet.append([date(2026, 1, 5), 12.3, None, "王小明", "P1"])
    sheet.append(["2026-01-05", None, "=1+1", "王小明", "P2"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    file = read_statement(path=path, name="book.xlsx")
    assert (file.format, amounts(file), file.lines[0].account) == (Format.XLSX, ["12.30"], "62220001")
    assert file.lines[0].booked_date == date(2026, 1, 5)
    assert rejected(file) == [(5, "", "FORMULA_WITHOUT_VALUE")]


def test_numbers_a_spreadsheet_shortened_tell_nobody_from_another(tmp_path: Path):
    head = "交易日期,贷方金额,对方账号,交易流水号,摘要\n"
    rows = "2026-01-05,12.30,6.222E+18,2.02601E+16,还款\n2026-01-05,12.30,6.222E+18,2.02601E+16,还款\n"
    file = read(tmp_path, head + rows)
    assert [(line.payer_account, line.bank_ref, line.occurrence) for line in file.lines] == [("", "", 1), ("", "", 2)]
    (warning,) = [one for one in file.warnings if one.code == "NUMBERS_SHORTENED"]
    assert (warning.line_no, warning.fields) == (2, {"columns": ["payer_account", "bank_ref"]})


def test_a_number_of_noughts_is_no_reference(tmp_path: Path):
    head = "交易日期,贷方金额,凭证号,摘要\n"
    file = read(tmp_path, head + "2026-01-05,12.30,00000000,还款\n2026-01-05,12.30,00000000,还款\n")
    assert [(line.bank_ref, line.occurrence) for line in file.lines] == [("", 1), ("", 2)]
    assert len({line.key for line in file.lines}) == 2


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("-50,00", "-50.00R"),
        ("100,5", "100.50"),
        ("12.345.678,90", "12345678.90"),
        ("1.234,56 EUR", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234", "1234.00"),  # three digits: thousands, as ever
    ],
)
def test_a_comma_with_one_or_two_digits_behind_it_is_the_decimal_one(tmp_path: Path, text: str, amount: str):
    assert amounts(read(tmp_path, f"Buchungstag;Haben;Verwendungszweck\n05.01.2026;{text};Rate\n")) == [amount]


@pytest.mark.parametrize("text", ["1.234,567", "12.34,50", "1,234.567", "1.234.56", "1,23,4"])
def test_what_fits_neither_way_of_writing_is_refused(tmp_path: Path, text: str):
    assert [one.column for one in read(tmp_path, f"Buchungstag;Haben;Saldo\n05.01.2026;{text};\n").rejected] == [
        "credit"
    ]


@pytest.mark.parametrize(
    ("rows", "taken"),
    [(("1.234,56", "50,00", "1.000", "7"), ["1234.56", "50.00", "1000.00", "7.00"]),
     (("1,234.56", "12,50", "1,000"), ["1234.56", "1000.00"]),
     (("12,50", "12.50"), ["12.50"])],
)  # fmt: skip
def test_one_table_writes_its_amounts_in_one_way(tmp_path: Path, rows: tuple[str, ...], taken: list[str]):
    table = "".join(f"05.01.2026;{one};Rate {place}\n" for place, one in enumerate(rows))
    assert amounts(read(tmp_path, f"Buchungstag;Haben;Verwendungszweck\n{table}")) == taken


def test_a_german_banks_table_as_it_comes(tmp_path: Path):
    head = ("IBAN Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;"
            "Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung\n")  # fmt: skip
    row = "DE02;20.11.2026;21.11.2026;Müller, Jörg;DE89 3704;Rate;1.234,56;EUR;10.234,56\n"
    (line,) = read(tmp_path, (head + row).encode("cp1252"), currency="TWD", account="").lines
    assert (line.account, line.currency, line.amount) == ("DE02", "EUR", Decimal("1234.56"))
    assert (line.payer_name, line.payer_account, line.value_date) == ("Müller, Jörg", "DE893704", date(2026, 11, 21))


@pytest.mark.parametrize("head", ["貨幣", "交易幣別", "交易货币", "Währung"])
def test_a_currency_the_table_names_goes_before_what_was_said(tmp_path: Path, head: str):
    (line,) = read(tmp_path, f"日期,存入,{head}\n2026-11-20,12.30,HKD\n", currency="TWD").lines
    assert line.currency == "HKD"


def test_account_and_currency_in_one_cell_above_the_table(tmp_path: Path):
    above = "账号：6222 0200 币种：人民币 打印时间：10:11:12\n"
    (line,) = read(tmp_path, above + HEAD + ROW, currency="", account="").lines
    assert (line.account, line.currency) == ("6222", "CNY")


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("DAY_FIRST", "01/02/2026", date(2026, 2, 1)),
        ("DAY_FIRST", "20.11.26", date(2026, 11, 20)),
        ("DAY_FIRST", "2026-11-20", date(2026, 11, 20)),
        ("MONTH_FIRST", "01/02/2026", date(2026, 1, 2)),
        ("MONTH_FIRST", "20/11/2026", None),
        ("", "20/11/2026", None),
    ],
)
def test_which_of_day_and_month_stands_first_may_be_said(tmp_path: Path, order: str, text: str, day: date | None):
    file = read(tmp_path, f"Date,Paid in,Memo\n{text},12.30,x\n", mapping=mapping_of_days(order))
    assert [line.booked_date for line in file.lines] == ([day] if day else [])
