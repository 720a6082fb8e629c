"""References with check digits that debtors pay under: one for all their debts, or one for a loan of theirs."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from qingshou.features.book.owing import borrowers_of_loans
from qingshou.features.repayment.models import PaymentReference
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan
from qingshou.features.repayment.rules.references import SERIAL_MAX, new_reference

_TRIES = 5


def give_reference(*, borrower_id: UUID, now: datetime, loan_id: UUID | None = None) -> str:
    """Return the reference a debtor pays under, given now where there is none yet; the same ever after.

    Takes   loan_id  None: for all the debtor owes, put on the debts by law
    Gives   str      RF and check digits; its serial is drawn by lot, so that nobody counts or guesses another's
    Stops   NoSuchLoan  the loan is not the debtor's
    """
    known = _known(borrower_id, loan_id)
    if known:
        return known
    if loan_id is not None and borrowers_of_loans(loan_ids=[loan_id]).get(loan_id) != borrower_id:
        raise NoSuchLoan("There is no such loan of this debtor.")
    for _ in range(_TRIES):
        row = PaymentReference(
            id=uuid4(), reference=new_reference(serial=secrets.randbelow(SERIAL_MAX + 1)), borrower_id=borrower_id,
            loan_id=loan_id, given_at=now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # somebody gave it at the same moment, or the lot fell on one that is taken
            known = _known(borrower_id, loan_id)
            if known:
                return known
        else:
            return row.reference
    raise RuntimeError("no free payment reference was drawn")


def _known(borrower_id: UUID, loan_id: UUID | None) -> str:
    rows = PaymentReference.objects.filter(borrower_id=borrower_id, loan_id=loan_id)
    return rows.values_list("reference", flat=True).first() or ""
