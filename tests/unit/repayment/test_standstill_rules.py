"""What accrued while charges stood still: by table, day by day at its edges, and on random tapes."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.books import Books, Move, Slot
from qingshou.features.repayment.rules.hardship import standstill_of
from qingshou.features.repayment.rules.standstill import (
    Figures,
    NewlyDue,
    Span,
    dues_between,
    figures_of,
    frozen_days,
    never_owed,
    stand_still,
)
from qingshou.features.repayment.rules.tape_payments import OurReceipt, without_receipt
from qingshou.law.allocation.terms import PartKind

LOAN = UUID(int=1)
FIRST, LAST = date(2026, 11, 10), date(2026, 11, 20)
SPAN = Span(FIRST, LAST, UUID(int=7))
INTEREST, PENALTY, COSTS, PRINCIPAL = PartKind.INTEREST, PartKind.PENALTY, PartKind.COSTS, PartKind.PRINCIPAL


def amounts(texts):
    return {PartKind(kind): Decimal(text) for kind, text in texts.items()}


def judged(told, held, *, since, as_of, before=None, spans=(SPAN,), paid="0", newly_due=(), is_split=True):
    figures = Figures(
        currency="CNY", since=since, as_of=as_of, told=amounts(told), held=amounts(held),
        taken_off=amounts(before or {}), paid=Decimal(paid), newly_due=newly_due, is_split=is_split,
    )  # fmt: skip
    found = never_owed(before=amounts(before or {}), figures=figures, spans=spans)
    return {kind.value: str(amount) for kind, amount in found.items()}


def day(number):
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("since", "as_of", "frozen"),
    [
        (8, 9, {}),  # the day before
        (9, 10, {"PENALTY": "6"}),  # the first day
        (10, 11, {"PENALTY": "6"}),
        (19, 20, {"PENALTY": "6"}),  # the last day
        (20, 21, {}),  # the day after
        (7, 10, {"PENALTY": "2.00"}),  # one of three days
        (18, 25, {"PENALTY": "1.72"}),  # two of seven: 1.714 and the part cent is the debtor's
        (5, 25, {"PENALTY": "3.30"}),  # eleven of twenty
    ],
)
def test_of_what_accrued_since_the_tape_before_the_days_that_stood_still(since, as_of, frozen):
    told, held = {"PENALTY": "26", "PRINCIPAL": "900"}, {"PENALTY": "20", "PRINCIPAL": "900"}
    assert judged(told, held, since=day(since), as_of=day(as_of)) == frozen


@pytest.mark.parametrize(
    ("told", "held", "before", "frozen"),
    [
        # the core system stands still itself: nothing is taken off
        ({"INTEREST": "70"}, {"INTEREST": "70"}, {}, {}),
        # it goes on: what was taken off stays, and the day's is added
        ({"INTEREST": "75"}, {"INTEREST": "70"}, {"INTEREST": "4"}, {"INTEREST": "5"}),
        # it takes back what it booked, in part and whole
        ({"INTEREST": "71"}, {"INTEREST": "70"}, {"INTEREST": "4"}, {"INTEREST": "1"}),
        ({"INTEREST": "70"}, {"INTEREST": "70"}, {"INTEREST": "4"}, {}),
        # principal that is more on the tape was lent: it is owed
        ({"INTEREST": "70", "PRINCIPAL": "950"}, {"INTEREST": "70", "PRINCIPAL": "900"}, {}, {}),
        # our books put a payment of 50 on principal; the core system put 4 of it on what is never owed
        (
            {"INTEREST": "0", "PRINCIPAL": "904"}, {"INTEREST": "0", "PRINCIPAL": "900"}, {"INTEREST": "4"},
            {"PRINCIPAL": "4"},
        ),
        # nobody split it up: what is more is not owed
        ({"PRINCIPAL": "905"}, {"PRINCIPAL": "900"}, {}, {"PRINCIPAL": "5"}),
    ],
)  # fmt: skip
def test_what_the_core_system_does_meanwhile(told, held, before, frozen):
    found = judged(told, held, since=day(11), as_of=day(12), before=before, is_split=told != {"PRINCIPAL": "905"})
    assert found == frozen


def test_what_was_never_owed_stays_so_after_the_end_and_what_accrues_then_is_owed():
    found = judged({"PENALTY": "40"}, {"PENALTY": "20"}, since=day(25), as_of=day(26), before={"PENALTY": "11"})
    assert found == {"PENALTY": "11"}


def test_a_payment_laid_otherwise_than_by_us_is_not_taken_for_what_accrued():
    told, held = {"INTEREST": "75", "PRINCIPAL": "830"}, {"INTEREST": "0", "PRINCIPAL": "900"}
    # 70 paid: our books put it on interest, the core system on principal; 5 accrued
    assert judged(told, held, since=day(11), as_of=day(12), paid="70") == {"INTEREST": "5"}
    # the same figures and no payment known: the debtor is asked for the less
    assert judged(told, held, since=day(11), as_of=day(12)) == {"INTEREST": "75"}


def test_where_more_may_be_lent_only_what_is_known_to_be_never_owed_is_looked_for_in_principal():
    figures = Figures(
        currency="CNY", since=day(11), as_of=day(12), told=amounts({"PRINCIPAL": "930"}),
        held=amounts({"PRINCIPAL": "900"}), taken_off=amounts({"INTEREST": "4"}), paid_body=Decimal(50),
    )  # fmt: skip
    before = amounts({"INTEREST": "4"})
    assert never_owed(before=before, figures=figures, spans=[SPAN]) == {PRINCIPAL: 30}
    card = replace(figures, is_revolving=True)
    assert never_owed(before=before, figures=card, spans=[SPAN]) == {PRINCIPAL: 4}


@pytest.mark.parametrize(
    ("grew_from", "due", "spans", "frozen"),
    [
        (date(2026, 10, 15), day(15), [SPAN], {"INTEREST": "5.81"}),  # six of 31 days
        (day(1), day(30), [SPAN], {"INTEREST": "11.38"}),  # due after the end, eleven of 29 days
        (day(9), day(20), [SPAN], {"INTEREST": "30"}),
        (date(2026, 10, 9), day(9), [SPAN], {}),  # due the day before
        (day(20), date(2026, 12, 20), [SPAN], {}),  # grew from the last day on
        # secured: what falls due by the contract is owed (reg. 7(9))
        (date(2026, 10, 15), day(15), [Span(FIRST, LAST, None, arrears_only=True)], {}),
    ],
)
def test_interest_of_the_schedule_by_its_own_days(grew_from, due, spans, frozen):
    newly = [NewlyDue(INTEREST, grew_from, due, Decimal(30))]
    found = judged({"INTEREST": "30"}, {}, since=due - timedelta(days=1), as_of=due, newly_due=newly, spans=spans)
    assert found == frozen


def test_a_fee_of_the_schedule_by_its_due_date():
    for due, frozen in ((day(9), {}), (day(10), {"COSTS": "8"}), (day(20), {"COSTS": "8"}), (day(21), {})):
        newly = [NewlyDue(COSTS, day(1), due, Decimal(8))]
        assert judged({"COSTS": "8"}, {}, since=due - timedelta(days=1), as_of=due, newly_due=newly) == frozen


def test_days_of_two_standstills_are_counted_once():
    two = [SPAN, Span(day(18), day(22), None, arrears_only=True)]
    assert frozen_days(spans=two, after=day(1), until=day(30)) == 13
    assert frozen_days(spans=two, after=day(1), until=day(30), contract=True) == 11
    assert frozen_days(spans=[], after=day(1), until=day(30)) == 0


def test_dues_grow_from_the_due_date_before_or_a_month_before():
    dues = [(day(15), 2), (date(2026, 12, 15), 3)]
    assert dues_between(dues=dues, since=day(14), as_of=day(15)) == [["2026-11-15", 2, "2026-10-15"]]
    assert dues_between(dues=dues, since=day(15), as_of=date(2026, 12, 20)) == [["2026-12-15", 3, "2026-11-15"]]
    assert dues_between(dues=dues, since=day(15), as_of=day(30)) == []


def test_it_is_taken_off_the_newest_charge_and_the_oldest_principal():
    old, new = Slot(LOAN, INTEREST, day(1)), Slot(LOAN, INTEREST, day(10))
    ahead, body = Slot(LOAN, INTEREST, day(28)), Slot(LOAN, PRINCIPAL, day(1))
    books = Books(frozenset([LOAN]), dict.fromkeys((old, new, ahead, body), Decimal(5)))
    facts = {"as_of": "2026-11-12", "frozen": {"INTEREST": "7", "PRINCIPAL": "2"}, "law": "uk.x|7|read"}
    moves = stand_still(LOAN, facts, books)
    assert {move.place: move.amount for move in moves} == {new: -5, old: -2, body: -2, "FROZEN": 9}
    assert {move.law for move in moves} == {"uk.x|7|read"}
    # a payment came before it on an old ledger: what is not there any more comes off what the money would have paid
    books.parts[new] = books.parts[old] = Decimal(1)
    assert {move.place: move.amount for move in stand_still(LOAN, facts, books)} == {
        new: -1, old: -1, body: -5, "FROZEN": 7
    }  # fmt: skip


def test_the_law_of_a_standstill():
    given_ = {"from_date": FIRST, "until_date": LAST, "hardship": UUID(int=7)}
    unsecured = standstill_of(kind="BREATHING_SPACE", is_secured=None, **given_)
    assert (unsecured.arrears_only, unsecured.law) == (False, "uk.breathing_space|7(6)(a), 7(10)(a)|read")
    secured = standstill_of(kind="BREATHING_SPACE", is_secured=True, **given_)
    assert (secured.arrears_only, secured.law) == (True, "uk.breathing_space|7(9)|read")
    cut = standstill_of(kind="BREATHING_SPACE", is_secured=False, is_cut_short=True, **given_)
    assert cut.law.endswith("; uk.breathing_space|7(10)(a)|read")
    relief = standstill_of(kind="DISASTER", is_secured=True, said="Notice 12", is_cut_short=True, **given_)
    assert (relief.arrears_only, relief.law, relief.said) == (False, "", "Notice 12")


def test_a_tape_beside_our_books():
    told = {Slot(LOAN, INTEREST, day(1)): Decimal(9), Slot(LOAN, INTEREST, day(12), 3): Decimal(4),
            Slot(LOAN, INTEREST, day(28), 4): Decimal(4), Slot(LOAN, PRINCIPAL): Decimal(100)}  # fmt: skip
    held = {**told, Slot(LOAN, INTEREST, day(1)): Decimal(8), Slot(LOAN, PENALTY, day(1)): Decimal(2)}
    moves = [Move(slot, told.get(slot, Decimal(0)) - held.get(slot, Decimal(0))) for slot in held]
    figures = figures_of(
        loan=LOAN, currency="CNY", facts={"as_of": "2026-11-12", "dues": [["2026-11-12", 3, "2026-10-12"]]},
        moves=moves, since=day(11), told=told, taken_off={}, tape_paid={INTEREST: Decimal(1)},
    )  # fmt: skip
    assert figures.told == {INTEREST: 13, PENALTY: 0, PRINCIPAL: 100}
    assert figures.held == {INTEREST: 7, PENALTY: 2, PRINCIPAL: 100}
    assert figures.newly_due == [NewlyDue(INTEREST, date(2026, 10, 12), day(12), Decimal(4))]


def test_a_payment_on_the_tape_is_ours_by_reference_else_by_amount_and_day():
    @dataclass
    class Paid:
        payment_ref: str
        paid_date: date
        amount: Decimal

    rows = [Paid("a", day(1), Decimal(5)), Paid("b", day(2), Decimal(5)), Paid("c", day(2), Decimal(5))]
    ours = [OurReceipt(("a", ""), day(3), Decimal(9)), OurReceipt(("z", ""), day(2), Decimal(5))]
    assert [one.payment_ref for one in without_receipt(paid=rows, receipts=ours)] == ["c"]
    assert [one.payment_ref for one in without_receipt(paid=rows, receipts=[])] == ["a", "b", "c"]
    # what the reference names is not used up again by amount and day
    named = [OurReceipt(("a", ""), day(2), Decimal(5))]
    assert [one.payment_ref for one in without_receipt(paid=rows, receipts=named)] == ["b", "c"]


cents = st.integers(0, 3_000).map(lambda number: Decimal(number) / 100)


@dataclass
class Core:
    """A core system that goes on accruing, and pays what comes on interest first: what it says day by day."""

    interest: Decimal = Decimal(50)
    principal: Decimal = Decimal(1_000)

    def pay(self, amount: Decimal) -> None:
        on_interest = min(self.interest, amount)
        self.interest -= on_interest
        self.principal -= min(self.principal, amount - on_interest)


@settings(max_examples=2_000, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), cents, cents, cents), min_size=1, max_size=12),
    st.integers(-3, 12),
    st.integers(0, 15),
)
def test_what_is_owed_never_grows_by_the_days_that_stood_still(tapes, first, length):
    """The owed sum is at most that of the first day, what was lent since, and what accrued outside; and to the cent."""
    start = day(5)
    span = Span(start + timedelta(days=first), start + timedelta(days=first + length), UUID(int=1))
    core, ours = Core(), Core()
    since, frozen = start, {}
    bound = ours.interest + ours.principal
    for gap, accrued, paid, lent in tapes:
        as_of = since + timedelta(days=gap)
        paid = min(paid, ours.interest + ours.principal)
        if paid > ours.interest:  # what is lent in the days of such a payment cannot be told from how it was laid
            lent = Decimal(0)
        core.pay(paid)
        paid_interest = min(paid, ours.interest)
        ours.pay(paid)
        core.interest += accrued * gap
        core.principal += lent
        figures = Figures(
            currency="CNY", since=since, as_of=as_of, told={INTEREST: core.interest, PRINCIPAL: core.principal},
            held={INTEREST: ours.interest, PRINCIPAL: ours.principal}, taken_off=frozen,
            paid=paid_interest, paid_body=paid - paid_interest,
        )  # fmt: skip
        frozen = never_owed(before=frozen, figures=figures, spans=[span])
        ours.interest = core.interest - frozen.get(INTEREST, Decimal(0))
        ours.principal = core.principal - frozen.get(PRINCIPAL, Decimal(0))
        free = gap - frozen_days(spans=[span], after=since, until=as_of)
        bound += lent - paid + accrued * free
        assert ours.interest >= 0
        assert ours.principal >= 0
        assert ours.interest + ours.principal == bound
        since = as_of
