"""News of money by the interface or a provider: recorded, and put on the debts where the sender says whose it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.book.owing import loan_owner_reading
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan, NothingToPayOn
from qingshou.features.repayment.operations.receipt_rows import Told
from qingshou.features.repayment.operations.receipts import (
    Applied,
    ChosenBy,
    record_receipt,
    take_receipt,
)
from qingshou.features.repayment.queries.receipts import owner_of_reference
from qingshou.features.repayment.rules.references import find_references
from qingshou.kernel.money import ZERO
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant, tenant_reading
from qingshou.tenancy.reading import read_together


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of one piece of news. Not applied: it waits in the queue for whoever matches it."""

    applied: Applied
    is_repeat: bool


def take_in(*, told: Told, actor: Actor, now: datetime, loan_ref: str = "") -> TakenIn:
    """Record a receipt, and put it on the debts of whom the loan or a reference of ours names.

    Takes   loan_ref  the lender's own number: the debtor's choice comes first, as the sender tells it
    Gives   TakenIn   without a name, or where the debtor has no loan in the currency, it waits in the queue
    Stops   UnfitAmount, ReceiptDiffers
            NoSuchLoan  a loan is named that is not there; then nothing is recorded
    """
    lender, owner = _lender_and_owner(told, loan_ref)
    if owner is not None:
        borrower, loan = owner
        try:
            applied = take_receipt(
                borrower_id=borrower, loan_ids=[loan] if loan else None,
                chosen_by=ChosenBy.DEBTOR if loan_ref else ChosenBy.RULE,
                matched_by="LOAN_NAMED" if loan_ref else "REFERENCE",
                source=told.source, external_ref=told.external_ref, amount=told.amount, currency=told.currency,
                value_date=told.value_date, payment_ref=told.payment_ref, payer_name=told.payer_name,
                payer_account=told.payer_account, remittance=told.remittance, actor=actor, now=now, lender=lender,
            )  # fmt: skip
            return TakenIn(applied, applied.is_repeat)
        except NothingToPayOn:
            pass  # the money is there all the same: it waits for a person
    with transaction.atomic():
        recorded = record_receipt(
            source=told.source, external_ref=told.external_ref, amount=told.amount, currency=told.currency,
            value_date=told.value_date, payment_ref=told.payment_ref, payer_name=told.payer_name,
            payer_account=told.payer_account, remittance=told.remittance, actor=actor, now=now,
        )  # fmt: skip
    return TakenIn(
        Applied(recorded.receipt, unapplied=ZERO if recorded.is_repeat else told.amount), recorded.is_repeat
    )  # fmt: skip


def _lender_and_owner(told: Told, loan_ref: str) -> tuple[Tenant, tuple[UUID, UUID | None] | None]:
    if not loan_ref:
        return current_tenant(), _owner_by_reference(told)
    lender, found = read_together(tenant_reading(), loan_owner_reading(loan_ref=loan_ref))
    if found is None:
        raise NoSuchLoan("There is no such loan in the working set: check the number, or leave it out.")
    loan, borrower = found
    return lender, (borrower, loan)


def _owner_by_reference(told: Told) -> tuple[UUID, UUID | None] | None:
    for reference in find_references(f"{told.payment_ref} {told.remittance}"):
        owner = owner_of_reference(reference=reference)
        if owner is not None:
            return owner
    return None
