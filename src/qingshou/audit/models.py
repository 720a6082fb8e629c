"""The record: one chain of events a subject, anchored daily.

No foreign keys in the database: the record outlives what it speaks of.
"""

import uuid

from django.db import models

from qingshou.tenancy.context import current_tenant_id_or_none
from qingshou.tenancy.models import Tenant


class AuditRow(models.Model):
    """A row of one lender without a foreign key in the database."""

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        default=current_tenant_id_or_none,
        editable=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class AuditHead(AuditRow):
    """The end of one subject's chain: locked by whoever adds to it, so that a chain cannot fork."""

    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField()
    anchored_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject_kind", "subject_id"], name="audit_head_once"),
        ]


class AuditEvent(AuditRow):
    """One thing that was done. `facts` is the very text that was hashed."""

    append_only = True

    head = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=40)
    facts = models.TextField()
    rule = models.CharField(max_length=80, blank=True)
    law = models.CharField(max_length=160, blank=True)
    document_hash = models.CharField(max_length=64, blank=True)
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head", "seq"], name="audit_event_seq_once"),
            # the first hash of a chain holds its lender and subject, so this holds within and across lenders
            models.UniqueConstraint(fields=["prev_hash"], name="audit_event_no_fork"),
        ]


class AuditOpening(AuditRow):
    """What opens a commitment: salt and sealed value of a personal fact. Erasing it leaves the chain whole."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    head = models.BigIntegerField()
    seq = models.BigIntegerField()
    name = models.CharField(max_length=40)
    salt = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["head", "seq", "name"], name="audit_opening_once")]


class AuditAnchor(AuditRow):
    """One day's seal over every chain that grew since the last: chained to the one before, exported off the machine."""

    append_only = True

    on_date = models.DateField()
    made_at = models.DateTimeField()
    chains_count = models.BigIntegerField()
    events_count = models.BigIntegerField()
    prev_root = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "on_date"], name="audit_anchor_once")]


class AuditAnchorLeaf(AuditRow):
    """How far one chain had grown at an anchor."""

    append_only = True

    anchor = models.BigIntegerField()
    head = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["anchor", "head"], name="audit_leaf_once")]
