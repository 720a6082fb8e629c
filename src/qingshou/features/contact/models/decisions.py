"""Choices of time and channel as they were made: with every probability, so that another policy can be judged later."""

import uuid

from django.db import models

from qingshou.features.contact.models.attempts import Attempt
from qingshou.features.contact.models.people import ContactPerson
from qingshou.tenancy.models import TenantRow


class Decision(TenantRow):
    """One choice among arms (channel, weekday, hour). The reward is known later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    attempt = models.OneToOneField(Attempt, null=True, on_delete=models.PROTECT, related_name="decision")
    campaign_id = models.UUIDField(null=True)
    policy = models.CharField(max_length=60)  # name, version and hash of what chose
    context = models.JSONField(default=dict)  # the features it saw: codes and numbers
    arms = models.JSONField(default=list)  # [{"arm", "chance", "score"}] of all that were open
    arm = models.CharField(max_length=40)
    chance = models.DecimalField(max_digits=9, decimal_places=8)  # of the arm that was chosen
    draw = models.DecimalField(max_digits=9, decimal_places=8)
    at = models.DateTimeField()
    reward = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    reward_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-at"], name="decision_by_time"),
            models.Index(fields=["person", "-at"], name="decision_of_person"),
        ]
