"""How a debtor gets in, and what they asked for there."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class PortalLink(TenantRow):
    """A link to one debtor's page: known by the hash of its token, good until it expires or is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=10, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="portal_token_once")]
        indexes = [models.Index(fields=["borrower", "-made_at"], name="portal_link_of_borrower")]


class PortalVisit(TenantRow):
    """One visit by a link: nothing of the debt is shown before the second factor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(PortalLink, on_delete=models.PROTECT, related_name="visits")
    secret_hash = models.CharField(max_length=64)  # of what the browser's cookie holds
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["secret_hash"], name="portal_visit_once")]


class PortalAsk(TenantRow):
    """Something the debtor asked for on their page, until somebody has dealt with it.

    Kinds: CALL_AT, PLAN, DISPUTE, HARDSHIP, COMPLAINT, CHANNELS, DATA_COPY, QUESTION. States: OPEN, DONE, DECLINED.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    facts = models.JSONField(default=dict)  # codes, amounts, dates
    said = SealedField(PersonalKind.NOTE)
    state = models.CharField(max_length=10, default="OPEN")
    answer = SealedField(PersonalKind.NOTE)
    asked_at = models.DateTimeField()
    answer_due_on = models.DateField(null=True)
    handled_by = models.CharField(max_length=60, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "asked_at", "id"], condition=Q(state="OPEN"), name="portal_ask_open"),
            models.Index(fields=["borrower", "-asked_at"], name="portal_ask_of_borrower"),
        ]
