"""Two people act on one case at once: each hand-over must start from the one before it.

The record says from whom to whom. With the case locked first the hand-overs link up; the negative control takes the
lock away, and then some start from an owner who no longer had the case.
"""

import threading
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.conftest import make_users
from tests.integration.cases.book_rows import DAY, NOW, owe

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.cases import operations
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations import ownership
from qingshou.tenancy.context import using

WORKERS, TURNS = 4, 12


def broken_links(case_id: UUID) -> int:
    events = [
        event
        for event in reversed(list_events(subject_kind="CASE", subject_id=case_id, limit=1000))
        if event.action == "CASE_ASSIGNED"
    ]
    assert len(events) == WORKERS * TURNS
    facts = [event.facts for event in events]
    return sum(1 for before, after in pairwise(facts) if before["owner"] != after["from"])


def run(tenant: object) -> int:
    people = list(make_users(tenant, prefix=f"{tenant.code}-").values())
    case = operations.open_case(borrower_id=owe("a", overdue_days=5), as_of=DAY, actor=SYSTEM, now=NOW)
    begin, failures = threading.Barrier(WORKERS), []

    def work(number: int) -> None:
        try:
            with using(tenant.id):
                begin.wait()
                for turn in range(TURNS):
                    taker = people[(number + turn) % len(people)]
                    operations.assign(case_id=case.id, owner_id=taker.id, actor=SYSTEM, on=DAY, now=NOW, reason="race")
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    return broken_links(case.id)


def test_hand_overs_link_up(committed: object) -> None:
    assert run(committed) == 0


def test_without_the_lock_they_do_not(committed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(case_ids: list[UUID]) -> list[Case]:
        assert transaction.get_connection().in_atomic_block
        return list(Case.objects.filter(id__in=case_ids))

    monkeypatch.setattr(ownership, "lock_cases", unlocked)
    assert run(committed) > 0
