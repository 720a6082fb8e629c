"""Payments told over REST: so many a second, at what delay, against the real server with two workers.

Usage: python benchmarks/payments.py [--debtors 2000] [--seconds 20] [--rate 100] [--reads 100] [--json]
Payments come at their own pace (a slow answer does not slow the next), each with a token, an idempotency key and an id
of its own; a tenth are told twice. A third of the debtors have a ledger before, the others get theirs with the first.
`--reads` asks so many ledgers a second beside them, in a run of its own. Afterwards the books are checked by plain SQL.
"""

import argparse
import json
import os
import queue
import sys
import threading
import time
from datetime import timedelta
from decimal import Decimal
from http.client import HTTPConnection
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from pages import serving  # sets a home of its own
from reading import Reads

LIMIT_P99_MS = 300
LIMIT_RATE = 100
SENDERS = 16


def main() -> None:
    """Fill, serve, tell, check; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=LIMIT_RATE)
    parser.add_argument("--reads", type=float, default=100, help="ledgers read a second beside the payments")
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args()
    from qingshou.config import start

    start.migrate()
    start.setup()
    tenant, token, loans, day = fill(given.debtors)
    load_before = os.getloadavg()[0]
    with serving() as base:
        asking = Asking(base, token, loans, day)
        asking.pay(200, rate=50)  # connections and code warm
        asking.times.clear()
        paced = asking.measured(int(given.rate * given.seconds), rate=given.rate)
        fast = asking.measured(int(given.rate * given.seconds), rate=None)
        beside = None
        if given.reads:
            with asking.reads(base, given.reads) as reads:
                beside = asking.measured(int(given.rate * given.seconds), rate=given.rate)
            beside |= {"reads": reads.figures}
    wrong = check(tenant)
    result = {
        "debtors": given.debtors,
        "cores": os.cpu_count(),
        "load_before": round(load_before, 2),
        "at_rate": {"asked_per_s": given.rate, **paced},
        "as_fast_as_it_goes": fast,
        "with_reads": beside,
        "failed": asking.failed,
        "wrong": wrong,
        "limit_p99_ms": LIMIT_P99_MS,
        "limit_per_s": LIMIT_RATE,
        "met": paced["p99_ms"] <= LIMIT_P99_MS
        and paced["per_s"] >= 0.98 * LIMIT_RATE
        and not asking.failed
        and not wrong
        and _is_kept(beside),
    }
    if not given.json:
        sys.stderr.write(f"{paced}\n{fast}\n")
    print(json.dumps(result))


def _is_kept(beside: dict[str, Any] | None) -> bool:
    """Tell whether the limits hold with reads beside."""
    return beside is None or (
        beside["p99_ms"] <= LIMIT_P99_MS and beside["per_s"] >= 0.98 * LIMIT_RATE and not beside["reads"]["failed"]
    )


def fill(debtors: int) -> tuple[Any, str, list[tuple[str, str]], str]:
    """Make a lender with so many overdue debtors of one loan, and a token; gives their numbers and ids, and the day."""
    from qingshou.access.operations import create_client
    from qingshou.access.scopes import Scope
    from qingshou.audit.actors import SYSTEM
    from qingshou.edges import clock
    from qingshou.features.book.models import Borrower, Loan
    from qingshou.features.repayment.operations.ledger_opening import open_ledger
    from qingshou.tenancy.context import using
    from qingshou.tenancy.operations import create_tenant

    now = clock.now()
    day = now.date()
    tenant = create_tenant(code=f"bench-{os.getpid()}", name="Bench", now=now)
    with using(tenant.id):
        people = [Borrower(id=uuid4(), borrower_ref=f"B{number:06}") for number in range(debtors)]
        loans = [
            Loan(id=uuid4(), loan_ref=f"L{number:06}", borrower=person, as_of=day - timedelta(days=1),
                 product="CONSUMER", currency="CNY", contract_rate=Decimal("0.12"), balance=10_000, arrears=300,
                 arrears_principal=200, arrears_interest=70, arrears_penalty=20, arrears_fees=10,
                 oldest_due_date=day - timedelta(days=40), overdue_days=40, days_basis="GIVEN",
                 severity_base="MODERATE", severity="MODERATE", regulatory_class="SPECIAL_MENTION")
            for number, person in enumerate(people)
        ]  # fmt: skip
        Borrower.objects.bulk_create(people, batch_size=1000)
        Loan.objects.bulk_create(loans, batch_size=1000)
        for loan in loans[::3]:
            open_ledger(loan_id=loan.id, actor=SYSTEM, now=now)
        _, token = create_client(
            name="core banking", role="TEAM_LEAD", scopes=[Scope.REPAYMENT_WRITE], actor=SYSTEM, now=now,
            expires_at=now + timedelta(days=1),
        )  # fmt: skip
    return tenant, token, [(loan.loan_ref, str(loan.id)) for loan in loans], day.isoformat()


class Asking:
    """Senders with connections of their own, that take payments from one line."""

    def __init__(self, base: str, token: str, loans: list[tuple[str, str]], day: str) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._loans, self._told, self._day = loans, 0, day
        self.times: list[float] = []
        self.failed: dict[str, int] = {}
        self._lock = threading.Lock()

    def measured(self, count: int, *, rate: float | None) -> dict[str, Any]:
        """Tell so many payments and give the figures."""
        self.times.clear()
        began = time.perf_counter()
        self.pay(count, rate=rate)
        return self._figures(time.perf_counter() - began)

    def pay(self, count: int, *, rate: float | None) -> None:
        """Tell payments, so many a second (None: each sender as fast as it is answered)."""
        waiting: queue.Queue[tuple[float, bytes, str] | None] = queue.Queue()
        threads = [threading.Thread(target=self._send, args=(waiting,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        for number in range(count):
            due = began + number / rate if rate else 0.0
            if rate:
                time.sleep(max(0.0, due - time.perf_counter()))
            if number % 10 or not self._told:
                self._told += 1
            waiting.put((due, *self._body(self._told)))
        for _ in threads:
            waiting.put(None)
        for thread in threads:
            thread.join()

    def reads(self, base: str, rate: float) -> Reads:
        """Ledgers read so many a second by the same token, one after the other."""
        paths = [f"/api/v1/repayment/loans/{loan}/ledger" for _, loan in self._loans]
        return Reads(base=base, headers=self._head, paths=paths, rate=rate)

    def _body(self, number: int) -> tuple[bytes, str]:
        loan, _ = self._loans[number % len(self._loans)]
        told = {"external_ref": f"bank-{number}", "amount": f"{1 + number % 40}.{number % 100:02}", "currency": "CNY",
                "value_date": self._day, "loan_ref": loan, "payer_name": "王小明",
                "payer_account": f"6222{number:012}", "remittance": "还款"}  # fmt: skip
        return json.dumps(told).encode(), f"key-{number}"

    def _send(self, waiting: "queue.Queue[tuple[float, bytes, str] | None]") -> None:
        connection = HTTPConnection(self._host, self._port, timeout=60)
        while (given := waiting.get()) is not None:
            due, body, key = given
            began = due or time.perf_counter()
            connection.request(
                "POST", "/api/v1/repayment/receipts", body, {**self._head, "Idempotency-Key": key}
            )  # fmt: skip
            answer = connection.getresponse()
            content = answer.read()
            with self._lock:
                self.times.append(time.perf_counter() - began)
                # the same key at the same moment: told to come again
                if answer.status not in (200, 409):
                    name = f"{answer.status} {content[:200].decode(errors='replace')}"
                    self.failed[name] = self.failed.get(name, 0) + 1
        connection.close()

    def _figures(self, taken_s: float) -> dict[str, Any]:
        cut = quantiles(self.times, n=100)
        named = {"p50_ms": cut[49], "p95_ms": cut[94], "p99_ms": cut[98]}
        return {"told": len(self.times), "per_s": round(len(self.times) / taken_s, 1)} | {
            name: round(1000 * value, 1) for name, value in named.items()
        }


def check(tenant: Any) -> dict[str, int]:
    """Return what is wrong with the books, and receipts that stand on no debt."""
    from qingshou.features.repayment.queries.invariants import count_broken_money
    from qingshou.features.repayment.queries.receipts import count_unmatched
    from qingshou.tenancy.context import using

    with using(tenant.id):
        found = {one.name: count for one, count in count_broken_money(tenant_id=tenant.id).items() if count}
        if waiting := count_unmatched():
            found["unmatched"] = waiting
    return found


if __name__ == "__main__":
    main()
