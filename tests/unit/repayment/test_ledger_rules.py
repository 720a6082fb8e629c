"""The ledger's rules against a small obvious model, on random lives of a debtor: 2,000 examples each."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.books import Books, Slot, Unapplied
from qingshou.features.repayment.rules.loan_terms import LoanTerms, Policy, Terms, UnfitPolicy, policy_of
from qingshou.features.repayment.rules.opening import Told, ToldDue, opening_parts
from qingshou.features.repayment.rules.replaying import replay
from qingshou.features.repayment.rules.steps import Step, StepKind, do, slots_as_facts
from qingshou.law.allocation.terms import KINDS, Between, Future, PartKind, Sequence

DAY = date(2026, 11, 1)
LOANS = (UUID(int=1), UUID(int=2))
POLICIES = (
    Policy(),
    Policy(name="PRINCIPAL_FIRST"),
    Policy(name="PRINCIPAL_FIRST_FROM_91"),
    Policy(kinds=tuple(reversed(KINDS)), sequence=Sequence.DUE_FIRST, between=Between.OLDEST_DUE),
    Policy(future=Future.UNAPPLIED, between=Between.PRO_RATA, kinds=KINDS),
)
EXAMPLES = settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

cents = st.integers(1, 60_000).map(lambda number: Decimal(number) / 100)
days = st.integers(-40, 40).map(lambda number: DAY + timedelta(days=number))


@dataclass
class Life:
    """A debtor's loans at the opening, and what happens to them."""

    opening: dict[Slot, Decimal]
    steps: list[Step] = field(default_factory=list)
    receipts: dict[UUID, Decimal] = field(default_factory=dict)
    terms: Terms = field(default_factory=lambda: TERMS)

    def books(self) -> Books:
        return Books(frozenset(LOANS), dict(self.opening), dict(self.receipts))

    def end(self, steps: list[Step]) -> Books:
        """Do steps one after another on fresh books: the obvious way."""
        books = self.books()
        for step in sorted(steps, key=lambda one: one.order):
            books.do(do(step, books=books, terms=self.terms))
        return books


TERMS = Terms(
    "china",
    {
        LOANS[0]: LoanTerms("CNY", burden=Decimal("0.12")),
        LOANS[1]: LoanTerms("CNY", kinds=(PartKind.PRINCIPAL, PartKind.INTEREST, PartKind.PENALTY, PartKind.COSTS)),
    },
)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    slots = st.builds(
        Slot, st.sampled_from(LOANS), st.sampled_from((*KINDS, PartKind.UNSPLIT)), st.one_of(st.none(), days),
        st.integers(0, 2),
    )  # fmt: skip
    life = Life(draw(st.dictionaries(slots, cents, max_size=8)))
    policy = draw(st.sampled_from(POLICIES))
    for number in range(1, draw(st.integers(1, 9))):
        life.steps.append(draw(_step(life, number, policy)))
    return life


@st.composite
def _step(draw: st.DrawFn, life: Life, number: int, policy: Policy) -> Step:
    kind = draw(st.sampled_from((*[StepKind.ALLOCATION] * 4, *StepKind)))
    on, loan, amount = draw(days), draw(st.sampled_from(LOANS)), draw(cents)
    if kind is StepKind.ALLOCATION:
        receipt = UUID(int=100 + number)
        life.receipts[receipt] = amount
        facts = {"on": on.isoformat(), "currency": "CNY", "amount": str(amount), "policy": policy.as_facts(),
                 "chosen": draw(st.sampled_from(([], [str(loan)])))}  # fmt: skip
        return Step(kind, on, number, facts, None, receipt)
    later = [[(on + timedelta(days=30 * place)).isoformat(), str(amount)] for place in (1, 2)]
    facts = {
        StepKind.TAPE: {"parts": slots_as_facts({Slot(loan, PartKind.PRINCIPAL, on): amount})},
        StepKind.RESTORE: {"parts": slots_as_facts({Slot(loan, PartKind.UNSPLIT, on): amount})},
        StepKind.WAIVER: {"amounts": {"PENALTY": str(amount), "PRINCIPAL": "5.00"}},
        StepKind.CHARGE: {"part": "COSTS", "amount": str(amount), "due_date": on.isoformat()},
        StepKind.RE_AGE: {"until": on.isoformat(), "to": later},
        StepKind.RE_AMORTISE: {"to": later},
        StepKind.CHARGE_OFF: {},
        StepKind.STANDSTILL: {
            "as_of": on.isoformat(),
            "frozen": {"PENALTY": str(amount), "PRINCIPAL": "3.00"},
            "law": "x|7|read",
        },
    }[kind]
    return Step(kind, on, number, facts, loan)


def in_order_of_recording(life: Life) -> tuple[Books, list[Step]]:
    """Put steps in as they were recorded, each at its place: what the operations do."""
    books, done = life.books(), []
    for step in life.steps:
        found = replay(books=books, later=[one for one in done if one.order > step.order], terms=life.terms, add=[step])
        books = found.books
        kept = {one.step.order: replace(one.step, was=one.done) for one in found.steps}
        done = [one for one in done if one.order not in kept] + list(kept.values())
    return books, done


def comparable(books: Books) -> tuple[object, ...]:
    return (
        {slot: amount for slot, amount in books.parts.items() if amount},
        {receipt: amount for receipt, amount in books.unapplied.items() if amount},
        books.written_off,
    )


@EXAMPLES
@given(lives())
def test_nothing_is_made_or_lost_and_no_floor_is_passed(life: Life) -> None:
    books, done = in_order_of_recording(life)
    for step in done:
        for moves in step.was.values():
            assert sum(move.amount for move in moves) == 0
            assert all(move.amount for move in moves)
    assert min(books.parts.values(), default=Decimal(0)) >= 0
    assert min(books.unapplied.values(), default=Decimal(0)) >= 0
    assert min(books.written_off.values(), default=Decimal(0)) >= 0
    for receipt, amount in life.receipts.items():
        laid = sum(move.amount for step in done for moves in step.was.values() for move in moves
                   if move.place == Unapplied(receipt))  # fmt: skip
        assert laid + books.unapplied[receipt] == amount


@EXAMPLES
@given(lives())
def test_the_order_of_recording_does_not_matter(life: Life) -> None:
    books, _ = in_order_of_recording(life)
    assert comparable(books) == comparable(life.end(life.steps))


@EXAMPLES
@given(lives(), st.data())
def test_taking_a_step_out_is_as_if_it_never_was(life: Life, data: st.DataObject) -> None:
    books, done = in_order_of_recording(life)
    if not done:
        return
    gone = data.draw(st.sampled_from(done))
    found = replay(
        books=books, later=[one for one in done if one.order >= gone.order], terms=life.terms, drop=[gone.order]
    )
    assert comparable(found.books) == comparable(life.end([step for step in life.steps if step.order != gone.order]))


@EXAMPLES
@given(lives())
def test_doing_everything_again_changes_nothing(life: Life) -> None:
    books, done = in_order_of_recording(life)
    found = replay(books=books, later=done, terms=life.terms)
    assert found.changed == ()
    assert comparable(found.books) == comparable(books)


@EXAMPLES
@given(lives(), cents, days)
def test_a_receipt_reversed_at_once_leaves_no_trace(life: Life, amount: Decimal, on: date) -> None:
    books, done = in_order_of_recording(life)
    before, receipt = comparable(books), UUID(int=999)
    books.unapplied[receipt] = amount
    facts = {"on": on.isoformat(), "currency": "CNY", "amount": str(amount)}
    step = Step(StepKind.ALLOCATION, on, 99, facts, None, receipt)
    put = replay(books=books, later=[one for one in done if one.order > step.order], terms=life.terms, add=[step])
    now = [replace(one.step, was=one.done) for one in put.steps]
    back = replay(books=put.books, later=now, terms=life.terms, drop=[step.order])
    assert back.books.unapplied.pop(receipt) == amount
    assert comparable(back.books) == before


@EXAMPLES
@given(
    arrears=st.one_of(st.none(), st.integers(0, 90_000).map(lambda number: Decimal(number) / 100)),
    balance=st.integers(-100, 900_000).map(lambda number: Decimal(number) / 100),
    split=st.one_of(st.none(), st.tuples(*[st.integers(0, 20_000).map(lambda number: Decimal(number) / 100)] * 4)),
    dues=st.lists(st.tuples(days, cents, cents), max_size=6),
)
def test_the_opening_parts_are_the_tapes_figures(arrears, balance, split, dues) -> None:
    fees, penalty, interest, principal = split or (None, None, None, None)
    told = Told(
        loan=LOANS[0], currency="CNY", as_of=DAY, balance=balance, arrears=arrears, principal=principal,
        interest=interest, penalty=penalty, fees=fees, oldest_due_date=min((day for day, *_ in dues), default=None),
        schedule=[
            ToldDue(due_date=day, position=place, amount=one + two, principal=one, interest=two)
            for place, (day, one, two) in enumerate(dues)
        ],
    )  # fmt: skip
    parts = opening_parts(told=told)
    assert all(amount > 0 for amount in parts.values())
    due = sum(amount for slot, amount in parts.items() if slot.due_date is not None and slot.due_date <= DAY)
    if arrears is None:
        assert parts == ({Slot(LOANS[0], PartKind.UNSPLIT): balance} if balance > 0 else {})
        return
    assert due == arrears
    total = sum(amount for slot, amount in parts.items() if slot.kind is PartKind.PRINCIPAL)
    unsplit = sum(amount for slot, amount in parts.items() if slot.kind is PartKind.UNSPLIT)
    late = sum(amount for slot, amount in parts.items() if slot.kind is PartKind.PRINCIPAL and slot.due_date is not None
               and slot.due_date <= DAY)  # fmt: skip
    assert total + unsplit == max(balance, late + unsplit)


@pytest.mark.parametrize(
    "settings",
    [{"kinds": ["PRINCIPAL"]}, {"kinds": "PRINCIPAL"}, {"policy": "MINE"}, {"sequence": "ANY"}, {"future": 1}],
)
def test_a_policy_that_is_none_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(UnfitPolicy):
        policy_of(settings)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_read_as_it_was_kept(policy: Policy) -> None:
    assert policy_of(policy.as_facts()) == policy
