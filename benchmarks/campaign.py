"""A campaign over 100,000 debtors: chosen, judged at the door, reserved, worded, sealed and queued.

Usage: python benchmarks/campaign.py [--debtors 100000] [--profile FILE] [--json]
Fills a database of its own under the temporary directory with debtors (sealed names and numbers, one loan, one case
each), prepares and starts a campaign by text message as the worker does, and prints seconds by phase and the highest
memory of the program and of the database together.
"""

import argparse
import cProfile
import json
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", tempfile.mkdtemp(prefix="qingshou-bench-"))

LIMIT_S = 120
LIMIT_MIB = 1024
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # Monday, half past nine in Shanghai
AS_OF = date(2026, 11, 22)
_CHUNK = 20_000
_PHASES = ("choose", "judge", "values", "word", "reserve", "seal", "insert", "audit", "wait", "rest")


def main() -> int:
    """Fill, prepare, run; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=100_000)
    parser.add_argument("--profile", default="", help="write the profile of the measured part to this file")
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args()
    from benchmarks.day import Meter, _server
    from benchmarks.measuring import machine, tell

    from qingshou.config import start
    from qingshou.interfaces.heap import settle_heap

    start.migrate()
    start.setup()
    on = machine()
    tenant_id = _fill(given.debtors)
    meter = Meter(_server())
    meter.start()
    settle_heap()  # as the worker does when it starts
    profile = cProfile.Profile() if given.profile else nullcontext()
    with profile:
        before = meter.now()
        measured = _measure(tenant_id, given.debtors)
        after = meter.now()
    meter.done = True
    if given.profile:
        profile.dump_stats(given.profile)  # type: ignore[union-attr]
    peak = {"program": meter.program_mib, "database": meter.database_mib, "together": meter.peak_mib}
    result = {
        "debtors": given.debtors, **measured,
        "processor_s": {"program": round(after[1] - before[1], 1), "database": round(after[2] - before[2], 1)},
        "peak_mib": peak, "limit_s": LIMIT_S, "limit_mib": LIMIT_MIB, **on,
        "met": measured["total_s"] <= LIMIT_S and meter.peak_mib <= LIMIT_MIB and measured["queued"] == given.debtors,
    }  # fmt: skip
    tell(result, as_json=given.json)
    if not given.json:
        print(json.dumps(result))
    return 0


class Phases:
    """Seconds by phase, each counted without the phases inside it; of two workers at once, both together."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._of_thread = threading.local()

    def timed(self, module: Any, name: str, phase: str) -> None:
        """Count what a function of a module takes."""
        work: Callable[..., Any] = getattr(module, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            inner: list[float] = self._of_thread.__dict__.setdefault("inner", [0.0])
            began = time.perf_counter()
            inner.append(0.0)
            try:
                return work(*args, **kwargs)
            finally:
                taken = time.perf_counter() - began
                self.seconds[phase] += taken - inner.pop()
                inner[-1] += taken

        setattr(module, name, counted)


def _measure(tenant_id: UUID, debtors: int) -> dict[str, Any]:
    """Prepare and run the campaign; the rest is the campaign's own keeping of counts and members.

    Two workers share it, so that the phases together are more than the time by the clock.
    """
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations import campaign_judging, campaign_running, campaigns, door, outbox
    from qingshou.features.contact.queries.campaigns import funnel_of
    from qingshou.tenancy.context import using

    phases = Phases()
    phases.timed(campaign_judging, "_choose", "choose")
    phases.timed(campaign_judging, "judge_next", "rest")
    phases.timed(campaign_running, "run_next", "rest")
    for module in (campaign_judging, campaign_running):
        phases.timed(module, "wait_for", "wait")
    phases.timed(door, "clear_many", "judge")
    phases.timed(campaign_running, "values_of", "values")
    phases.timed(outbox, "_word", "word")
    phases.timed(door, "reserve_many", "reserve")
    phases.timed(outbox, "seal_many", "seal")
    phases.timed(outbox, "_insert", "insert")
    for module in (door, outbox):
        phases.timed(module, "record_many", "audit")
    with using(tenant_id):
        campaign = campaigns.make_campaign(
            name="Bench", channel="SMS", template_code="REMINDER", holdout_share=Decimal("0.000"),
            no_holdout_reason="NOTICE_DUE", actor=SYSTEM, now=NOW,
        )  # fmt: skip
        began = time.perf_counter()
        campaign_judging.prepare_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
        prepared_s = time.perf_counter() - began
        found = funnel_of(campaign_id=campaign.id)
        campaigns.start_campaign(campaign_id=campaign.id, expected_count=found.cleared, actor=SYSTEM, now=NOW)
        began = time.perf_counter()
        campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: NOW)
        queued_s = time.perf_counter() - began
        found = funnel_of(campaign_id=campaign.id)
    spent = {name: round(phases.seconds[name], 2) for name in _PHASES}
    total = prepared_s + queued_s
    return {
        "total_s": round(total, 1),
        "cleared_s": round(prepared_s, 1),
        "queued_s": round(queued_s, 1),
        "debtors_per_s": round(debtors / total),
        "phases_s": spent,
        "queued": found.queued,
    }


def _fill(debtors: int) -> UUID:
    """Make a lender with its approved wordings and a book of mildly overdue debtors, each with a number and a case."""
    import psycopg
    from django.db import connection

    from qingshou.access.models import User
    from qingshou.audit.actors import Actor, ActorKind
    from qingshou.config import settings
    from qingshou.config.database import place
    from qingshou.features.contact.operations.template_set import install_starting_set
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    code = f"bench{uuid4().hex[:8]}"
    with using(None, scope="system"):
        details = {"contact": {"details": {"lender_name": "示例银行", "contact_phone": "400-800-1234"}}}
        tenant = Tenant.objects.create(code=code, name="示例银行", created_at=NOW, settings=details)
    with using(tenant.id):
        owner = User.objects.create(username=f"{code}-c", display_name="李静", role="COLLECTOR", joined_at=NOW)
        writer, second = (Actor(ActorKind.USER, name) for name in ("writer", "second"))
        install_starting_set(actor=writer, now=NOW, approved_by=second)
        for begin in range(0, debtors, _CHUNK):
            _copy_people(tenant.id, begin, min(_CHUNK, debtors - begin))
        with connection.cursor() as cursor:
            for statement in (_LOANS, _CASES):
                cursor.execute(statement, {"tenant": tenant.id, "as_of": AS_OF, "owner": owner.id})
    connection.close()
    server = place(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS, "owner")
    with psycopg.connect(**server.dsn(), autocommit=True) as vacuuming:  # a book that lies there overnight is vacuumed
        vacuuming.execute("VACUUM (ANALYZE)")
    return UUID(str(tenant.id))


def _copy_people(tenant_id: UUID, first: int, size: int) -> None:
    from qingshou.features.book.models import Borrower, ContactPoint
    from qingshou.privacy.blind_index import blind_index_many
    from qingshou.privacy.kinds import PersonalKind
    from qingshou.privacy.places import place_of
    from qingshou.privacy.sealing import seal_many
    from qingshou.tenancy.bulk import copy_rows

    numbers = range(first, first + size)
    people, points = [uuid4() for _ in numbers], [uuid4() for _ in numbers]
    names = seal_many([f"欧阳{number}" for number in numbers], place=place_of(Borrower, "name"), row_ids=people)
    papers = [f"11010119900101{number:06d}" for number in numbers]
    indexes = blind_index_many(PersonalKind.NATIONAL_ID, papers, tenant_id)
    columns = ("id", "tenant_id", "borrower_ref", "kind", "name", "national_id_index", "credit_standing", "region",
               "language", "time_zone")  # fmt: skip
    copy_rows(
        model=Borrower, columns=columns,
        rows=((row_id, tenant_id, f"B{number:08}", "RETAIL", name, index, "", "", "zh-hans", "Asia/Shanghai")
              for number, row_id, name, index in zip(numbers, people, names, indexes, strict=True)),
    )  # fmt: skip
    phones = [f"138{number:08d}" for number in numbers]
    sealed = seal_many(phones, place=place_of(ContactPoint, "value"), row_ids=points)
    indexes = blind_index_many(PersonalKind.PHONE, phones, tenant_id)
    columns = ("id", "tenant_id", "borrower_id", "channel", "position", "value", "value_index", "source", "is_struck")
    copy_rows(
        model=ContactPoint, columns=columns,
        rows=((point, tenant_id, person, "PHONE", 1, value, index, "TAPE", False)
              for point, person, value, index in zip(points, people, sealed, indexes, strict=True)),
    )  # fmt: skip


_DEBTORS = """
SELECT b.id AS borrower_id, b.borrower_ref, right(b.borrower_ref, 8)::int AS n,
    1 + (hashtext(b.borrower_ref) & 2147483647) %% 30 AS days,
    10 + (hashtext(b.borrower_ref) & 2147483647) %% 9000 AS due
FROM book_borrower b WHERE b.tenant_id = %(tenant)s
"""
_LOANS = f"""
INSERT INTO book_loan (id, tenant_id, loan_ref, borrower_id, as_of, product, branch, channel, currency, balance,
    arrears, oldest_due_date, overdue_days, days_basis, severity_base, severity, severity_reason, bucket,
    regulatory_class, regulatory_reason, is_non_performing, is_contaminated, stage, is_written_off, is_closed)
SELECT gen_random_uuid(), %(tenant)s, 'L' || d.borrower_ref, d.borrower_id, %(as_of)s, 'CONSUMER', 'BRANCH-1', '',
    'CNY', d.due * 20, d.due, %(as_of)s::date - d.days, d.days, 'GIVEN', 'MILD', 'MILD', '', 1, 'SPECIAL_MENTION', '',
    FALSE, FALSE, 1, FALSE, FALSE
FROM ({_DEBTORS}) d
"""
_CASES = f"""
INSERT INTO cases_case (id, tenant_id, number, borrower_id, process_code, process_version, stage, stage_entered_on,
    stage_due_on, severity, overdue_days, overdue_since, loans_count, balance, arrears, currency, product, branch,
    owner_id, next_action, next_action_on, queue_tier, queue_reason, queue_weight, is_never_paid, cures_count,
    opened_on, as_of, closed_reason)
SELECT gen_random_uuid(), %(tenant)s, '2026-' || lpad(d.n::text, 8, '0'), d.borrower_id, 'COLLECTION', 1,
    'FIRST_CONTACT', %(as_of)s, %(as_of)s::date + 15, 'MILD', d.days, %(as_of)s::date - d.days, 1, d.due * 20, d.due,
    'CNY', 'CONSUMER', 'BRANCH-1', %(owner)s, 'CONTACT_DEBTOR', %(as_of)s, 8, 'REST', d.due, FALSE, 0, %(as_of)s,
    %(as_of)s, ''
FROM ({_DEBTORS}) d
"""

if __name__ == "__main__":
    sys.exit(main())
