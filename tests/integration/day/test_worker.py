"""A worker that is killed leaves its job behind; the next worker finds it and does it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

# A worker of our own with one slow task: it says in a file when it begins, and is killed there.
SCRIPT = """
import sys, time
from pathlib import Path
from qingshou.config.start import setup
setup()
from procrastinate.contrib.django import app

@app.task(name="test.slow", queue="day")
def slow(*, mark: str) -> None:
    path = Path(mark)
    with path.open("a") as file:
        file.write("begun\\n")
    if path.read_text().count("begun") == 1:
        time.sleep(60)
    with path.open("a") as file:
        file.write("done\\n")

from qingshou.interfaces.worker import work
work(stalled_after_s=1.0)
"""


def wait_for(condition: Callable[[], bool], *, limit_s: float = 90) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def test_the_job_of_a_killed_worker_is_found_and_done(committed: object, tmp_path: Path) -> None:
    from procrastinate.contrib.django import app

    mark = tmp_path / "mark"
    job_id = app.configure_task("test.slow", queue="day").defer(mark=str(mark))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "qingshou.config.testing"}
    workers = []

    def start() -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, "-c", SCRIPT], env=environment, stderr=subprocess.DEVNULL)
        workers.append(worker)
        return worker

    def status() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
            row = cursor.fetchone()
        return str(row[0])

    try:
        first = start()
        wait_for(lambda: mark.exists() and "begun" in mark.read_text())
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert status() == "doing"  # the library leaves it so for ever
        start()
        wait_for(lambda: status() == "succeeded")
        assert mark.read_text().split() == ["begun", "begun", "done"]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


@pytest.mark.django_db
def test_the_night_seals_and_checks_a_lender_and_records_it(tenant: object) -> None:
    from tests.integration.cases.book_rows import NOW

    from qingshou.audit.queries import list_anchors, list_events
    from qingshou.interfaces.worker import verify_lender

    tenant_id = tenant.id  # type: ignore[attr-defined]
    assert verify_lender(tenant_id=tenant_id, time_zone="Asia/Shanghai", now=NOW)
    assert [anchor["on_date"].isoformat() for anchor in list_anchors()] == ["2026-11-23"]
    (event,) = list_events(subject_kind="LENDER", subject_id=tenant_id)
    assert (event.action, event.facts) == ("NIGHT_VERIFIED", {"is_sound": True, "wrong": {}})


@pytest.mark.django_db
def test_the_night_lets_go_of_what_nobody_waits_for(tenant: object, settings: object, tmp_path: Path) -> None:
    from datetime import timedelta

    from tests.integration.cases.book_rows import NOW

    from qingshou.interfaces.worker import tidy_lender
    from qingshou.rest.models import IdempotencyKey

    settings.QINGSHOU_HOME = tmp_path  # type: ignore[attr-defined]
    for key, age_days in (("old", 8), ("young", 6)):
        IdempotencyKey.objects.create(
            principal="USER:x", key=key, method="POST", path="/", body_hash="0" * 64, status=200,
            content_type="text/plain", body=b"", created_at=NOW - timedelta(days=age_days),
        )  # fmt: skip
    given = tenant  # type: ignore[assignment]
    done = tidy_lender(tenant_id=given.id, tenant_code=given.code, now=NOW)  # type: ignore[attr-defined]
    assert done == {"approvals": 0, "idempotency_keys": 1, "uploads": 0}
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]
