"""Templates of messages: what may be said, by language, channel and tone; each version approved by a second person."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.tenancy.models import TenantRow


class Template(TenantRow):
    """What is said at one step, in one language, by one channel, in one tone; its versions hold the words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=40)  # the step it serves: REMINDER, MISSED, OPTIONS, FINAL_NOTICE ...
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=10)  # zh-hans, zh-hant, en
    tone = models.CharField(max_length=10)  # FRIENDLY, NEUTRAL, FIRM, FORMAL
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code", "channel", "language", "tone"], name="template_once"),
        ]


class TemplateVersion(TenantRow):
    """One wording. DRAFT may change; PENDING waits for a second person; APPROVED is used and never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    status = models.CharField(max_length=10, default="DRAFT")  # DRAFT, PENDING, APPROVED, REJECTED, RETIRED
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    approved_by = models.CharField(max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True)
    document_hash = models.CharField(max_length=64)  # of subject and body

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(status="APPROVED"), name="one_approved_version_per_template"
            ),
        ]
