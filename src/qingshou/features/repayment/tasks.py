"""Jobs of repayment."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from qingshou.audit.actors import SYSTEM, Actor
from qingshou.features.repayment.operations.bank_uploads import take_upload
from qingshou.features.repayment.operations.intents import expire_payments
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import list_tenants


@app.task(name="repayment.take_bank_file", queue="imports")
def take_bank_upload(*, tenant_id: str, upload_id: str, actor_kind: str, actor_name: str, actor_id: str | None) -> None:
    """Take a bank's file in for a lender; run again after a crash it ends the same."""
    with using(UUID(tenant_id)):
        take_upload(
            upload_id=upload_id,
            home=settings.QINGSHOU_HOME,
            actor=Actor(actor_kind, actor_name, UUID(actor_id) if actor_id else None),
            now=datetime.now(UTC),  # noqa: TID251  a job is an edge: it knows the time
        )


@app.periodic(cron="*/10 * * * *")
@app.task(name="repayment.tend_payments", queue="repayment", queueing_lock="repayment.tend_payments")
def tend_payments(timestamp: int) -> None:
    """Write that payments with a provider which nobody finished in time are over.

    They are good for an hour of the clock, not for a business day: therefore a job of the clock and no step of the day.
    """
    begun = datetime.fromtimestamp(timestamp, UTC)
    for tenant in list_tenants():
        with using(tenant.id):
            expire_payments(now=begun, actor=SYSTEM)
