"""`book age` and `book classify` on files as they come: what is read, what is left out, what is written."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HEAD = "loan_id,due_date,amount\n"
PAID_HEAD = "loan_id,paid_date,amount\n"


def _run(command: str, *arguments: object, code: int = 0) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", f"qingshou.interfaces.commands.{command}", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return (json.loads(done.stdout) if done.stdout else {}), done.stderr


def _age(folder: Path, schedule: str | bytes, payments: str, *more: object, code: int = 0) -> dict[str, Any]:
    given = schedule if isinstance(schedule, bytes) else schedule.encode()
    (folder / "s.csv").write_bytes(given)
    (folder / "p.csv").write_text(payments, encoding="utf-8")
    files = ("--schedule", folder / "s.csv", "--payments", folder / "p.csv", "--out", folder / "out.csv")
    return _run("age", *files, "--as-of", "2024-06-30", *more, code=code)[0]


def _out(folder: Path) -> list[list[str]]:
    with (folder / "out.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


def test_writes_exactly_the_four_columns_in_order_of_loan(tmp_path: Path) -> None:
    _age(tmp_path, HEAD + "B,2024-05-31,1234.5\nA,2024-07-31,10\n", PAID_HEAD)
    assert _out(tmp_path) == [
        ["loan_id", "oldest_due_date", "overdue_days", "arrears"],
        ["A", "", "0", "0.00"],
        ["B", "2024-05-31", "30", "1234.50"],
    ]


def test_bom_crlf_blank_lines_column_order_and_unknown_columns(tmp_path: Path) -> None:
    schedule = '\ufeffAmount,备注,LOAN_ID,Due_Date\r\n\r\n100,"a,b",007,2024-05-31\r\n,,,\r\n50,x,007,2024-06-15\r\n'
    summary = _age(tmp_path, schedule, PAID_HEAD + "007,2024-06-01,100\n")
    assert summary["rejected_rows"] == 0
    assert _out(tmp_path)[1:] == [["007", "2024-06-15", "15", "50.00"]]


def test_bad_rows_are_told_by_line_and_column_and_the_good_ones_kept(tmp_path: Path) -> None:
    schedule = (
        HEAD + "A,2024-05-31,100\nB,2024-02-30,100\nC,2024-05-31,1e5\nD,2024-05-31\n,2024-05-31,1\n"
        "E,2024-05-31,NaN\nF,31/05/2024,1\nG,2024-05-31,-5\nH,2024-05-31,1,234.50\nI,2024-05-31,1.2345\n"
    )
    summary = _age(tmp_path, schedule, PAID_HEAD)
    places = [(one["line"], one["column"]) for one in summary["rejects"]]
    assert places == [
        (3, "due_date"),
        (4, "amount"),
        (5, "amount"),
        (6, "loan_id"),
        (7, "amount"),
        (8, "due_date"),
        (9, "amount"),
        (10, ""),
        (11, "amount"),
    ]
    assert all(one["file"] == "s.csv" and one["reason"] for one in summary["rejects"])
    assert [row[0] for row in _out(tmp_path)[1:]] == ["A"]


def test_strict_fails_on_a_row_left_out_but_writes_the_rest(tmp_path: Path) -> None:
    _age(tmp_path, HEAD + "A,2024-05-31,100\nB,never,100\n", PAID_HEAD, "--strict", code=65)
    assert len(_out(tmp_path)) == 2


def test_totals_balance_and_every_payment_is_somewhere(tmp_path: Path) -> None:
    schedule = HEAD + "A,2024-05-31,100\nA,2024-07-31,40\nB,2024-05-31,50\n"
    payments = PAID_HEAD + "A,2024-06-01,30\nB,2024-06-01,70.5\nGHOST,2024-06-01,9\nA,2024-07-01,5\nA,2024-06-02,-10\n"
    summary = _age(tmp_path, schedule, payments)
    names = ("scheduled", "due", "paid", "arrears", "unapplied", "paid_without_schedule", "paid_after_as_of")
    assert [summary[name] for name in names] == ["190.00", "150.00", "90.50", "80.00", "20.50", "9.00", "5.00"]
    assert summary["balanced"] is True
    assert (summary["loans"], summary["overdue_loans"], summary["overdue_days_max"]) == (2, 1, 30)


def test_pauses_grace_and_split(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("loan_id,from,until\nA,2024-06-10,2024-06-20\nB,2024-06-10,\n", encoding="utf-8")
    schedule = (
        "loan_id,due_date,amount,principal,interest,penalty,fees\nA,2024-05-31,100,80,15,0,5\nB,2024-05-31,1,1,0,0,0\n"
    )
    _age(
        tmp_path,
        schedule,
        PAID_HEAD + "A,2024-06-01,10\n",
        "--pauses",
        tmp_path / "u.csv",
        "--grace-days",
        2,
        "--split",
    )
    assert _out(tmp_path)[1:] == [
        ["A", "2024-05-31", "18", "90.00", "80.00", "10.00", "0.00", "0.00"],
        ["B", "2024-05-31", "8", "1.00", "1.00", "0.00", "0.00", "0.00"],
    ]


def test_day_one_comes_from_the_law_of_the_place(tmp_path: Path) -> None:
    _age(tmp_path, HEAD + "A,2024-05-31,100\n", PAID_HEAD, "--jurisdiction", "india")
    assert _out(tmp_path)[1][2] == "31"


def test_decimals_follow_the_currency(tmp_path: Path) -> None:
    _age(tmp_path, HEAD + "A,2024-05-31,100\n", PAID_HEAD, "--currency", "JPY")
    assert _out(tmp_path)[1][3] == "100"


def test_parquet_in_and_out(tmp_path: Path) -> None:
    schedule = pa.table({"loan_id": ["A", "A", None], "due_date": ["2024-05-31", "soon", "2024-05-31"],
                         "amount": pa.array([100.5, 1.0, 2.0])})  # fmt: skip
    pq.write_table(schedule, tmp_path / "s.parquet")
    (tmp_path / "p.csv").write_text(PAID_HEAD, encoding="utf-8")
    out = tmp_path / "out.parquet"
    summary, _ = _run("age", "--schedule", tmp_path / "s.parquet", "--payments", tmp_path / "p.csv", "--out", out,
                      "--as-of", "2024-06-30")  # fmt: skip
    assert [(one["line"], one["column"]) for one in summary["rejects"]] == [(2, "due_date"), (3, "loan_id")]
    table = pq.read_table(out)
    assert str(table.schema.field("arrears").type) == "decimal128(18, 3)"
    assert table.to_pylist()[0]["overdue_days"] == 30


@pytest.mark.parametrize(
    ("schedule", "code", "says"),
    [
        ("", 65, "the file is empty"),
        ("loan_id,amount\n", 65, "lacks due_date"),
        ("loan_id,due_date,amount,amount\n", 65, "more than once"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, schedule: str, code: int, says: str) -> None:
    (tmp_path / "s.csv").write_text(schedule, encoding="utf-8")
    (tmp_path / "p.csv").write_text(PAID_HEAD, encoding="utf-8")
    _, stderr = _run("age", "--schedule", tmp_path / "s.csv", "--payments", tmp_path / "p.csv", "--out",
                     tmp_path / "o.csv", "--as-of", "2024-06-30", code=code)  # fmt: skip
    assert says in stderr
    assert not (tmp_path / "o.csv").exists()


def test_a_missing_file_and_a_wrong_date(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(PAID_HEAD, encoding="utf-8")
    rest = ("--payments", tmp_path / "p.csv", "--out", tmp_path / "o.csv", "--as-of")
    assert "There is no file" in _run("age", "--schedule", tmp_path / "no.csv", *rest, "2024-06-30", code=66)[1]
    assert "is not a date" in _run("age", "--schedule", tmp_path / "p.csv", *rest, "30.06.2024", code=65)[1]


def test_gb18030_files(tmp_path: Path) -> None:
    schedule = "loan_id,客户,due_date,amount\n合同一,张三,2024-05-31,100\n".encode("gb18030")
    _age(tmp_path, schedule, PAID_HEAD, "--encoding", "gb18030")
    assert _out(tmp_path)[1][0] == "合同一"


def test_bytes_that_are_not_utf8_matter_only_where_they_are_read(tmp_path: Path) -> None:
    schedule = HEAD.replace("\n", ",note\n").encode() + b"A,2024-05-31,100,\xd5\xc5\n\xd5\xc5,2024-05-31,1,x\n"
    summary = _age(tmp_path, schedule, PAID_HEAD)
    assert [(one["line"], one["column"]) for one in summary["rejects"]] == [(3, "loan_id")]


def test_nothing_of_duckdbs_binding_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(HEAD + "A,2024-05-31,100\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text(PAID_HEAD, encoding="utf-8")
    _, stderr = _run("age", "--schedule", tmp_path / "s.csv", "--payments", tmp_path / "p.csv", "--out",
                     tmp_path / "o.csv", "--as-of", "2024-06-30")  # fmt: skip
    assert stderr == ""


def test_classify_counts_days_from_the_due_date_and_keeps_unknown_unknown(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(
        "loan_id,oldest_due_date,balance\nA,2024-03-31,100\nB,,\nC,2024-05-31,\n", encoding="utf-8"
    )
    summary, _ = _run("classify", "--loans", tmp_path / "l.csv", "--as-of", "2024-06-30", "--jurisdiction", "china",
                      "--out", tmp_path / "out.csv")  # fmt: skip
    rows = {row[0]: row for row in _out(tmp_path)}
    head = rows["loan_id"]
    by_name = {name: dict(zip(head, rows[name], strict=True)) for name in "ABC"}
    assert (by_name["A"]["overdue_days"], by_name["A"]["severity"], by_name["A"]["provision"]) == (
        "91",
        "SEVERE",
        "25.00",
    )
    assert (by_name["B"]["severity"], by_name["B"]["regulatory_class"]) == ("UNKNOWN", "UNCLASSIFIED")
    assert (by_name["C"]["severity"], by_name["C"]["provision"]) == ("MILD", "")
    assert summary["by_severity"]["MILD"] == {
        "loans": 1, "balance": None, "balance_unknown": 1, "provision": None,
    }  # fmt: skip


def test_classify_outside_the_law_is_unclassified(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("loan_id,overdue_days\nA,100\n", encoding="utf-8")
    summary, _ = _run("classify", "--loans", tmp_path / "l.csv", "--as-of", "1990-01-01", "--out", tmp_path / "out.csv")
    assert summary["by_regulatory_class"]["UNCLASSIFIED"]["loans"] == 1
    assert summary["by_severity"]["SEVERE"]["loans"] == 1


def test_classify_needs_days_or_a_date(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("loan_id,balance\nA,100\n", encoding="utf-8")
    _, stderr = _run("classify", "--loans", tmp_path / "l.csv", "--as-of", "2024-06-30", "--out", tmp_path / "o.csv",
                     code=65)  # fmt: skip
    assert "neither overdue_days nor oldest_due_date" in stderr
