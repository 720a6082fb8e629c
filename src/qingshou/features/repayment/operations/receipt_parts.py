"""One sum for several debtors (a couple's transfer, an employer paying for many): split into parts, joined again.

Each part is a receipt of one debtor and behaves as any other. The whole keeps what was told of it, and stands at zero
while its parts stand; what they add up to is the whole (I3). Taking the whole back takes every part back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.repayment.faultpoints import reach
from qingshou.features.repayment.models import Account, Posting, Receipt, Transaction
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.ledger_errors import (
    GivenBack,
    NoSuchReceipt,
    NotSplit,
    PartOfReceipt,
    ReceiptEnded,
    UnfitAmount,
)
from qingshou.features.repayment.operations.ledger_opening import lock_books, open_before_locking
from qingshou.features.repayment.operations.locked_books import load_books, unapplied_account
from qingshou.features.repayment.operations.receipt_returns import (
    MovedMeanwhile,
    TakenBack,
    ensure_none_refunded,
    reverse_receipt,
    take_off,
)
from qingshou.features.repayment.operations.receipt_rows import Told, build_receipt, check_amount, locked_receipt
from qingshou.features.repayment.operations.receipts import Applied, ChosenBy, day_of, put_on_debts
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.queries.receipts import QUEUE_STATES
from qingshou.kernel.money import ZERO
from qingshou.tenancy.queries import current_tenant

PARTS_MAX = 200
SOURCE = "SPLIT"


@dataclass(frozen=True, slots=True)
class Share:
    """What of a receipt is for one debtor; on these loans only where some are named, else by law and policy."""

    borrower_id: UUID
    amount: Decimal
    loan_ids: tuple[UUID, ...] = ()


def split_over_debtors(
    *, receipt_id: UUID, shares: Sequence[Share], actor: Actor, now: datetime
) -> list[Applied]:  # fmt: skip
    """Split a receipt that stands on no debt over several debtors, and put each part on its debtor's loans.

    All of it or nothing: every debtor's ledgers are locked together, in id order, before the receipt.

    Takes   shares  two or more; they add up to the receipt, to the cent
    Gives   what became of each part, by debtor; what a debt cannot take stays unapplied on its part
    Stops   NoSuchReceipt, ReceiptEnded
            PartOfReceipt   it is a part itself: join the whole, and split that anew
            UnfitAmount     a share not above zero, or finer than the currency; their sum is another
            GivenBack       some of it was given back before
            NothingToPayOn  a debtor has no loan in the currency; then nothing is split
    """
    if not 1 < len(shares) <= PARTS_MAX:
        raise UnfitAmount(f"A receipt is split into two to {PARTS_MAX} shares: name each debtor with an amount.")
    with transaction.atomic():
        lender, ordered = current_tenant(), sorted(shares, key=lambda one: one.borrower_id)
        debtors = sorted({one.borrower_id for one in ordered})
        open_before_locking(borrower_ids=debtors, lender=lender, actor=actor, now=now)
        locked_books.lock_ledgers(debtors)
        reach("locked")
        receipt = locked_receipt(receipt_id)
        _ensure_may_split(receipt, ordered)
        parts = _make_parts(receipt, ordered, actor, now)
        done = []
        for part, share in zip(parts, ordered, strict=True):
            books = lock_books(borrower_id=share.borrower_id, lender=lender, actor=actor, now=now, receipts=[part.id])
            done.append(
                put_on_debts(
                    part, books, loan_ids=share.loan_ids or None, chosen_by=ChosenBy.LENDER, matched_by=actor.name,
                    actor=actor, now=now, is_new=True,
                )
            )  # fmt: skip
        facts = {"parts": {str(one.id): one.amount for one in parts}, "currency": receipt.currency}
        record(subject_kind="RECEIPT", subject_id=receipt.id, action="RECEIPT_SPLIT", actor=actor, now=now, facts=facts)
    reach("committed")
    return done


def join_parts(*, receipt_id: UUID, reason: str, actor: Actor, now: datetime) -> TakenBack:
    """Take every part of a split receipt off the debts and make it one again, in the queue.

    Stops   NoSuchReceipt
            NotSplit        it is not split, or somebody joined it before
            GivenBack       of some part money was given back to the payer
            MovedMeanwhile  a part went to another debtor between looking and locking
    """
    with transaction.atomic():
        lender = current_tenant()
        looked = dict(_live_parts(receipt_id).values_list("id", "borrower_id"))
        ledgers = locked_books.lock_ledgers(sorted({one for one in looked.values() if one is not None}))
        rows = Receipt.objects.select_for_update(no_key=True).filter(id__in=[receipt_id, *looked]).order_by("id")
        by_id = {one.id: one for one in rows}
        whole = by_id.pop(receipt_id, None)
        if whole is None:
            raise NoSuchReceipt("There is no such receipt, or it is not for you.")
        if whole.state != "SPLIT":
            raise NotSplit("This receipt is not split, or somebody joined its parts before: look again.")
        if {key: one.borrower_id for key, one in by_id.items()} != looked or _is_partial(whole, by_id.values()):
            raise MovedMeanwhile("Somebody moved a part of this receipt at the same moment: look again.")
        day, redone = day_of(lender, now), 0
        for part in sorted(by_id.values(), key=lambda one: str(one.borrower_id)):
            redone += _end_part(part, ledgers, reason, day, actor, now)
        _post_joined(whole, list(by_id.values()), day, actor, now)
        record(
            subject_kind="RECEIPT", subject_id=whole.id, action="RECEIPT_JOINED", actor=actor, now=now,
            facts={"parts": sorted(str(one) for one in by_id), "reason": reason[:40], "redone": redone},
        )  # fmt: skip
        for borrower in sorted({one for one in looked.values() if one is not None}):
            tell_money_moved(borrower_id=borrower, on=day, actor=actor, now=now)
    return TakenBack(whole, redone=redone)


def reverse_whole(
    *, receipt_id: UUID, reversal_ref: str, reason: str, actor: Actor, now: datetime, on: date | None = None
) -> TakenBack:
    """Reverse a receipt, and where it was split over several debtors every part of it, in one transaction.

    Takes, gives and stops as reverse_receipt
    """
    with transaction.atomic():
        if Receipt.objects.filter(id=receipt_id, state="SPLIT").exists():
            join_parts(receipt_id=receipt_id, reason=reason, actor=actor, now=now)
        return reverse_receipt(
            receipt_id=receipt_id, reversal_ref=reversal_ref, reason=reason, actor=actor, now=now, on=on
        )


def _ensure_may_split(receipt: Receipt, shares: Sequence[Share]) -> None:
    if receipt.whole_id is not None:
        raise PartOfReceipt("This is a part of a receipt split over several debtors: join them, and split it anew.")
    if receipt.state not in QUEUE_STATES:
        raise ReceiptEnded("This receipt stands on debts, was split or has ended: take it off the debts first.")
    for one in shares:
        check_amount(one.amount, receipt.currency)
    if sum((one.amount for one in shares), ZERO) != receipt.amount:
        raise UnfitAmount("The shares do not add up to the receipt: correct them to the cent.")
    ensure_none_refunded(receipt)


def _make_parts(receipt: Receipt, shares: Sequence[Share], actor: Actor, now: datetime) -> list[Receipt]:
    """Write the parts with their accounts, and one transaction that brings the whole's money onto them."""
    begun = Receipt.objects.filter(whole=receipt).count()
    parts = []
    for place, share in enumerate(shares, start=begun + 1):
        told = Told(
            source=SOURCE, external_ref=f"{receipt.id}:{place}", amount=share.amount, currency=receipt.currency,
            value_date=receipt.value_date, payment_ref=receipt.payment_ref, source_ref=receipt.external_ref,
        )  # fmt: skip
        part = build_receipt(told, receipt.tenant_id, now)
        part.whole = receipt
        parts.append(part)
    Receipt.objects.bulk_create(parts)
    Account.objects.bulk_create(
        [
            Account(id=unapplied_account(one.id), receipt=one, kind="UNAPPLIED", currency=one.currency,
                    balance=-one.amount)
            for one in parts
        ]
    )  # fmt: skip
    moved = Transaction.objects.create(
        id=uuid4(), receipt=receipt, kind="SPLIT", effective_date=receipt.value_date, actor_name=actor.name,
        recorded_at=now,
    )  # fmt: skip
    _post(moved, receipt, parts, sign=1)
    receipt.state, receipt.proposals, receipt.matched_by = "SPLIT", [], actor.name[:60]
    receipt.save(update_fields=["state", "proposals", "matched_by"])
    return parts


def _end_part(
    part: Receipt, ledgers: Sequence[locked_books.LedgerRow], reason: str, day: date, actor: Actor, now: datetime
) -> int:
    """Take one part off its debtor's loans for good; gives how many later steps were done again."""
    if part.state == "REFUNDED":
        raise GivenBack("A part of this receipt was given back to the payer: settle that with the payer first.")
    ensure_none_refunded(part)
    part.state, part.reversed_on, part.ended_reason, part.proposals = "REVERSED", day, "JOINED", []
    redone = 0
    if part.borrower_id is None:
        part.save(update_fields=["state", "reversed_on", "ended_reason", "proposals"])
    else:
        books = load_books(borrower_id=part.borrower_id, lender=current_tenant(), ledgers=ledgers, receipts=[part.id])
        found = take_off(part, books, day, actor, now, end=lambda rows, _: rows.set_receipt(part))
        redone = len(found.changed)
    record(
        subject_kind="RECEIPT", subject_id=part.id, action="RECEIPT_JOINED", actor=actor, now=now,
        facts={"whole": part.whole_id, "amount": part.amount, "currency": part.currency, "reason": reason[:40],
               "redone": redone},
    )  # fmt: skip
    return redone


def _post_joined(whole: Receipt, parts: Sequence[Receipt], day: date, actor: Actor, now: datetime) -> None:
    split = Transaction.objects.get(receipt=whole, kind="SPLIT", reversed_by__isnull=True)
    back = Transaction.objects.create(
        id=uuid4(), receipt=whole, kind="REVERSAL", effective_date=day, reverses=split, actor_name=actor.name,
        recorded_at=now,
    )  # fmt: skip
    _post(back, whole, parts, sign=-1)
    whole.state, whole.matched_by = "UNMATCHED", ""
    whole.save(update_fields=["state", "matched_by"])


def _post(moved: Transaction, whole: Receipt, parts: Sequence[Receipt], *, sign: int) -> None:
    """Post from the whole to its parts, or back where `sign` is below zero, and keep the balances."""
    reason = "SPLIT" if sign > 0 else "JOINED"
    sides = [(unapplied_account(whole.id), sign * whole.amount)]
    sides += [(unapplied_account(one.id), -sign * one.amount) for one in parts]
    Posting.objects.bulk_create(
        [Posting(transaction=moved, account_id=account, amount=amount, reason=reason) for account, amount in sides]
    )
    Account.objects.filter(id=unapplied_account(whole.id)).update(balance=F("balance") + sign * whole.amount)
    if sign < 0:
        for one in parts:
            Account.objects.filter(id=unapplied_account(one.id)).update(balance=F("balance") + one.amount)


def _live_parts(receipt_id: UUID) -> QuerySet[Receipt]:
    return Receipt.objects.filter(whole=receipt_id).exclude(state="REVERSED")


def _is_partial(whole: Receipt, parts: Iterable[Receipt]) -> bool:
    """Tell whether the parts that were looked at are not all of the whole: it was joined and split anew meanwhile."""
    return sum((one.amount for one in parts if one.state != "REVERSED"), ZERO) != whole.amount
