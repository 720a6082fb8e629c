"""S4: sixteen writers on one chain make no fork; with the lock off they do, or are refused by the database."""

import threading
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction

from qingshou.audit.actors import SYSTEM
from qingshou.audit.chains import EVENT_COLUMNS, advance_heads, chained, lock_heads
from qingshou.audit.entries import Entry
from qingshou.audit.models import AuditEvent
from qingshou.audit.operations import record, record_many
from qingshou.audit.verification import verify
from qingshou.tenancy.context import using

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
WRITERS, EVENTS_EACH = 16, 250


def _together(tenant_id: UUID, work, writers: int = WRITERS) -> None:
    barrier, failures = threading.Barrier(writers), []

    def run(number: int) -> None:
        try:
            with using(tenant_id):
                barrier.wait(30)
                work(number)
        except DatabaseError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert failures == []


def test_sixteen_writers_on_one_chain_make_no_fork(committed):
    subject = uuid4()

    def work(number: int) -> None:
        for step in range(EVENTS_EACH):
            record(subject_kind="CASE", subject_id=subject, action="NOTED", actor=SYSTEM, now=NOW,
                   facts={"writer": number, "step": step})  # fmt: skip

    _together(committed.id, work)
    result = verify()
    assert (result.findings, result.chains_count, result.events_count) == ((), 1, WRITERS * EVENTS_EACH)


def test_without_the_lock_writers_collide(committed):
    """The negative control: the same code with the locking clause left out loses most of its writes to the
    database's last guard (a fork is refused by UNIQUE), which is how we know the race is there."""
    subject, refused = uuid4(), []
    record(subject_kind="CASE", subject_id=subject, action="NOTED", actor=SYSTEM, now=NOW, facts={})

    def work(number: int) -> None:
        for step in range(20):
            try:
                with transaction.atomic():
                    heads = lock_heads(committed.id, [("CASE", subject)], lock="")
                    entry = Entry("CASE", subject, "NOTED", {"writer": number, "step": step})
                    (row,) = chained([entry], heads, tenant_id=committed.id, actor=SYSTEM, now=NOW)
                    AuditEvent(**dict(zip(EVENT_COLUMNS, row, strict=True))).save(force_insert=True)
                    advance_heads(list(heads.values()))
            except DatabaseError as error:
                refused.append(error)

    _together(committed.id, work)
    assert refused


def test_writers_of_many_shared_chains_do_not_deadlock(committed):
    """Each writer takes the same chains in another order, some begun at that very moment."""
    subjects = [uuid4() for _ in range(40)]

    def work(number: int) -> None:
        for step in range(5):
            mine = subjects[number % 7 :] + subjects[: number % 7]
            if number % 2:
                mine.reverse()
            entries = [Entry("CASE", subject, "NOTED", {"w": number, "s": step}) for subject in mine]
            record_many(entries=entries, actor=SYSTEM, now=NOW)

    _together(committed.id, work, writers=8)
    result = verify()
    assert (result.findings, result.chains_count, result.events_count) == ((), 40, 8 * 5 * 40)
