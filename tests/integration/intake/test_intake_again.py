"""The same file twice, corrected rows, contradictions, and what is set apart and sealed."""

import csv

import pytest

from qingshou.features.book.intake.errors import VaultClosed
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.features.book.intake.vault import read_vault

HEAD = "loan_id,borrower_id,borrower_kind,product,currency,balance,overdue_days,name,phone\n"


def _row(number, balance="100.00", name="张三", borrower=None):
    return f"L{number},{borrower or f'B{number}'},RETAIL,CARD,CNY,{balance},0,{name},1380000{number:04d}\n"


def test_the_same_file_twice_changes_nothing(desk):
    first = desk.take(HEAD + _row(1) + _row(2, "x"))
    before = desk.tree()
    second = desk.take(HEAD + _row(1) + _row(2, "x"))
    assert second.duplicate_of == first.import_id
    assert desk.tree() == before


def test_rows_already_in_the_lake_are_duplicates_and_contradictions_are_refused(desk):
    desk.take(HEAD + _row(1) + _row(2))
    result = desk.take(HEAD + _row(1) + _row(2, "101.00") + _row(3))
    assert (result.rows_accepted, result.rows_duplicate, result.rows_rejected) == (1, 1, 1)
    assert desk.refused(result) == [(2, "loan_id", "ALREADY_IMPORTED"), (3, "loan_id", "CONFLICTS_WITH_LAKE")]
    assert [str(result.amounts["balance"].__dict__[key]) for key in ("read", "accepted", "rejected", "duplicate")] == [
        "301.000", "100.000", "101.000", "100.000",
    ]  # fmt: skip


def test_repeats_in_a_file_are_dropped_and_contradictions_refused_whole(desk):
    result = desk.take(HEAD + _row(1) + _row(1) + _row(2, "1.00") + _row(2, "2.00") + _row(3))
    assert [row["loan_id"] for row in desk.rows(result)] == ["L1", "L3"]
    assert desk.refused(result) == [
        (3, "loan_id", "DUPLICATE_ROW"),
        (4, "loan_id", "CONFLICTING_DUPLICATE"),
        (5, "loan_id", "CONFLICTING_DUPLICATE"),
    ]


def test_quarantine_is_corrected_and_imported_again(desk):
    first = desk.take(HEAD + _row(1) + _row(2, "=1+1", name="=cmd|'/c calc'!A1") + _row(3, "-5.00x"))
    rejects = desk.quarantine(first)
    with rejects.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert [(row["balance"], row["name"], row["qs_line"], row["qs_reason"]) for row in rows] == [
        ("'=1+1", "'=cmd|'/c calc'!A1", "3", "NOT_A_NUMBER"),
        ("'-5.00x", "张三", "4", "NOT_A_NUMBER"),
    ]
    second = desk.take(desk.edit(rejects, lambda row: {**row, "balance": "-7.50"}))
    assert second.is_quarantine
    assert [(row["loan_id"], str(row["balance"])) for row in desk.rows(second)] == [("L2", "-7.500"), ("L3", "-7.500")]
    people = _people(desk, ["B2"])
    assert people.column("name").to_pylist() == ["=cmd|'/c calc'!A1"]


def test_people_are_sealed_and_found_by_borrower(desk):
    desk.take(HEAD + _row(1) + _row(2, name="李四") + _row(3, name="王\u202e五", borrower="B2"))
    people = _people(desk, ["B2"])
    assert people.select(["borrower_id", "name", "phone"]).to_pylist() == [
        {"borrower_id": "B2", "name": "李四", "phone": "13800000002"}
    ]
    clear = [path for path in desk.home.rglob("*") if path.is_file() and b"1380000" in path.read_bytes()]
    assert clear == []
    names = [path for path in desk.home.rglob("*") if path.is_file() and "李四".encode() in path.read_bytes()]
    assert names == []


def test_a_wrong_key_opens_nothing(desk):
    desk.take(HEAD + _row(1))
    for keys in (VaultKeys(current="k1", keys={"k1": b"2" * 32}), VaultKeys(current="k2", keys={"k2": b"1" * 32})):
        with pytest.raises(VaultClosed):
            _people(desk, ["B1"], keys)


def test_a_changed_cut_or_lengthened_vault_file_is_noticed(desk):
    desk.take(HEAD + "".join(_row(n) for n in range(1, 50)))
    path = next(desk.home.rglob("*.sealed"))
    whole = path.read_bytes()
    for broken in (whole[:-20], whole[:200] + bytes([whole[200] ^ 1]) + whole[201:], whole + b"x", whole[:60]):
        path.write_bytes(broken)
        with pytest.raises(VaultClosed):
            _people(desk, None)
    path.write_bytes(whole)
    assert _people(desk, None).num_rows == 49


def test_a_schedule_is_laid_down_whole_with_its_running_total(desk):
    head = "loan_id,due_date,amount,principal,interest\n"
    text = (
        head
        + "A,2026-02-01,100,90,10\nA,2026-01-01,50,45,5\nB,2026-01-01,10,9,2\nB,2026-02-01,10,9,1\nA,2026-02-01,7,,\n"
    )
    result = desk.take(text, "canonical_schedule")
    rows = [(r["loan_id"], str(r["due_date"]), str(r["cum_amount"])) for r in desk.rows(result, "instalments")]
    assert rows == [("A", "2026-01-01", "50.000"), ("A", "2026-02-01", "150.000"), ("A", "2026-02-01", "157.000")]
    assert desk.refused(result) == [(4, "amount", "PARTS_DO_NOT_ADD_UP"), (5, "loan_id", "LOAN_HELD_BACK")]
    fixed = desk.edit(desk.quarantine(result), lambda row: {**row, "interest": "1"})
    again = desk.take(fixed, "canonical_schedule")
    assert [(r["loan_id"], str(r["cum_amount"])) for r in desk.rows(again, "instalments")] == [
        ("B", "10.000"),
        ("B", "20.000"),
    ]


def test_payments_without_a_number_get_one_and_equal_payments_stay_two(desk):
    head = "loan_id,paid_date,amount\n"
    rows = "A,2026-01-05,100\nA,2026-01-05,100\nA,2026-01-06,-100\n"
    first = desk.take(head + rows, "canonical_payments")
    assert first.rows_accepted == 3
    again = desk.take(head + rows + "A,2026-02-01,1\n", "canonical_payments")
    assert (again.rows_accepted, again.rows_duplicate) == (1, 3)


def _people(desk, ids, keys=None):
    given = {"home": desk.home, "tenant": "bank", "as_of": desk.as_of, "keys": keys or desk.keys}
    return read_vault(frame="people", ids=ids, **given)
