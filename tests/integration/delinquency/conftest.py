"""Six real month-ends taken in, classed, compared and counted, once for each process that runs tests."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.integration.book.day_parts import run_day, take
from tests.integration.delinquency.taiwan_by_hand import DATES, TAPE, Taiwan, rows

from qingshou.audit.actors import SYSTEM

__all__ = ["run_day", "six_months", "taiwan", "take"]
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def six_months(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Taiwan:
    """Run the day's parts over the six month-ends; committed, for a lender of its own."""
    from qingshou.features.book.operations import load_working_set, record_import
    from qingshou.features.delinquency.operations import classify_day, compare_days, compute_figures
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    home = tmp_path_factory.mktemp("taiwan")
    taken: dict[Any, Any] = {}
    with django_db_blocker.unblock():
        with using(None, scope="system"):
            tenant = Tenant.objects.create(
                code=f"tw{uuid.uuid4().hex[:10]}", name="Taiwan", jurisdiction="taiwan", currency="TWD", created_at=NOW
            )
        with using(tenant.id):
            for day in DATES:
                record_import(
                    tenant_id=tenant.id, source_path=TAPE, mapping="taiwan_card", as_of=day, home=home, actor=SYSTEM,
                    now=NOW,
                )  # fmt: skip
                classed = classify_day(tenant_id=tenant.id, as_of=day, home=home)
                compared = compare_days(tenant_id=tenant.id, as_of=day, home=home)
                loaded = load_working_set(tenant_id=tenant.id, as_of=day, classified=classed.path, home=home)
                figures = compute_figures(tenant_id=tenant.id, as_of=day, home=home)
                taken[day] = (classed, compared, loaded, figures)
    return Taiwan(tenant, home, rows(), taken)


@pytest.fixture
def taiwan(six_months: Taiwan, db: None) -> Iterator[Taiwan]:
    """The lender in force for a test; what a test writes is rolled back."""
    from qingshou.tenancy.context import using

    with using(six_months.tenant.id):
        yield six_months
