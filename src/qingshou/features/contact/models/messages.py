"""Messages on their way: the outbox, what providers report of them, and letters put together for the post."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.features.contact.models.attempts import Attempt
from qingshou.features.contact.models.templates import TemplateVersion
from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class LetterBatch(TenantRow):
    """Letters printed and posted together, as one PDF with an address page before each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=40)
    letters_count = models.PositiveIntegerField(default=0)
    pages_count = models.PositiveIntegerField(default=0)
    document_hash = models.CharField(max_length=64, blank=True)
    is_registered = models.BooleanField(default=False)  # registered post
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="letter_batch_number_once")]


class Message(TenantRow):
    """A message of the outbox, made in the transaction that reserved its attempt.

    States: QUEUED -> SENDING -> SENT -> DELIVERED -> READ, REPLIED; FAILED, BOUNCED; CANCELLED (stopped before it
    left); UNCERTAIN (handed over, the answer lost: the provider is asked, and where it cannot be asked a person is).
    A lease on a QUEUED row says who is about to send it, on a SENDING row who has it in hand, on an UNCERTAIN row when
    the provider is asked next (none: it cannot be asked). `id` is the key we give the provider, so that it can be
    asked about a message whose answer was lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="message")
    channel = models.CharField(max_length=10)
    adapter = models.CharField(max_length=20, blank=True)  # code of the adapter it went by
    template_version = models.ForeignKey(TemplateVersion, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    subject = SealedField(PersonalKind.NOTE)
    body = SealedField(PersonalKind.NOTE)
    # the template's values as JSON, for providers that are given a template of their own and what to put into it
    values = SealedField(PersonalKind.NOTE)
    segments = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, default="QUEUED")
    state_at = models.DateTimeField()
    not_before_at = models.DateTimeField()
    not_after_at = models.DateTimeField(null=True)  # by then it is cancelled unsent: hours, stops may have changed
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    provider_ref = models.CharField(max_length=120, blank=True)  # the provider's own id
    error_code = models.CharField(max_length=60, blank=True)
    registered_number = models.CharField(max_length=40, blank=True)  # of registered post
    letter_batch = models.ForeignKey(LetterBatch, null=True, on_delete=models.PROTECT, related_name="letters")
    campaign_id = models.UUIDField(null=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "not_before_at", "id"], condition=Q(state="QUEUED"), name="message_due"),
            models.Index(
                fields=["tenant", "lease_until"], condition=Q(lease_until__isnull=False), name="message_leased"
            ),
            # how many left in the last minute, by campaign and adapter
            models.Index(fields=["tenant", "sent_at"], condition=Q(sent_at__isnull=False), name="message_by_sent"),
            models.Index(fields=["tenant", "state", "-state_at"], name="message_by_state"),
            models.Index(
                fields=["tenant", "adapter", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="message_by_provider_ref",
            ),
            models.Index(
                fields=["campaign_id", "state"], condition=Q(campaign_id__isnull=False), name="message_of_campaign"
            ),
        ]


class DeliveryEvent(TenantRow):
    """What a provider reported, once an event: `event_ref` is the provider's id of the report, or a hash of it."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    adapter = models.CharField(max_length=20)
    event_ref = models.CharField(max_length=120)
    # null: the report came before the message was known by that id, or speaks of none of ours
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="events")
    provider_ref = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10)
    error_code = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()  # when it happened, by the provider
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "adapter", "event_ref"], name="delivery_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "adapter", "provider_ref"],
                condition=Q(message__isnull=True) & ~Q(provider_ref=""),
                name="delivery_event_unmatched",
            ),
        ]
