"""Cash taken at the desk: numbered, put on the debts at once, the same form pressed twice is one receipt."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.ledger_errors import CashFormUsed
from qingshou.features.repayment.operations.receipts import Applied, ChosenBy, day_of, take_receipt
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.queries import current_tenant

SOURCE = "CASH"
_DIGITS = 4


def take_cash(
    *,
    borrower_id: UUID,
    amount: Decimal,
    currency: str,
    form_key: UUID,
    actor: Actor,
    now: datetime,
    loan_ids: Sequence[UUID] = (),
    payer_name: str = "",
    note: str = "",
) -> Applied:
    """Take cash from a debtor, or from somebody who pays for them.

    Takes   form_key    drawn when the form was shown: pressed twice, it is the receipt of the first time
            loan_ids    those the payer names come first; what is left goes on to the others by law
            payer_name  where it is not the debtor
    Gives   Applied     its receipt's `external_ref` is the number on the paper: C, the day, counted up
    Stops   UnfitAmount, NothingToPayOn; then nothing is recorded and no number is used
            CashFormUsed  the form was sent before with another amount or currency
    """
    with transaction.atomic():
        _wait_for_number()
        known = Receipt.objects.filter(source=SOURCE, source_ref=str(form_key)).first()
        if known is not None:
            if (known.amount, known.currency) != (amount, currency):
                raise CashFormUsed(
                    f"This form was sent before, with another amount: its paper is {known.external_ref}. Open the cash "
                    "desk anew for another payment.",
                    receipt=str(known.id),
                )
            return Applied(known)
        day = day_of(current_tenant(), now)
        return take_receipt(
            borrower_id=borrower_id, source=SOURCE, external_ref=_next_number(f"C{day:%Y%m%d}-"), amount=amount,
            currency=currency, value_date=day, actor=actor, now=now, loan_ids=list(loan_ids) or None,
            chosen_by=ChosenBy.DEBTOR, matched_by=actor.name, payer_name=payer_name, remittance=note,
            source_ref=str(form_key),
        )  # fmt: skip


def _wait_for_number() -> None:
    """Let whoever takes cash next wait for the end of this transaction: no number twice, and none left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cash:{current_tenant_id()}"])


def _next_number(prefix: str) -> str:
    rows = Receipt.objects.filter(source=SOURCE, external_ref__startswith=prefix)
    numbers = (int(text.removeprefix(prefix)) for text in rows.values_list("external_ref", flat=True))
    return f"{prefix}{max(numbers, default=0) + 1:0{_DIGITS}d}"
