"""Money that came in: recorded once, put on debts by law and policy, the rest shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.owing import payments_with_refs
from qingshou.features.contact.queries.stops import list_stops
from qingshou.features.repayment.faultpoints import reach
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.applied_lines import lines_of
from qingshou.features.repayment.operations.ledger_errors import (
    NothingToPayOn,
    NothingUnapplied,
    ReceiptDiffers,
    ReceiptEnded,
)
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.locked_books import LockedBooks, add_receipt, load_receipts
from qingshou.features.repayment.operations.receipt_rows import Told, insert_receipt, locked_receipt
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.operations.replay import run
from qingshou.features.repayment.queries.receipts import ExplainedLine
from qingshou.features.repayment.rules.books import Unapplied
from qingshou.features.repayment.rules.steps import Step, StepKind
from qingshou.kernel.money import ZERO
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant


class ChosenBy(StrEnum):
    """Who said which loans a receipt is for."""

    DEBTOR = "DEBTOR"  # they come first, in the order named (民法典 560); what is left goes on to the others
    RULE = "RULE"  # the payment's own reference names them, which is the debtor's word
    LENDER = "LENDER"  # one of our people: the money goes to these and no others


@dataclass(frozen=True, slots=True)
class Recorded:
    """A receipt, and whether it had been told before."""

    receipt: Receipt
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a receipt: what went to which loan and why, what is left of it, how many later steps were done
    again."""

    receipt: Receipt
    by_loan: dict[UUID, Decimal] = field(default_factory=dict)
    unapplied: Decimal = ZERO
    redone: int = 0
    clipped: Decimal = ZERO
    is_repeat: bool = False
    lines: tuple[ExplainedLine, ...] = ()

    @property
    def applied(self) -> Decimal:
        """What went to loans."""
        return sum(self.by_loan.values(), ZERO)


def record_receipt(
    *,
    source: str,
    external_ref: str,
    amount: Decimal,
    currency: str,
    value_date: date,
    actor: Actor,
    now: datetime,
    payment_ref: str = "",
    payer_name: str = "",
    payer_account: str = "",
    remittance: str = "",
    bank_file_id: UUID | None = None,
    line_no: int | None = None,
) -> Recorded:
    """Record a sum that came in, exactly once by source and id: debit CASH, credit its own unapplied money.

    Takes   source        BANK_FILE, API, WEBHOOK or CASH
            external_ref  the bank's or provider's own id
    Gives   Recorded      nobody knows whose it is yet; told again, it is the receipt of the first time
    Stops   UnfitAmount    not above zero, or finer than the currency
            ReceiptDiffers the same id was told before with another amount, currency or day
    """
    told = Told(
        source=source, external_ref=external_ref, amount=amount, currency=currency, value_date=value_date,
        payment_ref=payment_ref, payer_name=payer_name, payer_account=payer_account, remittance=remittance,
        bank_file_id=bank_file_id, line_no=line_no,
    )  # fmt: skip
    with transaction.atomic():
        recorded = _insert(told, actor, now)
        if not recorded.is_repeat:
            record(
                subject_kind="RECEIPT", subject_id=recorded.receipt.id, action="RECEIPT_RECORDED", actor=actor,
                now=now, facts=_told(recorded.receipt), is_first=True,
            )  # fmt: skip
    return recorded


def apply_receipt(
    *,
    receipt_id: UUID,
    borrower_id: UUID,
    actor: Actor,
    now: datetime,
    loan_ids: Sequence[UUID] | None = None,
    chosen_by: ChosenBy = ChosenBy.RULE,
    matched_by: str = "",
    amount: Decimal | None = None,
) -> Applied:
    """Put what is left of a receipt on a debtor's loans, as of its value date; what came after is done again.

    Takes   loan_ids    None: by law and policy alone
            chosen_by   what naming loans means (see ChosenBy)
            matched_by  a rule's code or one of our people; without it the actor's name
            amount      at most so much of it; None: all that is left
    Gives   Applied     what is left stays unapplied and is shown
    Stops   NoSuchReceipt, ReceiptEnded, NothingUnapplied
            NothingToPayOn  the debtor has no loan in its currency, or none of those named is the debtor's
            Conflict        it is another debtor's: move_receipt
    """
    with transaction.atomic():
        locked = lock_books(borrower_id=borrower_id, lender=current_tenant(), actor=actor, now=now)
        reach("locked")
        receipt = locked_receipt(receipt_id)
        return put_on_debts(
            receipt, locked, loan_ids=loan_ids, chosen_by=chosen_by, matched_by=matched_by, actor=actor, now=now,
            most=amount,
        )  # fmt: skip


def take_receipt(
    *,
    borrower_id: UUID,
    source: str,
    external_ref: str,
    amount: Decimal,
    currency: str,
    value_date: date,
    actor: Actor,
    now: datetime,
    loan_ids: Sequence[UUID] | None = None,
    chosen_by: ChosenBy = ChosenBy.RULE,
    matched_by: str = "",
    payment_ref: str = "",
    payer_name: str = "",
    payer_account: str = "",
    remittance: str = "",
    source_ref: str = "",
    lender: Tenant | None = None,
) -> Applied:
    """Record a receipt whose debtor is known, and put it on the debts, in one transaction.

    Takes   lender   the one in force, where the caller has read it already
    Gives   Applied  told again, the receipt as it stands, without movements
    Stops   as record_receipt and apply_receipt; then neither is done
    """
    told = Told(
        source=source, external_ref=external_ref, amount=amount, currency=currency, value_date=value_date,
        payment_ref=payment_ref, payer_name=payer_name, payer_account=payer_account, remittance=remittance,
        source_ref=source_ref,
    )  # fmt: skip
    with transaction.atomic():
        # the debtor's ledgers before the receipt: whoever reverses it at the same moment takes them in this order
        locked = lock_books(borrower_id=borrower_id, lender=lender or current_tenant(), actor=actor, now=now)
        reach("locked")
        recorded = _insert(told, actor, now)
        if recorded.is_repeat:
            return Applied(recorded.receipt, is_repeat=True)
        add_receipt(locked, recorded.receipt.id, amount)
        done = put_on_debts(
            recorded.receipt, locked, loan_ids=loan_ids, chosen_by=chosen_by, matched_by=matched_by, actor=actor,
            now=now, is_new=True,
        )  # fmt: skip
    reach("committed")
    return done


def put_on_debts(
    receipt: Receipt,
    locked: LockedBooks,
    *,
    loan_ids: Sequence[UUID] | None,
    chosen_by: ChosenBy,
    matched_by: str,
    actor: Actor,
    now: datetime,
    most: Decimal | None = None,
    is_new: bool = False,
) -> Applied:
    """Apply a receipt under the locks of the debtor's ledgers and its own; the caller's transaction.

    Takes   is_new  it was recorded in this transaction: one event of the record tells of both
    """
    load_receipts(locked, [receipt.id])
    left = locked.books.unapplied[receipt.id]
    _ensure_may_apply(receipt, locked, left)
    step = _step(receipt, locked, left if most is None else min(left, most), loan_ids, chosen_by)
    receipt.borrower_id, receipt.state, receipt.proposals = locked.borrower_id, "APPLIED", []
    receipt.matched_by = (matched_by or actor.name)[:60]
    found = run(
        locked, actor=actor, now=now, add=[step], end=lambda rows, _: rows.set_receipt(receipt)
    )  # fmt: skip
    reach("written")
    (done,) = [one.done for one in found.steps if one.step.order == step.order]
    by_loan = {
        loan: sum((move.amount for move in moves if move.place == Unapplied(receipt.id)), ZERO)
        for loan, moves in done.items()
    }
    applied = Applied(
        receipt, by_loan, locked.books.unapplied[receipt.id],
        sum(1 for one in found.changed if one.step.order != step.order), found.clipped,
        lines=tuple(lines_of(step, done, locked)),
    )  # fmt: skip
    _record_applied(applied, step, _told(receipt) if is_new else {}, actor, now)
    tell_money_moved(borrower_id=locked.borrower_id, on=day_of(locked.lender, now), actor=actor, now=now)
    reach("told")
    return applied


def day_of(lender: Tenant, now: datetime) -> date:
    """Return the day it is where the lender is."""
    return now.astimezone(ZoneInfo(lender.time_zone)).date()


def _insert(told: Told, actor: Actor, now: datetime) -> Recorded:
    made = insert_receipt(told, tenant_id=current_tenant_id(), actor=actor, now=now)
    if made is not None:
        reach("recorded")
        return Recorded(made, is_repeat=False)
    known = Receipt.objects.get(source=told.source, external_ref=told.external_ref)
    if known.body_hash != told.body_hash:
        raise ReceiptDiffers(
            "This id was told before with another amount, currency or value date. One of the two is wrong: send "
            "the same again, or, if it is another payment, its own id.",
            receipt=str(known.id),
        )
    return Recorded(known, is_repeat=True)


def _told(receipt: Receipt) -> dict[str, object]:
    """Return what the record keeps of a receipt."""
    return {
        "source": receipt.source, "external_ref": receipt.external_ref, "amount": receipt.amount,
        "currency": receipt.currency, "value_date": receipt.value_date, "payment_ref": receipt.payment_ref,
    }  # fmt: skip


def _ensure_may_apply(receipt: Receipt, locked: LockedBooks, left: Decimal) -> None:
    if receipt.state in ("REVERSED", "REFUNDED"):
        raise ReceiptEnded("This receipt was reversed or given back: nothing of it can be put on a debt.")
    if receipt.borrower_id not in (None, locked.borrower_id):
        raise ReceiptEnded("This receipt is another debtor's: move it instead, with a reason.")
    if left <= 0:
        raise NothingUnapplied("Nothing is left of this receipt: all of it stands on debts already.")


def _step(
    receipt: Receipt, locked: LockedBooks, left: Decimal, loan_ids: Sequence[UUID] | None, chosen_by: ChosenBy
) -> Step:
    mine = [row.id for row in locked.ledgers.values() if row.currency == receipt.currency]
    named = [loan for loan in loan_ids or () if loan in mine]
    if not mine or (loan_ids and not named):
        raise NothingToPayOn(
            f"The debtor has no loan with a ledger in {receipt.currency} that this could be put on: leave it in the "
            "queue, or choose another debtor."
        )
    scope = named if named and chosen_by is ChosenBy.LENDER else None
    facts: dict[str, Any] = {
        "on": receipt.value_date.isoformat(),
        "currency": receipt.currency,
        "amount": str(left),
        "chosen_by": chosen_by.value,
        "chosen": [str(loan) for loan in named],
        "policy": locked.policy.as_facts(),
        "orders": locked.orders,
    }
    if scope is not None:
        facts["scope"] = [str(loan) for loan in scope]
    if any(locked.ledgers[loan].tape_as_of >= receipt.value_date for loan in mine):
        facts["booked"] = booked_by_tape(receipt, scope or mine)
    if locked.lender.jurisdiction == "us":
        facts["disputed"] = _disputed(locked.borrower_id)
    return Step(
        StepKind.ALLOCATION, locked.earliest_effect(receipt.value_date, scope or mine), locked.next_sequence, facts,
        None, receipt.id,
    )  # fmt: skip


def booked_by_tape(receipt: Receipt, loans: Sequence[UUID]) -> dict[str, str]:
    """Return loan -> how much of a receipt its tape shows as paid, found by the receipt's own references."""
    of_whole = [receipt.source_ref] if receipt.whole_id else []  # the tape knows the whole sum's number
    shown = payments_with_refs(loan_ids=loans, refs=[receipt.external_ref, receipt.payment_ref, *of_whole])
    return {str(loan): str(amount) for loan, _, amount in shown if amount > 0}


def _disputed(borrower_id: UUID) -> list[str]:
    return [
        str(stop.loan_id)
        for stop in list_stops(borrower_id=borrower_id)
        if stop.kind == "DISPUTE" and stop.loan_id is not None and stop.lifted_at is None
    ]


def _record_applied(
    applied: Applied, step: Step, told: dict[str, object], actor: Actor, now: datetime
) -> None:  # fmt: skip
    facts: dict[str, object] = told | {
        "borrower": applied.receipt.borrower_id, "effective_date": step.effective_date,
        "chosen_by": step.facts["chosen_by"],
        "matched_by": applied.receipt.matched_by, "applied": applied.applied, "unapplied": applied.unapplied,
        "loans": {str(loan): amount for loan, amount in sorted(applied.by_loan.items())}, "redone": applied.redone,
    }  # fmt: skip
    if applied.clipped:
        facts["waivers_clipped"] = applied.clipped
    record(
        subject_kind="RECEIPT", subject_id=applied.receipt.id, action="RECEIPT_APPLIED", actor=actor, now=now,
        facts=facts, rule=str(step.facts["policy"].get("policy", "")), is_first=bool(told),
    )  # fmt: skip
