"""Where a case stands on the ladder of contact: which step, since when, until when an answer is waited for."""

from django.db import models
from django.db.models import Q

from qingshou.tenancy.models import TenantRow


class CaseStep(TenantRow):
    """The step of one case. An answer (or a conversation) sets `answered_at`; the deadline moves the case on."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="+")
    ladder = models.CharField(max_length=40)
    ladder_version = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    entered_on = models.DateField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    is_over = models.BooleanField(default=False)  # the ladder's end was reached

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "due_on"], condition=Q(is_over=False), name="case_step_due"),
        ]
