"""Payments a debtor began with a provider."""

from uuid import UUID

from qingshou.features.repayment.errors import NoSuchIntent
from qingshou.features.repayment.models import PaymentIntent


def get_intent(*, intent_id: UUID, borrower_id: UUID) -> PaymentIntent:
    """Return one of a debtor's payments; stops with NoSuchIntent."""
    found = PaymentIntent.objects.filter(id=intent_id, borrower=borrower_id).first()
    if found is None:
        raise NoSuchIntent("There is no such payment of this debtor.")
    return found
