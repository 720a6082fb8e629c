"""Lenders made and changed with a record of it, and their first administrator."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.access.models import User
from qingshou.access.operations.users import create_user
from qingshou.access.roles import Role
from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.tenancy import operations
from qingshou.tenancy.context import using
from qingshou.tenancy.models import Tenant

SUBJECT = "TENANT"


def open_tenant(
    *,
    code: str,
    name: str,
    actor: Actor,
    now: datetime,
    jurisdiction: str = "china",
    currency: str = "CNY",
    time_zone: str = "Asia/Shanghai",
    law_date: date | None = None,
    is_demo: bool = False,
) -> Tenant:
    """Make a lender and begin its record, in one transaction; stops as tenancy.operations.create_tenant."""
    with transaction.atomic():
        tenant = operations.create_tenant(
            code=code, name=name, now=now, jurisdiction=jurisdiction, currency=currency, time_zone=time_zone,
            law_date=law_date, is_demo=is_demo,
        )  # fmt: skip
        with using(tenant.id):
            record(subject_kind=SUBJECT, subject_id=tenant.id, action="TENANT_CREATED", actor=actor, now=now,
                   facts={"code": code, "jurisdiction": jurisdiction, "currency": currency})  # fmt: skip
    return tenant


def first_administrator(*, tenant_id: UUID, actor: Actor, now: datetime, username: str) -> tuple[User, str]:
    """Make a lender's first administrator; returns the user and the first password, to be shown once."""
    with using(tenant_id):
        return create_user(
            username=username, display_name="Administrator", role=Role.ADMINISTRATOR, actor=actor, now=now
        )


def change_tenant(*, tenant_id: UUID, actor: Actor, now: datetime, **changes: Any) -> Tenant:
    """Change a lender's settings and record what stood there before."""
    with using(tenant_id), transaction.atomic():
        tenant, before = operations.change_tenant(tenant_id=tenant_id, **changes)
        if before:
            record(subject_kind=SUBJECT, subject_id=tenant_id, action="TENANT_CHANGED", actor=actor, now=now,
                   facts={"before": before, "after": {name: getattr(tenant, name) for name in before}})  # fmt: skip
    return tenant
