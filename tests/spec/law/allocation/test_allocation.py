"""The table of payments laid on debts by hand, and the way back."""

from datetime import date
from decimal import Decimal

import pytest
from tests.spec.law.tables import cases

from qingshou.interfaces.commands.law_allocate_words import ALLOCATION_REASONS
from qingshou.kernel.errors import BadInput, NotCovered
from qingshou.kernel.verdict import Reason
from qingshou.law.allocation.allocate import allocate, applied, undone
from qingshou.law.allocation.door import agreed_order, barred_debts
from qingshou.law.allocation.terms import Basis, Between, Debt, Future, Order, Part, PartKind, Sequence

DAY = date(2026, 11, 23)
KINDS = (PartKind.COSTS, PartKind.INTEREST, PartKind.PENALTY, PartKind.PRINCIPAL)


def day(written):
    return None if written == "-" else date(2026, 11, int(written))


def part(written):
    kind, amount, due = written.split()
    return Part(key=f"{kind} {due}", kind=PartKind(kind), amount=Decimal(amount), due_date=day(due))


def debts_of(case):
    def number(name, debt):
        found = case.get(name, {}).get(debt)
        return None if found is None else Decimal(found)

    return [
        Debt(
            id=name,
            currency=case.get("currency", "CNY"),
            parts=tuple(part(one) for one in parts),
            security=number("secured", name),
            burden=number("burden", name),
        )
        for name, parts in case["debts"].items()
    ]


def order_of(case):
    asked = case["order"]
    return agreed_order(
        kinds=tuple(PartKind(one) for one in asked["kinds"].split()),
        sequence=Sequence(asked.get("sequence", "KIND_FIRST")),
        between=Between(asked.get("between", "LAW")),
        future=Future(asked.get("future", "NOT_DUE_LAST")),
        on=DAY,
    )


def allocated(case, debts):
    return allocate(
        amount=Decimal(case["pay"]),
        currency=case.get("currency", "CNY"),
        debts=debts,
        order=order_of(case),
        chosen=case.get("chosen", ()),
        barred={one: Reason("DISPUTED_DEBT", {"debt": one}) for one in case.get("barred", ())},
        on=DAY,
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=place) for place, case in cases("allocate")])
def test_what_went_where(case):
    if "refused" in case:
        with pytest.raises(BadInput, match=case["refused"]):
            allocated(case, debts_of(case))
        return
    debts = debts_of(case)
    found = allocated(case, debts)
    shown = [(line.debt, line.kind, line.due_date, line.paid) for line in found.lines]
    wanted = [one.split() for one in case["paid"]]
    assert shown == [(debt, kind, day(due), Decimal(paid)) for debt, kind, due, paid, *_ in wanted]
    for line, one in zip(found.lines, wanted, strict=True):
        assert line.before - line.paid == line.after
        assert line.reasons[0].code == (one[4] if len(one) > 4 else line.reasons[0].code)
        assert {reason.code for reason in line.reasons} <= ALLOCATION_REASONS.keys()
    assert found.unapplied == Decimal(case["left"])
    assert found.applied + found.unapplied == Decimal(case["pay"])
    if found.unapplied:
        assert found.reasons[-1].code == case["why_left"]
    if "barred" in case:
        assert found.reasons[0].code == "DISPUTED_DEBT"
    after = applied(debts=debts, lines=found.lines)
    assert undone(debts=after, lines=found.lines) == tuple(debts)


def test_every_line_names_its_articles():
    case = {"pay": "60", "order": {"kinds": "COSTS INTEREST PENALTY PRINCIPAL"}}
    case["debts"] = {"A": ["PRINCIPAL 50 2"], "B": ["PRINCIPAL 50 1"]}
    first, last = allocated(case, debts_of(case)).lines
    assert [reason.article.article for reason in first.reasons] == ["560(2)", "561"]
    assert (first.reason, first.article.instrument) == ("PART_AGREED", "china.payment_order")
    assert last.reasons[0].fields == {"after": "B", "by": "EARLIEST_DUE"}
    assert last.reasons[0].article.article == "560(2)"


def test_a_debt_may_have_its_own_order_of_kinds():
    parts = (part("INTEREST 10 1"), part("PRINCIPAL 10 1"))
    own = (PartKind.PRINCIPAL, PartKind.COSTS, PartKind.INTEREST, PartKind.PENALTY)
    debts = [
        Debt(id="A", currency="CNY", parts=parts, kinds=own, basis=Basis.POLICY),
        Debt(id="B", currency="CNY", parts=parts),
    ]
    order = agreed_order(kinds=KINDS, between=Between.PRO_RATA, on=DAY)
    found = allocate(amount=Decimal(20), currency="CNY", debts=debts, order=order, on=DAY)
    assert [(line.debt, line.kind, line.reason) for line in found.lines] == [
        ("A", "PRINCIPAL", "PART_BY_POLICY"),
        ("B", "INTEREST", "PART_AGREED"),
    ]
    with pytest.raises(BadInput):
        Debt(id="A", currency="CNY", parts=parts, kinds=own[:3])


def test_debts_in_another_currency_or_with_one_id_are_refused():
    order = agreed_order(kinds=KINDS, on=DAY)
    yen = Debt(id="A", currency="JPY", parts=())
    with pytest.raises(BadInput, match="exchange it first"):
        allocate(amount=Decimal(1), currency="CNY", debts=[yen], order=order, on=DAY)
    with pytest.raises(BadInput, match="the same id"):
        allocate(amount=Decimal(1), currency="JPY", debts=[yen, yen], order=order, on=DAY)


def test_an_order_left_to_the_law_without_a_law_is_refused():
    debt = Debt(id="A", currency="CNY", parts=(part("PRINCIPAL 50 1"),))
    with pytest.raises(BadInput, match="no law's criteria"):
        allocate(amount=Decimal(1), currency="CNY", debts=[debt], order=Order(kinds=KINDS), on=DAY)
    with pytest.raises(NotCovered):
        agreed_order(kinds=KINDS, on=DAY, jurisdiction="uk")
    free = agreed_order(kinds=KINDS, between=Between.OLDEST_DUE, on=DAY, jurisdiction="uk")
    found = allocate(amount=Decimal(1), currency="CNY", debts=[debt], order=free, on=DAY)
    assert [line.article for line in found.lines] == [None]


def test_a_disputed_debt_is_barred_in_the_united_states_only():
    asked = {"debts": ["A", "B"], "disputed": frozenset({"A"}), "on": DAY}
    assert barred_debts(**asked, jurisdiction="china") == {}
    barred = barred_debts(**asked, jurisdiction="us")
    assert list(barred) == ["A"]
    assert (barred["A"].code, barred["A"].article.article) == ("DISPUTED_DEBT", "1006.30(c)(1)")


def test_lines_that_do_not_fit_are_refused():
    debt = Debt(id="A", currency="CNY", parts=(part("PRINCIPAL 50 1"),))
    lines = allocate(
        amount=Decimal(30), currency="CNY", debts=[debt], order=agreed_order(kinds=KINDS, on=DAY), on=DAY
    ).lines
    (after,) = applied(debts=[debt], lines=lines)
    assert after.parts[0].amount == 20
    with pytest.raises(BadInput, match="below zero"):
        applied(debts=[after], lines=lines)
    with pytest.raises(BadInput, match="missing"):
        undone(debts=[], lines=lines)
