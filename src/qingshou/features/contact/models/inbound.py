"""Replies that come in, by whatever channel."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.features.contact.models.attempts import Attempt
from qingshou.features.contact.models.messages import Message
from qingshou.features.contact.models.people import ContactPerson
from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class Reply(TenantRow):
    """A reply, threaded to the person and case it belongs to; one of nobody known waits to be assigned."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    adapter = models.CharField(max_length=20)
    event_ref = models.CharField(max_length=120)
    channel = models.CharField(max_length=10)
    from_index = models.BinaryField(null=True)  # blind index of the sender's number or address
    sender = SealedField(PersonalKind.PHONE)
    subject = SealedField(PersonalKind.NOTE)
    body = SealedField(PersonalKind.NOTE)
    language = models.CharField(max_length=10, blank=True)  # as detected
    person = models.ForeignKey(ContactPerson, null=True, on_delete=models.PROTECT, related_name="replies")
    borrower = models.ForeignKey("book.Borrower", null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="replies")
    attempt = models.OneToOneField(Attempt, null=True, on_delete=models.PROTECT, related_name="reply")
    at = models.DateTimeField()  # when it was sent
    received_at = models.DateTimeField()
    is_opt_out = models.BooleanField(default=False)
    # suggested by the classifier
    suggested = models.CharField(max_length=20, blank=True)
    suggested_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    classifier_version = models.CharField(max_length=40, blank=True)
    # said by a person
    reason = models.CharField(max_length=20, blank=True)
    confirmed_by = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "adapter", "event_ref"], name="reply_once")]
        indexes = [
            models.Index(fields=["tenant", "-received_at", "id"], name="reply_by_time"),
            models.Index(fields=["tenant", "-received_at", "id"], condition=Q(reason=""), name="reply_unconfirmed"),
            models.Index(fields=["case", "-received_at"], condition=Q(case__isnull=False), name="reply_of_case"),
        ]
