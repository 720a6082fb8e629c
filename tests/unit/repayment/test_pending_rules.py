"""Which of our acts a tape shows: by table, and that what explains the figures is found among random acts."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.books import WAIVED, Books, Slot
from qingshou.features.repayment.rules.loan_terms import Terms
from qingshou.features.repayment.rules.pending import Act, again, gaps, is_moved_still, not_booked
from qingshou.features.repayment.rules.steps import Step, StepKind, clipped, do
from qingshou.law.allocation.terms import PartKind

LOAN = UUID(int=9)
DAY = date(2026, 11, 23)
INTEREST, PENALTY, COSTS, PRINCIPAL = PartKind.INTEREST, PartKind.PENALTY, PartKind.COSTS, PartKind.PRINCIPAL


def waiver(number, **amounts):
    return Act(UUID(int=number), StepKind.WAIVER, {PartKind(kind): Decimal(text) for kind, text in amounts.items()})


def charge(number, amount):
    return Act(UUID(int=number), StepKind.CHARGE, {COSTS: Decimal(amount)})


@pytest.mark.parametrize(
    ("acts", "found", "has_money", "missing"),
    [
        # a waiver of 20: booked, with accruals, not booked, not booked with accruals
        ([waiver(1, PENALTY="20")], {"PENALTY": "0"}, False, []),
        ([waiver(1, PENALTY="20")], {"PENALTY": "3"}, False, []),
        ([waiver(1, PENALTY="20")], {"PENALTY": "20"}, False, [1]),
        ([waiver(1, PENALTY="20")], {"PENALTY": "23"}, False, [1]),
        ([waiver(1, PENALTY="20")], {"PENALTY": "-4"}, False, []),  # the core system gave up more
        # smaller than what accrues in a day: the reading that asks for less
        ([waiver(1, PENALTY="2")], {"PENALTY": "3"}, False, [1]),
        # costs of 30
        ([charge(1, "30")], {"COSTS": "0"}, False, []),
        ([charge(1, "30")], {"COSTS": "-30"}, False, [1]),
        ([charge(1, "30")], {"COSTS": "-28"}, False, [1]),
        # two of one kind: which of them is missing
        ([waiver(1, PENALTY="20"), waiver(2, PENALTY="5")], {"PENALTY": "5"}, False, [2]),
        ([waiver(1, PENALTY="20"), waiver(2, PENALTY="5")], {"PENALTY": "20"}, False, [1]),
        ([waiver(1, PENALTY="20"), waiver(2, PENALTY="5")], {"PENALTY": "25"}, False, [1, 2]),
        ([waiver(1, COSTS="20"), charge(2, "30")], {"COSTS": "-10"}, False, [1, 2]),
        # several kinds at once
        ([waiver(1, PENALTY="20", PRINCIPAL="100")], {"PENALTY": "21", "PRINCIPAL": "100"}, False, [1]),
        ([waiver(1, PENALTY="20", PRINCIPAL="100")], {"PENALTY": "1"}, False, []),
        # money came, and the core system laid it on the penalty that we had given up
        ([waiver(1, PENALTY="20")], {"PENALTY": "0", "INTEREST": "20"}, True, [1]),
        ([waiver(1, PENALTY="20")], {"PENALTY": "-20", "INTEREST": "20"}, True, []),
    ],
)
def test_which_acts_a_tape_does_not_show(acts, found, has_money, missing):
    more = {PartKind(kind): Decimal(text) for kind, text in found.items()}
    assert not_booked(acts=acts, gaps=more, has_money=has_money) == {UUID(int=number) for number in missing}


def test_gaps_count_charges_that_are_due_and_all_of_the_body():
    ahead = DAY + timedelta(days=1)
    told = {Slot(LOAN, INTEREST, DAY): Decimal(5), Slot(LOAN, INTEREST, ahead): Decimal(9),
            Slot(LOAN, PRINCIPAL, ahead): Decimal(7), Slot(LOAN, PartKind.UNSPLIT): Decimal(2)}  # fmt: skip
    held = {Slot(LOAN, INTEREST): Decimal(1), Slot(LOAN, PRINCIPAL): Decimal(8)}
    assert gaps(told=told, held=held, as_of=DAY) == {INTEREST: 4, PRINCIPAL: 1}


LATER = DAY + timedelta(days=30)
FACTS = {"until": DAY.isoformat(), "to": [[LATER.isoformat(), "100"]]}


@pytest.mark.parametrize(
    ("as_of", "due_on_tape", "found"),
    [
        (DAY + timedelta(days=1), "100", True),
        (DAY + timedelta(days=1), "50", True),
        (DAY + timedelta(days=1), "49", False),
        (LATER - timedelta(days=1), "100", True),
        (LATER, "100", None),
    ],
)
def test_new_dates_are_missing_while_the_tape_has_as_due_what_they_moved(as_of, due_on_tape, found):
    act = Act(UUID(int=1), StepKind.RE_AGE, {PRINCIPAL: Decimal(100)}, FACTS)
    told = {Slot(LOAN, PRINCIPAL, DAY): Decimal(due_on_tape), Slot(LOAN, PRINCIPAL): Decimal(900)}
    held = {Slot(LOAN, PRINCIPAL, LATER): Decimal(100), Slot(LOAN, PRINCIPAL): Decimal(900)}
    assert is_moved_still(act=act, told=told, held=held, as_of=as_of) is found


def test_a_new_schedule_is_missing_until_the_tape_has_principal_on_its_dates():
    act = Act(UUID(int=1), StepKind.RE_AMORTISE, {PRINCIPAL: Decimal(100)}, FACTS)
    held = {Slot(LOAN, PRINCIPAL, LATER): Decimal(100)}
    for told, found in (({Slot(LOAN, PRINCIPAL): Decimal(100)}, True), (held, False)):
        assert is_moved_still(act=act, told=told, held=held, as_of=DAY) is found


def test_done_again_no_more_is_moved_than_at_first_and_what_is_not_there_comes_off_the_rest():
    terms = Terms("china")
    books = Books(frozenset([LOAN]), {Slot(LOAN, PRINCIPAL, DAY - timedelta(days=1)): Decimal(70),
                                      Slot(LOAN, PRINCIPAL, DAY): Decimal(70)})  # fmt: skip
    act = Act(UUID(int=1), StepKind.RE_AGE, {PRINCIPAL: Decimal(100)}, FACTS)
    done = do(Step(act.kind, DAY, 1, again(act=act, as_of=DAY), LOAN), books=books, terms=terms)
    books.do(done)
    assert {slot.due_date: amount for slot, amount in books.open_of(LOAN)} == {DAY: 40, LATER: 100}
    assert {move.reason for move in done[LOAN]} == {"RE_AGED/NOT_ON_TAPE"}

    books = Books(frozenset([LOAN]), {Slot(LOAN, PENALTY, DAY): Decimal(4), Slot(LOAN, PRINCIPAL, DAY): Decimal(9),
                                      Slot(LOAN, INTEREST, DAY): Decimal(3)})  # fmt: skip
    step = Step(StepKind.WAIVER, DAY, 1, again(act=waiver(1, PENALTY="10"), as_of=DAY), LOAN)
    done = do(step, books=books, terms=terms)
    assert {move.place: move.amount for move in done[LOAN]} == {
        Slot(LOAN, PENALTY, DAY): -4, Slot(LOAN, INTEREST, DAY): -3, Slot(LOAN, PRINCIPAL, DAY): -3, WAIVED: 10
    }  # fmt: skip
    assert clipped(step, {}) == 0  # told the first time


acts = st.lists(
    st.builds(
        lambda number, kind, cents: Act(UUID(int=number), kind, {COSTS: Decimal(cents) / 100}),
        st.integers(1, 10**9), st.sampled_from((StepKind.WAIVER, StepKind.CHARGE)), st.integers(1, 90_000),
    ),
    max_size=5, unique_by=lambda act: act.id,
)  # fmt: skip


@settings(max_examples=1_000, deadline=None)
@given(acts, st.data(), st.booleans())
def test_what_is_missing_explains_the_tape_to_the_cent_where_nothing_else_happened(mine, data, has_money):
    missing = [act for act in mine if data.draw(st.booleans())]
    gap = sum((act.lacking()[COSTS] for act in missing), Decimal(0))
    found = not_booked(acts=mine, gaps={COSTS: gap}, has_money=has_money)
    assert sum((act.lacking()[COSTS] for act in mine if act.id in found), Decimal(0)) == gap
