"""Schedules to the cent: tables by hand, and properties that hold for any debt and terms."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.owed import Concession, Owed, together, waived, waived_in_order
from qingshou.features.repayment.rules.pay_days import (
    DayCount,
    Frequency,
    Roll,
    due_days,
    first_pay_day,
    year_fraction,
)
from qingshou.features.repayment.rules.schedule import Grace, Kind, Terms, Unpayable, build_schedule, build_stages
from qingshou.features.repayment.rules.yearly_rate import effective_yearly_rate
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import Rounding, minor_digits

ON = date(2026, 11, 23)
D = Decimal


def built(owed: Owed, **more):
    given = {"first_due_date": date(2026, 12, 23), "periods": 3}
    return build_schedule(owed=owed, starts_on=ON, terms=Terms(**(given | more)))


def yuan(principal: str, **more: str) -> Owed:
    return Owed(currency="CNY", principal=D(principal), **{name: D(text) for name, text in more.items()})


def amounts(schedule) -> list[str]:
    return [str(row.amount) for row in schedule.instalments]


@pytest.mark.parametrize(
    ("owed", "more", "expected"),
    [
        (yuan("100.00"), {}, ["33.33", "33.33", "33.34"]),
        (yuan("100.00"), {"rounding": Rounding.UP}, ["33.34", "33.34", "33.32"]),
        (Owed(currency="JPY", principal=D(100)), {}, ["33", "33", "34"]),
        (Owed(currency="KWD", principal=D("1.000")), {}, ["0.333", "0.333", "0.334"]),
        # 12 % at a twelfth a month: the annuity of 1000 over three is 340.02
        (yuan("1000.00"), {"rate": D("0.12"), "day_count": DayCount.THIRTY_360}, ["340.02", "340.02", "340.03"]),
        (
            yuan("900.00"),
            {"rate": D("0.12"), "day_count": DayCount.THIRTY_360, "kind": Kind.EQUAL_PRINCIPAL},
            ["309.00", "306.00", "303.00"],
        ),
        (yuan("331.00"), {"step_up": D("0.1"), "step_every": 1}, ["100.00", "110.00", "121.00"]),
        (yuan("100.00"), {"grace": Grace.NOTHING, "grace_periods": 1}, ["50.00", "50.00"]),
        # ten a month while only interest is paid, then the rest
        (
            yuan("1000.00"),
            {"rate": D("0.12"), "day_count": DayCount.THIRTY_360, "grace": Grace.INTEREST_ONLY, "grace_periods": 2},
            ["10.00", "10.00", "1010.00"],
        ),
        # two months without payment: 20 of interest, no interest on it; then 1000 + 10 + 20
        (
            yuan("1000.00"),
            {"rate": D("0.12"), "day_count": DayCount.THIRTY_360, "grace": Grace.NOTHING, "grace_periods": 2},
            ["1030.00"],
        ),
        (yuan("100.00"), {"kind": Kind.FIXED_AMOUNT, "amount": D("40.00")}, ["40.00", "40.00", "20.00"]),
        (yuan("100.00"), {"kind": Kind.FIXED_AMOUNT, "amount": D("60.00")}, ["60.00", "40.00"]),
        (yuan("100.00"), {"kind": Kind.FIXED_AMOUNT, "amount": D("100.00")}, ["100.00"]),
        (yuan("60.00", interest="20.00", penalty="10.00", costs="10.00"), {}, ["33.33", "33.33", "33.34"]),
        # no principal left, or next to none: equal all the same, the last settles
        (yuan("0", interest="2738.68", penalty="178.91"), {}, ["972.53", "972.53", "972.53"]),
        (yuan("0", interest="100.00", penalty="0.01"), {"periods": 4}, ["25.00", "25.00", "25.00", "25.01"]),
        (yuan("0.08", interest="33.33", penalty="33.33", costs="33.36"), {}, ["33.37", "33.37", "33.36"]),
        (yuan("1.00", interest="99.00"), {"rate": D("0.24"), "periods": 6}, ["16.68"] * 5 + ["16.67"]),
        (yuan("0", interest="33.10"), {"step_up": D("0.1"), "step_every": 1}, ["10.00", "11.00", "12.10"]),
    ],
)
def test_amounts_by_hand(owed, more, expected):
    assert amounts(built(owed, **more)) == expected


def test_parts_of_each_instalment():
    schedule = built(yuan("60.00", interest="20.00", penalty="10.00", costs="10.00"))
    rows = [(row.principal, row.interest, row.penalty, row.costs) for row in schedule.instalments]
    assert [sum(column) for column in zip(*rows, strict=True)] == [D("60.00"), D("20.00"), D("10.00"), D("10.00")]
    assert rows[0] == (D("19.98"), D("6.67"), D("3.34"), D("3.34"))
    assert schedule.apr == 0


def test_a_fixed_amount_is_never_passed():
    """Arrears alone, in odd shares: each instalment is the amount to the cent, the last one the rest."""
    owed = yuan("0", interest="33.35", penalty="33.33", costs="33.32")
    assert amounts(built(owed, kind=Kind.FIXED_AMOUNT, amount=D("14.29"), periods=12)) == ["14.29"] * 6 + ["14.26"]


@pytest.mark.parametrize(
    ("owed", "amount", "more", "count", "last"),
    [
        # the principal is paid before the arrears are: what is left of them fills the instalment, and none is too many
        (yuan("1140.79", interest="1490.33", penalty="345.05"), "115.46", {"periods": 60}, 29, "114.53"),
        (yuan("93.32", interest="1371.38", penalty="210.12"), "419.70", {"periods": 60}, 5, "0.69"),
        # just what is owed: a month's interest is still missing
        (yuan("42422.94", interest="96907.50"), "139330.44", {"rate": D("0.0365"), "periods": 3}, 2, "127.27"),
        # cents rounded up each time are one more instalment, not a last one above the amount
        (
            Owed(currency="EUR", principal=D("0.27"), penalty=D("0.40")), "0.06",
            {"rate": D("0.12"), "rounding": Rounding.UP, "periods": 24}, 14, "0.03",
        ),
    ],
)  # fmt: skip
def test_one_amount_until_the_last(owed, amount, more, count, last):
    schedule = built(owed, kind=Kind.FIXED_AMOUNT, amount=D(amount), **({"rate": D("0.24")} | more))
    found = amounts(schedule)
    assert (len(found), found[-1]) == (count, last)
    assert set(found[:-1]) == {amount}
    assert schedule.total == owed.total + schedule.new_interest


@pytest.mark.parametrize(
    ("principal", "rate", "days", "count", "rounding", "expected"),
    [
        # half a cent is just half a cent: a part of a year cut to digits makes it less
        ("15.00", "0.12", 7, DayCount.ACT_360, Rounding.HALF_UP, "0.04"),
        ("273.75", "0.10", 7, DayCount.ACT_365, Rounding.HALF_UP, "0.53"),
        ("15.00", "0.12", 7, DayCount.ACT_360, Rounding.HALF_EVEN, "0.04"),
        # whole cents lose none when rounded down, and gain none when rounded up
        ("30.00", "0.12", 7, DayCount.ACT_360, Rounding.DOWN, "0.07"),
        ("365.00", "0.12", 7, DayCount.ACT_365, Rounding.DOWN, "0.84"),
        ("960.00", "0.12", 29, DayCount.ACT_360, Rounding.UP, "9.28"),
        ("100.50", "0.12", 30, DayCount.THIRTY_360, Rounding.HALF_UP, "1.01"),
    ],
)
def test_interest_is_rounded_from_what_it_exactly_is(principal, rate, days, count, rounding, expected):
    schedule = built(
        yuan(principal), rate=D(rate), first_due_date=ON + timedelta(days=days), periods=1, day_count=count,
        rounding=rounding,
    )  # fmt: skip
    assert str(schedule.new_interest) == expected


@pytest.mark.parametrize(
    ("owed", "more", "code"),
    [
        # two months of interest before the first payment are more than the payment
        (
            yuan("20.00"),
            {
                "rate": D("0.1825"),
                "kind": Kind.FIXED_AMOUNT,
                "amount": D("0.61"),
                "periods": 39,
                "day_count": DayCount.ACT_360,
                "frequency": Frequency.WEEK,
                "first_due_date": date(2027, 1, 23),
            },
            "BELOW_INTEREST",
        ),
        (yuan("0.02"), {}, "TOO_SMALL"),
        (yuan("1000.00"), {"kind": Kind.FIXED_AMOUNT, "amount": D("333.00")}, "NOT_SETTLED"),
        (yuan("1000.00"), {"rate": D("9"), "step_up": D("1"), "step_every": 1, "periods": 12}, "BELOW_INTEREST"),
    ],
)
def test_terms_that_cannot_be_paid(owed, more, code):
    with pytest.raises(Unpayable) as stopped:
        built(owed, **more)
    assert stopped.value.fields["reason"] == code


@pytest.mark.parametrize(
    "more",
    [
        {"periods": 0}, {"rate": D("-0.01")}, {"grace_periods": 1}, {"grace": Grace.NOTHING, "grace_periods": 3},
        {"amount": D(1)}, {"first_due_date": date(2026, 11, 22)}, {"frequency": Frequency.WEEK, "pay_day": 3},
        {"kind": Kind.FIXED_AMOUNT}, {"step_up": D("-0.1")},
    ],
)  # fmt: skip
def test_terms_that_contradict_themselves(more):
    with pytest.raises(BadInput, match="cannot be used"):
        built(yuan("100.00"), **more)


def test_an_amount_finer_than_the_currency_is_refused():
    with pytest.raises(BadInput):
        Owed(currency="JPY", principal=D("0.5"))


@pytest.mark.parametrize(
    ("first", "frequency", "pay_day", "expected"),
    [
        ("2027-01-31", Frequency.MONTH, 31, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2027-02-28", Frequency.MONTH, 31, ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("2028-01-30", Frequency.MONTH, None, ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
        ("2026-12-23", Frequency.FORTNIGHT, None, ["2026-12-23", "2027-01-06", "2027-01-20", "2027-02-03"]),
        ("2026-12-23", Frequency.WEEK, None, ["2026-12-23", "2026-12-30", "2027-01-06", "2027-01-13"]),
    ],
)
def test_due_days(first, frequency, pay_day, expected):
    days = due_days(first=date.fromisoformat(first), count=4, frequency=frequency, pay_day=pay_day)
    assert [str(day.due_date) for day in days] == expected


@pytest.mark.parametrize(
    ("pay_day", "gap", "expected"),
    [(23, 0, "2026-11-23"), (22, 0, "2026-12-22"), (10, 10, "2026-12-10"), (3, 10, "2026-12-03"), (2, 10, "2027-01-02"),
     (31, 10, "2026-12-31")],
)  # fmt: skip
def test_the_first_pay_day(pay_day, gap, expected):
    # ten days after 11-23 is 12-03: the third still does, the second does not; the 31st of November is its 30th
    if pay_day == 31:
        assert str(first_pay_day(after=ON, pay_day=31, gap_days=0)) == "2026-11-30"
        return
    assert str(first_pay_day(after=ON, pay_day=pay_day, gap_days=gap)) == expected


def test_holidays_are_rolled_where_they_are_known():
    days = due_days(first=date(2026, 10, 1), count=4, frequency=Frequency.MONTH, roll=Roll.NEXT_WORKDAY)
    assert str(days[0].due_date) == "2026-10-08"
    assert days[0].counted_date == date(2026, 10, 1)
    assert [day.is_calendar_known for day in days] == [True, True, True, False]
    schedule = built(yuan("100.00"), first_due_date=date(2026, 12, 1), roll=Roll.NEXT_WORKDAY)
    assert [one.fields["from_date"] for one in schedule.reasons] == [date(2027, 1, 1)]


def test_weekly_days_of_a_long_holiday_stay_apart():
    days = due_days(first=date(2026, 9, 24), count=4, frequency=Frequency.WEEK, roll=Roll.NEXT_WORKDAY)
    dues = [day.due_date for day in days]
    assert dues == sorted(set(dues))
    assert dues[1:3] == [date(2026, 10, 1), date(2026, 10, 8)]


@pytest.mark.parametrize(
    ("start", "end", "count", "share"),
    [
        ("2026-11-23", "2027-11-23", DayCount.ACT_365, D(1)),
        ("2026-11-23", "2026-12-23", DayCount.ACT_360, D(30) / 360),
        ("2026-11-23", "2026-12-23", DayCount.THIRTY_360, D(30) / 360),
        ("2027-01-31", "2027-02-28", DayCount.THIRTY_360, D(30) / 360),
        ("2027-02-28", "2027-03-31", DayCount.THIRTY_360, D(30) / 360),
    ],
)
def test_year_fractions(start, end, count, share):
    found = year_fraction(start=date.fromisoformat(start), end=date.fromisoformat(end), day_count=count)
    assert found == share


def test_yearly_rates_by_hand():
    def rate(*flows):
        return effective_yearly_rate(
            sum_at_start=D(100), starts_on=ON, flows=[(ON + timedelta(days=days), D(text)) for days, text in flows]
        )

    assert rate((365, "110")) == D("0.100000")
    assert rate((730, "121")) == D("0.100000")
    assert rate((365, "55"), (730, "60.5")) == D("0.100000")
    assert rate((365, "100")) == 0
    assert rate((0, "100")) is None
    assert rate((0, "60"), (365, "50")) == D("0.250000")
    assert rate((365, "90")) is None
    assert rate((1, "110")) is None


def test_concessions_and_their_order():
    owed = yuan("1000.00", interest="100.00", penalty="50.00", costs="10.00")
    assert waived(owed=owed, concession=Concession(penalty=D("0.333"), principal=D("0.1"))) == yuan(
        "100.00", penalty="16.65"
    )
    assert waived_in_order(owed=owed, share=D("0.10")) == yuan("0", penalty="50.00", interest="66.00")
    assert waived_in_order(owed=owed, share=D("0.20")) == yuan(
        "72.00", penalty="50.00", interest="100.00", costs="10.00"
    )
    whole, rate = together(debts=[(owed, D("0.18")), (yuan("3000.00"), D("0.10"))])
    assert (whole.principal, rate) == (D("4000.00"), D("0.120000"))
    with pytest.raises(BadInput):
        together(debts=[(owed, D(0)), (Owed(currency="USD"), D(0))])
    with pytest.raises(BadInput):
        Concession(penalty=D("1.01"))


def test_stages_of_a_settlement():
    owed = yuan("70.00", interest="10.00", penalty="5.00", costs="15.00")
    schedule = build_stages(owed=owed, starts_on=ON, stages=[(date(2026, 12, 1), D(25)), (date(2027, 1, 1), D(75))])
    first, last = schedule.instalments
    assert (first.costs, first.penalty, first.interest, first.principal) == (D(15), D(5), D(5), D(0))
    assert (last.costs, last.penalty, last.interest, last.principal, last.principal_left) == (0, 0, D(5), D(70), 0)
    for stages in ([], [(ON, D(99))], [(ON, D(100)), (ON, D(0))], [(date(2027, 1, 1), D(50)), (ON, D(50))]):
        with pytest.raises(BadInput):
            build_stages(owed=owed, starts_on=ON, stages=stages)


@st.composite
def debts(draw):
    currency = draw(st.sampled_from(["CNY", "JPY", "KWD"]))
    unit = Decimal(1).scaleb(-minor_digits(currency))
    part = st.integers(0, 500_000).map(lambda units: units * unit)
    return Owed(
        currency=currency, principal=draw(st.integers(2000, 50_000_000)) * unit, interest=draw(part),
        penalty=draw(part), costs=draw(part),
    )  # fmt: skip


@st.composite
def plans(draw):
    owed = draw(debts())
    if draw(st.integers(0, 3)) == 0:  # paid first by the lender's policy: only arrears are left
        owed = Owed(currency=owed.currency, interest=owed.interest + owed.principal, penalty=owed.penalty)
    kind = draw(st.sampled_from(list(Kind)))
    frequency = draw(st.sampled_from(list(Frequency)))
    periods = draw(st.integers(1, 60))
    more = {}
    if kind is Kind.FIXED_AMOUNT:
        unit = Decimal(1).scaleb(-minor_digits(owed.currency))
        more["amount"] = (int(owed.total / unit * draw(st.integers(2, 120)) / 100) + 1) * unit
    else:
        more["grace_periods"] = draw(st.integers(0, min(6, periods - 1)))
        grace = st.sampled_from([Grace.INTEREST_ONLY, Grace.NOTHING])
        more["grace"] = draw(grace) if more["grace_periods"] else Grace.NONE
        more["step_up"] = draw(st.sampled_from([D(0), D("0.03"), D("0.10")]))
        more["step_every"] = draw(st.sampled_from([3, 12]))
    terms = Terms(
        first_due_date=ON + timedelta(days=draw(st.integers(0, 70))), periods=periods, kind=kind, frequency=frequency,
        rate=draw(st.sampled_from([D(0), D("0.045"), D("0.1825"), D("0.24")])),
        pay_day=draw(st.sampled_from([None, 1, 15, 31])) if frequency is Frequency.MONTH else None,
        day_count=draw(st.sampled_from(list(DayCount))), rounding=draw(st.sampled_from(list(Rounding))),
        roll=draw(st.sampled_from(list(Roll))), **more,
    )  # fmt: skip
    return owed, terms


@settings(max_examples=2000, deadline=None)
@given(plans())
def test_any_schedule_is_exact(plan):
    owed, terms = plan
    try:
        schedule = build_schedule(owed=owed, starts_on=ON, terms=terms)
    except Unpayable:
        return
    rows = schedule.instalments
    unit = Decimal(1).scaleb(-minor_digits(owed.currency))
    parts = ("principal", "interest", "penalty", "costs")
    for row in rows:
        assert row.amount == sum(getattr(row, part) for part in parts)
        assert row.amount > 0
        assert all(getattr(row, part) >= 0 for part in (*parts, "new_interest", "principal_left"))
        assert row.amount == row.amount.quantize(unit)
        assert row.new_interest <= row.interest
    sums = {part: sum(getattr(row, part) for row in rows) for part in parts}
    assert sums["principal"] == owed.principal
    assert sums["penalty"] == owed.penalty
    assert sums["costs"] == owed.costs
    assert sums["interest"] - owed.interest == schedule.new_interest
    assert rows[-1].principal_left == 0
    assert schedule.total == sum(row.amount for row in rows) == owed.total + schedule.new_interest
    dues = [row.due_date for row in rows]
    assert dues == sorted(set(dues))
    assert schedule.ends_on == dues[-1]
    if schedule.total == owed.total and dues[-1] > ON:
        assert schedule.apr == 0
    if terms.kind is Kind.EQUAL and not terms.step_up:
        paying = rows[terms.grace_periods :] if terms.grace is Grace.INTEREST_ONLY and terms.rate else rows
        assert len({row.amount for row in paying[:-1]}) <= 1
    if terms.kind is Kind.FIXED_AMOUNT:
        assert {row.amount for row in rows[:-1]} <= {terms.amount}
        assert rows[-1].amount <= terms.amount


@settings(max_examples=2000, deadline=None)
@given(debts(), st.integers(0, 10**6).map(lambda share: Decimal(share) / 10**6))
def test_what_is_paid_is_what_is_owed_less_what_is_given_up(owed, share):
    off = waived(owed=owed, concession=Concession(principal=share / 2, interest=share, penalty=share, costs=share))
    rest = owed.less(off)
    schedule = build_schedule(
        owed=rest, starts_on=ON, terms=Terms(first_due_date=date(2026, 12, 23), periods=2, rate=D("0.1"))
    )
    assert schedule.total == owed.total - off.total + schedule.new_interest
    settled = waived_in_order(owed=owed, share=share)
    assert 0 <= owed.total * share - settled.total < Decimal(1).scaleb(-minor_digits(owed.currency))
