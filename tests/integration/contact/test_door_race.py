"""Sixteen workers at one door: never more than the cap, and nothing after a stop was acknowledged.

The negative control takes the lock away: then the caps break, which shows that the test can see it.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from tests.conftest import make_users
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Attempt
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.door import Asked, reserve_many
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Channel, Purpose, Stop
from qingshou.tenancy.context import using

WORKERS, TRIES, DEBTORS = 16, 40, 8
CAP = 3  # effective conversations a day, of which a reserved call may become one


@pytest.fixture(autouse=True)
def _in_force() -> None:
    """Committed rows: the lender of `committed`, not the rolled-back one."""


def at_once(tenant: Any, work: Callable[[int], None], *, workers: int = WORKERS) -> None:
    begin, failures = threading.Barrier(workers), []

    def one(number: int) -> None:
        try:
            with using(tenant.id):
                begin.wait()
                work(number)
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert failures == []


def debtors(tenant: Any) -> list[Any]:
    make_users(tenant, prefix=f"{tenant.code}-")
    cases = [make_debtor() for _ in range(DEBTORS)]
    for case in cases:  # what a first clearance makes once a number is there before the race
        door.clear(person=case.borrower_id, channel=Channel.PHONE, purpose=Purpose.COLLECT, now=NOW)
    return cases


def most_reserved(cases: list[Any]) -> int:
    return max(Attempt.objects.filter(borrower=case.borrower_id).count() for case in cases)


def race(tenant: Any) -> int:
    cases = debtors(tenant)

    def work(number: int) -> None:
        draw = Random(number)
        for _ in range(TRIES):
            case = draw.choice(cases)
            asked = Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)
            reserve_many(asked=[asked], actor=SYSTEM, now=NOW, keep_refusals=False)

    at_once(tenant, work)
    return most_reserved(cases)


def test_no_counter_is_passed(committed: object) -> None:
    assert race(committed) == CAP


def test_without_the_lock_counters_are_passed(committed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(_identities: Any) -> None:
        time.sleep(0.002)  # the others read before we write

    cases_made: list[Any] = debtors(committed)
    for case in cases_made:  # persons are there: only the lock is taken away
        with monkeypatch.context() as kept:
            kept.setattr(door, "_write_refusals", lambda *_: None)
            attempt = door.reserve(
                asked=Asked(borrower_id=case.borrower_id, channel=Channel.EMAIL), actor=SYSTEM, now=NOW
            )
            door.release(attempt_id=attempt.id, actor=SYSTEM, now=NOW)
    monkeypatch.setattr(door, "lock_people", unlocked)
    # the record's own lock would serialise the writers too late to help: left out, as it is not what is tried here
    monkeypatch.setattr(door, "record_many", lambda **_: 0)

    def work(number: int) -> None:
        draw = Random(number)
        for _ in range(TRIES):
            case = draw.choice(cases_made)
            asked = Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)
            reserve_many(asked=[asked], actor=SYSTEM, now=NOW, keep_refusals=False)

    at_once(committed, work)
    worst = max(Attempt.objects.filter(borrower=case.borrower_id, channel="PHONE").count() for case in cases_made)
    assert worst > CAP


def test_nothing_is_let_through_after_a_stop_was_acknowledged(committed: object) -> None:
    cases = debtors(committed)
    acknowledged: dict[Any, float] = {}
    made: list[tuple[Any, float]] = []

    def work(number: int) -> None:
        draw = Random(number)
        if number == 0:
            for case in cases:
                time.sleep(0.05)
                place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
                acknowledged[case.borrower_id] = time.monotonic()
            return
        for turn in range(TRIES):
            case = draw.choice(cases)
            begun = time.monotonic()
            # each on a day of its own, so that no counter but only the stop stands in the way
            asked = Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, at=NOW + timedelta(days=turn))
            (answer,) = reserve_many(asked=[asked], actor=SYSTEM, now=NOW, keep_refusals=False)
            if answer.attempt is not None:
                made.append((case.borrower_id, begun))

    at_once(committed, work)
    assert len(acknowledged) == DEBTORS
    assert made
    late = [one for one in made if one[1] > acknowledged[one[0]]]
    assert late == []
