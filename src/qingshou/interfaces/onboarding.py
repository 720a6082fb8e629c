"""A new lender and its first administrator, from the command line."""

from qingshou.access.tenants import first_administrator, open_tenant
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock


def create_lender(*, code: str, name: str, jurisdiction: str, currency: str, time_zone: str) -> tuple[str, str]:
    """Make a lender with one administrator; give the sign-in name and the first password, shown once."""
    now = clock.now()
    tenant = open_tenant(
        code=code, name=name, jurisdiction=jurisdiction, currency=currency, time_zone=time_zone, actor=SYSTEM, now=now
    )
    user, password = first_administrator(tenant_id=tenant.id, actor=SYSTEM, now=now, username=f"{code}-admin")
    return user.username, password
