"""Payments a debtor began with a provider: what the provider reports of them becomes a receipt."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.features.repayment.models.amounts import money
from qingshou.tenancy.models import TenantRow


class PaymentIntent(TenantRow):
    """A payment begun: MADE, PENDING (at the provider), PAID, FAILED, EXPIRED. the provider is given `id` as key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    loan = models.ForeignKey("book.Loan", null=True, on_delete=models.PROTECT, related_name="+")  # as the debtor chose
    payment_ref = models.CharField(max_length=40)
    amount = money()
    currency = models.CharField(max_length=3)
    adapter = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=120, blank=True)
    pay_url = models.CharField(max_length=500, blank=True)  # where the debtor pays, at the provider
    state = models.CharField(max_length=8, default="MADE")
    receipt = models.OneToOneField("repayment.Receipt", null=True, on_delete=models.PROTECT, related_name="intent")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="intent_above_zero"),
            models.UniqueConstraint(
                fields=["tenant", "adapter", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="intent_provider_ref_once",
            ),
        ]
        indexes = [models.Index(fields=["borrower", "-made_at"], name="intent_by_borrower")]
