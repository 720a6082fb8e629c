"""Payments a debtor begins with a provider: written before anything is handed over, ended by the provider's report.

The debtor's coming back says nothing: only a signed report of the provider is money.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.channels.base import AnswerLost, Rejected, Unreachable
from qingshou.features.repayment.errors import NoSuchIntent, ProviderRefused
from qingshou.features.repayment.models import PaymentIntent, Receipt
from qingshou.features.repayment.operations.receipt_rows import check_amount
from qingshou.features.repayment.payment_providers.base import Begun, PaymentProvider, Wanted
from qingshou.features.repayment.rules.payment_events import EventKind, PaymentEvent

GOOD_MINUTES = 60
_SAME_WITHIN = timedelta(minutes=2)
_OPEN = ("MADE", "PENDING", "EXPIRED")
# money ends what had failed as well: the first card was declined and the second was not, or the reports changed places
_PAYABLE = (*_OPEN, "FAILED")


def begin_payment(
    *, borrower_id: UUID, loan_id: UUID | None, amount: Decimal, currency: str, reference: str, provider: str,
    actor: Actor, now: datetime,
) -> PaymentIntent:  # fmt: skip
    """Write down that a debtor wants to pay by a provider, before the provider is told.

    Asked for again within two minutes, as by a button pressed twice or in two tabs, it is the same payment while
    nobody has ended it.

    Takes   loan_id    one of the debtor's, or None; `reference` the one given for it
    Stops   UnfitAmount
    """
    check_amount(amount, currency)
    with transaction.atomic():
        _wait_for_my_turn(borrower_id)
        begun = PaymentIntent.objects.filter(
            borrower=borrower_id, loan=loan_id, payment_ref=reference, amount=amount, currency=currency,
            adapter=provider, state__in=("MADE", "PENDING"), made_at__gt=now - _SAME_WITHIN, expires_at__gt=now,
        ).order_by("-made_at").first()  # fmt: skip
        if begun is not None:
            return begun
        row = PaymentIntent.objects.create(
            id=uuid4(), borrower_id=borrower_id, loan_id=loan_id, payment_ref=reference, amount=amount,
            currency=currency, adapter=provider, made_at=now, expires_at=now + timedelta(minutes=GOOD_MINUTES),
        )  # fmt: skip
        _record(row, "PAYMENT_BEGUN", actor, now)
    return row


def _wait_for_my_turn(borrower_id: UUID) -> None:
    """Let one beginning of a debtor at a time look and write: two presses at once do not miss one another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payment of {borrower_id}"])


def hand_over(
    *, intent_id: UUID, provider: PaymentProvider, return_url: str, language: str, actor: Actor, now: datetime
) -> PaymentIntent:  # fmt: skip
    """Tell the provider of a payment, and keep where the debtor pays; asked again it is the same payment.

    A lost answer is asked for by our key before anything is begun again.

    Gives   the intent, PENDING; MADE where the provider cannot be reached now (nothing is lost: call again)
    Stops   NoSuchIntent
            ProviderRefused  the provider says no; the intent has FAILED
    """
    row = PaymentIntent.objects.filter(id=intent_id, adapter=provider.code).first()
    if row is None:
        raise NoSuchIntent("There is no such payment.")
    if row.state != "MADE":
        return row
    wanted = Wanted(key=row.id, amount=row.amount, currency=row.currency, reference=row.payment_ref,
                    return_url=return_url, language=language)  # fmt: skip
    try:
        begun = _begun(provider, wanted)
    except Rejected:
        _end(row.id, "FAILED", None, actor, now)
        raise ProviderRefused("The payment provider did not take this payment: choose another way.") from None
    if begun is None:
        return row
    with transaction.atomic():
        row = PaymentIntent.objects.select_for_update(no_key=True).get(id=intent_id)
        if row.state == "MADE":
            row.state, row.provider_ref, row.pay_url = "PENDING", begun.provider_ref, begun.pay_url
            row.save(update_fields=["state", "provider_ref", "pay_url"])
            _record(row, "PAYMENT_SENT_TO_PROVIDER", actor, now)
    return row


def _begun(provider: PaymentProvider, wanted: Wanted) -> Begun | None:
    """Begin a payment at most once; None: nobody knows now, ask again later."""
    try:
        known = provider.ask(wanted.key)  # an earlier try may have got through
        return known or provider.create(wanted)
    except Unreachable:
        return None
    except AnswerLost:
        try:
            return provider.ask(wanted.key)
        except Unreachable:
            return None


def follow_report(
    provider: str, event: PaymentEvent, receipt: Receipt | None, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """End the payment a report speaks of; registered with payment_hooks.on_payment_event.

    A report may come before the provider's answer to the beginning: then the payment is found by our reference.
    """
    paid = event.kind is EventKind.PAID
    states = _PAYABLE if paid else _OPEN
    rows = PaymentIntent.objects.select_for_update(no_key=True).filter(adapter=provider, state__in=states)
    row = rows.filter(provider_ref=event.payment).first()
    if row is None:
        early = rows.filter(provider_ref="", payment_ref=event.reference, amount=event.amount, currency=event.currency)
        row = early.order_by("-made_at").first()
    if row is None or event.kind is EventKind.REVERSED:
        return
    row.provider_ref = row.provider_ref or event.payment
    row.save(update_fields=["provider_ref"])
    _end(row.id, "PAID" if paid else "FAILED", receipt if paid else None, actor, now)


def expire_payments(*, now: datetime, actor: Actor, borrower_id: UUID | None = None) -> int:
    """Write that payments nobody finished in time are over; money that comes all the same is taken. Gives how many."""
    rows = PaymentIntent.objects.filter(state__in=("MADE", "PENDING"), expires_at__lte=now)
    found = rows.filter(Q() if borrower_id is None else Q(borrower=borrower_id)).values_list("id", flat=True)
    return sum(_end(intent_id, "EXPIRED", None, actor, now) for intent_id in list(found))


def _end(intent_id: UUID, state: str, receipt: Receipt | None, actor: Actor, now: datetime) -> bool:
    with transaction.atomic():
        row = PaymentIntent.objects.select_for_update(no_key=True).get(id=intent_id)
        if row.state not in (_PAYABLE if state == "PAID" else _OPEN) or row.state == state:
            return False
        row.state, row.receipt, row.ended_at = state, receipt, now
        row.save(update_fields=["state", "receipt", "ended_at"])
        _record(row, "PAYMENT_ENDED", actor, now)
    return True


def _record(row: PaymentIntent, action: str, actor: Actor, now: datetime) -> None:
    facts = {"intent": row.id, "state": row.state, "amount": row.amount, "currency": row.currency,
             "provider": row.adapter, "loan": row.loan_id, "receipt": row.receipt_id}  # fmt: skip
    record(subject_kind="BORROWER", subject_id=row.borrower_id, action=action, actor=actor, now=now, facts=facts)
