"""CSV in every dialect and encoding; every bad row with its line, its column and its reason."""

import pytest

from qingshou.features.book.intake.errors import FileRefused, MappingWrong

HEAD = "loan_id,borrower_id,borrower_kind,product,currency,balance,overdue_days,branch\n"


def _row(number, balance="100.00", days="0", branch="north"):
    return f"L{number},B{number},RETAIL,CARD,CNY,{balance},{days},{branch}\n"


def test_good_rows_reach_the_lake_and_the_totals_balance(desk):
    result = desk.take(HEAD + _row(1) + _row(2, "0.10", "31"))
    assert (result.rows_read, result.rows_accepted, result.rows_rejected, result.rows_duplicate) == (2, 2, 0, 0)
    assert [(r["loan_id"], str(r["balance"]), r["overdue_days"], r["days_basis"]) for r in desk.rows(result)] == [
        ("L1", "100.000", 0, "GIVEN"),
        ("L2", "0.100", 31, "GIVEN"),
    ]
    assert str(result.amounts["balance"].accepted) == "100.100"
    assert desk.rows(result)[0]["arrears"] is None


PAIRS = [
    ("utf-8", "\n"),
    ("utf-8-sig", "\r\n"),
    ("gb18030", "\r\n"),
    ("utf-16", "\n"),
    ("utf-16-le", "\r\n"),
    ("utf-16-be", "\n"),
]


@pytest.mark.parametrize(("encoding", "end"), PAIRS)
def test_simplified_text_in_every_encoding(desk, encoding, end):
    text = HEAD.replace("branch", "分行") + "".join(_row(n, branch="上海浦东张江支行营业部") for n in range(1, 30))
    mapping = {**_canonical(), "columns": {**_canonical()["columns"], "branch": "分行"}}
    result = desk.take(text.replace("\n", end).encode(encoding), mapping)
    assert result.rows_accepted == 29
    assert {row["branch"] for row in desk.rows(result)} == {"上海浦东张江支行营业部"}


def test_traditional_text_in_big5(desk):
    text = HEAD + "".join(_row(n, branch="台北市信義區松高路國泰銀行總行營業部") for n in range(1, 30))
    result = desk.take(text.encode("cp950"))
    assert result.encoding == "cp950"
    assert desk.rows(result)[0]["branch"] == "台北市信義區松高路國泰銀行總行營業部"


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_delimiters_are_found(desk, mark):
    assert desk.take((HEAD + _row(1) + _row(2)).replace(",", mark)).delimiter == mark


def test_structure_faults_do_not_touch_their_neighbours(desk):
    text = HEAD + _row(1) + "L2,B2,RETAIL\n" + _row(3) + 'L4,B4,"RETAIL,CARD,CNY,1.00,0,x\n' + _row(5)
    text += _row(6).strip() + ",more\n\n" + _row(7, branch="y" * 40_000) + _row(8) + "L9,B9\x00,RETAIL,CARD,CNY,1,0,z\n"
    result = desk.take(text)
    assert desk.refused(result) == [
        (3, "", "TOO_FEW_FIELDS"),
        (5, "", "BAD_QUOTES"),
        (7, "", "TOO_MANY_FIELDS"),
        (9, "", "FIELD_TOO_LONG"),
        (11, "borrower_id", "NUL_CHARACTER"),
    ]
    assert [row["loan_id"] for row in desk.rows(result)] == ["L1", "L3", "L5", "L8"]


def test_a_quoted_field_may_span_lines_and_lines_stay_physical(desk):
    text = HEAD + 'L1,B1,RETAIL,CARD,CNY,1,0,"a ""b"", c"\nL2,B2,RETAIL,CARD,CNY,1,0,"two\nlines"\n' + _row(3, "x")
    result = desk.take(text)
    assert desk.rows(result)[0]["branch"] == 'a "b", c'
    assert desk.refused(result) == [(3, "branch", "CONTROL_CHARACTER"), (5, "balance", "NOT_A_NUMBER")]


def test_bytes_that_are_no_text_are_refused_row_by_row(desk):
    good = "".join(_row(n, branch="分行") for n in range(1, 40))
    result = desk.take(HEAD.encode() + good.encode() + b"L99,B99,RETAIL,CARD,CNY,1,0,\xff\xfe\n")
    assert desk.refused(result) == [(41, "branch", "BAD_ENCODING")]


def test_a_row_reports_all_its_faults(desk):
    result = desk.take(HEAD + "L1,,PERSON,CARD,RMB,NaN,-1,x\n")
    assert desk.refused(result) == [
        (2, "balance", "NOT_FINITE"),
        (2, "borrower_id", "REQUIRED_MISSING"),
        (2, "borrower_kind", "NOT_ALLOWED"),
        (2, "currency", "UNKNOWN_CURRENCY"),
        (2, "overdue_days", "NEGATIVE"),
    ]


def test_hidden_characters_in_ids_are_refused(desk):
    result = desk.take(HEAD + "L1,B\u202e1,RETAIL,CARD,CNY,1,0,a\nL\u200b2,B2,RETAIL,CARD,CNY,1,0,a\n")
    assert desk.refused(result) == [(2, "borrower_id", "HIDDEN_CHARACTER"), (3, "loan_id", "HIDDEN_CHARACTER")]


def test_a_missing_or_ambiguous_column_is_named(desk):
    with pytest.raises(MappingWrong, match="currency"):
        desk.take(HEAD.replace("currency", "ccy") + _row(1))
    mapping = _canonical()
    mapping["columns"]["balance"] = "balance"
    with pytest.raises(MappingWrong, match=r"balance \(1\)"):
        desk.take(HEAD.replace("branch", "balance") + _row(1), mapping)


def test_an_empty_file_and_a_picture_are_no_tables(desk):
    for content, why in (
        (b"", "EMPTY"),
        (b"\n\n", "EMPTY"),
        (b"%PDF-1.7 ...", "UNKNOWN_FORMAT"),
        (b"\x7fELF..", "UNKNOWN_FORMAT"),
    ):
        with pytest.raises(FileRefused) as refused:
            desk.take(content)
        assert refused.value.why == why


def _canonical():
    from qingshou.features.book.intake.mapping import load_raw

    return load_raw("canonical")
