"""A new lender, its first administrator and what it sets for itself, from the command line."""

import json
from collections.abc import Mapping
from typing import Any

from qingshou.access.tenants import change_tenant, first_administrator, open_tenant
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.kernel.errors import BadInput
from qingshou.tenancy.queries import get_tenant_by_code
from qingshou.tenancy.settings_checks import faults_of


def create_lender(*, code: str, name: str, jurisdiction: str, currency: str, time_zone: str) -> tuple[str, str]:
    """Make a lender with one administrator; give the sign-in name and the first password, shown once."""
    now = clock.now()
    tenant = open_tenant(
        code=code, name=name, jurisdiction=jurisdiction, currency=currency, time_zone=time_zone, actor=SYSTEM, now=now
    )
    user, password = first_administrator(tenant_id=tenant.id, actor=SYSTEM, now=now, username=f"{code}-admin")
    return user.username, password


def settings_of(*, code: str) -> dict[str, Any]:
    """Return what a lender set for itself; stops with NotFound."""
    return dict(get_tenant_by_code(code=code).settings)


def faults_of_lender(*, code: str) -> list[str]:
    """Return what of it cannot be used, in words; empty where all can."""
    held = settings_of(code=code)
    return faults_of(held, held)


def change_settings(*, code: str, changes: Mapping[str, Any]) -> None:
    """Put keys in the place of a lender's, with a record of what stood there; None takes a key away.

    Stops   BadInput     a value that JSON cannot hold, such as a date
            UnfitTenant  a key that nothing reads, or a value that cannot be used; then nothing is changed
            NotFound     there is no such lender
    """
    try:
        json.dumps(dict(changes), allow_nan=False)
    except (TypeError, ValueError):
        raise BadInput("The file of settings holds a value that is neither text, number, list nor names: put dates "
                       "and the like in quotation marks.") from None  # fmt: skip
    tenant = get_tenant_by_code(code=code)
    held = {**tenant.settings, **changes}
    change_tenant(
        tenant_id=tenant.id, actor=SYSTEM, now=clock.now(),
        settings={name: value for name, value in held.items() if value is not None},
    )  # fmt: skip
