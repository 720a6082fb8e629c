"""A file taken in is a row with its totals and its event; the same file again, even at once, changes nothing."""

import json
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.integration.book.tapes import HEAD, loan

from qingshou.audit.models import AuditEvent
from qingshou.audit.verification import verify
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.models import Import
from qingshou.tenancy.context import using

DAY = date(2026, 1, 31)
TAPE = HEAD + loan("1") + loan("2", balance="7.50") + loan("3", balance="x")


def _tree(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


@pytest.mark.django_db
def test_an_import_keeps_totals_reasons_and_its_event(tenant: Any, take: Callable[..., Any]) -> None:
    row = take(TAPE, as_of=DAY).row
    assert (row.status, row.rows_read, row.rows_accepted, row.rows_rejected) == ("DONE", 3, 2, 1)
    assert row.totals["balance"]["accepted"] == "107.500"
    assert sum(row.reasons.values()) == 1
    event = AuditEvent.objects.get(action="FILE_IMPORTED")
    assert (json.loads(event.facts)["rows_accepted"], event.document_hash) == (2, row.content_hash)
    assert verify().findings == ()


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(tenant: Any, take: Callable[..., Any], tmp_path: Path) -> None:
    first = take(TAPE, as_of=DAY)
    before = _tree(tmp_path / "home"), list(Import.objects.values()), AuditEvent.objects.count()
    again = take(TAPE, as_of=DAY)
    assert (first.is_repeat, again.is_repeat, again.row.id) == (False, True, first.row.id)
    assert (_tree(tmp_path / "home"), list(Import.objects.values()), AuditEvent.objects.count()) == before


@pytest.mark.django_db
def test_a_refused_file_is_kept_as_failed_and_may_come_again(tenant: Any, take: Callable[..., Any]) -> None:
    with pytest.raises(FileRefused):
        take("", as_of=DAY)
    row = Import.objects.get()
    assert (row.status, row.error.split(":")[0], row.rows_accepted) == ("FAILED", "FILE_REFUSED", 0)
    assert AuditEvent.objects.get().action == "IMPORT_FAILED"
    with pytest.raises(FileRefused):
        take("", as_of=DAY)
    assert Import.objects.count() == 1


def test_the_same_file_by_eight_at_once_is_taken_in_once(committed: Any, take: Callable[..., Any]) -> None:
    barrier, found, failures = threading.Barrier(8), [], []

    def run() -> None:
        try:
            with using(committed.id):
                barrier.wait(30)
                found.append(take(TAPE, as_of=DAY))
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert {one.row.id for one in found} == {Import.objects.get().id}
    assert Import.objects.get().rows_accepted == 2
    assert AuditEvent.objects.filter(action="FILE_IMPORTED").count() == 1
