"""The lender, and the base of every row that belongs to one."""

import uuid

from django.db import models

from qingshou.tenancy.context import current_tenant_id_or_none


class Tenant(models.Model):
    """One lender (or one client of a servicer) in this installation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    jurisdiction = models.CharField(max_length=20, default="china")
    # Classes are judged by the law of the as-of date; a book older than every text held is judged by the text of this
    # date instead, and every page that shows a class says so.
    law_date = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    is_demo = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class TenantRow(models.Model):
    """A row of one lender: carries the tenant and is bound by the policy laid on its table after every migration."""

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        default=current_tenant_id_or_none,
        editable=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True
