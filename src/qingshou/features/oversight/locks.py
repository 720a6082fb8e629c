"""One day's run a lender at a time: a lock of the session, which a killed process cannot leave behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, connection

from qingshou.features.oversight.errors import DayBusy
from qingshou.features.oversight.models import DayRun


@contextmanager
def only_run(tenant_id: UUID, *, wait: bool) -> Iterator[None]:
    """Hold the lender's day lock inside the block.

    Takes   wait     True: wait until the other run ends
    Stops   DayBusy  another process runs; the message says which, where and since when
    """
    key = f"day-run:{tenant_id}"
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
            cursor.execute("RESET lock_timeout")
        else:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
            row = cursor.fetchone()
            if row is None or not row[0]:
                raise _busy()
    try:
        yield
    finally:
        _release(key)


def _release(key: str) -> None:
    """Give the lock back; a connection that is gone took it along."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
    except DatabaseError:
        connection.close()


def _busy() -> DayBusy:
    running = DayRun.objects.filter(status="RUNNING").order_by("-as_of").first()
    if running is None:
        return DayBusy("Another process is about to run a day of this lender: wait for it, or say --wait.")
    since = running.attempted_at or running.started_at
    return DayBusy(
        f"The day {running.as_of} is being run by {running.runner} since {since:%Y-%m-%d %H:%M:%S} UTC: wait for it "
        "to end, or say --wait.",
        as_of=running.as_of,
        runner=running.runner,
        since=since,
    )
