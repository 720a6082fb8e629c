"""Worklist and case pages with a million cases: p95 on loopback, signed in, and the number of queries as rows grow.

Usage: python benchmarks/pages.py [--cases 1000000] [--requests 200] [--json]
Fills a database of its own under the temporary directory, serves it with granian and asks one page after the other.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx

os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", tempfile.mkdtemp(prefix="qingshou-bench-"))

LIMIT_P95_MS = 100
LIMIT_QUERIES = 12
FEW = 1_000
COLLECTORS = 1_000
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
AS_OF = date(2026, 11, 20)
COOKIE = "session"
_CHUNK = 25_000


def main() -> None:
    """Fill, serve, measure; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200, help="per page")
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args()
    from qingshou.config import start

    start.migrate()
    start.setup()
    bench = Bench()
    bench.fill(FEW)
    few = bench.query_counts()
    began = time.monotonic()
    bench.fill(given.cases)
    filled_s = time.monotonic() - began
    many = bench.query_counts()
    with serving() as base:
        pages = bench.measure(base, given.requests)
    result = {
        "cases": given.cases,
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "filled_s": round(filled_s, 1),
        "pages": pages,
        "queries": many,
        "queries_at_1000_cases": few,
        "limit_p95_ms": LIMIT_P95_MS,
        "limit_queries": LIMIT_QUERIES,
        "met": all(page["p95_ms"] <= LIMIT_P95_MS for page in pages.values())
        and all(count <= LIMIT_QUERIES for count in many.values())
        and few == many,
    }
    if not given.json:
        for name, page in pages.items():
            print(f"{name}: p50 {page['p50_ms']} ms, p95 {page['p95_ms']} ms, {many.get(name, '')} queries")
    print(json.dumps(result))


class Bench:
    """One lender with people, debtors, loans and cases."""

    def __init__(self) -> None:
        from qingshou.access.models import Team, User
        from qingshou.tenancy.context import using
        from qingshou.tenancy.models import Tenant

        self.using, self.have = using, 0
        with using(None, scope="system"):
            self.tenant = Tenant.objects.create(code=f"bench-{os.getpid()}", name="Bench", created_at=NOW)
        with using(self.tenant.id):
            teams = Team.objects.bulk_create([Team(name=f"Desk {number}") for number in range(COLLECTORS // 10)])
            people = [_person(f"c{number}", "COLLECTOR", teams[number % len(teams)]) for number in range(COLLECTORS)]
            self.lead = _person("lead", "TEAM_LEAD", teams[0])
            self.officer = _person("officer", "COMPLIANCE_OFFICER", teams[0])
            User.objects.bulk_create([*people, self.lead, self.officer])
            self.collector = people[0]
            self.sessions = {user.username: _session(user) for user in (self.collector, self.lead, self.officer)}

    def fill(self, cases: int, *, loans: str = "", loans_each: int = 2) -> None:
        """Bring the book to so many debtors, each with a name, loans and a case.

        Takes   loans, loans_each  another statement that makes the loans of the debtors, and how many each has
        """
        from django.db import connection, transaction

        with self.using(self.tenant.id):
            while self.have < cases:
                size = min(_CHUNK, cases - self.have)
                with transaction.atomic(), connection.cursor() as cursor:
                    _copy_borrowers(self.tenant.id, self.have, size)
                    given = {"tenant": self.tenant.id, "from": self.have, "to": self.have + size, "as_of": AS_OF,
                             "loans": loans_each}  # fmt: skip
                    cursor.execute(loans.replace("{debtors}", _DEBTORS) or _LOANS, given)
                    cursor.execute(_CASES, given)
                self.have += size
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('qingshou.scope', 'system', false)")
        subprocess.run(
            [sys.executable, "-c", _ANALYZE], check=True, env=os.environ | {"QINGSHOU_DATABASE_ROLE": "owner"}
        )

    def query_counts(self) -> dict[str, int]:
        """Count the queries of each page; telling the database whose rows may be seen, BEGIN and COMMIT are none."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        counts = {}
        for name, (username, path) in self.pages().items():
            client = Client(SERVER_NAME="localhost")
            client.cookies[COOKIE] = self.sessions[username]
            client.get(path())
            with CaptureQueriesContext(connection) as captured:
                reply = client.get(path())
            if reply.status_code != 200:
                raise SystemExit(f"{name} answered {reply.status_code}")
            told = sum(_is_telling(query["sql"]) for query in captured.captured_queries)
            counts[name] = len(captured) - told
        return counts

    def pages(self) -> dict[str, tuple[str, Callable[[], str]]]:
        """Return page -> (who asks, address made anew for every request)."""
        draw = random.Random(20261123)
        own, desk = self._case_ids("c0"), self._case_ids(None)
        severities = ["MILD", "MODERATE", "SEVERE"]
        return {
            "worklist_own": ("c0", lambda: "/worklist/"),
            "worklist_team": ("lead", lambda: "/worklist/?whose=team"),
            "worklist_all": ("officer", lambda: "/worklist/?whose=all"),
            "worklist_filtered": ("officer", lambda: f"/worklist/?whose=all&severity={draw.choice(severities)}"),
            "worklist_by_arrears": ("officer", lambda: "/worklist/?whose=all&sort=-arrears"),
            "case_own": ("c0", lambda: f"/cases/{draw.choice(own)}/"),
            "case_of_lead": ("lead", lambda: f"/cases/{draw.choice(own)}/"),
            "case_any": ("officer", lambda: f"/cases/{draw.choice(desk)}/"),
        }

    def _case_ids(self, username: str | None) -> list[UUID]:
        from qingshou.features.cases.queries import WorklistFilter, list_ids

        owners = (self.collector.id,) if username else None
        with self.using(self.tenant.id):
            return list_ids(filters=WorklistFilter(owner_ids=owners), limit=500)

    def measure(self, base: str, requests: int) -> dict[str, dict[str, float]]:
        """Ask each page so often, one request after the other, and return its percentiles in milliseconds."""
        found = {}
        for name, (username, path) in self.pages().items():
            with httpx.Client(base_url=base, cookies={COOKIE: self.sessions[username]}, timeout=30) as client:
                times = [_timed(client, path()) for _ in range(requests + 10)][10:]
            found[name] = {
                "p50_ms": round(statistics.median(times), 1),
                "p95_ms": round(statistics.quantiles(times, n=20)[18], 1),
                "max_ms": round(max(times), 1),
            }
        return found


def _person(username: str, role: str, team: Any) -> Any:
    from qingshou.access.models import User

    person = User(username=username, display_name=username.title(), role=role, joined_at=NOW, team=team)
    person.set_unusable_password()
    return person


def _is_telling(statement: str) -> bool:
    """Say whether a statement only tells the database whose rows may be seen, or begins and ends a transaction."""
    return "set_config" in statement or statement in ("BEGIN", "COMMIT")


def _timed(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    reply = client.get(path)
    taken = (time.perf_counter() - began) * 1000
    if reply.status_code != 200:
        raise SystemExit(f"{path} answered {reply.status_code}")
    return taken


def _session(user: Any) -> str:
    """Sign a person in, as the sign-in page would, and return the session's key."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(client.cookies[COOKIE].value)


def _copy_borrowers(tenant_id: UUID, first: int, size: int) -> None:
    from qingshou.features.book.models import Borrower
    from qingshou.privacy.places import place_of
    from qingshou.privacy.sealing import seal_many
    from qingshou.tenancy.bulk import copy_rows

    ids = [UUID(int=((tenant_id.int >> 40) << 40) + number) for number in range(first, first + size)]
    names = seal_many([f"欧阳{number}" for number in range(size)], place=place_of(Borrower, "name"), row_ids=ids)
    columns = ("id", "tenant_id", "borrower_ref", "kind", "name", "credit_standing", "region", "language", "time_zone")
    rows = (
        (row_id, tenant_id, f"B{number:08}", "RETAIL", name, "", "", "", "")
        for number, (row_id, name) in enumerate(zip(ids, names, strict=True), start=first)
    )
    copy_rows(model=Borrower, columns=columns, rows=rows)


@contextmanager
def serving() -> Iterator[str]:
    """Serve the pages as `qingshou up` does, on a free port; stopped at the end."""
    from django.core.management import call_command

    from qingshou.interfaces.serving import answers, free_port, server_command
    from qingshou.interfaces.web.assets import build

    build()
    call_command("collectstatic", "--noinput", "-v", "0")
    port = free_port(18_500, strict=False)
    process = subprocess.Popen(server_command(port), stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not answers(port):
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit("the server did not answer")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


_ANALYZE = """
from qingshou.config import start
start.setup()
from django.db import connection
with connection.cursor() as cursor:
    for table in ("book_borrower", "book_loan", "cases_case"):
        cursor.execute(f"VACUUM (ANALYZE) {table}")
"""

_DEBTORS = """
SELECT b.id AS borrower_id, b.borrower_ref, n.n, (hashint4(n.n) & 2147483647) AS h
FROM generate_series(%(from)s, %(to)s - 1) AS n(n)
JOIN book_borrower b ON b.tenant_id = %(tenant)s AND b.borrower_ref = 'B' || lpad(n.n::text, 8, '0')
"""
_SEVERITY = "CASE WHEN d.days <= 30 THEN 'MILD' WHEN d.days <= 90 THEN 'MODERATE' ELSE 'SEVERE' END"
_PRODUCT = "(ARRAY['CARD', 'CONSUMER', 'MORTGAGE', 'VEHICLE'])[1 + d.h %% 4]"
_LOANS = f"""
INSERT INTO book_loan (id, tenant_id, loan_ref, borrower_id, as_of, product, branch, channel, currency, balance,
    arrears, overdue_days, days_basis, severity_base, severity, severity_reason, bucket, regulatory_class,
    regulatory_reason, is_non_performing, is_contaminated, stage, is_written_off, is_closed)
SELECT gen_random_uuid(), %(tenant)s, 'L' || d.borrower_ref || '-' || k, d.borrower_id, %(as_of)s, {_PRODUCT},
    'BRANCH-' || d.h %% 40, '', 'CNY', 1000 + d.h %% 90000, 10 + d.h %% 9000, d.days, 'GIVEN', {_SEVERITY},
    {_SEVERITY}, '', least(7, (d.days + 29) / 30), 'SPECIAL_MENTION', '', d.days > 90, FALSE, 2, FALSE, FALSE
FROM (SELECT x.*, 1 + x.h %% 200 AS days FROM ({_DEBTORS}) x) d, generate_series(1, 2) AS k
"""
_CASES = f"""
INSERT INTO cases_case (id, tenant_id, number, borrower_id, process_code, process_version, stage, stage_entered_on,
    stage_due_on, severity, overdue_days, overdue_since, loans_count, balance, arrears, currency, product, branch,
    owner_id, next_action, next_action_on, queue_tier, queue_reason, queue_weight, is_never_paid, cures_count,
    opened_on, as_of, closed_reason)
SELECT gen_random_uuid(), %(tenant)s, '2026-' || lpad(d.n::text, 8, '0'), d.borrower_id, 'COLLECTION', 1,
    'FIRST_CONTACT', %(as_of)s, %(as_of)s::date + 15, {_SEVERITY}, d.days, %(as_of)s::date - d.days, %(loans)s,
    1000 + d.h %% 90000, 10 + d.h %% 9000, 'CNY', {_PRODUCT}, 'BRANCH-' || d.h %% 40, u.id, 'CONTACT_DEBTOR',
    %(as_of)s::date + d.h %% 5, 6 + d.h %% 7, 'REST', 10 + d.h %% 9000, FALSE, 0, %(as_of)s::date - d.h %% 60,
    %(as_of)s, ''
FROM (SELECT x.*, 1 + x.h %% 200 AS days FROM ({_DEBTORS}) x) d
JOIN access_user u ON u.tenant_id = %(tenant)s AND u.username = 'c' || d.n %% {COLLECTORS}
"""

if __name__ == "__main__":
    main()
