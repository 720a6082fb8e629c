"""When the recording of a call may stand for a document of a budget: each reason alone, all of them together."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qingshou.features.repayment.rules.by_word import WordFacts, by_word_policy, judge_by_word
from qingshou.kernel.errors import Misconfigured

ON = date(2026, 11, 23)
ACCEPTS = by_word_policy(settings={"repayment": {"by_word": {"accepted": True}}})
GOOD = WordFacts(role="TEAM_LEAD", is_own=False, is_newest=True, is_with_debtor=True, is_recorded=True,
                 is_identified=True, called_on=ON)  # fmt: skip


@pytest.mark.parametrize(("changes", "codes"), [
    ({}, ()),
    ({"role": "COLLECTOR"}, ("BY_WORD_ROLE",)),
    ({"is_own": True}, ("BY_WORD_OWN",)),
    ({"is_newest": False}, ("BY_WORD_NOT_NEWEST",)),
    ({"is_with_debtor": False, "called_on": None}, ("BY_WORD_NO_CALL",)),
    ({"is_recorded": False}, ("BY_WORD_NOT_RECORDED",)),
    ({"is_identified": False}, ("BY_WORD_NOT_IDENTIFIED",)),
    ({"called_on": ON - timedelta(days=29)}, ()),
    ({"called_on": ON - timedelta(days=30)}, ()),
    ({"called_on": ON - timedelta(days=31)}, ("BY_WORD_CALL_TOO_OLD",)),
    ({"called_on": ON + timedelta(days=1)}, ("BY_WORD_CALL_TOO_OLD",)),
    ({"role": "COLLECTOR", "is_own": True, "is_recorded": False},
     ("BY_WORD_ROLE", "BY_WORD_OWN", "BY_WORD_NOT_RECORDED")),
])  # fmt: skip
def test_each_reason_is_named(changes, codes):
    assert judge_by_word(policy=ACCEPTS, facts=replace(GOOD, **changes), on=ON) == codes


def test_nothing_is_accepted_by_word_unless_the_lender_says_so():
    assert judge_by_word(policy=by_word_policy(settings={}), facts=GOOD, on=ON) == ("BY_WORD_NOT_ACCEPTED",)


def test_a_lender_says_who_signs_and_how_old_a_call_may_be():
    own = {"accepted": True, "roles": ["COLLECTOR"], "by_another": False, "call_days_max": 0}
    policy = by_word_policy(settings={"repayment": {"by_word": own}})
    taker = replace(GOOD, role="COLLECTOR", is_own=True)
    assert judge_by_word(policy=policy, facts=taker, on=ON) == ()
    assert judge_by_word(policy=policy, facts=taker, on=ON + timedelta(days=1)) == ("BY_WORD_CALL_TOO_OLD",)
    with pytest.raises(Misconfigured, match="roles"):
        by_word_policy(settings={"repayment": {"by_word": {"roles": ["AGENCY_USER"]}}})
