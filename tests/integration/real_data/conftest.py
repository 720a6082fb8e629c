"""A panel of 300 accounts over eight month-ends, taken through import and day once for all tests of this folder."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.integration.real_data import panel as made

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Taken:
    """The lender, its home, the panel, and the report of each day."""

    tenant: Any
    home: Path
    panel: made.Panel
    reports: dict[date, Any]


@pytest.fixture(scope="session")
def eight_months(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Import and run every month-end; committed, for a lender of its own."""
    from qingshou.access.operations import create_user
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.operations import record_import
    from qingshou.interfaces.daily import run_day
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    home = tmp_path_factory.mktemp("panel")
    panel, tape, reports = made.make(300, seed=3), home / "panel.csv", {}
    made.write(panel, tape)
    code = f"p{uuid.uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        with using(None, scope="system"):
            tenant = Tenant.objects.create(code=code, name="Panel", created_at=NOW)
        with using(tenant.id):
            for role in ("COLLECTOR", "LEGAL_OFFICER", "ADMINISTRATOR"):
                create_user(username=f"{code}.{role.lower()[:5]}", display_name=role, role=role, actor=SYSTEM, now=NOW,
                            capacity_cases=1000)  # fmt: skip
            for _month, as_of in made.months():
                record_import(tenant_id=tenant.id, source_path=tape, mapping="credit_record", as_of=as_of, home=home,
                              actor=SYSTEM, now=NOW)  # fmt: skip
                reports[as_of] = run_day(tenant_id=tenant.id, as_of=as_of, now=NOW, actor=SYSTEM, home=home)
    return Taken(tenant, home, panel, reports)


@pytest.fixture
def taken(eight_months: Taken, db: None) -> Iterator[Taken]:
    """The lender in force for a test."""
    from qingshou.tenancy.context import using

    with using(eight_months.tenant.id):
        yield eight_months
