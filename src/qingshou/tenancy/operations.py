"""Lenders: made and changed. What is recorded of it is the caller's: the record stands above this package."""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction

from qingshou.kernel.errors import BadInput, Conflict, NotFound
from qingshou.tenancy.context import current_tenant_id_or_none, using
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.settings_checks import faults_of

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
CHANGEABLE = frozenset({"name", "jurisdiction", "law_date", "currency", "time_zone", "settings"})


class UnfitTenant(BadInput):
    """A value of a lender cannot be used."""

    code = "UNFIT_TENANT"


class TenantTaken(Conflict):
    """There is a lender of this code."""

    code = "TENANT_TAKEN"


def create_tenant(
    *,
    code: str,
    name: str,
    now: datetime,
    jurisdiction: str = "china",
    currency: str = "CNY",
    time_zone: str = "Asia/Shanghai",
    law_date: date | None = None,
    is_demo: bool = False,
) -> Tenant:
    """Make a lender; for commands, under the system scope.

    Stops   UnfitTenant, TenantTaken
    """
    if not _CODE.fullmatch(code):
        raise UnfitTenant("A lender's code has 2 to 40 lower-case letters, digits and hyphens.")
    tenant = Tenant(id=uuid4(), code=code, is_demo=is_demo, created_at=now)
    _apply(tenant, {"name": name, "jurisdiction": jurisdiction, "currency": currency, "time_zone": time_zone,
                    "law_date": law_date})  # fmt: skip
    with using(current_tenant_id_or_none(), scope="system"):
        try:
            with transaction.atomic():
                tenant.save(force_insert=True)
        except IntegrityError:
            raise TenantTaken(f"There is a lender '{code}' already.", code=code) from None
    return tenant


def change_tenant(*, tenant_id: UUID, **changes: Any) -> tuple[Tenant, dict[str, Any]]:
    """Change what `changes` names (see CHANGEABLE); returns the lender and what stood there before.

    Stops   UnfitTenant  a value cannot be used; of `settings` each key that is changed is judged by who reads it
    """
    unknown = changes.keys() - CHANGEABLE
    if unknown:
        raise UnfitTenant(f"These cannot be changed: {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).filter(id=tenant_id).first()
        if tenant is None:
            raise NotFound("There is no such lender.")
        before = {name: getattr(tenant, name) for name in changes}
        _check_settings(before.get("settings", {}), changes.get("settings", {}))
        _apply(tenant, changes)
        tenant.save()
    return tenant, {name: value for name, value in before.items() if getattr(tenant, name) != value}


def _check_settings(before: dict[str, Any], after: Any) -> None:
    if not isinstance(after, dict):
        raise UnfitTenant("The settings of a lender are names with values.")
    faults = faults_of(after, {key for key in after if key not in before or after[key] != before[key]})
    if faults:
        raise UnfitTenant(f"Nothing was changed. {' '.join(faults)}", faults=faults)


def _apply(tenant: Tenant, changes: dict[str, Any]) -> None:
    if "name" in changes and not str(changes["name"]).strip():
        raise UnfitTenant("A lender needs a name.")
    if "currency" in changes and not _CURRENCY.fullmatch(changes["currency"]):
        raise UnfitTenant("A currency is three capital letters of ISO 4217, such as CNY.")
    if "time_zone" in changes and changes["time_zone"] not in available_timezones():
        raise UnfitTenant(f"'{changes['time_zone']}' is no time zone: give one such as Asia/Shanghai.")
    for name, value in changes.items():
        setattr(tenant, name, value)


def zone_of(tenant: Tenant) -> ZoneInfo:
    """Return the lender's time zone."""
    return ZoneInfo(tenant.time_zone)
