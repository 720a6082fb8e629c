"""Random debts and payments: nothing is lost, nothing over-paid, the order is kept, a reversal gives everything back.

Small numbers on purpose: amounts, dates, security and burden meet and tie far more often than in life.
"""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.law.allocation.allocate import allocate, applied, undone
from qingshou.law.allocation.between import criteria_of
from qingshou.law.allocation.door import agreed_order
from qingshou.law.allocation.terms import (
    KINDS,
    Between,
    Criterion,
    Debt,
    Future,
    Part,
    PartKind,
    Sequence,
)

DAY = date(2026, 11, 23)
MANY = settings(max_examples=2000, deadline=None)
UNITS = {"JPY": Decimal(1), "CNY": Decimal("0.01"), "KWD": Decimal("0.001")}

currencies = st.sampled_from(sorted(UNITS))
days = st.one_of(st.none(), st.integers(-4, 3).map(lambda shift: DAY + timedelta(days=shift)))
cents = st.one_of(st.integers(0, 12), st.integers(0, 10**7))
orders = st.builds(
    agreed_order,
    kinds=st.sampled_from(list(permutations(KINDS))),
    sequence=st.sampled_from(Sequence),
    between=st.sampled_from(Between),
    future=st.sampled_from(Future),
    on=st.just(DAY),
)


@st.composite
def books(draw, *, alike=False):
    currency = draw(currencies)
    unit = UNITS[currency]
    debts = []
    for number in range(draw(st.integers(1, 4))):
        parts = tuple(
            Part(
                key=f"p{place}",
                kind=draw(st.sampled_from(PartKind)),
                amount=unit * draw(cents),
                due_date=draw(days),
            )
            for place in range(draw(st.integers(0, 6)))
        )
        debts.append(
            Debt(
                id=f"D{number}",
                currency=currency,
                parts=parts,
                due_date=draw(days),
                security=draw(st.sampled_from([None, Decimal(0), Decimal(5), Decimal(6)])),
                burden=Decimal(number) if alike else draw(st.sampled_from([None, Decimal("0.1"), Decimal("0.2")])),
                kinds=draw(st.one_of(st.none(), st.sampled_from(list(permutations(KINDS))))),
            )
        )
    owed = sum((part.amount for debt in debts for part in debt.parts), Decimal(0))
    amount = unit * draw(st.integers(0, int(owed / unit) + 5))
    chosen = draw(st.lists(st.sampled_from([debt.id for debt in debts]), unique=True, max_size=2))
    return currency, amount, debts, tuple(chosen)


def lay(book, order, *, amount=None, debts=None):
    currency, whole, own, chosen = book
    return allocate(
        amount=whole if amount is None else amount,
        currency=currency,
        debts=own if debts is None else debts,
        order=order,
        chosen=chosen,
        on=DAY,
    )


@MANY
@given(books(), orders)
def test_nothing_is_lost_and_nothing_over_paid(book, order):
    found = lay(book, order)
    unit = UNITS[book[0]]
    assert sum((line.paid for line in found.lines), Decimal(0)) + found.unapplied == book[1]
    assert found.unapplied >= 0
    for line in found.lines:
        assert line.paid > 0
        assert line.after == line.before - line.paid >= 0
        assert line.paid % unit == 0
        assert line.reasons[0].code
        assert line.reason.startswith("PART_")
    assert len({(line.debt, line.part) for line in found.lines}) == len(found.lines)
    opened = {(debt.id, part.key): part.amount for debt in book[2] for part in debt.parts}
    assert all(opened[line.debt, line.part] == line.before for line in found.lines)
    assert bool(found.unapplied) == bool(found.reasons)


@MANY
@given(books(), orders)
def test_a_reversal_gives_back_exactly_what_a_payment_took(book, order):
    found = lay(book, order)
    after = applied(debts=book[2], lines=found.lines)
    assert undone(debts=after, lines=found.lines) == tuple(book[2])
    before = sum((part.amount for debt in book[2] for part in debt.parts), Decimal(0))
    assert sum((part.amount for debt in after for part in debt.parts), Decimal(0)) == before - found.applied


@MANY
@given(books(), orders, st.randoms(use_true_random=False))
def test_the_sequence_in_which_debts_and_parts_are_given_changes_nothing(book, order, random):
    shuffled = []
    for debt in book[2]:
        parts = list(debt.parts)
        random.shuffle(parts)
        shuffled.append(Debt(**{name: getattr(debt, name) for name in Debt.__slots__} | {"parts": tuple(parts)}))
    random.shuffle(shuffled)
    assert lay(book, order, debts=shuffled) == lay(book, order)


@MANY
@given(books(), orders)
def test_no_later_part_is_paid_while_an_earlier_one_of_its_rank_is_open(book, order):
    """Written from the words of the orders alone, with no sorting: any two parts of one debt are compared."""
    after = applied(debts=book[2], lines=lay(book, order).lines)
    for debt_before, debt_after in zip(book[2], after, strict=True):
        kinds = [*(debt_before.kinds or order.kinds), PartKind.UNSPLIT]
        for one_before, one in zip(debt_before.parts, debt_after.parts, strict=True):
            for later_before, later in zip(debt_before.parts, debt_after.parts, strict=True):
                is_paid = later.amount < later_before.amount
                if one.amount == 0 or not is_paid:
                    continue
                if one.is_due(DAY) and not later.is_due(DAY):
                    raise AssertionError("paid what is not due while something due is open")
                if one.is_due(DAY) != later.is_due(DAY) or one_before.amount == 0:
                    continue
                if not one.is_due(DAY) and order.future is Future.IN_ADVANCE_PRINCIPAL and one.kind != "PRINCIPAL":
                    continue
                mine, its = kinds.index(one.kind), kinds.index(later.kind)
                my_day, its_day = one.due_date or date.max, later.due_date or date.max
                if order.sequence is Sequence.KIND_FIRST:
                    assert mine >= its
                    assert mine > its or my_day >= its_day
                else:
                    assert my_day >= its_day
                    assert my_day > its_day or mine >= its


@MANY
@given(books(), orders)
def test_no_later_debt_is_paid_while_an_earlier_one_is_open(book, order):
    after = applied(debts=book[2], lines=lay(book, order).lines)
    chosen = book[3]
    steps = criteria_of(order)

    def standing(debt, *, is_due):
        parts = [part for part in debt.parts if part.is_due(DAY) == is_due and may_be_paid(part)]
        dates = [part.due_date for part in parts if part.due_date]
        places = {
            Criterion.CHOSEN: chosen.index(debt.id) if debt.id in chosen else len(chosen),
            Criterion.DUE: not is_due,
            Criterion.LEAST_SECURED: debt.security or 0,
            Criterion.HEAVIEST_BURDEN: -(debt.burden or 0),
            Criterion.EARLIEST_DUE: min(dates) if dates else debt.due_date or date.max,
            Criterion.PRO_RATA: 0,
        }
        return [places[step] for step in steps], sum((part.amount for part in parts), Decimal(0))

    def may_be_paid(part):
        if part.is_due(DAY) or order.future is Future.NOT_DUE_LAST:
            return True
        return order.future is Future.IN_ADVANCE_PRINCIPAL and part.kind is PartKind.PRINCIPAL

    standings = []
    for before, now in zip(book[2], after, strict=True):
        if order.between is Between.CHOSEN and before.id not in chosen:
            assert before == now
            continue
        for is_due in (True, False):
            place, was = standing(before, is_due=is_due)
            _, left = standing(now, is_due=is_due)
            standings.append((place, was - left, left))
    for place, _, left in standings:
        for other, paid, _ in standings:
            assert not (place < other and left > 0 and paid > 0)


@MANY
@given(books(alike=True), orders, st.integers(0, 100))
def test_two_payments_one_after_the_other_end_where_one_does(book, order, percent):
    """Promised where no two debts tie: a tie is shared to the cent, and cents do not divide."""
    currency, amount, debts, _ = book
    unit = UNITS[currency]
    if order.between in (Between.PRO_RATA, Between.OLDEST_DUE):
        debts = debts[:1]
        book = (currency, amount, debts, tuple(one for one in book[3] if one == debts[0].id))
    first = unit * (int(amount / unit) * percent // 100)
    once = applied(debts=debts, lines=lay(book, order).lines)
    halfway = applied(debts=debts, lines=lay(book, order, amount=first).lines)
    rest = lay(book, order, amount=amount - first, debts=halfway)
    assert applied(debts=halfway, lines=rest.lines) == once


@MANY
@given(books(), orders, st.integers(0, 100))
def test_where_debts_tie_two_payments_differ_by_cents_only(book, order, percent):
    """A tie shares what is paid by what is open; twice rounded, each debt is off by at most a unit a payment."""
    currency, amount, debts, _ = book
    unit = UNITS[currency]
    order = agreed_order(kinds=order.kinds, between=Between.PRO_RATA, future=Future.UNAPPLIED, on=DAY)
    book = (currency, amount, debts, ())
    first = unit * (int(amount / unit) * percent // 100)
    once = applied(debts=debts, lines=lay(book, order).lines)
    halfway = applied(debts=debts, lines=lay(book, order, amount=first).lines)
    twice = applied(debts=halfway, lines=lay(book, order, amount=amount - first, debts=halfway).lines)
    for one, two in zip(once, twice, strict=True):
        apart = sum((part.amount for part in one.parts), Decimal(0)) - sum((p.amount for p in two.parts), Decimal(0))
        assert abs(apart) <= 2 * unit
