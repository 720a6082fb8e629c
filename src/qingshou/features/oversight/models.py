"""The run of a business day: which steps were done, with what going in and out."""

import uuid

from django.db import models

from qingshou.tenancy.models import TenantRow


class DayRun(TenantRow):
    """One business day's cycle; `id` is uuid5(tenant, as_of)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_of = models.DateField()
    status = models.CharField(max_length=12)  # RUNNING, DONE, FAILED
    started_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)  # when the last attempt began
    ended_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=60)
    runner = models.CharField(max_length=120, blank=True)  # host and process of the last attempt
    attempts = models.PositiveIntegerField(default=1)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "as_of"], name="day_run_once")]


class DayStep(TenantRow):
    """A checkpoint: written in the same transaction as the step's effects, so a step is done or it is not."""

    run = models.ForeignKey(DayRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=30)
    rows_in = models.BigIntegerField(default=0)
    rows_out = models.BigIntegerField(default=0)
    facts = models.JSONField(default=dict)  # totals, rejects, counts by class
    done_at = models.DateTimeField()
    taken_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="day_step_once")]
