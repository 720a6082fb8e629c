"""What a debtor can bear: every figure by hand, the floor, other creditors, the band; willingness changes nothing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.affordability import Affordability, Willingness, judge_affordability
from qingshou.features.repayment.rules.budget_forms import FORMS, Side, Source, budget_form, source_table
from qingshou.features.repayment.rules.budget_lines import Every, Line, monthly_amount
from qingshou.features.repayment.rules.living_floors import Household, floor_for, floor_table, house_floors
from qingshou.features.repayment.rules.spending_guides import spending_guide
from qingshou.kernel.errors import BadInput, NotFound
from qingshou.kernel.verdict import Confidence

ON = date(2026, 11, 23)
D = Decimal


def line(heading: str, amount: str, source: Source = Source.DOCUMENT, every: Every = Every.MONTH, **more) -> Line:
    return Line(heading=heading, amount=D(amount), source=source, every=every, **more)


def judged(lines: list[Line], form: str = "FULL_CN", **more) -> Affordability:
    given = {
        "form": budget_form(form), "lines": lines, "currency": "CNY", "as_of": ON, "household": Household(),
        "place": "CN-31",
    }  # fmt: skip
    return judge_affordability(**(given | more))


def codes(found: Affordability) -> list[str]:
    return [one.code for one in found.reasons]


@pytest.mark.parametrize(
    ("amount", "every", "currency", "monthly"),
    [
        ("100", Every.WEEK, "CNY", "433.33"),  # 5200 / 12
        ("100", Every.FORTNIGHT, "CNY", "216.67"),  # 2600 / 12
        ("100", Every.FOUR_WEEKS, "CNY", "108.33"),  # 1300 / 12
        ("100", Every.MONTH, "CNY", "100.00"),
        ("100", Every.QUARTER, "CNY", "33.33"),
        ("100", Every.HALF_YEAR, "CNY", "16.67"),
        ("100", Every.YEAR, "CNY", "8.33"),
        ("0.06", Every.YEAR, "CNY", "0.01"),  # half a cent goes up
        ("100", Every.WEEK, "JPY", "433"),
        ("100", Every.WEEK, "KWD", "433.333"),
    ],
)
def test_monthly_amounts(amount, every, currency, monthly):
    assert monthly_amount(amount=D(amount), every=every, currency=currency) == D(monthly)


def test_an_amount_below_zero_is_refused():
    with pytest.raises(BadInput):
        monthly_amount(amount=D("-0.01"), every=Every.MONTH, currency="CNY")


def test_a_household_by_hand():
    found = judged(
        [
            line("SALARY", "8000"), line("RENT", "2500"), line("FOOD", "1500"), line("TRANSPORT", "300"),
            line("GIFTS", "200"), line("TAX_ARREARS", "400"), line("OTHER_DEBTS", "600"),
        ]
    )  # fmt: skip
    assert (found.income, found.priority, found.essential, found.flexible) == (D(8000), D(400), D(4500), D(200))
    assert (found.other_debts, found.disposable) == (D(600), D(2500))
    # all documents: a fifth below the top
    assert (found.low, found.high) == (D("2000.00"), D("2500.00"))
    assert "RAISED_TO_FLOOR" not in codes(found)
    assert [one.heading for one in found.figures] == [
        "SALARY", "RENT", "FOOD", "TRANSPORT", "GIFTS", "TAX_ARREARS", "OTHER_DEBTS",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("food", "raised", "disposable"),
    [("1499.99", "0.01", "3500"), ("1500", None, "3500"), ("1500.01", None, "3499.99"), ("0", "1500", "3500")],
)
def test_the_living_floor_is_the_least_that_counts(food, raised, disposable):
    found = judged([line("SALARY", "8000"), line("RENT", "3000"), line("FOOD", food)])
    assert found.disposable == D(disposable)
    reasons = [one for one in found.reasons if one.code == "RAISED_TO_FLOOR"]
    assert [one.fields["amount"] for one in reasons] == ([D(raised)] if raised else [])
    assert found.floor.reasons[0].article.confidence is Confidence.UNVERIFIED


@pytest.mark.parametrize(
    ("place", "currency", "household", "amount", "expected"),
    [
        ("CN-4403", "CNY", Household(), "1400", ["LIVING_FLOOR"]),
        ("CN-4499", "CNY", Household(), "900", ["LIVING_FLOOR", "FLOOR_OF_WIDER_PLACE"]),
        # a district of Shenzhen has Shenzhen's, not the province's
        ("CN-440305", "CNY", Household(), "1400", ["LIVING_FLOOR", "FLOOR_OF_WIDER_PLACE"]),
        ("CN-449901", "CNY", Household(), "900", ["LIVING_FLOOR", "FLOOR_OF_WIDER_PLACE"]),
        ("CN-99", "CNY", Household(adults=2, children=1), "2400", ["LIVING_FLOOR", "FLOOR_OF_WIDER_PLACE"]),
        ("US-MA", "USD", Household(adults=2, children=1), "2150", ["LIVING_FLOOR", "FLOOR_OF_WIDER_PLACE"]),
        ("GB", "GBP", Household(), None, ["NO_LIVING_FLOOR"]),
        ("", "CNY", Household(), None, ["NO_LIVING_FLOOR"]),
        ("CN", "USD", Household(), None, ["NO_LIVING_FLOOR"]),
    ],
)
def test_floors_widen_and_are_never_guessed(place, currency, household, amount, expected):
    found = floor_for(table=house_floors(), place=place, household=household, currency=currency, on=ON)
    assert found.amount == (D(amount) if amount else None)
    assert [one.code for one in found.reasons] == expected


def entry(**more) -> dict:
    return {
        "place": "CN-31", "from": "2026-01-01", "currency": "CNY", "first": "1600", "adult": "1600", "child": "1600",
        "source": "notice", "confidence": "read",
    } | more  # fmt: skip


def test_a_floor_of_a_lender_by_date():
    table = floor_table(
        {"version": "x", "entries": [entry(until="2026-07-01"), entry(**{"from": "2026-07-01"}, first="1700")]}
    )
    for day, amount in (("2025-12-31", None), ("2026-01-01", 1600), ("2026-06-30", 1600), ("2026-07-01", 1700)):
        found = floor_for(table=table, place="CN-31", household=Household(), currency="CNY", on=date.fromisoformat(day))
        assert found.amount == amount


def test_two_floors_of_one_day_are_refused():
    with pytest.raises(BadInput, match="CN-31 has two figures"):
        floor_table({"version": "x", "entries": [entry(), entry(**{"from": "2026-03-01"})]})


def test_the_stronger_source_counts_and_the_other_is_said():
    found = judged([line("SALARY", "9000", Source.STATED), line("SALARY", "8000", Source.TRANSACTIONS)])
    assert found.income == D(8000)
    told = next(one for one in found.reasons if one.code == "STRONGER_SOURCE")
    assert (told.fields["amount"], told.fields["counted"]) == (D(9000), D(8000))
    assert found.figures[0].source is Source.TRANSACTIONS


def test_two_figures_of_one_source_are_added():
    assert judged([line("SALARY", "3000"), line("SALARY", "2000")]).income == D(5000)


@pytest.mark.parametrize(
    ("source", "low"), [(Source.STATED, "650.00"), (Source.DOCUMENT, "800.00"), (Source.TRANSACTIONS, "850.00")]
)
def test_the_band_is_wider_where_figures_are_only_told(source, low):
    found = judged([line("SALARY", "2500", source)])  # 2500 less the floor of 1500
    assert (found.low, found.high) == (D(low), D("1000.00"))
    assert ("ONLY_STATED" in codes(found)) == (source is Source.STATED)


def test_a_haircut_of_the_lender_is_taken_off_income_only():
    raw = {"version": "own", "high_share": "0.9", "sources": {
        name: {"rank": place, "haircut": "0.1" if name == "STATED" else "0", "width": "0.2"}
        for place, name in enumerate(["STATED", "BUREAU", "DOCUMENT", "TRANSACTIONS"])}}  # fmt: skip
    table = source_table({"affordability_sources": raw})
    found = judged([line("SALARY", "8000", Source.STATED), line("RENT", "1000", Source.STATED)], sources=table)
    assert (found.income, found.essential) == (D("7200.00"), D("2500.00"))
    assert found.high == D("4230.00")
    assert "INCOME_HAIRCUT" in codes(found)


def test_nothing_left_gives_an_empty_band_and_says_so():
    found = judged([line("SALARY", "3000"), line("RENT", "1500"), line("FOOD", "1500")])
    assert (found.disposable, found.low, found.high) == (D(0), D(0), D(0))
    assert "NOTHING_LEFT" in codes(found)
    assert judged([line("SALARY", "1000")]).disposable == D(-500)


def sfs(lines: list[Line], **more) -> Affordability:
    return judged(lines, "FULL_SFS", currency="GBP", place="GB", **more)


def test_savings_are_a_tenth_of_the_surplus_up_to_twenty_pounds():
    for salary, savings in (("1100", "10.00"), ("1199.90", "19.99"), ("1200", "20.00"), ("1300", "20.00")):
        found = sfs([line("SALARY", salary), line("RENT", "1000")])
        assert found.savings == D(savings)
    assert sfs([line("SALARY", "1300"), line("RENT", "1000"), line("SAVINGS", "5")]).savings == D(5)
    assert sfs([line("SALARY", "1300"), line("RENT", "1000"), line("SAVINGS", "50")]).savings == D(20)


def test_what_is_left_is_shared_with_other_creditors_by_balance():
    lines = [line("SALARY", "1320"), line("RENT", "1000"), line("OTHER_DEBTS", "80", balance=D(3000))]
    found = sfs(lines, our_balance=D(1000))
    assert (found.disposable, found.other_debts) == (D("75.00"), D("225.00"))  # of 300, one to three
    with pytest.raises(BadInput):
        sfs(lines)
    unknown = sfs([line("SALARY", "1320"), line("RENT", "1000"), line("OTHER_DEBTS", "80")])
    assert unknown.disposable == D("220.00")
    assert "BALANCES_NOT_KNOWN" in codes(unknown)


@pytest.mark.parametrize(
    ("told", "share"),
    [
        # one debt told twice is owed once, as the stronger source has it
        ([(Source.STATED, 1000), (Source.DOCUMENT, 3000)], "75.00"),
        ([(Source.DOCUMENT, 3000), (Source.STATED, 1000)], "75.00"),
        # a weaker source that does not know the balance takes nothing away, a stronger one that does not neither
        ([(Source.STATED, None), (Source.DOCUMENT, 3000)], "75.00"),
        ([(Source.TRANSACTIONS, None), (Source.DOCUMENT, 3000)], "75.00"),
        # two debts of one source are both owed, and one without its balance leaves the whole unknown
        ([(Source.DOCUMENT, 2000), (Source.DOCUMENT, 3000)], "50.00"),
        ([(Source.DOCUMENT, None), (Source.DOCUMENT, 3000)], "140.00"),
    ],
)
def test_a_debt_told_by_several_sources_shares_once(told, share):
    lines = [line("SALARY", "1320"), line("RENT", "1000")]
    lines += [
        line("OTHER_DEBTS", "80", source, balance=None if balance is None else D(balance)) for source, balance in told
    ]
    found = sfs(lines, our_balance=D(1000))
    assert ("BALANCES_NOT_KNOWN" in codes(found)) is (share == "140.00")
    assert found.disposable == D(share)


def test_a_missing_guideline_is_said_and_a_given_one_asks():
    lines = [line("SALARY", "1320"), line("PERSONAL", "120")]
    assert "NO_SPENDING_GUIDE" in codes(sfs(lines))
    guide = spending_guide({"year": 2026, "source": "own", "headings": {"PERSONAL": ["100", "50", "30"]}})
    found = sfs(lines, guide=guide)
    assert [dict(one.fields) for one in found.reasons if one.code == "ABOVE_GUIDE"] == [
        {"heading": "PERSONAL", "amount": D(120), "guide": D(100)}
    ]
    assert found.disposable == sfs(lines).disposable
    with pytest.raises(BadInput):
        spending_guide({"year": 2026})


def test_forms_are_whole():
    for code in FORMS:
        form = budget_form(code)
        assert [one.order for one in form.headings] == list(range(len(form.headings)))
        assert {Side.INCOME, Side.ESSENTIAL, Side.PRIORITY, Side.DEBT} <= {one.side for one in form.headings}
        assert any(one.is_in_floor for one in form.headings)
    with pytest.raises(NotFound):
        budget_form("LONG")
    with pytest.raises(BadInput):
        judged([line("FERRARI", "1")])


amounts = st.decimals(0, 20000, places=2)
lines_of_form = st.lists(
    st.builds(
        Line, heading=st.sampled_from([one.code for one in budget_form("FULL_CN").headings]), amount=amounts,
        source=st.sampled_from(list(Source)), every=st.sampled_from(list(Every)),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=2000, deadline=None)
@given(lines_of_form, st.sampled_from(["CN", "CN-31", "CN-4403", "", "GB"]), st.integers(1, 4), st.integers(0, 3))
def test_the_band_never_passes_the_disposable_income_and_willingness_changes_no_figure(lines, place, adults, children):
    household = Household(adults=adults, children=children)
    found = [judged(lines, place=place, household=household, willingness=one) for one in Willingness]
    first = found[0]
    assert D(0) <= first.low <= first.high <= max(D(0), first.disposable)
    assert first.disposable == first.income - first.priority - first.essential - first.savings - first.other_debts
    if first.floor.amount is not None:
        assert first.essential >= first.floor.amount
    for one in found[1:]:
        same = {name: getattr(one, name) for name in Affordability.__dataclass_fields__ if name != "willingness"}
        assert same == {name: getattr(first, name) for name in same}
