"""Where a case stands on the ladder of contact: which step, since when, until when an answer is waited for."""

from django.db import models
from django.db.models import Q

from qingshou.tenancy.models import TenantRow


class CaseStep(TenantRow):
    """The step of one case. An answer sets `answered_on`; with none by `due_on`, the next step begins."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="+")
    ladder = models.CharField(max_length=40)
    ladder_version = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    entered_on = models.DateField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True)
    # of a step that is a message: when it was asked for, and what became of it (QUEUED, REFUSED, NO_TEMPLATE, TOO_OLD)
    asked_at = models.DateTimeField(null=True)
    asked_state = models.CharField(max_length=12, blank=True)
    is_over = models.BooleanField(default=False)  # the ladder's end was reached, or the case left its stage

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "due_on"], condition=Q(is_over=False), name="case_step_due"),
            models.Index(
                fields=["tenant", "case"], condition=Q(is_over=False, asked_at__isnull=True), name="case_step_to_ask"
            ),
        ]
