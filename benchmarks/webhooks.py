"""Delivery reports by signed webhooks: so many a second, at what delay, against the real server with two workers.

Usage: python benchmarks/webhooks.py [--messages 2000] [--seconds 20] [--rate 200] [--json]
Reports come at their own pace (a slow answer does not slow the next), each for another message, a tenth of them twice.
Afterwards every message stands as its reports say.
"""

import argparse
import json
import os
import queue
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pages import NOW, serving  # sets a home of its own

LIMIT_P99_MS = 200
LIMIT_RATE = 200
SENDERS = 16
KEY = "benchmark-webhook-key"


def main() -> None:
    """Fill, serve, report, check; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=LIMIT_RATE)
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args()
    code = f"bench-{os.getpid()}"
    choices = Path(os.environ["QINGSHOU_HOME"]) / "channels.yaml"
    choices.parent.mkdir(parents=True, exist_ok=True)
    chosen = {"adapter": "sms_http", "url": "http://127.0.0.1:9", "signing_key": KEY}
    choices.write_text(json.dumps({code: {"SMS": chosen}}))
    os.environ["QINGSHOU_CHANNELS"] = str(choices)
    from qingshou.config import start

    start.migrate()
    start.setup()
    tenant, ids = fill(code, given.messages)
    load_before = os.getloadavg()[0]
    with serving() as base:
        asking = Asking(base, f"/hooks/{code}/sms_http/")
        asking.at_rate(ids[:64], rate=50)  # connections and code warm
        asking.times.clear()
        began = time.perf_counter()
        wanted = int(given.rate * given.seconds)
        asking.at_rate([ids[number % len(ids)] for number in range(wanted)], rate=given.rate)
        taken_s = time.perf_counter() - began
        paced = asking.figures(taken_s)
        asking.times.clear()
        began = time.perf_counter()
        asking.at_rate([ids[number % len(ids)] for number in range(wanted)], rate=None, turn=1)
        closed = asking.figures(time.perf_counter() - began)
    wrong = check(tenant)
    result = {
        "messages": given.messages,
        "cores": os.cpu_count(),
        "load_before": round(load_before, 2),
        "at_rate": {"asked_per_s": given.rate, **paced},
        "as_fast_as_it_goes": closed,
        "failed": asking.failed,
        "wrong": wrong,
        "limit_p99_ms": LIMIT_P99_MS,
        "limit_per_s": LIMIT_RATE,
        "met": paced["p99_ms"] <= LIMIT_P99_MS
        and paced["per_s"] >= 0.98 * LIMIT_RATE
        and not asking.failed
        and not wrong,
    }
    if not given.json:
        sys.stderr.write(f"{paced}\n{closed}\n")
    print(json.dumps(result))


def fill(code: str, messages: int) -> tuple[Any, list[UUID]]:
    """Make a lender with so many messages that were handed over."""
    from uuid import uuid4

    from qingshou.features.book.models import Borrower
    from qingshou.features.cases.models import Case
    from qingshou.features.contact.models import Attempt, ContactPerson, Message
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        tenant = Tenant.objects.create(code=code, name="Bench", created_at=NOW)
    day = NOW.date()
    with using(tenant.id):
        people = [ContactPerson(id=uuid4(), key=f"B:{number}") for number in range(messages)]
        debtors = [Borrower(id=uuid4(), borrower_ref=f"B{number:06}") for number in range(messages)]
        cases = [
            Case(id=uuid4(), number=f"2026-{number:08}", borrower=debtor, process_code="COLLECTION", process_version=1,
                 stage="FIRST_CONTACT", stage_entered_on=day, severity="MILD", overdue_days=12, loans_count=1,
                 balance=1000, arrears=100, currency="CNY", opened_on=day, as_of=day, closed_on=day,
                 closed_reason="CURED")
            for number, debtor in enumerate(debtors)
        ]  # fmt: skip
        attempts = [
            Attempt(id=uuid4(), person=person, borrower=debtor, case=case, channel="SMS", at=NOW, local_date=day,
                    placed_by="bench", collector="OWN", key=f"bench:{debtor.borrower_ref}")
            for person, debtor, case in zip(people, debtors, cases, strict=True)
        ]  # fmt: skip
        rows = [
            Message(id=uuid4(), attempt=attempt, channel="SMS", adapter="sms_http", language="zh-hans", state="SENT",
                    state_at=NOW, not_before_at=NOW, queued_at=NOW, sent_at=NOW, provider_ref=f"ref-{attempt.key}")
            for attempt in attempts
        ]  # fmt: skip
        for model, made in ((ContactPerson, people), (Borrower, debtors), (Case, cases), (Attempt, attempts),
                            (Message, rows)):  # fmt: skip
            model.objects.bulk_create(made, batch_size=1000)
    return tenant, [row.id for row in rows]


class Asking:
    """Senders with connections of their own, that take reports from one line."""

    def __init__(self, base: str, path: str) -> None:
        parts = urlsplit(base)
        self._host, self._port, self._path = parts.hostname or "", parts.port or 80, path
        self.times: list[float] = []
        self.failed: dict[str, int] = {}
        self._lock = threading.Lock()

    def at_rate(self, ids: list[UUID], *, rate: float | None, turn: int = 0) -> None:
        """Deliver a report for each id, so many a second (None: each sender as fast as it is answered)."""
        waiting: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
        threads = [threading.Thread(target=self._send, args=(waiting,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        delivered = 0
        for number, message_id in enumerate(ids):
            due = began + delivered / rate if rate else time.perf_counter()
            if rate:
                time.sleep(max(0.0, due - time.perf_counter()))
            body = self._body(number, message_id, turn)
            for _ in range(2 if number % 10 == 0 else 1):
                waiting.put((due if rate else 0.0, body))
                delivered += 1
        for _ in threads:
            waiting.put(None)
        for thread in threads:
            thread.join()

    def _body(self, number: int, message_id: UUID, turn: int) -> bytes:
        state = "DELIVERED" if (number + turn) % 2 == 0 else "READ"
        event = {"type": "report", "id": f"{message_id}:{state}", "state": state, "at": NOW.isoformat(),
                 "key": str(message_id)}  # fmt: skip
        return json.dumps({"events": [event]}).encode()

    def _send(self, waiting: "queue.Queue[tuple[float, bytes] | None]") -> None:
        from qingshou.edges import clock
        from qingshou.features.contact.channels.sms_http import signature

        line = HTTPConnection(self._host, self._port, timeout=30)
        while (one := waiting.get()) is not None:
            due, body = one
            timestamp = str(int(clock.now().timestamp()))
            headers = {"Content-Type": "application/json", "X-Timestamp": timestamp,
                       "X-Signature": signature(KEY, timestamp, body)}  # fmt: skip
            began = due or time.perf_counter()
            line.request("POST", self._path, body=body, headers=headers)
            answer = line.getresponse()
            answer.read()
            taken = time.perf_counter() - began
            with self._lock:
                self.times.append(taken)
                if answer.status != 200:
                    self.failed[str(answer.status)] = self.failed.get(str(answer.status), 0) + 1
        line.close()

    def figures(self, taken_s: float) -> dict[str, float]:
        """Return rate and delays, counted from when a report was due: waiting for a free sender counts too."""
        cuts = quantiles((1000 * one for one in self.times), n=100)
        return {
            "reports": len(self.times),
            "per_s": round(len(self.times) / taken_s, 1),
            "p50_ms": round(cuts[49], 1),
            "p95_ms": round(cuts[94], 1),
            "p99_ms": round(cuts[98], 1),
            "max_ms": round(1000 * max(self.times), 1),
        }


def check(tenant: Any) -> int:
    """Count messages that do not stand as their reports say, and reports kept twice, in plain SQL."""
    from django.db import connection

    from qingshou.tenancy.context import using

    statement = """
    SELECT (SELECT count(*) FROM contact_message m WHERE m.tenant_id = %(t)s AND m.state <> COALESCE(
        (SELECT max(e.state) FROM contact_deliveryevent e WHERE e.message_id = m.id), 'SENT'))
      + (SELECT count(*) - count(DISTINCT (adapter, event_ref)) FROM contact_deliveryevent WHERE tenant_id = %(t)s)
    """  # DELIVERED < READ as words, too
    with using(tenant.id), connection.cursor() as cursor:
        cursor.execute(statement, {"t": tenant.id})
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
