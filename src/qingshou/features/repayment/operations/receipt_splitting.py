"""A receipt split over a debtor's loans by a person: each loan its amount, the rest by law or left over."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.repayment.operations.ledger_errors import UnfitAmount
from qingshou.features.repayment.operations.receipts import Applied, ChosenBy, apply_receipt
from qingshou.kernel.money import ZERO


def split_receipt(
    *, receipt_id: UUID, borrower_id: UUID, shares: Mapping[UUID, Decimal], actor: Actor, now: datetime
) -> Applied:
    """Put named amounts of a receipt on named loans, all or none; what a loan cannot take stays unapplied.

    Takes   shares  loan -> at most so much, above zero
    Gives   Applied of the whole: by loan what each took
    Stops   UnfitAmount  no share, one not above zero, or more than there is; and as apply_receipt
    """
    if not shares or any(amount <= 0 for amount in shares.values()):
        raise UnfitAmount("Give each loan chosen an amount above zero.")
    by_loan: dict[UUID, Decimal] = {}
    redone = 0
    with transaction.atomic():
        for loan, amount in shares.items():
            done = apply_receipt(
                receipt_id=receipt_id, borrower_id=borrower_id, loan_ids=[loan], chosen_by=ChosenBy.LENDER,
                matched_by=actor.name, amount=amount, actor=actor, now=now,
            )  # fmt: skip
            by_loan |= done.by_loan
            redone += done.redone
        if sum(shares.values(), ZERO) > done.receipt.amount:
            raise UnfitAmount("The shares are more than the receipt: lower them.", why="SHARES_TOO_MUCH")
    return Applied(done.receipt, by_loan, done.unapplied, redone)
