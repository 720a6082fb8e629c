"""The tables of rates, caps, penalty interest, days and deadlines."""

from datetime import date
from decimal import Decimal

import pytest
from tests.spec.law.tables import cases

from qingshou.kernel.errors import QingshouError
from qingshou.law.china.caps import rate_cap
from qingshou.law.china.civil_code.rules import deadline
from qingshou.law.china.holidays.rules import day_kind, is_workday
from qingshou.law.china.interest_settlement.rules import settlement_dates
from qingshou.law.china.local_bodies import rules as local_bodies
from qingshou.law.china.lpr.rules import lpr_on
from qingshou.law.china.micro_loans import rules as micro_loans
from qingshou.law.china.penalty_2003.rules import penalty_rate
from qingshou.law.china.penalty_interest import PenaltyTerms, penalty_interest
from qingshou.law.china.provisions_2011.rules import provision_standard
from qingshou.law.uk.breathing_space.rules import may_do
from qingshou.law.us.garnishment.rules import weekly_max
from qingshou.law.values import all_instruments

REFUSALS = {"NOT_COVERED", "BAD_INPUT"}


def table(name):
    return pytest.mark.parametrize("case", [pytest.param(case, id=place) for place, case in cases(name)])


def refuses(expected, ask):
    """Tell whether a refusal was expected, and check it if so."""
    if not isinstance(expected, str) or expected not in REFUSALS:
        return False
    with pytest.raises(QingshouError) as caught:
        ask()
    assert caught.value.code == expected
    return True


@table("deadline")
def test_deadline(case):
    def ask():
        return deadline(
            from_date=case["from"],
            days=case.get("days", 0),
            months=case.get("months", 0),
            years=case.get("years", 0),
            is_rolled_over_holidays=not case.get("no_roll", False),
        )

    if refuses(case["last"], ask):
        return
    answer = ask()
    assert answer.last_date == case["last"]
    assert answer.counted_date == case.get("counted", case["last"])
    assert answer.is_rolled == ("counted" in case and case["counted"] != case["last"])
    if "code" in case:
        assert answer.reasons[-1].code == case["code"]
    if "sure" in case:
        assert answer.reasons[0].article.confidence.value == case["sure"]


@table("day_kind")
def test_day_kind(case):
    if refuses(case["kind"], lambda: day_kind(case["on"])):
        return
    assert day_kind(case["on"]).value == case["kind"]
    assert is_workday(case["on"]) == case["kind"].endswith("WORKDAY")


def test_a_holiday_is_named():
    assert day_kind(date(2024, 10, 1)).reasons[0].fields == {"holiday": "NATIONAL_DAY"}


@table("lpr_on")
def test_lpr(case):
    term = case.get("term", "one_year")
    if refuses(case["rate"], lambda: lpr_on(case["on"], term=term)):
        return
    assert lpr_on(case["on"], term=term).number == Decimal(case["rate"])


@table("rate_cap")
def test_rate_cap(case):
    def ask():
        return rate_cap(
            lender_kind=case["lender_kind"],
            contract_date=case["contract_date"],
            on=case["on"],
            filed_date=case.get("filed_date"),
            is_aided=case.get("is_aided", False),
        )

    if refuses(case["cap"], ask):
        return
    cap = ask()
    assert cap.rate == (None if case["cap"] is None else Decimal(case["cap"]))
    if "code" in case:
        assert cap.code == case["code"]
    if "sure" in case:
        order = ["read", "secondary", "unverified"]
        assert max((article.confidence.value for article in cap.articles), key=order.index) == case["sure"]


@table("penalty_rate")
def test_penalty_rate(case):
    def ask():
        return penalty_rate(
            contract_rate=Decimal(case["contract_rate"]),
            uplift=Decimal(case["uplift"]),
            contract_date=case["contract_date"],
            kind=case.get("kind", "OVERDUE"),
        )

    if refuses(case["rate"], ask):
        return
    assert ask().rate == Decimal(case["rate"])
    if "code" in case:
        assert ask().reasons[0].code == case["code"]


@table("penalty_interest")
def test_penalty_interest(case):
    terms = PenaltyTerms(
        contract_rate=Decimal(case["contract_rate"]),
        uplift=Decimal(case["uplift"]),
        contract_date=case["contract_date"],
        lender_kind=case.get("lender_kind", "BANK"),
        filed_date=case.get("filed_date"),
        maturity_date=case.get("maturity_date"),
        compounds_penalty=case.get("compounds_penalty", False),
    )

    def ask():
        return penalty_interest(
            principal=Decimal(case["principal"]),
            in_term_interest=Decimal(case.get("interest", "0")),
            terms=terms,
            from_date=case["from"],
            until_date=case["until"],
        )

    if refuses(case.get("total"), ask):
        return
    result = ask()
    figures = ("on_principal", "on_interest", "total", "cap_amount", "cut", "payable")
    expected = {key: case[key] for key in figures if key in case}
    exact = {key: None if text is None else Decimal(text) for key, text in expected.items()}
    assert {key: getattr(result, key) for key in exact} == exact
    assert result.payable == result.total - result.cut
    if "days" in case:
        assert result.days == case["days"]
    if "code" in case:
        assert case["code"] in {reason.code for reason in result.reasons}


@table("settlement_dates")
def test_settlement_dates(case):
    def ask():
        return settlement_dates(case["from"], case["until"])

    if not refuses(case["dates"], ask):
        assert ask() == case["dates"]


@table("provision_standard")
def test_provision_standard(case):
    def ask():
        amounts = {key: Decimal(case[key]) for key in ("provisions", "loans", "non_performing")}
        return provision_standard(**amounts, is_strict=case.get("is_strict", False), on=case["on"])

    if refuses(case["answer"], ask):
        return
    assert ask().value == case["answer"]
    if "code" in case:
        assert ask().reasons[0].code == case["code"]


@table("weekly_max")
def test_weekly_max(case):
    def ask():
        return weekly_max(disposable=Decimal(case["disposable"]), on=case["on"])

    if not refuses(case["most"], ask):
        assert ask() == Decimal(case["most"])


@table("may_do")
def test_may_do(case):
    def ask():
        return may_do(act=case["act"], on=case["on"], has_court_permission=case.get("court", False))

    if not refuses(case["answer"], ask):
        assert ask().value == case["answer"]
        assert ask().articles


INSTRUMENTS = {law.id: law for law in all_instruments()}


@table("value_on")
def test_values_that_no_rule_reads_yet(case):
    def ask():
        return INSTRUMENTS[case["instrument"]].value_on(case["value"], case["on"])

    if refuses(case["is"], ask):
        return
    assert ask().text == case["is"]
    if "bound" in case:
        assert ask().side == case["bound"]


@pytest.mark.parametrize("on", [date(2024, 12, 31), date(2025, 1, 1)])
def test_the_holidays_of_a_year_add_up(on):
    law = INSTRUMENTS["china.holidays"]
    feasts = [value_id for value_id in law.values if value_id != "statutory_days"]
    assert len(feasts) == 7
    assert sum(law.value_on(name, on).whole for name in feasts) == law.value_on("statutory_days", on).whole


def test_the_kinds_of_local_bodies_are_as_many_as_the_text_names():
    assert len(local_bodies.KINDS) == INSTRUMENTS["china.local_bodies"].value_on("kinds_exempt", date(2021, 1, 1)).whole


def test_a_bridge_loan_of_a_micro_loan_company_keeps_its_own_cap():
    assert micro_loans.cap(date(2028, 1, 1), is_bridge_loan=True).rate == Decimal("0.24")
