"""Whose a receipt is: by table, each sign alone and together, and what never may happen by hypothesis."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.matching import (
    Candidate,
    Expected,
    ExpectedKind,
    Found,
    ReceiptFacts,
    judge_match,
    look_up_keys,
)
from qingshou.features.repayment.rules.matching_policy import matching_policy
from qingshou.features.repayment.rules.references import new_reference, shown
from qingshou.features.repayment.rules.wording import Wording
from qingshou.kernel.errors import BadInput, Misconfigured

POLICY = matching_policy()
OURS, OTHERS = new_reference(serial=4711), new_reference(serial=4712)
DAY = date(2026, 1, 15)
RECEIPT = ReceiptFacts(lender_id="L", amount=Decimal("500.00"), currency="CNY", value_date=DAY)
BLANK = Candidate(lender_id="L", borrower_id="A", loan_id="A1", currency="CNY", loan_ref="LN-2025-000123")
PLAN = Expected(ExpectedKind.PLAN, Decimal("500.00"), date(2026, 1, 10))


def judge(receipt: ReceiptFacts, *candidates: Candidate):
    return judge_match(receipt=receipt, candidates=candidates, policy=POLICY)


def said(text: str, **change: object) -> ReceiptFacts:
    return replace(RECEIPT, remittance=text, **change)  # type: ignore[arg-type]


SIGNS = [
    # text, what the candidate shows, verdict, points, codes
    ("", {}, Found.UNMATCHED, 0, ()),
    (f"还款{shown(OURS)}", {"payment_refs": (OURS,)}, Found.MATCHED, 100, ("PAYMENT_REFERENCE",)),
    (OURS, {"payment_refs": (OURS,), "is_same_name": False}, Found.MATCHED, 95, ("PAYMENT_REFERENCE", "OTHER_NAME")),
    (OURS[2:], {"payment_refs": (OURS,)}, Found.MATCHED, 80, ("PAYMENT_REFERENCE_BARE",)),
    ("ln 2025 000123", {}, Found.PROPOSED, 60, ("LOAN_REFERENCE",)),
    ("LN2025000123", {"is_same_name": True}, Found.MATCHED, 85, ("LOAN_REFERENCE", "SAME_NAME")),
    ("LN2025000123", {"expected": (PLAN,)}, Found.MATCHED, 90, ("LOAN_REFERENCE", "AMOUNT_OF_PLAN", "DATE_NEAR")),
    ("LN2025000123", {"is_same_name": False}, Found.PROPOSED, 55, ("LOAN_REFERENCE", "OTHER_NAME")),
    ("LN2025000124", {"is_same_name": True}, Found.PROPOSED, 25, ("SAME_NAME",)),
    ("case C-88-1234", {"case_number": "C-88-1234"}, Found.PROPOSED, 60, ("CASE_NUMBER",)),
    ("loan 4711", {"loan_ref": "4711"}, Found.PROPOSED, 20, ("SHORT_REFERENCE",)),
    ("loan 14711", {"loan_ref": "4711"}, Found.UNMATCHED, 0, ()),
    ("", {"is_same_account": True}, Found.PROPOSED, 40, ("SAME_ACCOUNT",)),
    ("", {"is_same_account": True, "is_same_name": True}, Found.PROPOSED, 65, ("SAME_ACCOUNT", "SAME_NAME")),
    (
        "",
        {"is_same_account": True, "is_same_name": True, "expected": (PLAN,)},
        Found.MATCHED,
        95,
        ("SAME_ACCOUNT", "SAME_NAME", "AMOUNT_OF_PLAN", "DATE_NEAR"),
    ),
    ("", {"is_same_account": True, "is_shared_account": True}, Found.UNMATCHED, 10, ()),
    ("", {"is_same_name": True}, Found.PROPOSED, 25, ("SAME_NAME",)),
    (
        "",
        {"is_same_name": True, "expected": (PLAN,)},
        Found.PROPOSED,
        55,
        ("SAME_NAME", "AMOUNT_OF_PLAN", "DATE_NEAR"),
    ),
]


@pytest.mark.parametrize(("text", "shows", "verdict", "points", "codes"), SIGNS)
def test_each_sign(text: str, shows: dict[str, object], verdict: Found, points: int, codes: tuple[str, ...]):
    found = judge(said(text), replace(BLANK, **shows))  # type: ignore[arg-type]
    assert found.found is verdict
    if verdict is not Found.UNMATCHED:
        assert (found.matches[0].score, found.matches[0].codes) == (points, codes)
        assert sum(int(str(reason.fields["points"])) for reason in found.matches[0].reasons) == points
    else:
        assert found.matches == ()
    assert found.borrower_id == ("A" if verdict is Found.MATCHED else "")


@pytest.mark.parametrize(
    ("kind", "amount", "due", "codes"),
    [
        ("PROMISE", "500.00", DAY, ("AMOUNT_OF_PROMISE", "DATE_NEAR")),
        ("PROMISE", "500.00", date(2026, 1, 10), ("AMOUNT_OF_PROMISE", "DATE_NEAR")),
        ("PROMISE", "500.00", date(2026, 1, 9), ("AMOUNT_OF_PROMISE",)),
        ("PROMISE", "500.00", date(2026, 1, 20), ("AMOUNT_OF_PROMISE", "DATE_NEAR")),
        ("PROMISE", "500.00", date(2026, 1, 21), ("AMOUNT_OF_PROMISE",)),
        ("PROMISE", "500.01", DAY, ("AMOUNT_NEAR", "DATE_NEAR")),
        ("PROMISE", "495.05", DAY, ("AMOUNT_NEAR", "DATE_NEAR")),
        ("PROMISE", "495.04", DAY, ()),
        ("PROMISE", "500.01", None, ()),
        ("ARREARS", "500.00", None, ("AMOUNT_OF_ARREARS",)),
        ("PAYOFF", "500.00", None, ("AMOUNT_OF_PAYOFF",)),
        ("INSTALMENT", "500.00", DAY, ("AMOUNT_OF_INSTALMENT", "DATE_NEAR")),
    ],
)
def test_amounts_and_days(kind: str, amount: str, due: date | None, codes: tuple[str, ...]):
    expected = Expected(ExpectedKind(kind), Decimal(amount), due)
    found = judge(said(OURS), replace(BLANK, payment_refs=(OURS,), expected=(expected,)))
    assert found.matches[0].codes == ("PAYMENT_REFERENCE", *codes)


def test_the_best_of_several_amounts_counts_once():
    expected = (Expected(ExpectedKind.ARREARS, Decimal("500.00")), PLAN)
    found = judge(RECEIPT, replace(BLANK, expected=expected))
    assert found.matches[0].codes == ("AMOUNT_OF_PLAN", "DATE_NEAR")


def test_more_than_is_owed():
    candidate = replace(BLANK, payment_refs=(OURS,), owed=Decimal("499.99"))
    assert judge(said(OURS), candidate).matches[0].codes == ("PAYMENT_REFERENCE", "AMOUNT_ABOVE_DEBT")
    assert judge(said(OURS), replace(candidate, owed=Decimal("500.00"))).matches[0].codes == ("PAYMENT_REFERENCE",)


def test_two_debtors_alike_wait_for_a_person():
    both = [replace(BLANK, borrower_id=who, is_same_name=True, is_same_account=True, expected=(PLAN,)) for who in "BA"]
    found = judge(RECEIPT, *both)
    assert found.found is Found.PROPOSED
    assert [one.borrower_id for one in found.matches] == ["A", "B"]
    assert [(one.code, one.fields) for one in found.reasons] == [("NOT_UNIQUE", {"lead": 0, "lead_min": 20})]


@pytest.mark.parametrize(("second", "verdict"), [(75, Found.PROPOSED), (80, Found.MATCHED)])
def test_how_far_ahead_is_enough(second: int, verdict: Found):
    # 100 against 85 is a lead of 15, against 80 of 20
    rival = replace(BLANK, borrower_id="B", is_same_name=True)
    if second == 80:
        rival = replace(rival, is_same_name=None, expected=(Expected(ExpectedKind.ARREARS, Decimal("500.00")),))
    found = judge(said(f"{OURS} LN2025000123"), replace(BLANK, payment_refs=(OURS,)), rival)
    assert (found.found, found.matches[1].score) == (verdict, 80 if second == 80 else 85)


def test_references_of_two_debtors_in_one_text():
    found = judge(
        said(f"{OURS} {OTHERS}"),
        replace(BLANK, payment_refs=(OURS,)),
        replace(BLANK, borrower_id="B", payment_refs=(OTHERS,)),
    )
    assert (found.found, found.reasons[-1].code) == (Found.PROPOSED, "NOT_UNIQUE")


def test_a_reference_of_nobody_here_stops_the_rest():
    sure = replace(BLANK, is_same_name=True, is_same_account=True, expected=(PLAN,))
    assert judge(RECEIPT, sure).found is Found.MATCHED
    found = judge(said(OTHERS), sure)
    assert found.found is Found.PROPOSED
    assert [one.code for one in found.reasons] == ["REFERENCE_UNKNOWN", "MEANT_FOR_ANOTHER"]


@pytest.mark.parametrize(
    ("text", "loan_id"),
    [(OURS, ""), (f"{OURS} LN2025000123", "A1"), (f"{OURS} LN2025000123 LN2025000999", "")],
)
def test_one_debtor_with_several_debts(text: str, loan_id: str):
    all_debts = replace(BLANK, loan_id="", loan_ref="", payment_refs=(OURS,))
    second = replace(BLANK, loan_id="A2", loan_ref="LN-2025-000999")
    found = judge(said(text), all_debts, BLANK, second)
    assert (found.found, found.borrower_id, found.loan_id) == (Found.MATCHED, "A", loan_id)
    assert ("DEBT_NOT_NAMED" in {one.code for one in found.reasons}) == (loan_id == "")


@pytest.mark.parametrize(
    ("change", "code"), [({"currency": "HKD"}, "OTHER_CURRENCY"), ({"lender_id": "M"}, "OTHER_LENDER")]
)
def test_never_across_currencies_or_lenders(change: dict[str, str], code: str):
    sure = replace(BLANK, payment_refs=(OURS,), is_same_name=True, is_same_account=True, expected=(PLAN,))
    assert judge(said(OURS), sure).found is Found.MATCHED
    found = judge(said(OURS), replace(sure, **change))  # type: ignore[arg-type]
    assert (found.found, found.matches, found.reasons[0].code) == (Found.UNMATCHED, (), code)


@pytest.mark.parametrize("amount", ["0", "-0.01"])
def test_only_money_that_came_in(amount: str):
    with pytest.raises(BadInput):
        judge(replace(RECEIPT, amount=Decimal(amount)), BLANK)


def test_nothing_the_payer_wrote_is_given_back():
    found = judge(said("LN2025000123 王小明 secret"), replace(BLANK, is_same_name=True))
    assert "secret" not in repr(found)
    assert "secret" not in repr(said("secret"))
    assert "secret" not in repr(look_up_keys(remittance="secret", end_to_end_ref=""))


def test_no_more_proposals_than_a_person_reads():
    many = [replace(BLANK, borrower_id=f"{number:02}", is_same_name=True) for number in range(9)]
    assert [one.borrower_id for one in judge(RECEIPT, *many).matches] == ["00", "01", "02", "03", "04"]


@pytest.mark.parametrize(
    ("text", "number", "is_named"),
    [
        ("还款LN-2025-000123谢谢", "LN-2025-000123", True),
        ("ln 2025/000123", "LN-2025-000123", True),
        ("ＬＮ２０２５０００１２３", "LN-2025-000123", True),
        ("loan4711001", "4711001", True),
        ("14711001", "4711001", False),
        ("4711001.50", "4711001", True),
        ("合同号贷2025第001号", "贷2025第001号", True),
        ("LN-2025", "LN-2025-000123", False),
        ("LN-2025\n000123", "LN-2025-000123", True),
        ("LN—2025——000123", "LN-2025-000123", True),
        ("\u202aLN−2025‐\u200b000123\u202c", "LN-2025-000123", True),
        ("", "", False),
        ("anything", "", False),
    ],
)
def test_what_a_text_names(text: str, number: str, is_named: bool):
    assert Wording(text).names(number) is is_named


def test_what_to_look_up():
    keys = look_up_keys(remittance=f"还款 ln-2025-000123, {shown(OURS)}", end_to_end_ref="PLAN-77")
    assert keys.payment_refs == (OURS,)
    assert {"ln-2025-000123", "LN-2025-000123", "LN2025000123", "PLAN-77"} <= set(keys.numbers)
    dashed = look_up_keys(remittance="还款LN—2025—\u2060000123", end_to_end_ref="")
    assert "LN-2025-000123" in dashed.numbers
    assert len(look_up_keys(remittance="1a" * 2_000, end_to_end_ref="").numbers) <= 200


def test_a_lenders_own_weights():
    own = matching_policy({"matching_policy": {"points": {"LOAN_REFERENCE": 70}}})
    found = judge_match(receipt=said("LN2025000123"), candidates=[BLANK], policy=own)
    assert found.found is Found.MATCHED
    assert matching_policy({}).points["LOAN_REFERENCE"] == 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": {}},
        {"points": {"NOTHING": 1}},
        {"points": {"SAME_NAME": 1.5}},
        {"points": {"SAME_NAME": True}},
        {"points": {"SAME_NAME": 5000}},
        {"limits": {"match_points_min": 0}},
        {"points": 3},
        [1],
    ],
)
def test_wrong_weights_are_refused(wrong: object):
    with pytest.raises(Misconfigured):
        matching_policy({"matching_policy": wrong})


candidates = st.builds(
    Candidate,
    lender_id=st.sampled_from("LM"),
    borrower_id=st.sampled_from("ABC"),
    loan_id=st.sampled_from(["", "1", "2"]),
    currency=st.sampled_from(["CNY", "HKD"]),
    loan_ref=st.sampled_from(["", "4711", "LN-2025-000123", "贷001"]),
    payment_refs=st.lists(st.sampled_from([OURS, OTHERS]), max_size=2).map(tuple),
    expected=st.lists(
        st.builds(
            Expected,
            st.sampled_from(ExpectedKind),
            st.sampled_from([Decimal("500.00"), Decimal("499.00"), Decimal(0)]),
            st.sampled_from([None, DAY]),
        ),
        max_size=3,
    ).map(tuple),
    owed=st.sampled_from([None, Decimal("1.00")]),
    is_same_name=st.sampled_from([None, True, False]),
    is_same_account=st.booleans(),
    is_shared_account=st.booleans(),
)
texts = st.lists(st.sampled_from([OURS, OTHERS, OURS[2:], "4711", "LN 2025 000123", "贷001", "还款"])).map(" ".join)


@settings(max_examples=2_000, deadline=None)
@given(few=st.lists(candidates, max_size=6), text=texts, order=st.randoms())
def test_what_always_holds(few: list[Candidate], text: str, order):
    found = judge(said(text), *few)
    shuffled = list(few)
    order.shuffle(shuffled)
    assert judge(said(text), *shuffled) == found
    meant = {one.borrower_id for one in few if (one.lender_id, one.currency) == ("L", "CNY")}
    assert {one.borrower_id for one in found.matches} <= meant
    scores = [one.score for one in found.matches]
    assert scores == sorted(scores, reverse=True)
    assert len({one.borrower_id for one in found.matches}) == len(scores) <= POLICY.proposals_max
    if found.found is Found.MATCHED:
        assert scores[0] >= POLICY.match_points_min
        assert len(scores) == 1 or scores[0] - scores[1] >= POLICY.lead_points_min
    assert (found.found is Found.UNMATCHED) == (not scores)
    # adding what cannot be meant changes nothing but the count of what was left out
    foreign = replace(BLANK, lender_id="M", payment_refs=(OURS,), is_same_name=True)
    more = judge(said(text), *few, foreign)
    assert (more.found, more.matches, more.borrower_id, more.loan_id) == (
        found.found, found.matches, found.borrower_id, found.loan_id,
    )  # fmt: skip
