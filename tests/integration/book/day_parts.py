"""A small lender's files, written for a test and taken in by the real intake."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.integration.book.tapes import HEAD

from qingshou.audit.actors import SYSTEM

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that takes text in as a file of the lender in force."""
    from qingshou.features.book.operations import record_import
    from qingshou.tenancy.context import current_tenant_id

    def taken(text: str, *, as_of: date, mapping: str = "canonical", name: str = "tape.csv") -> Any:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return record_import(
            tenant_id=current_tenant_id(), source_path=path, mapping=mapping, as_of=as_of, home=tmp_path / "home",
            actor=SYSTEM, now=NOW,
        )  # fmt: skip

    return taken


@pytest.fixture
def run_day(tmp_path: Path, take: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that takes a tape in and runs the parts of a day over it."""
    from qingshou.features.book.operations import load_working_set
    from qingshou.features.delinquency.operations import classify_day, compare_days, compute_figures
    from qingshou.tenancy.context import current_tenant_id

    def run(*lines: str, as_of: date, head: str = HEAD) -> dict[str, Any]:
        tenant_id, home = current_tenant_id(), tmp_path / "home"
        if lines:
            take(head + "".join(lines), as_of=as_of, name=f"{as_of}.csv")
        classed = classify_day(tenant_id=tenant_id, as_of=as_of, home=home)
        return {
            "classed": classed,
            "compared": compare_days(tenant_id=tenant_id, as_of=as_of, home=home),
            "figures": compute_figures(tenant_id=tenant_id, as_of=as_of, home=home),
            "loaded": load_working_set(tenant_id=tenant_id, as_of=as_of, classified=classed.path, home=home),
        }

    return run
