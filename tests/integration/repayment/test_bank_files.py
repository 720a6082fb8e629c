"""A bank's file: every row accounted for, once, however often and however broken off it is taken."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.integration.repayment.bank_rows import line, named_borrower, take, write
from tests.integration.repayment.ledger_rows import NOW, broken, came_in, make_loan, owed

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.repayment.models import BankFile, LedgerEvent, Posting, Receipt, Transaction
from qingshou.features.repayment.operations import bank_files
from qingshou.features.repayment.operations.payment_references import give_reference
from qingshou.features.repayment.operations.receipt_returns import refund_unapplied, unapply_receipt
from qingshou.features.repayment.phrases.bank_files import REJECTS
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.table_mapping import mapping_of_days


def counts(row):
    return tuple(getattr(row, f"rows_{name}") for name in ("read", "accepted", "duplicate", "no_credit", "rejected"))


@pytest.fixture
def loan(tenant):
    return make_loan(named_borrower("王小明", tenant))


@pytest.fixture
def mixed(tenant, loan, tmp_path):
    """A file with a bit of everything."""
    reference = give_reference(borrower_id=loan.borrower_id, now=NOW)
    return write(
        tmp_path / "mixed.csv",
        line("90.00", name="王小明", account="622201", text=f"还款 {reference}", ref="A1"),
        line("55.00", name="路人甲", account="622299", text="货款", ref="A2"),
        line("55.00", name="路人甲", account="622299", text="货款", ref="A2"),
        line("", "12.50", text="手续费", ref="A3"),
        line("20.00", name="李四", ref="A4"),
        line("", "20.00", name="李四", text="冲正", ref="A5", of="A4"),
        line("", "7.00", text="冲正", ref="A6", of="A404"),
        line("1.234", name="王小明", ref="A7"),
        line("30.00", name="王小明", ref="A8", on="2026-02-30"),
    )


def test_a_day_far_ahead_is_taken_and_told(loan, tmp_path):
    row = take(write(
        tmp_path / "ahead.csv",
        line("10.00", name="王小明", ref="B1", on=str((NOW + timedelta(days=31)).date())),
        line("20.00", name="王小明", ref="B2", on=str((NOW + timedelta(days=32)).date())),
    )).row  # fmt: skip
    assert counts(row) == (2, 2, 0, 0, 0)
    assert [(one["code"], one["line"]) for one in row.warnings if one["code"] == "DATE_AHEAD"] == [("DATE_AHEAD", 3)]


def test_every_code_of_the_table_reader_has_words():
    assert {code.value for code in Reason} <= set(REJECTS)


def test_every_row_is_accounted_for(tenant, loan, mixed):
    done = take(mixed)
    row = done.row
    assert counts(row) == (9, 3, 1, 2, 3)
    assert row.totals == {
        "CNY": {"read": "180.50", "accepted": "165.00", "duplicate": "55.00", "no_credit": "-32.50",
                "rejected": "-7.00", "reversed": "-20.00"}
    }  # fmt: skip
    assert [(one["line"], one["column"], one["code"]) for one in row.rejects] == [
        (8, "reverses_ref", "REVERSAL_OF_UNKNOWN"), (9, "credit", "TOO_MANY_DECIMALS"),
        (10, "booked_date", "IMPOSSIBLE_DATE"),
    ]  # fmt: skip
    assert done.matched.as_dict() == {"applied": 1, "proposed": 0, "unmatched": 1}
    states = dict(Receipt.objects.values_list("source_ref", "state"))
    assert states == {"A1": "APPLIED", "A2": "UNMATCHED", "A4": "REVERSED"}
    assert Receipt.objects.get(source_ref="A1").matched_by == "PAYMENT_REFERENCE"
    assert owed(loan) == {"PENALTY": "10.00", "PRINCIPAL": "10000.00"}
    (event,) = list_events(subject_kind="BANK_FILE", subject_id=row.id)
    assert (event.action, event.facts["accepted"], event.facts["rejected"]) == ("BANK_FILE_TAKEN", 3, 3)
    assert broken(tenant.id) == {}


def test_the_same_file_again_changes_nothing(tenant, mixed):
    first = take(mixed)
    before = [model.objects.count() for model in (Receipt, Transaction, Posting, LedgerEvent, BankFile)]
    again = take(mixed, name="another name.csv")
    assert again.is_repeat
    assert again.row.id == first.row.id
    assert counts(again.row) == counts(first.row)
    assert [model.objects.count() for model in (Receipt, Transaction, Posting, LedgerEvent, BankFile)] == before


def test_a_file_is_taken_again_when_it_is_said_how_to_read_what_was_refused(tenant, loan, tmp_path):
    path = write(
        tmp_path / "days.csv",
        line("10.00", name="王小明", ref="C1"),
        line("20.00", name="王小明", ref="C2", on="20/11/2026"),
        line("30.00", name="王小明", ref="C3", on="31/13/2026"),
    )
    first = take(path)
    assert counts(first.row) == (3, 1, 0, 0, 2)
    assert take(path).is_repeat
    again = take(path, mapping=mapping_of_days("DAY_FIRST"))
    assert (again.is_repeat, again.row.id, counts(again.row)) == (False, first.row.id, (3, 2, 0, 0, 1))
    assert [one["line"] for one in again.row.rejects] == [4]
    assert sorted(Receipt.objects.values_list("amount", flat=True)) == [Decimal("10.00"), Decimal("20.00")]
    assert broken(tenant.id) == {}
    events = list_events(subject_kind="BANK_FILE", subject_id=first.row.id)
    assert [event.facts["accepted"] for event in events if event.action == "BANK_FILE_TAKEN"] == [2, 1]
    assert take(path, mapping=mapping_of_days("DAY_FIRST")).is_repeat


def test_a_file_is_not_taken_again_where_its_rows_would_bear_other_names(tenant, loan, tmp_path):
    path = write(
        tmp_path / "days.csv",
        line("10.00", name="王小明", ref="C1"),
        line("20.00", name="王小明", ref="C2", on="20/11/2026"),
    )
    first = take(path)
    other = take(path, mapping=mapping_of_days("DAY_FIRST"), account="6217999")
    assert (other.is_repeat, counts(other.row)) == (True, counts(first.row))
    assert Receipt.objects.count() == 1


def test_lines_of_an_overlapping_file_are_duplicates(tenant, mixed, tmp_path):
    take(mixed)
    lines = mixed.read_text().splitlines()
    next_day = write(tmp_path / "next.csv", *lines[1:3], lines[6], line("11.00", name="新人", ref="B1"))
    done = take(next_day)
    assert counts(done.row) == (4, 1, 3, 0, 0)
    assert Receipt.objects.filter(state="REVERSED").count() == 1
    assert broken(tenant.id) == {}


@pytest.mark.parametrize("stop_at", ["chunk_recorded", "credits_recorded", "matched"])
def test_a_file_left_half_way_goes_on(tenant, loan, mixed, monkeypatch, stop_at):
    """The same rows and counts as if it had never stopped."""

    class Stopped(Exception):
        pass

    def stop(point):
        if point == stop_at:
            raise Stopped

    monkeypatch.setattr(bank_files, "CHUNK", 1)
    with monkeypatch.context() as stopping:
        stopping.setattr(bank_files, "reach", stop)
        stopping.setattr("qingshou.features.repayment.operations.matching.reach", stop)
        with pytest.raises(Stopped):
            take(mixed)
    assert BankFile.objects.get().ended_at is None
    done = take(mixed)
    assert not done.is_repeat
    assert counts(done.row) == (9, 3, 1, 2, 3)
    assert done.row.totals["CNY"]["accepted"] == "165.00"
    assert Receipt.objects.count() == 3
    assert broken(tenant.id) == {}


def test_verify_counts_a_file_that_does_not_balance(tenant, mixed):
    row = take(mixed).row
    assert broken(tenant.id) == {}
    BankFile.objects.filter(id=row.id).update(rows_accepted=4, rows_rejected=2)
    assert broken(tenant.id) == {"bank_files_not_balanced": 1}
    BankFile.objects.filter(id=row.id).update(rows_accepted=3, rows_rejected=3)
    row.totals["CNY"]["duplicate"] = "55.01"
    row.save()
    assert broken(tenant.id) == {"bank_files_not_balanced": 1}


def test_a_file_that_cannot_be_read_leaves_nothing(tenant, tmp_path):
    with pytest.raises(StatementRefused):
        take(write(tmp_path / "no.csv", "1,2", head="a,b"))
    assert BankFile.objects.count() == 0


def test_rows_alike_without_reference_are_two_payments(tenant, tmp_path):
    path = write(tmp_path / "alike.csv", *[line("5.00", name="王五", text="还款")] * 2)
    assert counts(take(path).row) == (2, 2, 0, 0, 0)
    longer = write(tmp_path / "longer.csv", *[line("5.00", name="王五", text="还款")] * 3)
    assert counts(take(longer).row) == (3, 1, 2, 0, 0)


def test_a_reversal_of_two_alike_is_left_to_a_person(tenant, tmp_path):
    path = write(
        tmp_path / "two.csv", line("5.00", name="甲", ref="1", on="2026-11-20"), line("5.00", name="乙", ref="1"),
        line("", "5.00", text="冲正", ref="9", of="1"), line("", "5.00", text="冲正", ref="10"),
    )  # fmt: skip
    row = take(path).row
    assert [one["code"] for one in row.rejects] == ["REVERSAL_OF_SEVERAL", "REVERSAL_NAMES_NOTHING"]
    assert Receipt.objects.filter(state="REVERSED").count() == 0


def test_a_reversal_of_what_was_given_back_is_left_to_a_person(tenant, tmp_path):
    take(write(tmp_path / "in.csv", line("5.00", name="甲", ref="1")))
    refund_unapplied(
        receipt_id=Receipt.objects.get().id, amount=Decimal(2), reason="NOT_OURS", actor=SYSTEM, now=NOW
    )  # fmt: skip
    row = take(write(tmp_path / "out.csv", line("", "5.00", text="冲正", ref="9", of="1"))).row
    assert [one["code"] for one in row.rejects] == ["PARTLY_REFUNDED"]
    assert broken(tenant.id) == {}


def test_what_a_person_took_off_is_proposed_and_never_applied_by_itself(tenant, loan, tmp_path):
    from qingshou.features.repayment.operations.matching import match_waiting

    reference = give_reference(borrower_id=loan.borrower_id, now=NOW)
    take(write(tmp_path / "in.csv", line("90.00", name="别人", text=reference, ref="1")))
    receipt = Receipt.objects.get()
    assert receipt.state == "APPLIED"
    unapply_receipt(receipt_id=receipt.id, reason="NOT_HIS", actor=SYSTEM, now=NOW)
    assert match_waiting(actor=SYSTEM, now=NOW).as_dict() == {"applied": 0, "proposed": 1, "unmatched": 0}
    receipt.refresh_from_db()
    assert (receipt.state, receipt.proposals[0]["borrower"]) == ("PROPOSED", str(loan.borrower_id))


def test_queries_of_matching_do_not_grow_with_the_rows(tenant, tmp_path, django_assert_num_queries):
    from qingshou.features.repayment.operations.matching import judge_receipts
    from qingshou.features.repayment.rules.matching_policy import matching_policy

    for number in range(6):
        debtor = named_borrower(f"某{number}", tenant)
        make_loan(debtor, arrears=Decimal(100 + number))
        came_in(str(100 + number), payer_name=f"某{number}", payer_account=f"6222{number}", remittance=f"L{number}")
    rows = list(Receipt.objects.order_by("id"))
    for some in (rows[:2], rows):
        with django_assert_num_queries(13):
            found = judge_receipts(receipts=some, policy=matching_policy(), lender_id=tenant.id)
        assert all(one.matches for one in found.values())


def test_a_reference_is_given_once(tenant, loan):
    whole = give_reference(borrower_id=loan.borrower_id, now=NOW)
    of_loan = give_reference(borrower_id=loan.borrower_id, loan_id=loan.id, now=NOW)
    assert whole != of_loan
    assert give_reference(borrower_id=loan.borrower_id, now=NOW) == whole
    assert give_reference(borrower_id=loan.borrower_id, loan_id=loan.id, now=NOW) == of_loan
