"""A promise on the day before, of and after its due date and its grace; each cent counted once."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.features.repayment.rules.counting import Money, Share, Want, count_money, counted_by, reached_on, total
from qingshou.features.repayment.rules.promise_policy import promise_policy
from qingshou.features.repayment.rules.promises import (
    PromiseKind,
    PromiseState,
    PromiseTerms,
    judge_promise,
    kind_of,
    problems_of,
)
from qingshou.kernel.errors import Misconfigured

D = Decimal
TAKEN = date(2026, 11, 2)
DUE = date(2026, 11, 10)
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


def terms(amount: str = "1000", *, grace: int = 3, pct: str = "90", currency: str = "CNY") -> PromiseTerms:
    return PromiseTerms(D(amount), currency, TAKEN, DUE, grace, D(pct))


def share(amount: str, day: date) -> Share:
    return Share(uuid.uuid4(), ONE, day, D(amount))


@pytest.mark.parametrize(
    ("paid", "on", "state", "ended"),
    [
        # nothing came: open until the last day of grace, broken the day after
        (None, DUE - timedelta(days=1), "OPEN", None),
        (None, DUE, "OPEN", None),
        (None, DUE + timedelta(days=1), "OPEN", None),
        (None, DUE + timedelta(days=2), "OPEN", None),
        (None, DUE + timedelta(days=3), "OPEN", None),
        (None, DUE + timedelta(days=4), "BROKEN", DUE + timedelta(days=4)),
        (None, DUE + timedelta(days=40), "BROKEN", DUE + timedelta(days=4)),
        # the threshold: 900 of 1000
        (("899.99", DUE), DUE + timedelta(days=3), "OPEN", None),
        (("899.99", DUE), DUE + timedelta(days=4), "BROKEN", DUE + timedelta(days=4)),
        (("900", DUE), DUE, "KEPT", DUE),
        (("900.01", TAKEN), TAKEN, "KEPT", TAKEN),
        (("900", DUE + timedelta(days=3)), DUE + timedelta(days=3), "KEPT", DUE + timedelta(days=3)),
        # told of late, but of a day that counts
        (("900", DUE + timedelta(days=3)), DUE + timedelta(days=9), "KEPT", DUE + timedelta(days=3)),
    ],
)
def test_ends(paid, on, state, ended):
    shares = [share(*paid)] if paid else []
    end = judge_promise(terms=terms(), shares=shares, on=on)
    assert (end.state, end.ended_on, end.paid_amount) == (state, ended, total(shares))
    assert end.verdict.reasons[0].fields["needed"] == D("900.00")


@pytest.mark.parametrize("grace", [0, 1, 3])
def test_grace_ends_on_its_last_day(grace):
    last = DUE + timedelta(days=grace)
    assert judge_promise(terms=terms(grace=grace), shares=[], on=last).state == PromiseState.OPEN
    assert judge_promise(terms=terms(grace=grace), shares=[], on=last + timedelta(days=1)).state == PromiseState.BROKEN


def test_the_threshold_goes_up_to_the_minor_unit():
    assert terms("33.33", pct="90").needed_amount == D("30.00")
    assert terms("0.01", pct="90").needed_amount == D("0.01")
    assert terms("999", pct="90", currency="JPY").needed_amount == D(900)
    assert terms("1000", pct="100").needed_amount == D(1000)


def test_kept_on_the_day_the_threshold_was_reached():
    shares = [share("400", DUE - timedelta(days=3)), share("499.99", DUE), share("0.01", DUE + timedelta(days=2))]
    assert judge_promise(terms=terms(), shares=shares, on=DUE + timedelta(days=9)).ended_on == DUE + timedelta(days=2)


@pytest.mark.parametrize(
    ("amount", "arrears", "kind"),
    [("999.99", "1000", "PART"), ("1000", "1000", "ARREARS"), ("1000.01", "1000", "ARREARS"), ("1", None, "PART"),
     ("1", "0", "PART")],
)  # fmt: skip
def test_kind(amount, arrears, kind):
    assert kind_of(amount=D(amount), arrears=None if arrears is None else D(arrears)) == PromiseKind(kind)


def want(place: int, *, due: int, amount: str, first: int = 1, last: int | None = None, kept: bool = False) -> Want:
    day = date(2026, 11, due)
    until = date(2026, 11, last) if last else day
    return Want(uuid.UUID(int=place), date(2026, 11, first), until, day, D(amount), kept)


def money(place: int, day: int, amount: str) -> Money:
    return Money(uuid.UUID(int=100 + place), date(2026, 11, day), D(amount))


def told(shares: list[Share]) -> list[tuple[int, int, str]]:
    return [(one.money.int - 100, one.want.int, str(one.amount)) for one in shares]


@pytest.mark.parametrize(
    ("moneys", "wants", "expected"),
    [
        # the earliest due first, and what is left goes to the next
        ([money(1, 5, "150")], [want(2, due=20, amount="100"), want(1, due=10, amount="100")],
         [(1, 1, "100"), (1, 2, "50")]),
        # outside its days nothing counts: the day before, the first, the last, the day after
        ([money(1, 4, "10"), money(2, 5, "20"), money(3, 10, "30"), money(4, 11, "40")],
         [want(1, due=10, amount="500", first=5)], [(2, 1, "20"), (3, 1, "30")]),
        # what was kept keeps its money though another falls due before it
        ([money(1, 5, "100")], [want(1, due=8, amount="100"), want(2, due=20, amount="100", kept=True)],
         [(1, 2, "100")]),
        # the oldest money first
        ([money(2, 6, "60"), money(1, 5, "60")], [want(1, due=10, amount="100")], [(1, 1, "60"), (2, 1, "40")]),
        ([], [want(1, due=10, amount="100")], []),
        ([money(1, 5, "10")], [], []),
    ],
)  # fmt: skip
def test_counting(moneys, wants, expected):
    assert told(count_money(moneys=moneys, wants=wants)) == expected


amounts = st.integers(1, 10_000).map(lambda cents: D(cents) / 100)
days = st.integers(1, 28)


@given(
    st.lists(st.tuples(days, amounts), max_size=8),
    st.lists(st.tuples(days, days, amounts, st.booleans()), max_size=6),
    st.randoms(use_true_random=False),
)
def test_each_cent_counts_once_and_order_does_not_matter(came, wanted, chance):
    moneys = [money(place, day, str(amount)) for place, (day, amount) in enumerate(came)]
    wants = [
        want(place, due=max(first, due), amount=str(amount), first=min(first, due), kept=kept)
        for place, (first, due, amount, kept) in enumerate(wanted)
    ]
    shares = count_money(moneys=moneys, wants=wants)
    by_money: dict[uuid.UUID, Decimal] = {}
    for one in shares:
        by_money[one.money] = by_money.get(one.money, D(0)) + one.amount
        assert one.amount > 0
    assert all(by_money.get(one.id, D(0)) <= one.amount for one in moneys)
    own = counted_by(shares)
    for one in wants:
        assert total(own.get(one.id, [])) <= one.amount
        # money that could have counted is only left where nothing is wanted any more
        if total(own.get(one.id, [])) < one.amount:
            assert all(by_money.get(m.id, D(0)) == m.amount for m in moneys if one.takes(m))
    chance.shuffle(moneys)
    chance.shuffle(wants)
    assert count_money(moneys=moneys, wants=wants) == shares


def test_money_told_loan_by_loan_counts_only_where_it_stands():
    one, two = uuid.UUID(int=101), uuid.UUID(int=102)
    sums = [Money(uuid.UUID(int=1), date(2026, 11, 1), Decimal(60), one),
            Money(uuid.UUID(int=1), date(2026, 11, 1), Decimal(30), two),
            Money(uuid.UUID(int=1), date(2026, 11, 1), Decimal(10))]  # fmt: skip
    of_one = replace(want(1, due=5, amount="80"), loans=frozenset([one]))
    of_any = want(2, due=3, amount="50")
    shares = count_money(moneys=sums, wants=[of_one, of_any])
    # the promise comes first and takes what is on no loan of the plan, then of the plan's
    assert {(share.want, share.amount) for share in shares} == {(of_any.id, Decimal(50)), (of_one.id, Decimal(50))}
    assert sum(share.amount for share in shares) == 100
    assert len({(share.money, share.want) for share in shares}) == len(shares)  # one row for a sum and a thing


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 20), st.integers(0, 3), st.integers(1, 500)), max_size=12),
    st.lists(st.tuples(st.integers(1, 20), st.integers(1, 800), st.sets(st.integers(1, 3))), max_size=8),
    st.randoms(),
)
def test_loan_by_loan_each_cent_counts_once_and_never_on_a_loan_it_is_not_on(came, wanted, chance):
    loans = {number: uuid.UUID(int=100 + number) for number in (1, 2, 3)}
    sums = [Money(uuid.UUID(int=place), date(2026, 11, day), Decimal(cents) / 100, loans.get(loan))
            for place, (_receipt, day, loan, cents) in enumerate(came, start=1)]  # fmt: skip
    wants = [
        replace(want(place, due=due, amount=str(Decimal(cents) / 100)),
                loans=frozenset(loans[one] for one in only) if only else None)
        for place, (due, cents, only) in enumerate(wanted, start=1)
    ]  # fmt: skip
    shares = count_money(moneys=sums, wants=wants)
    by_id, by_want = {one.id: one for one in sums}, {one.id: one for one in wants}
    for money_id, money_of in by_id.items():
        assert sum(one.amount for one in shares if one.money == money_id) <= money_of.amount
    for want_id, of in by_want.items():
        assert sum(one.amount for one in shares if one.want == want_id) <= of.amount
    for one in shares:
        only = by_want[one.want].loans
        assert only is None or by_id[one.money].loan in only
    chance.shuffle(sums)
    chance.shuffle(wants)
    assert sorted(count_money(moneys=sums, wants=wants), key=str) == sorted(shares, key=str)


def test_reached_on():
    shares = [share("5", DUE), share("5", DUE + timedelta(days=1))]
    assert (reached_on(shares, D(5)), reached_on(shares, D("5.01"))) == (DUE, DUE + timedelta(days=1))
    assert reached_on(shares, D("10.01")) is None


POLICY = promise_policy(settings={}, severity="MILD")


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"amount": D(0)}, ["AMOUNT_NOT_ABOVE_ZERO"]),
        ({"amount": D("NaN")}, ["AMOUNT_NOT_ABOVE_ZERO"]),
        ({"amount": D("1.001")}, ["AMOUNT_TOO_FINE"]),
        ({"amount": D("5000")}, []),
        ({"amount": D("5000.01")}, ["AMOUNT_ABOVE_BALANCE"]),
        ({"amount": D("9999"), "balance": None}, []),
        ({"due_on": TAKEN}, []),
        ({"due_on": TAKEN - timedelta(days=1)}, ["DATE_PAST"]),
        ({"due_on": TAKEN + timedelta(days=14)}, []),
        ({"due_on": TAKEN + timedelta(days=15)}, ["DATE_TOO_LATE"]),
        ({"pay_by": "PIGEON"}, ["PAY_BY_UNKNOWN"]),
        ({"open_count": 1}, []),
        ({"open_count": 2}, ["TOO_MANY_OPEN"]),
        ({"amount": D(-1), "due_on": TAKEN - timedelta(days=1)}, ["AMOUNT_NOT_ABOVE_ZERO", "DATE_PAST"]),
    ],
)
def test_problems(more, codes):
    given_ = {"amount": D(100), "currency": "CNY", "due_on": DUE, "pay_by": "CARD", "today": TAKEN,
              "balance": D(5000), "open_count": 0, "policy": POLICY} | more  # fmt: skip
    assert [one.code for one in problems_of(**given_)] == codes


def test_policy_by_severity_product_and_lender():
    assert promise_policy(settings={}, severity="SEVERE").days_ahead_max == 31
    own = {"repayment": {"promises": {"default": {"grace_days": 5}, "by_product": {"CARD": {"threshold_pct": "100"}}}}}
    policy = promise_policy(settings=own, severity="MILD", product="CARD")
    assert (policy.grace_days, policy.threshold_pct, policy.days_ahead_max) == (5, D(100), 14)
    assert promise_policy(settings=own).name != promise_policy(settings={}).name


@pytest.mark.parametrize(
    "wrong",
    [{"default": {"grace_days": -1}}, {"default": {"threshold_pct": "0"}}, {"default": {"threshold_pct": "101"}},
     {"unknown": 1}, {"by_severity": {"BAD": {}}}],
)  # fmt: skip
def test_an_unfit_policy_stops(wrong):
    with pytest.raises(Misconfigured):
        promise_policy(settings={"repayment": {"promises": wrong}})
