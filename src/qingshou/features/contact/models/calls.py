"""Calls: what was said and agreed, the recording, the promise taken in place."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qingshou.features.contact.models.attempts import Attempt
from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class Call(TenantRow):
    """One call over its attempt. Saved only with an outcome, a next action and its date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="call")
    adapter = models.CharField(max_length=20, blank=True)  # CLICK (the collector's own telephone) or ARI
    provider_ref = models.CharField(max_length=120, blank=True)  # the exchange's id of the channel
    begun_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    duration_s = models.PositiveIntegerField(null=True)  # spoken, in seconds
    identity_checked_at = models.DateTimeField(null=True)  # nothing of the debt before it
    identity_checked_by = ArrayField(models.CharField(max_length=20), default=list)  # codes of what matched
    tone = models.CharField(max_length=10, blank=True)
    path = ArrayField(models.CharField(max_length=40), default=list)  # steps of the script that were taken
    script_version = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=20, blank=True)  # why in arrears: phrases.REASONS
    note = SealedField(PersonalKind.NOTE)
    options_offered = ArrayField(models.CharField(max_length=30), default=list)
    next_action = models.CharField(max_length=40, blank=True)
    next_action_on = models.DateField(null=True)
    saved_at = models.DateTimeField(null=True)  # null: begun and not yet written up

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "begun_at"], condition=Q(saved_at__isnull=True), name="call_unsaved"),
            models.Index(
                fields=["tenant", "adapter", "provider_ref"], condition=~Q(provider_ref=""), name="call_by_provider_ref"
            ),
        ]


class PromiseTaken(TenantRow):
    """A promise to pay as it was said: amount, date, channel. What becomes of it is followed elsewhere."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="promises")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    pay_by = models.CharField(max_length=20)  # TRANSFER, CARD, CASH, DIRECT_DEBIT, APP
    taken_by = models.CharField(max_length=60)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="promise_above_zero")]
        indexes = [models.Index(fields=["tenant", "due_on"], name="promise_by_due")]


class Recording(TenantRow):
    """The recording of a call: a sealed file named by its hash."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="recording")
    document_hash = models.CharField(max_length=64)  # SHA-256 of the sound, not of the sealed file
    size_bytes = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=40)
    keep_until = models.DateField(null=True)
    stored_at = models.DateTimeField()
