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
    message_id = models.UUIDField(null=True)  # of contact: what carried it; null: handed over by a person
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="portal_token_once")]
        indexes = [models.Index(fields=["borrower", "-made_at"], name="portal_link_of_borrower")]


class PortalVisit(TenantRow):
    """One visit by a link: nothing of the debt is shown before the second factor.

    Each visit has one code of its own (repayment's one-time codes, by the visit's id); asking again is a new visit.
    A visit whose code was not sent, too many were asked for or the door refused, waits for a code that no digits are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(PortalLink, on_delete=models.PROTECT, related_name="visits")
    secret_hash = models.CharField(max_length=64)  # of what the browser's cookie holds
    channel = models.CharField(max_length=10, blank=True, default="")  # its code went by; '': none was sent
    wrong_tries = models.PositiveSmallIntegerField(default=0)  # at its code, as far as they are recorded
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["secret_hash"], name="portal_visit_once")]
        indexes = [models.Index(fields=["link", "-begun_at"], name="portal_visit_of_link")]


class PortalAsk(TenantRow):
    """Something the debtor asked for on their page, until somebody has dealt with it.

    Kinds: CALL_AT, PLAN, DISPUTE, HARDSHIP, COMPLAINT, CHANNELS, DATA_COPY, QUESTION. States: OPEN, DONE, DECLINED.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12)  # as the debtor is told it; random, so that nobody counts them
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
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="portal_ask_number_once")]
        indexes = [
            models.Index(fields=["tenant", "answer_due_on", "id"], condition=Q(state="OPEN"), name="portal_ask_open"),
            models.Index(fields=["borrower", "-asked_at"], name="portal_ask_of_borrower"),
        ]


class PortalDraft(TenantRow):
    """A form the debtor began and did not send: kept sealed, one a form, gone once it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=12)  # INCOME
    values = SealedField(PersonalKind.NOTE)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["borrower", "form"], name="portal_draft_once")]
