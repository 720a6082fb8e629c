"""Replies kept for the keys they were given under."""

from django.db import models

from qingshou.tenancy.models import TenantRow


class IdempotencyKey(TenantRow):
    """One key of one caller with the reply it got; written in the transaction of the effect, or not at all.

    Replies to writes hold ids and states, never personal data, so this row may keep one as it was sent.
    """

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    location = models.CharField(max_length=400, blank=True)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "principal", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotency_key_by_age")]
