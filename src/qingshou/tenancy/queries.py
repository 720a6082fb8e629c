"""Lenders, as seen by commands and the worker (under the system scope) and by their own people."""

import json
from typing import Any
from uuid import UUID

from qingshou.kernel.errors import NotFound
from qingshou.tenancy.context import current_tenant_id, current_tenant_id_or_none, using
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.reading import Reading, Rows, read


def list_tenants() -> list[Tenant]:
    """Return every lender, by code; for commands and the worker, which go from lender to lender."""
    with using(current_tenant_id_or_none(), scope="system"):
        return list(Tenant.objects.order_by("code"))


def get_tenant_by_code(*, code: str) -> Tenant:
    """Return a lender by its code; stops with NotFound."""
    with using(current_tenant_id_or_none(), scope="system"):
        tenant = Tenant.objects.filter(code=code).first()
    if tenant is None:
        raise NotFound(f"There is no lender '{code}': `qingshou lender list` shows them.", code=code)
    return tenant


def get_tenant(*, tenant_id: UUID) -> Tenant:
    """Return a lender by id; stops with NotFound."""
    with using(tenant_id):
        tenant = Tenant.objects.filter(id=tenant_id).first()
    if tenant is None:
        raise NotFound("There is no such lender.")
    return tenant


_NAMES = [field.attname for field in Tenant._meta.concrete_fields]
_TENANT = f"SELECT {', '.join(_NAMES)} FROM tenancy_tenant WHERE id = %(id)s"  # noqa: S608  our names


def current_tenant() -> Tenant:
    """Return the lender in force."""
    return read(tenant_reading())


def tenant_reading() -> Reading[Tenant]:
    """Ask for the lender in force, together with other questions."""
    return Reading(_TENANT, {"id": current_tenant_id()}, _tenant)


def _tenant(rows: Rows) -> Tenant:
    if not rows:
        raise Tenant.DoesNotExist("The lender in force is not there.")
    values = dict(zip(_NAMES, rows[0], strict=True))
    values["settings"] = json.loads(values["settings"])  # Django leaves JSON to its fields
    return Tenant.from_db("default", list(values), list(values.values()))


_LENDER = "SELECT jurisdiction, time_zone, settings FROM tenancy_tenant WHERE id = %(id)s"


def lender_reading() -> Reading[tuple[str, str, dict[str, Any]]]:
    """Ask for jurisdiction, time zone and settings of the lender in force, together with other questions."""
    return Reading(_LENDER, {"id": current_tenant_id()}, _lender)


def _lender(rows: Rows) -> tuple[str, str, dict[str, Any]]:
    ((jurisdiction, time_zone, settings),) = rows
    return jurisdiction, time_zone, json.loads(settings)  # Django leaves JSON to its fields
