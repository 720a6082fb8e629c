"""Campaigns: one message to many, each cleared at the door, with some left alone by lot to see what it was worth."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qingshou.tenancy.models import TenantRow


class Campaign(TenantRow):
    """A campaign. States: DRAFT -> PREPARING -> READY -> RUNNING <-> PAUSED -> DONE; STOPPED."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=10)  # '' with is_best: channel and hour are chosen person by person
    is_best_time = models.BooleanField(default=False)
    template_code = models.CharField(max_length=40)
    tone = models.CharField(max_length=10)
    segment = models.JSONField(default=dict)  # filters: severity, days_min, days_max, product, branch, region ...
    holdout_share = models.DecimalField(max_digits=4, decimal_places=3, default="0.100")  # left alone by lot
    seed = models.PositiveBigIntegerField()  # of the lot
    per_minute = models.PositiveIntegerField(default=600)
    status = models.CharField(max_length=10, default="DRAFT")
    progress = models.JSONField(default=dict)  # counts by state and reason, kept up by the run
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(holdout_share__gte=0) & Q(holdout_share__lt=1), name="campaign_holdout_share"
            )
        ]
        indexes = [models.Index(fields=["tenant", "-made_at"], name="campaign_by_time")]


class CampaignMember(TenantRow):
    """One debtor of a campaign. States: CHOSEN -> HELD_OUT, REFUSED, CLEARED (preview) -> QUEUED, REFUSED, STOPPED."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="members", db_index=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    is_held_out = models.BooleanField(default=False)
    draw = models.DecimalField(max_digits=9, decimal_places=8)  # 0 <= draw < 1; below holdout_share: held out
    state = models.CharField(max_length=10, default="CHOSEN")
    channel = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField(null=True)  # when it is to be sent
    codes = ArrayField(models.CharField(max_length=30), default=list)  # why refused
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "borrower"], name="campaign_member_once"),
            models.UniqueConstraint(fields=["campaign", "position"], name="campaign_position_once"),
        ]
        indexes = [models.Index(fields=["campaign", "state", "position"], name="campaign_member_by_state")]
