"""What one person asked for and another must decide."""

import uuid

from django.db import models
from django.db.models import F, Q

from qingshou.tenancy.models import TenantRow


class ApprovalRequest(TenantRow):
    """One request for a second person's consent; people are kept by id and name, so that the row outlives accounts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    # what people know the subject by: a case number, a user's sign-in name; never a debtor's name
    subject_label = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=400)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=12, default="PENDING")  # PENDING, APPROVED, REJECTED, WITHDRAWN, EXPIRED
    requested_by_id = models.UUIDField()
    requested_by_name = models.CharField(max_length=60)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            # behind the rule, the database: nobody decides their own request
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "REJECTED"])
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("requested_by_id"))),
                name="approval_by_another",
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id"], condition=Q(status="PENDING"), name="one_pending_approval"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "status", "-requested_at"], name="approval_queue"),
            models.Index(fields=["subject_id", "-requested_at"], name="approval_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"
