"""One sum for several debtors: split to the cent or not at all, each part a receipt of its debtor, joined, reversed."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from tests.integration.repayment.ledger_rows import (
    DAY,
    NOW,
    add_tape_payment,
    broken,
    came_in,
    make_borrower,
    make_loan,
    owed,
    pay,
)

from qingshou.approvals import operations as approvals
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.repayment.models import Receipt, Transaction
from qingshou.features.repayment.operations import receipt_parts
from qingshou.features.repayment.operations.ledger_approvals import ask_reversal
from qingshou.features.repayment.operations.ledger_errors import (
    GivenBack,
    NoSuchReceipt,
    NothingToPayOn,
    NothingUnapplied,
    NotSplit,
    PartOfReceipt,
    ReceiptEnded,
    UnfitAmount,
)
from qingshou.features.repayment.operations.receipt_parts import Share, join_parts, reverse_whole, split_over_debtors
from qingshou.features.repayment.operations.receipt_returns import (
    move_receipt,
    refund_unapplied,
    reverse_receipt,
    unapply_receipt,
)
from qingshou.features.repayment.operations.receipts import apply_receipt
from qingshou.features.repayment.queries.receipt_list import ReceiptFilter, sums_of
from qingshou.features.repayment.queries.receipts import explain_receipt, list_parts


@pytest.fixture
def two():
    return sorted([make_loan(), make_loan()], key=lambda one: one.borrower_id)


def split(receipt, *shares):
    given = [Share(loan.borrower_id, Decimal(amount)) for loan, amount in shares]
    return split_over_debtors(receipt_id=receipt.id, shares=given, actor=SYSTEM, now=NOW)


def state(receipt):
    return Receipt.objects.get(id=receipt.id).state


def actions(receipt):
    return [one.action for one in list_events(subject_kind="RECEIPT", subject_id=receipt.id, limit=20)]


def test_a_couples_transfer_goes_on_both_debts_to_the_cent(tenant, two):
    whole = came_in("125.50", on=DAY - timedelta(days=1), payment_ref="REF1")
    done = split(whole, (two[1], "30.25"), (two[0], "95.25"))
    assert [(one.receipt.borrower_id, one.applied, one.unapplied) for one in done] == [
        (two[0].borrower_id, Decimal("95.25"), 0), (two[1].borrower_id, Decimal("30.25"), 0),
    ]  # fmt: skip
    assert [owed(one)["PENALTY"] for one in two] == ["4.75", "20.00"]  # costs 10, interest 70, penalty 20
    assert owed(two[1])["INTEREST"] == "49.75"
    part = Receipt.objects.get(id=done[0].receipt.id)
    assert (part.whole_id, part.source, part.value_date, part.payment_ref, part.state) == (
        whole.id, "SPLIT", whole.value_date, "REF1", "APPLIED",
    )  # fmt: skip
    assert (state(whole), Receipt.objects.get(id=whole.id).borrower_id) == ("SPLIT", None)
    assert actions(whole) == ["RECEIPT_SPLIT", "RECEIPT_RECORDED"]
    assert actions(part) == ["RECEIPT_APPLIED"]
    assert [one.amount for one in list_parts(receipt_id=whole.id)] == [Decimal("95.25"), Decimal("30.25")]
    assert explain_receipt(receipt_id=part.id).applied == Decimal("95.25")
    assert broken(tenant.id) == {}


def test_a_share_may_be_kept_to_loans_and_a_debtor_may_have_two(tenant, two):
    other = make_loan(two[0].borrower)
    whole = came_in("60")
    shares = [
        Share(two[0].borrower_id, Decimal(10), (other.id,)), Share(two[0].borrower_id, Decimal(20), (two[0].id,)),
        Share(two[1].borrower_id, Decimal(30)),
    ]  # fmt: skip
    done = split_over_debtors(receipt_id=whole.id, shares=shares, actor=SYSTEM, now=NOW)
    assert [dict(one.by_loan) for one in done] == [
        {other.id: Decimal(10)}, {two[0].id: Decimal(20)}, {two[1].id: Decimal(30)}
    ]  # fmt: skip
    assert broken(tenant.id) == {}


@pytest.mark.parametrize("amounts", [
    ("60", "39.99"), ("60", "40.01"), ("100", "0"), ("110", "-10"), ("99.9999", "0.0001"), ("100",),
])  # fmt: skip
def test_shares_are_the_whole_of_it_or_nothing_is_split(tenant, two, amounts):
    whole = came_in("100")
    with pytest.raises(UnfitAmount):
        split(whole, *zip(two, amounts, strict=False))
    assert (state(whole), Receipt.objects.count(), actions(whole)) == ("UNMATCHED", 1, ["RECEIPT_RECORDED"])
    assert broken(tenant.id) == {}


def test_one_debtor_without_a_loan_and_nobody_is_paid(tenant, two):
    whole = came_in("100")
    bare = make_borrower()
    with pytest.raises(NothingToPayOn):
        split_over_debtors(
            receipt_id=whole.id, actor=SYSTEM, now=NOW,
            shares=[Share(two[0].borrower_id, Decimal(50)), Share(bare.id, Decimal(50))],
        )  # fmt: skip
    assert (state(whole), Receipt.objects.count()) == ("UNMATCHED", 1)
    assert not Transaction.objects.filter(kind="SPLIT").exists()


def test_nothing_is_split_without_its_record(tenant, two, monkeypatch):
    whole = came_in("100")
    monkeypatch.setattr(receipt_parts, "record", lambda **_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        split(whole, (two[0], "50"), (two[1], "50"))
    assert (state(whole), Receipt.objects.count()) == ("UNMATCHED", 1)


def test_what_is_split_is_not_split_moved_put_or_given_back_again(tenant, two):
    whole = came_in("100")
    part = split(whole, (two[0], "50"), (two[1], "50"))[0].receipt
    common = {"receipt_id": whole.id, "actor": SYSTEM, "now": NOW}
    with pytest.raises(ReceiptEnded):
        split(whole, (two[0], "50"), (two[1], "50"))
    with pytest.raises(NothingUnapplied):
        apply_receipt(borrower_id=two[0].borrower_id, **common)
    with pytest.raises(NothingUnapplied):
        refund_unapplied(reason="X", **common)
    with pytest.raises(PartOfReceipt):
        split(part, (two[0], "20"), (two[1], "30"))
    for act in (reverse_receipt, reverse_whole):
        with pytest.raises(PartOfReceipt):
            act(receipt_id=part.id, reversal_ref="b", reason="RETURN", actor=SYSTEM, now=NOW)
    with pytest.raises(PartOfReceipt):
        ask_reversal(receipt_id=part.id, reason="wrong", actor=SYSTEM, now=NOW)
    with pytest.raises(NoSuchReceipt):
        split_over_debtors(
            receipt_id=uuid4(), actor=SYSTEM, now=NOW,
            shares=[Share(one.borrower_id, Decimal(1)) for one in two],
        )  # fmt: skip
    assert broken(tenant.id) == {}


def test_reversing_the_whole_takes_back_every_part_and_what_came_after_is_laid_anew(tenant, two):
    before = [owed(one) for one in two]
    whole = came_in("150", on=DAY - timedelta(days=2))
    parts = [one.receipt for one in split(whole, (two[0], "100"), (two[1], "50"))]
    later = [pay(one, "20", on=DAY) for one in two]
    unapply_receipt(receipt_id=parts[1].id, reason="not theirs", actor=SYSTEM, now=NOW)
    back = reverse_whole(receipt_id=whole.id, reversal_ref="bank-9", reason="BANK_RETURN", actor=SYSTEM, now=NOW)
    assert not back.is_repeat
    assert [state(one) for one in (whole, *parts)] == ["REVERSED"] * 3
    assert before[0] != owed(two[0])  # the later twenty stand
    assert all(explain_receipt(receipt_id=one.receipt.id).applied == 20 for one in later)
    for loan, had in zip(two, before, strict=True):
        paid = sum(Decimal(text) for text in had.values()) - sum(Decimal(text) for text in owed(loan).values())
        assert paid == 20
    again = reverse_whole(receipt_id=whole.id, reversal_ref="bank-9", reason="BANK_RETURN", actor=SYSTEM, now=NOW)
    assert again.is_repeat
    assert actions(whole)[:2] == ["RECEIPT_REVERSED", "RECEIPT_JOINED"]
    assert actions(parts[0])[0] == "RECEIPT_JOINED"
    assert broken(tenant.id) == {}


def test_a_second_person_agrees_to_reverse_the_whole(tenant, two, users):
    from qingshou.access.actors import actor_of

    whole = came_in("100")
    part = split(whole, (two[0], "50"), (two[1], "50"))[0].receipt
    asked = ask_reversal(
        receipt_id=whole.id, reason="bank's letter", actor=actor_of(users["TEAM_LEAD"]), now=NOW
    )  # fmt: skip
    approvals.approve(request_id=asked.id, decider=users["RISK_OFFICER"], now=NOW)
    assert (state(whole), state(part)) == ("REVERSED", "REVERSED")
    assert broken(tenant.id) == {}


def test_parts_are_joined_and_split_anew(tenant, two):
    whole = came_in("100")
    before = [owed(one) for one in two]
    first = split(whole, (two[0], "60"), (two[1], "40"))
    back = join_parts(receipt_id=whole.id, reason="wrong shares", actor=SYSTEM, now=NOW)
    assert (back.receipt.state, state(first[0].receipt)) == ("UNMATCHED", "REVERSED")
    assert [owed(one) for one in two] == before
    assert broken(tenant.id) == {}
    with pytest.raises(NotSplit):
        join_parts(receipt_id=whole.id, reason="again", actor=SYSTEM, now=NOW)
    split(whole, (two[0], "40"), (two[1], "60"))
    assert [one.amount for one in list_parts(receipt_id=whole.id)] == [Decimal(40), Decimal(60)]
    assert broken(tenant.id) == {}


def test_a_part_moves_to_another_debtor_and_still_comes_back_with_the_whole(tenant, two):
    third = make_loan()
    whole = came_in("100")
    part = split(whole, (two[0], "60"), (two[1], "40"))[0].receipt
    move_receipt(receipt_id=part.id, borrower_id=third.borrower_id, reason="hers", actor=SYSTEM, now=NOW)
    assert explain_receipt(receipt_id=part.id).applied == 60
    reverse_whole(receipt_id=whole.id, reversal_ref="b", reason="RETURN", actor=SYSTEM, now=NOW)
    assert sum(Decimal(text) for text in owed(third).values()) == 10_000 + 100
    assert broken(tenant.id) == {}


def test_what_no_debt_took_stays_on_the_part_and_once_given_back_a_person_must_settle(tenant, two):
    whole = came_in("30000")
    done = split(whole, (two[0], "29000"), (two[1], "1000"))
    left = done[0].unapplied
    assert left > 0
    refund_unapplied(receipt_id=done[0].receipt.id, reason="over", actor=SYSTEM, now=NOW)
    assert explain_receipt(receipt_id=done[0].receipt.id).refunded == left
    with pytest.raises(GivenBack):
        reverse_whole(receipt_id=whole.id, reversal_ref="b", reason="RETURN", actor=SYSTEM, now=NOW)
    assert state(whole) == "SPLIT"
    assert broken(tenant.id) == {}


def test_sums_of_a_list_count_each_cent_once(tenant, two):
    whole = came_in("100")
    split(whole, (two[0], "60"), (two[1], "40"))
    came_in("7")
    assert sums_of(wanted=ReceiptFilter()) == [("CNY", 2, Decimal(107))]
    assert sums_of(wanted=ReceiptFilter(state="APPLIED")) == [("CNY", 2, Decimal(100))]
    assert sums_of(wanted=ReceiptFilter(borrower_id=two[0].borrower_id)) == [("CNY", 1, Decimal(60))]
    assert sums_of(wanted=ReceiptFilter(source="API")) == [("CNY", 2, Decimal(107))]


def test_a_tape_that_shows_the_whole_sums_number_has_booked_the_part(tenant, two):
    whole = came_in("100", on=DAY - timedelta(days=3), ref="BANK-77")
    add_tape_payment(two[0], "BANK-77", "60", DAY - timedelta(days=3))
    done = split(whole, (two[0], "60"), (two[1], "40"))
    lines = explain_receipt(receipt_id=done[0].receipt.id).lines
    assert [(one.account, one.amount) for one in lines] == [("TAPE", Decimal(60))]
    assert broken(tenant.id) == {}


def test_a_part_that_is_lost_is_seen(tenant, two):
    """The negative control of the invariant: it must see what it is there for."""
    whole = came_in("100")
    part = split(whole, (two[0], "60"), (two[1], "40"))[0].receipt
    Receipt.objects.filter(id=part.id).update(whole=None)
    assert broken(tenant.id) == {"receipts_and_their_parts_differ": 1}


@pytest.fixture
def lead(client_for):
    return client_for("TEAM_LEAD")


def send(client, path, **fields):
    return client.post(path, fields, headers={"Accept-Language": "en"})


def read(client, receipt):
    return client.get(f"/receipts/{receipt.id}/", headers={"Accept-Language": "en"}).content.decode()


def test_the_page_splits_by_lines_of_an_employers_list(tenant, lead, two):
    whole = came_in("100.00")
    assert "Split over several debtors" in read(lead, whole)
    lines = f"{two[0].loan_ref}\t60.00\n\n  {two[1].borrower.borrower_ref} 40.00\n"
    answer = send(lead, f"/receipts/{whole.id}/split", shares=lines)
    assert (answer.status_code, answer["Location"]) == (302, f"/receipts/{whole.id}/")
    page = read(lead, whole)
    assert "60.00" in page
    assert "Join the parts again" in page
    part = Receipt.objects.get(whole=whole, amount=60)
    page = read(lead, part)
    assert f"/receipts/{whole.id}/" in page
    assert "Reverse" not in page.split("case-grid")[0].split("notice")[0]
    assert lead.get("/receipts/", headers={"Accept-Language": "en"}).status_code == 200
    assert lead.get(f"/receipts/{whole.id}/split")["Location"] == f"/receipts/{whole.id}/"
    send(lead, f"/receipts/{whole.id}/join", reason="wrong")
    assert state(whole) == "UNMATCHED"
    assert broken(tenant.id) == {}


@pytest.mark.parametrize(("lines", "told"), [
    ("{0} 60\nnobody 40", "Line 2: No debtor, loan or case has this number."),
    ("{0} 60\n{1} forty", "Line 2: Write the amount as a number"),
    ("{0} 60\n{1}", "Line 2: Write a number, a space and an amount."),
    ("{0} 60\n{1} 39", "The lines add up to 99.00, the receipt is 100.00 CNY"),
    ("{0} 100", "Write two to 200 lines"),
    ("", "Write two to 200 lines"),
])  # fmt: skip
def test_what_is_wrong_is_named_by_its_line_and_what_was_typed_stays(lead, two, lines, told):
    whole = came_in("100.00")
    typed = lines.format(two[0].loan_ref, two[1].loan_ref)
    answer = send(lead, f"/receipts/{whole.id}/split", shares=typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert typed in answer.content.decode()
    assert state(whole) == "UNMATCHED"


@pytest.mark.parametrize(("role", "status"), [("COLLECTOR", 403), ("AGENCY_USER", 403), ("TEAM_LEAD", 302)])
def test_who_may_split(client_for, two, role, status):
    whole = came_in("100.00")
    answer = send(client_for(role), f"/receipts/{whole.id}/split", shares=f"{two[0].loan_ref} 60\n{two[1].loan_ref} 40")
    assert answer.status_code == status


def test_another_system_splits_and_joins(tenant, client_for, two):
    whole = came_in("100.00")
    client = client_for("RISK_OFFICER")

    def post(path, body):
        token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
        headers = {"X-CSRFToken": token.value} if token else {}
        return client.post(f"/api/v1/repayment/receipts/{whole.id}/{path}", body, content_type="application/json",
                           headers=headers)  # fmt: skip

    shares = [{"loan_ref": two[0].loan_ref, "amount": "60.00"},
              {"borrower_id": str(two[1].borrower_id), "amount": "40.00"}]  # fmt: skip
    assert post("split", {"shares": shares[:1]}).status_code == 422
    assert post("split", {"shares": [shares[0], {"amount": "40.00"}]}).json()["code"] == "SHARE_OF_NOBODY"
    assert post("split", {"shares": [shares[0], shares[1] | {"amount": "39.00"}]}).json()["code"] == "UNFIT_AMOUNT"
    told = post("split", {"shares": shares}).json()
    assert (told["state"], told["lines"], [one["amount"] for one in told["parts"]]) == (
        "SPLIT", [], ["60.000", "40.000"],
    )  # fmt: skip
    assert {one["whole_id"] for one in told["parts"]} == {str(whole.id)}
    assert post("join", {"reason": "other shares"}).json()["state"] == "UNMATCHED"
    assert post("join", {"reason": "other shares"}).status_code == 409
    assert broken(tenant.id) == {}
