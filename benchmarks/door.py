"""The door: clearances a second on one worker, and a race of sixteen processes with and without the lock.

Usage: python benchmarks/door.py [--debtors 4000] [--workers 16] [--tries 2000] [--json]
Fills a database of its own under the temporary directory. The race: every worker tries again and again to reserve a
call to one of 100 debtors while one process places stops; the control runs the same with the lock taken away.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", tempfile.mkdtemp(prefix="qingshou-bench-"))

from measuring import machine, report_part, tell

LIMIT_PER_S = 500
CAP = 3  # effective conversations a day, of which a reserved call may become one
RACED = 100
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
AS_OF = date(2026, 11, 23)
_PART = 1_000


def main() -> None:
    """Measure one worker, race, control; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=4_000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--tries", type=int, default=2_000)
    parser.add_argument("--part", choices=["race"])
    parser.add_argument("--tenant")
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--unlocked", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    from qingshou.config import start

    if given.part == "race":
        start.setup()
        report_part(lambda: race_part(UUID(given.tenant), given.number, given.tries, unlocked=given.unlocked))
        return
    start.migrate()
    start.setup()
    here = machine()  # the load it names is the one before the run
    rates = one_worker(given.debtors)
    raced = race(given.workers, given.tries, unlocked=False)
    control = race(given.workers, min(given.tries, 200), unlocked=True)
    result = {
        **here,
        "debtors": given.debtors,
        **rates,
        "limit_per_s": LIMIT_PER_S,
        "race": raced,
        "control_without_lock": control,
        "met": rates["clear_one_by_one_per_s"] >= LIMIT_PER_S
        and rates["reserve_many_per_s"] >= LIMIT_PER_S
        and raced["most"] == CAP
        and raced["after_stop"] == 0
        and control["most"] > CAP,
    }
    tell(result, as_json=given.json)


def fill(count: int) -> tuple[UUID, list[UUID]]:
    """Make a lender with debtors, sealed numbers, loans and cases; gives the lender and its cases' debtors."""
    from qingshou.features.book.models import Borrower, ContactPoint, Loan
    from qingshou.privacy.blind_index import blind_index_many
    from qingshou.privacy.kinds import PersonalKind
    from qingshou.privacy.sealing import seal_many
    from qingshou.tenancy.context import using
    from qingshou.tenancy.operations import create_tenant

    tenant = create_tenant(code=f"door-{uuid4().hex[:8]}", name="Bench", now=NOW)
    with using(tenant.id):
        ids, points = [uuid4() for _ in range(count)], [uuid4() for _ in range(count)]
        numbers = [f"138{number:08d}" for number in range(count)]
        sealed = seal_many(numbers, place="book_contactpoint.value", row_ids=points)
        indexes = blind_index_many(PersonalKind.PHONE, numbers, tenant.id)
        Borrower.objects.bulk_create(
            [Borrower(id=one, borrower_ref=f"B{place}", time_zone="Asia/Shanghai") for place, one in enumerate(ids)],
            batch_size=_PART,
        )
        ContactPoint.objects.bulk_create(
            [
                ContactPoint(id=point, borrower_id=one, channel="PHONE", position=1, value=value, value_index=index)
                for point, one, value, index in zip(points, ids, sealed, indexes, strict=True)
            ],
            batch_size=_PART,
        )
        Loan.objects.bulk_create(
            [
                Loan(
                    loan_ref=f"L{place}",
                    borrower_id=one,
                    as_of=AS_OF,
                    product="CONSUMER",
                    currency="CNY",
                    balance=1000,
                    arrears=100,
                    overdue_days=12,
                    days_basis="GIVEN",
                    severity_base="MILD",
                    severity="MILD",
                    regulatory_class="SPECIAL_MENTION",
                )
                for place, one in enumerate(ids)
            ],
            batch_size=_PART,
        )
    return tenant.id, ids


def one_worker(count: int) -> dict[str, Any]:
    """Clear and reserve one by one and by the thousand; the zones of numbers are looked up before."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.door import Asked, clear, clear_many, reserve_many
    from qingshou.law.contact.terms import Channel, Purpose
    from qingshou.tenancy.context import using

    tenant_id, ids = fill(count)
    with using(tenant_id):
        began = time.monotonic()
        for start in range(0, count, _PART):
            clear_many(
                asked=[Asked(borrower_id=one, channel=Channel.PHONE) for one in ids[start : start + _PART]], now=NOW
            )
        first_s = time.monotonic() - began
        began = time.monotonic()
        for start in range(0, count, _PART):
            clear_many(
                asked=[Asked(borrower_id=one, channel=Channel.PHONE) for one in ids[start : start + _PART]], now=NOW
            )
        many_s = time.monotonic() - began
        began = time.monotonic()
        for start in range(0, count, _PART):
            asked = [Asked(borrower_id=one, channel=Channel.PHONE) for one in ids[start : start + _PART]]
            reserve_many(asked=asked, actor=SYSTEM, now=NOW)
        reserve_many_s = time.monotonic() - began
        some = ids[:1000]
        began = time.monotonic()
        for one in some:
            clear(person=one, channel=Channel.PHONE, purpose=Purpose.COLLECT, now=NOW)
        clear_s = time.monotonic() - began
        began = time.monotonic()
        for one in some:
            reserve_many(asked=[Asked(borrower_id=one, channel=Channel.PHONE)], actor=SYSTEM, now=NOW)
        reserve_s = time.monotonic() - began
    return {
        "clear_one_by_one_per_s": round(len(some) / clear_s),
        "clear_many_per_s": round(count / many_s),
        "clear_many_numbers_new_per_s": round(count / first_s),
        "reserve_one_by_one_per_s": round(len(some) / reserve_s),
        "reserve_many_per_s": round(count / reserve_many_s),
    }


def race(workers: int, tries: int, *, unlocked: bool) -> dict[str, Any]:
    """Let processes race for the calls of 100 debtors; counted afterwards by plain SQL."""
    from django.db import connection

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.door import Asked, reserve_many
    from qingshou.law.contact.terms import Channel
    from qingshou.tenancy.context import using

    tenant_id, ids = fill(RACED)
    with using(tenant_id):  # persons and zones are there before the race
        asked = [Asked(borrower_id=one, channel=Channel.EMAIL) for one in ids]
        reserve_many(asked=asked, actor=SYSTEM, now=NOW, keep_refusals=False)
    command = [sys.executable, __file__, "--part", "race", "--tenant", str(tenant_id), "--tries", str(tries)]
    began = time.monotonic()
    running = [
        subprocess.Popen(
            [*command, "--number", str(number), *(["--unlocked"] if unlocked else [])],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(workers)
    ]
    told = [json.loads(process.communicate()[0].strip().splitlines()[-1]) for process in running]
    taken_s = time.monotonic() - began
    stops = {key: at for one in told for key, at in one["stops"].items()}
    late = sum(1 for one in told for key, begun in one["made"] if key in stops and begun > stops[key])
    with using(tenant_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), COALESCE(max(n), 0), COALESCE(sum(GREATEST(0, n - %s)), 0) FROM ("
            "SELECT count(*) AS n FROM contact_attempt WHERE channel = 'PHONE' GROUP BY person_id) t",
            [CAP],
        )
        persons, most, over = cursor.fetchone()
    return {
        "tries": workers * tries,
        "persons": persons,
        "most": most,
        "cap": CAP,
        "over_cap": int(over),
        "stops_acknowledged": len(stops),
        "after_stop": late,
        "taken_s": round(taken_s, 1),
    }


def race_part(tenant_id: UUID, number: int, tries: int, *, unlocked: bool) -> dict[str, Any]:
    """One racer; number 0 places a stop on every second debtor instead."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.models import Borrower
    from qingshou.features.contact.operations import door
    from qingshou.features.contact.operations.stops import place_stop
    from qingshou.law.contact.terms import Channel, Stop
    from qingshou.tenancy.context import using

    if unlocked:
        door.lock_people = lambda _identities: None  # type: ignore[assignment]
        door.record_many = lambda **_: 0  # type: ignore[assignment]  # its own lock would serialise the writers
    draw = random.Random(number)
    made: list[tuple[str, float]] = []
    stops: dict[str, float] = {}
    with using(tenant_id):
        ids = list(Borrower.objects.order_by("borrower_ref").values_list("id", flat=True))
        if number == 0 and not unlocked:
            for one in ids[::2]:
                time.sleep(0.05)
                place_stop(borrower_id=one, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
                stops[str(one)] = time.monotonic()
            return {"made": made, "stops": stops}
        for _ in range(tries):
            one = draw.choice(ids)
            begun = time.monotonic()
            asked = [door.Asked(borrower_id=one, channel=Channel.PHONE)]
            (answer,) = door.reserve_many(asked=asked, actor=SYSTEM, now=NOW, keep_refusals=False)
            if answer.attempt is not None:
                made.append((str(one), begun))
    return {"made": made, "stops": stops}


if __name__ == "__main__":
    main()
