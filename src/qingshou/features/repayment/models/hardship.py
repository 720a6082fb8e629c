"""Hardship and moratoria: who may not be pressed now, since when, until when, and what stands still meanwhile."""

import uuid

from django.db import models
from django.db.models import F, Q

from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class ReliefProgramme(TenantRow):
    """Relief given to all who live in a place or hold a product: after a disaster, for instance."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40)
    names = models.JSONField(default=dict)  # language -> name
    regions = models.JSONField(default=list)  # empty: everywhere
    products = models.JSONField(default=list)  # empty: all
    from_on = models.DateField()
    until_on = models.DateField()
    pauses_contact = models.BooleanField(default=True)
    freezes_charges = models.BooleanField(default=False)
    law = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=20, default="AWAITING_APPROVAL"
    )  # AWAITING_APPROVAL, IN_FORCE, ENDED, CANCELLED
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="relief_programme_once"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="relief_ends_after_start"),
        ]


class Hardship(TenantRow):
    """One hardship of one debtor. While it is in force contact pauses by itself, through a stop of the door.

    States: REPORTED (contact pauses until it is decided) -> ACCEPTED | DECLINED; ACCEPTED -> ENDED.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(ReliefProgramme, null=True, on_delete=models.PROTECT, related_name="hardships")
    # ILLNESS, JOB_LOSS, LESS_INCOME, BEREAVEMENT, FAMILY, DISASTER, BREATHING_SPACE, VULNERABLE, OTHER
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="REPORTED")
    from_on = models.DateField()
    until_on = models.DateField(null=True)  # the last day; null: until it is ended
    review_on = models.DateField(null=True)
    entered_on = models.DateField(null=True)  # of the register, for a breathing space
    register_ref = models.CharField(max_length=40, blank=True)
    pauses_contact = models.BooleanField(default=True)
    freezes_charges = models.BooleanField(default=False)
    stop_id = models.UUIDField(null=True)  # of contact
    note = SealedField(PersonalKind.NOTE)
    document_hash = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=12)  # DESK, CALL, PORTAL, REPLY, REGISTER, PROGRAMME
    owner_id = models.UUIDField(null=True)  # the specialist who looks after it
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=40, blank=True)
    reported_by = models.CharField(max_length=60)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "kind"],
                condition=Q(state__in=["REPORTED", "ACCEPTED"]),
                name="one_hardship_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "review_on", "id"],
                condition=Q(state__in=["REPORTED", "ACCEPTED"]),
                name="hardship_queue",
            ),
            models.Index(fields=["case", "-reported_at"], name="hardship_of_case"),
        ]
