"""One receipt laid on a debtor's loans: what the tape has booked, then by law.allocation, then recoveries. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.features.repayment.rules.books import RECOVERED, TAPE, Books, Done, Move, Slot, Unapplied
from qingshou.features.repayment.rules.loan_terms import LoanTerms, Policy, Terms, order_of, policy_of
from qingshou.kernel.days import days_between
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Reason
from qingshou.law.allocation.allocate import allocate
from qingshou.law.allocation.door import barred_debts
from qingshou.law.allocation.terms import Basis, Debt, Line, Part, PartKind


def allocation(*, receipt: UUID, facts: Mapping[str, Any], books: Books, terms: Terms) -> Done:
    """Return where a receipt goes.

    Takes   facts  on        its value date, at whose end dues are judged
                   currency  of the receipt; loans in another get nothing
                   amount    the most of it to lay on debts; what is left of the receipt bounds it
                   scope     loans it may reach; without it all of the debtor's
                   chosen    loans the debtor (or the lender) named, in that order
                   booked    loan -> amount of it that the loan's tape counts in already
                   disputed  loans in dispute, which some laws bar
                   policy    the lender's order when it was first applied
                   orders    loan -> its contract's own order then; without it what the terms say now
    Gives   Done   moves of each loan that it reached. Order: what the tape has booked; chosen loans that were charged
                   off; open debts by law and policy; other loans that were charged off, the smallest id first
    """
    left = min(Decimal(facts["amount"]), books.unapplied.get(receipt, ZERO))
    made: dict[UUID, list[Move]] = {}
    terms = _as_then(terms, facts)
    scope = _scope(facts, books, terms)
    for loan, text in facts.get("booked", {}).items():
        amount = min(left, Decimal(text))
        left -= _take(made, UUID(loan), [Move(TAPE, -amount, "BOOKED_BY_CORE")])
    chosen = [UUID(loan) for loan in facts.get("chosen", ()) if UUID(loan) in scope]
    left -= _recover(made, chosen, books, left)
    left -= _open_debts(made, scope, chosen, facts, books, terms, left)
    left -= _recover(made, sorted(scope - set(chosen)), books, left)
    return {
        loan: (*moves, Move(Unapplied(receipt), -sum((move.amount for move in moves), ZERO)))
        for loan, moves in made.items()
    }


def overdue_days_of(*, parts: Mapping[Slot, Decimal], on: date) -> int:
    """Return whole days since the oldest due date at which something is open; 0 where nothing is late."""
    late = [slot.due_date for slot, amount in parts.items() if amount > 0 and slot.due_date and slot.due_date < on]
    return days_between(min(late), on) if late else 0


def debt_of(
    *, loan: UUID, terms: LoanTerms, place: Terms, parts: Mapping[Slot, Decimal], policy: Policy, on: date
) -> Debt:
    """Return a loan as law.allocation takes it; its contract's order goes before the lender's policy for its days.

    Only what is open is given: a part at zero may be one that a later step opens, and what comes later must not decide.
    """
    if terms.kinds:
        kinds, basis = terms.kinds, Basis.AGREED
    else:
        days = overdue_days_of(parts=parts, on=on)
        order = order_of(policy=policy, terms=place, product=terms.product, overdue_days=days, on=on)
        kinds, basis = order.kinds, order.basis
    return Debt(
        id=str(loan),
        currency=terms.currency,
        parts=tuple(
            Part(key=slot.key, kind=slot.kind, amount=amount, due_date=slot.due_date)
            for slot, amount in parts.items()
            if amount > 0
        ),
        security=terms.security,
        burden=terms.burden,
        kinds=kinds,
        basis=basis,
        sequence=terms.sequence,
        future=terms.future,
    )


def _as_then(terms: Terms, facts: Mapping[str, Any]) -> Terms:
    """Return the terms with the contracts' orders as they were when the receipt was first applied."""
    if "orders" not in facts:
        return terms
    loans = {loan: one.with_order(facts["orders"].get(str(loan), {})) for loan, one in terms.loans.items()}
    return Terms(terms.jurisdiction, loans)


def _scope(facts: Mapping[str, Any], books: Books, terms: Terms) -> frozenset[UUID]:
    named = facts.get("scope")
    reached = books.loans if named is None else books.loans & {UUID(loan) for loan in named}
    return frozenset(loan for loan in reached if terms.loans[loan].currency == facts["currency"])


def _open_debts(
    made: dict[UUID, list[Move]],
    scope: frozenset[UUID],
    chosen: Sequence[UUID],
    facts: Mapping[str, Any],
    books: Books,
    terms: Terms,
    left: Decimal,
) -> Decimal:
    on, policy = date.fromisoformat(facts["on"]), policy_of(facts.get("policy", {}))
    loans = sorted(loan for loan in scope if not books.is_charged_off(loan))
    if left <= 0 or not loans:
        return ZERO
    debts = [
        debt_of(loan=loan, terms=terms.loans[loan], place=terms, parts=books.parts_of(loan), policy=policy, on=on)
        for loan in loans
    ]
    disputed = frozenset(facts.get("disputed", ()))
    found = allocate(
        amount=left,
        currency=facts["currency"],
        debts=debts,
        order=order_of(policy=policy, terms=terms, product=terms.loans[loans[0]].product, overdue_days=0, on=on),
        chosen=[str(loan) for loan in chosen if loan in loans],
        barred=barred_debts(
            debts=[debt.id for debt in debts], disputed=disputed, on=on, jurisdiction=terms.jurisdiction
        ),
        on=on,
    )
    slots = {(slot.loan, slot.key): slot for slot in books.parts}
    for loan in loans:
        lines = [line for line in found.lines if line.debt == str(loan)]
        _take(made, loan, [_move(line, slots[loan, line.part]) for line in lines])
    return found.applied


def _recover(made: dict[UUID, list[Move]], loans: Iterable[UUID], books: Books, left: Decimal) -> Decimal:
    """Give loans that were charged off what came later, at most what was charged off."""
    given = ZERO
    for loan in loans:
        amount = min(left - given, books.written_off.get(loan, ZERO))
        given += _take(made, loan, [Move(RECOVERED, -amount, "RECOVERED_AFTER_CHARGE_OFF")])
    return given


def _take(made: dict[UUID, list[Move]], loan: UUID, moves: Iterable[Move]) -> Decimal:
    kept = [move for move in moves if move.amount]
    if kept:
        made.setdefault(loan, []).extend(kept)
    return -sum((move.amount for move in kept), ZERO)


def _move(line: Line, slot: Slot) -> Move:
    """Return a line as a move: why this debt and why this part, each with what it rests on."""
    return Move(slot, -line.paid, "/".join(reason.code for reason in line.reasons), law_text(line.reasons))


def laid_by_kind(
    *, loan: UUID, amount: Decimal, books: Books, terms: Terms, policy: Policy, on: date
) -> dict[PartKind, Decimal]:
    """Return what of each kind a sum would pay on one loan alone, in its own order; books are not changed."""
    debt = debt_of(loan=loan, terms=terms.loans[loan], place=terms, parts=books.parts_of(loan), policy=policy, on=on)
    order = order_of(policy=policy, terms=terms, product=terms.loans[loan].product, overdue_days=0, on=on)
    found = allocate(amount=amount, currency=terms.loans[loan].currency, debts=[debt], order=order, on=on)
    kinds = {part.key: part.kind for part in debt.parts}
    laid: dict[PartKind, Decimal] = {}
    for line in found.lines:
        laid[kinds[line.part]] = laid.get(kinds[line.part], ZERO) + line.paid
    return laid


def law_text(reasons: Iterable[Reason]) -> str:
    """Return the articles of reasons as a posting keeps them: instrument, article, confidence; in their order."""
    articles = dict.fromkeys(reason.article for reason in reasons if reason.article is not None)
    return "; ".join(f"{one.instrument}|{one.article}|{one.confidence.value}" for one in articles)
