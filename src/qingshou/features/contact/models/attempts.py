"""What was reserved at the door, and what it refused."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qingshou.features.contact.models.people import ContactPerson
from qingshou.tenancy.models import TenantRow


class Attempt(TenantRow):
    """One contact with a person: a place in every counter, reserved before anything leaves the house.

    Inbound contacts stand here too (a conversation the debtor began also counts). `local_date` is the day by the
    person's clock, which counters of days count by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    debts = ArrayField(models.UUIDField(), default=list)  # loans spoken of
    channel = models.CharField(max_length=10)
    direction = models.CharField(max_length=3, default="OUT")  # OUT, IN
    party = models.CharField(max_length=10, default="DEBTOR")
    purpose = models.CharField(max_length=12, default="COLLECT")
    place = models.CharField(max_length=10, default="UNKNOWN")
    contact_point = models.ForeignKey("book.ContactPoint", null=True, on_delete=models.PROTECT, related_name="+",
                                      db_index=False)  # fmt: skip
    point_index = models.BinaryField(null=True)
    at = models.DateTimeField()
    local_date = models.DateField()
    outcome = models.CharField(max_length=16, default="PENDING")  # law.contact.terms.Outcome
    outcome_at = models.DateTimeField(null=True)
    by_consent = models.BooleanField(default=False)  # made under a consent that takes it out of some counters
    placed_by = models.CharField(max_length=60)  # sign-in of a person, or the code of a system
    collector = models.CharField(max_length=60)  # who collects: the lender's own code, or an agency's
    law = models.CharField(max_length=400, blank=True)  # articles the verdict rested on
    # who asks twice with one key gets the first answer: 'campaign:<id>:<borrower>', a job's id ...
    key = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="attempt_key_once"),
            models.CheckConstraint(condition=Q(direction__in=["OUT", "IN"]), name="attempt_direction"),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="attempt_of_person"),
            models.Index(fields=["case", "-at"], condition=Q(case__isnull=False), name="attempt_of_case"),
            models.Index(fields=["tenant", "-at"], name="attempt_by_time"),
        ]


class Refusal(TenantRow):
    """A contact that was asked for and refused, with every reason: for the compliance officer, and for replay."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="+", db_index=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=12)
    party = models.CharField(max_length=10)
    at = models.DateTimeField()
    # [{"code", "fields", "instrument", "article", "confidence", "until"}], as rules.codec writes it
    reasons = models.JSONField()
    codes = ArrayField(models.CharField(max_length=30), default=list)
    next_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=60)
    campaign_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-at"], name="refusal_by_time"),
            models.Index(fields=["case", "-at"], condition=Q(case__isnull=False), name="refusal_of_case"),
        ]
