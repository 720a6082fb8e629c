"""Receipts taken back: by the bank, by us because they were another's, or given back to the payer.

What a receipt did is reversed by mirrored postings, and what came after on those loans is done again. Where a tape
counted it in since, the tape's figure no longer holds: the sum is owed again from that day on (a RESTORE step).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.owing import lists_payments
from qingshou.features.repayment.faultpoints import reach
from qingshou.features.repayment.models import Receipt, Transaction
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.ledger_errors import (
    AlreadyReversed,
    GivenBack,
    NoSuchReceipt,
    NothingApplied,
    NothingUnapplied,
    PartOfReceipt,
    ReceiptEnded,
)
from qingshou.features.repayment.operations.ledger_opening import lock_books, open_before_locking
from qingshou.features.repayment.operations.locked_books import LockedBooks, load_books, load_receipts
from qingshou.features.repayment.operations.posting import Writing
from qingshou.features.repayment.operations.receipt_rows import check_amount, locked_receipt
from qingshou.features.repayment.operations.receipts import (
    Applied,
    ChosenBy,
    booked_by_tape,
    day_of,
    put_on_debts,
)
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.operations.replay import Order, Recorded, run, steps_from, steps_of_receipt
from qingshou.features.repayment.rules.books import TAPE, Slot, Unapplied
from qingshou.features.repayment.rules.replaying import Replayed
from qingshou.features.repayment.rules.steps import Step, StepKind, slots_as_facts
from qingshou.kernel.errors import Conflict
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.queries import current_tenant

End = Callable[[Writing, LockedBooks], None]


class MovedMeanwhile(Conflict):
    """The receipt went to another debtor between looking and locking."""

    code = "RECEIPT_MOVED"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A receipt that was taken back; told again, it is the first time's, without movements."""

    receipt: Receipt
    is_repeat: bool = False
    redone: int = 0


def reverse_receipt(
    *, receipt_id: UUID, reversal_ref: str, reason: str, actor: Actor, now: datetime, on: date | None = None
) -> TakenBack:
    """Reverse a receipt: the bank took the money back, or a second person agreed that it never was one.

    Takes   reversal_ref  the bank's id of the taking back, or the approval's: the same twice acts once
            reason        a code
            on            the day it was taken back; the lender's today where it is not told
    Gives   TakenBack
    Stops   NoSuchReceipt
            AlreadyReversed  under another reference
            GivenBack        part of it was refunded: the loss is a matter for a person
            PartOfReceipt    of one that is split: reverse_whole
    """
    with transaction.atomic():
        lender = current_tenant()
        receipt, locked = _locked(receipt_id)
        if receipt.state == "REVERSED":
            if receipt.reversal_ref == reversal_ref:
                return TakenBack(receipt, is_repeat=True)
            raise AlreadyReversed("This receipt was reversed before, under another reference: nothing more to reverse.")
        ensure_whole(receipt)
        if locked is None:
            locked = locked_books.LockedBooks(
                receipt.borrower_id or receipt.id, lender, {}, locked_books.Terms(lender.jurisdiction),
                locked_books.Books(frozenset()),
            )  # fmt: skip
        load_receipts(locked, [receipt.id])
        day = on or day_of(lender, now)
        ensure_none_refunded(receipt)
        receipt.state, receipt.reversed_on, receipt.reversal_ref = "REVERSED", day, reversal_ref
        receipt.ended_reason, receipt.proposals = reason[:40], []
        found = take_off(receipt, locked, day, actor, now, end=lambda rows, books: _mirror(receipt, rows, books))
        reach("written")
        record(
            subject_kind="RECEIPT", subject_id=receipt.id, action="RECEIPT_REVERSED", actor=actor, now=now,
            facts={"reversal_ref": reversal_ref, "reason": receipt.ended_reason, "on": day, "amount": receipt.amount,
                   "currency": receipt.currency, "redone": len(found.changed)},
        )  # fmt: skip
        _tell(receipt.borrower_id, locked, actor, now)
        reach("told")
    reach("committed")
    return TakenBack(receipt, redone=len(found.changed))


def unapply_receipt(*, receipt_id: UUID, reason: str, actor: Actor, now: datetime) -> TakenBack:
    """Take a receipt off the debts and put it back into the queue: it is not this debtor's.

    Stops   NoSuchReceipt, ReceiptEnded, NothingApplied
    """
    with transaction.atomic():
        receipt, locked = _locked(receipt_id)
        former = _ensure_applied(receipt, locked)
        receipt.state, receipt.borrower_id, receipt.matched_by = "UNMATCHED", None, ""
        found = take_off(
            receipt, former, day_of(former.lender, now), actor, now, end=lambda rows, _: rows.set_receipt(receipt)
        )
        _record_moved(receipt, "RECEIPT_UNAPPLIED", reason, former.borrower_id, None, found, actor, now)
        _tell(former.borrower_id, former, actor, now)
    return TakenBack(receipt, redone=len(found.changed))


def move_receipt(
    *,
    receipt_id: UUID,
    borrower_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    loan_ids: Sequence[UUID] | None = None,
    chosen_by: ChosenBy = ChosenBy.LENDER,
) -> Applied:
    """Put a receipt on another debtor's loans: it had been matched wrongly. Both debtors' ledgers are locked together.

    Stops   NoSuchReceipt, ReceiptEnded, NothingApplied, NothingToPayOn; then it stays where it was
    """
    with transaction.atomic():
        lender = current_tenant()
        looked = Receipt.objects.filter(id=receipt_id).values_list("borrower_id").first()
        if looked is None:
            raise NoSuchReceipt("There is no such receipt, or it is not for you.")
        both = sorted({borrower_id} | ({looked[0]} if looked[0] else set()))
        open_before_locking(borrower_ids=[borrower_id], lender=lender, actor=actor, now=now)
        ledgers = locked_books.lock_ledgers(both)
        receipt = locked_receipt(receipt_id)
        if receipt.borrower_id != looked[0]:
            raise MovedMeanwhile("Somebody moved this receipt at the same moment: look again.")
        former = _ensure_applied(
            receipt, load_books(borrower_id=receipt.borrower_id, lender=lender, ledgers=ledgers)
            if receipt.borrower_id else None,
        )  # fmt: skip
        found = take_off(receipt, former, day_of(lender, now), actor, now)
        receipt.state, receipt.borrower_id, receipt.matched_by = "UNMATCHED", None, ""
        _record_moved(receipt, "RECEIPT_MOVED", reason, former.borrower_id, borrower_id, found, actor, now)
        to = lock_books(borrower_id=borrower_id, lender=lender, actor=actor, now=now, receipts=[receipt.id])
        applied = put_on_debts(
            receipt, to, loan_ids=loan_ids, chosen_by=chosen_by, matched_by=actor.name, actor=actor, now=now
        )
        _tell(former.borrower_id, former, actor, now)
    return applied


def refund_unapplied(
    *, receipt_id: UUID, reason: str, actor: Actor, now: datetime, amount: Decimal | None = None
) -> Decimal:
    """Give back to the payer what no debt took; returns how much.

    Takes   amount  None: all that is left
    Stops   NoSuchReceipt, ReceiptEnded, UnfitAmount
            NothingUnapplied  nothing, or less than the amount, is left
    """
    with transaction.atomic():
        lender = current_tenant()
        receipt, locked = _locked(receipt_id)
        if receipt.state in ("REVERSED", "REFUNDED"):
            raise ReceiptEnded("This receipt was reversed or given back already.")
        books = locked or locked_books.LockedBooks(
            receipt.id, lender, {}, locked_books.Terms(lender.jurisdiction), locked_books.Books(frozenset())
        )
        load_receipts(books, [receipt.id])
        left = books.books.unapplied[receipt.id]
        given = left if amount is None else amount
        if given <= 0 or given > left:
            raise NothingUnapplied(
                "Less than that is left of this receipt: what stands on debts must be taken off first."
            )
        check_amount(given, receipt.currency)
        if given == receipt.amount or (given == left and receipt.state != "APPLIED"):
            receipt.state, receipt.ended_reason = "REFUNDED", reason[:40]
        run(books, actor=actor, now=now, end=lambda rows, _: _give(receipt, rows, books, given, day_of(lender, now)))
        record(
            subject_kind="RECEIPT", subject_id=receipt.id, action="RECEIPT_REFUNDED", actor=actor, now=now,
            facts={"amount": given, "currency": receipt.currency, "left": left - given, "reason": reason[:40]},
        )  # fmt: skip
        if locked is not None:
            _tell(receipt.borrower_id, locked, actor, now)
    return given


def _locked(receipt_id: UUID) -> tuple[Receipt, LockedBooks | None]:
    """Return a receipt and its debtor's books, both locked, the ledgers first; None where nobody knows whose it is."""
    looked = Receipt.objects.filter(id=receipt_id).values_list("borrower_id").first()
    if looked is None:
        raise NoSuchReceipt("There is no such receipt, or it is not for you.")
    (borrower,) = looked
    ledgers = locked_books.lock_ledgers([borrower]) if borrower else []
    receipt = locked_receipt(receipt_id)
    if receipt.borrower_id != borrower:
        raise MovedMeanwhile("Somebody moved this receipt at the same moment: look again.")
    if not borrower:
        return receipt, None
    books = load_books(borrower_id=borrower, lender=current_tenant(), ledgers=ledgers, receipts=[receipt.id])
    return receipt, books


def _ensure_applied(receipt: Receipt, locked: LockedBooks | None) -> LockedBooks:
    if receipt.state in ("REVERSED", "REFUNDED"):
        raise ReceiptEnded("This receipt was reversed or given back already.")
    if locked is None or receipt.state != "APPLIED":
        raise NothingApplied("This receipt stands on no debt: match it instead.")
    return locked


def ensure_none_refunded(receipt: Receipt) -> None:
    """Stop with GivenBack where some of a receipt was given back to the payer."""
    if Transaction.objects.filter(receipt_id=receipt.id, kind="REFUND").exists():
        raise GivenBack(
            "Part of this receipt was given back to the payer before the bank took all of it: a person must settle "
            "with the bank and the payer first."
        )


def ensure_whole(receipt: Receipt) -> None:
    """Stop where a receipt is split, or a part of one: its money is taken back by receipt_parts.reverse_whole."""
    if receipt.whole_id is not None:
        raise PartOfReceipt("This is a part of a receipt split over several debtors: act on the whole of it.")
    if receipt.state == "SPLIT":
        raise MovedMeanwhile("Somebody split this receipt at the same moment: look again.")


def take_off(
    receipt: Receipt, locked: LockedBooks, on: date, actor: Actor, now: datetime, *, end: End | None = None
) -> Replayed:  # fmt: skip
    """Take what a receipt did off its debtor's loans, under their locks; what came after is done again."""
    drop = steps_of_receipt(locked, receipt.id) if locked.ledgers else []
    recorded = steps_from(locked, drop[0]) if drop else Recorded()
    add = _restored(receipt, locked, recorded, drop, on) if drop else []
    return run(
        locked, actor=actor, now=now, add=add, drop=drop, later=recorded if drop else None, end=end
    )  # fmt: skip


def _restored(receipt: Receipt, locked: LockedBooks, recorded: Recorded, drop: Sequence[Order], on: date) -> list[Step]:
    """Return a step for each loan whose tape counts the receipt in: what it took off is owed again.

    A tape that lists payments counts in those it shows; one that lists none is taken to count in all up to its day.
    """
    made: list[Step] = []
    tapes = {(step.loan, step.order) for step in recorded.steps if step.kind is StepKind.TAPE}
    for loan, parts in _laid(receipt, recorded, drop, tapes).items():
        if parts and _is_counted_in(receipt, loan):
            order = (locked.earliest_effect(on, [loan]), locked.next_sequence + len(made))
            facts = {"receipt": str(receipt.id), "parts": slots_as_facts(parts)}
            made.append(Step(StepKind.RESTORE, *order, facts, loan))
    return made


def _laid(
    receipt: Receipt, recorded: Recorded, drop: Sequence[Order], tapes: set[tuple[UUID | None, Order]]
) -> dict[UUID, dict[Slot, Decimal]]:
    """Return loan -> what the receipt took off parts before a tape spoke again, or what the tape had booked itself."""
    found: dict[UUID, dict[Slot, Decimal]] = {}
    for step in recorded.steps:
        if step.order not in drop:
            continue
        for loan, moves in step.was.items():
            is_followed = any(one == loan and order > step.order for one, order in tapes)
            parts = found.setdefault(loan, {})
            for move in moves:
                if isinstance(move.place, Slot) and is_followed:
                    parts[move.place] = parts.get(move.place, ZERO) - move.amount
                elif move.place == TAPE:
                    slot = Slot(loan, PartKind.UNSPLIT, receipt.value_date)
                    parts[slot] = parts.get(slot, ZERO) - move.amount
    return found


def _is_counted_in(receipt: Receipt, loan: UUID) -> bool:
    return not lists_payments() or bool(booked_by_tape(receipt, [loan]))


def _mirror(receipt: Receipt, rows: Writing, locked: LockedBooks) -> None:
    """Reverse the receipt itself: its money is no longer in the bank, and nothing of it is unapplied."""
    original = Transaction.objects.get(receipt_id=receipt.id, kind="RECEIPT")
    back = rows.add_transaction(
        kind="REVERSAL", effective_date=receipt.reversed_on or receipt.value_date, receipt=receipt.id,
        reverses=original.id,
    )  # fmt: skip
    cash, account = rows.own_account("CASH", receipt.currency), locked.accounts[Unapplied(receipt.id)]
    rows.add_posting(transaction=back, account=cash, amount=-receipt.amount, reason="REVERSED")
    rows.add_posting(transaction=back, account=account, amount=receipt.amount, reason="REVERSED")
    locked.books.unapplied[receipt.id] -= receipt.amount
    rows.set_receipt(receipt)


def _give(receipt: Receipt, rows: Writing, locked: LockedBooks, amount: Decimal, on: date) -> None:
    given = rows.add_transaction(kind="REFUND", effective_date=on, receipt=receipt.id)
    account = locked.accounts[Unapplied(receipt.id)]
    rows.add_posting(transaction=given, account=account, amount=amount, reason="REFUNDED")
    rows.add_posting(
        transaction=given, account=rows.own_account("REFUNDED", receipt.currency), amount=-amount, reason="REFUNDED"
    )
    locked.books.unapplied[receipt.id] -= amount
    rows.set_receipt(receipt)


def _record_moved(
    receipt: Receipt, action: str, reason: str, former: UUID, to: UUID | None, found: Replayed, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    facts = {"from": former, "reason": reason[:40], "redone": len(found.changed)} | ({"to": to} if to else {})
    record(
        subject_kind="RECEIPT", subject_id=receipt.id, action=action, actor=actor, now=now, facts=facts
    )  # fmt: skip


def _tell(borrower: UUID | None, locked: LockedBooks, actor: Actor, now: datetime) -> None:
    if borrower is not None:
        tell_money_moved(borrower_id=borrower, on=day_of(locked.lender, now), actor=actor, now=now)
