"""Payments told over REST: so many a second, at what delay, against the real server with two workers.

Usage: python benchmarks/payments.py [--debtors 2000] [--seconds 20] [--rate 100] [--reads 100] [--pages 40] [--json]
Payments come at their own pace (a slow answer does not slow the next), each with a token, an idempotency key and an id
of its own; a tenth are told twice. A third of the debtors have a ledger before, the others get theirs with the first.
`--reads` asks so many ledgers a second over REST beside them, `--pages` so many pages of a desk as people who are
signed in; several rates parted by commas are runs of their own. What each read costs of the processors, server and
database apart, is measured with nothing beside it. Afterwards the books are checked by plain SQL.
"""

import argparse
import json
import os
import queue
import sys
import threading
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from pages import COOKIE, serving  # sets a home of its own
from payments_book import Book, fill
from payments_cost import cost_of
from reading import Kind, Reads, percentiles

LIMIT_P99_MS = 300
LIMIT_RATE = 100
LIMIT_READS_P99_MS = 150
SENDERS = 16


def main() -> None:
    """Fill, serve, tell, check; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=LIMIT_RATE)
    parser.add_argument("--reads", type=_rates, default=[100.0], help="ledgers read a second beside the payments")
    parser.add_argument("--pages", type=_rates, default=[40.0], help="pages asked a second beside the payments")
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args()
    from qingshou.config import start

    start.migrate()
    start.setup()
    began = time.monotonic()
    book = fill(given.debtors)
    filled_s = time.monotonic() - began
    load_before = os.getloadavg()[0]
    kinds = {"reads": ledgers(book), "pages": pages(book)}
    count, beside = int(given.rate * given.seconds), {}
    with serving() as base:
        asking = Asking(base, book)
        asking.pay(200, rate=50)  # connections and code warm
        cost = cost_of(base, [*kinds["reads"], *kinds["pages"]])
        paced = asking.measured(count, rate=given.rate)
        fast = asking.measured(count, rate=None)
        for name, rates in (("reads", given.reads), ("pages", given.pages)):
            for rate in rates:
                with Reads(base=base, kinds=kinds[name], rate=rate) as reads:
                    told = asking.measured(count, rate=given.rate)
                beside[f"{name} {rate:g}"] = told | {"reads": reads.figures}
    wrong = check(book.tenant)
    result = {
        "debtors": given.debtors,
        "filled_s": round(filled_s, 1),
        "cores": os.cpu_count(),
        "load_before": round(load_before, 2),
        "cost_ms": cost,
        "at_rate": {"asked_per_s": given.rate, **paced},
        "as_fast_as_it_goes": fast,
        "beside": beside,
        "failed": asking.failed,
        "wrong": wrong,
        "limit_p99_ms": LIMIT_P99_MS,
        "limit_per_s": LIMIT_RATE,
        "limit_reads_p99_ms": LIMIT_READS_P99_MS,
        "met": _is_kept(paced) and not asking.failed and not wrong and all(_is_kept(one) for one in beside.values()),
    }
    if not given.json:
        for name, one in {"cost_ms": cost, "at_rate": paced, "as_fast_as_it_goes": fast, **beside}.items():
            sys.stderr.write(f"{name}: {one}\n")
    print(json.dumps(result))


def _rates(given: str) -> list[float]:
    return [rate for rate in map(float, given.split(",")) if rate]


def _is_kept(told: dict[str, Any]) -> bool:
    """Tell whether the limits hold, of the payments and of what was read beside them."""
    if told["p99_ms"] > LIMIT_P99_MS or told["per_s"] < 0.98 * LIMIT_RATE:
        return False
    read = told.get("reads")
    return read is None or (
        read["p99_ms"] <= LIMIT_READS_P99_MS and read["per_s"] >= 0.98 * read["asked_per_s"] and not read["failed"]
    )


def ledgers(book: Book) -> list[Kind]:
    """Return the reads of the interface: ledgers, a third of them open, one after the other."""
    paths = [f"/api/v1/repayment/loans/{loan}/ledger" for _, loan in book.loans]
    return [Kind("ledger", {"Authorization": f"Bearer {book.token}"}, paths)]


def pages(book: Book) -> list[Kind]:
    """Return the pages of a desk: of a collector with own cases, and of a lead who also sees receipts and accounts."""
    by_lead, by_collector = ({"Cookie": f"{COOKIE}={book.sessions[name]}"} for name in ("lead", "c0"))
    return [
        Kind("worklist", by_collector, ["/worklist/"], 2),
        Kind("case", by_collector, [f"/cases/{case}/" for case in book.own_cases], 3),
        Kind("money", by_lead, [f"/cases/{case}/money-panel" for case in book.lead_cases], 2),
        Kind("account", by_lead, [f"/loans/{loan}/account/" for loan in book.opened], 2),
        Kind("receipts", by_lead, ["/receipts/"], 1),
    ]


class Asking:
    """Senders with connections of their own, that take payments from one line."""

    def __init__(self, base: str, book: Book) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = {"Authorization": f"Bearer {book.token}", "Content-Type": "application/json"}
        self._loans, self._told, self._day = book.loans, 0, book.day
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
        return {
            "told": len(self.times), "per_s": round(len(self.times) / taken_s, 1), **percentiles(self.times)
        }  # fmt: skip


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
