"""The forking process for campaigns: makes one, works on it, tells how it stands. See tests/faults/day/zygote.py."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.faults.day import zygote as base

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # Monday, half past ten in Shanghai
CHUNK = 7  # many small transactions: many places to be killed between and inside


def found(*, code: str, debtors: int) -> dict[str, Any]:
    """Make a lender with a wording, debtors (every sixth refuses contact), and a campaign over all of them."""
    from tests.integration.contact.messages import version_of
    from tests.integration.contact.rows import make_debtor

    from qingshou.access.models import User
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.campaigns import make_campaign
    from qingshou.features.contact.operations.stops import place_stop
    from qingshou.law.contact.terms import Stop
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        tenant = Tenant.objects.create(code=code, name="Lender", created_at=NOW)
    with using(tenant.id):
        User.objects.create(username=f"{code}-1", display_name="Collector", role="COLLECTOR", capacity_cases=10**6)
        version_of("您好，请尽快还款。", code="REMINDER")
        for number in range(debtors):
            case = make_debtor(f"K{number:05d}")
            if number % 6 == 0:
                place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
        campaign = make_campaign(
            name="Killed", channel="SMS", template_code="REMINDER", holdout_share=Decimal("0.000"),
            no_holdout_reason="NOTICE_DUE", actor=SYSTEM, now=NOW, seed=3,
        )  # fmt: skip
    return {"campaign": str(campaign.id)}


def work(*, code: str, broken: bool = False) -> dict[str, Any]:
    """Do what is left of the campaign, from its preparation to its last message in the queue.

    `broken` queues in one transaction and loses who was queued, and up to where (the control): with keys that differ,
    nothing then holds.
    """
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.models import Campaign
    from qingshou.features.contact.operations import campaign_judging, campaign_running, campaigns
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    campaign_judging.CHUNK = campaign_running.CHUNK = CHUNK
    if broken:
        campaign_running.key_of = _keys_that_differ
        campaign_running._write = lambda _fates: None
    with using(get_tenant_by_code(code=code).id):
        campaign = Campaign.objects.get()
        if campaign.status in ("DRAFT", "PREPARING"):
            campaign = campaign_judging.prepare_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
        if campaign.status == "READY":
            count = campaign.members.filter(state="CLEARED").count()
            campaigns.start_campaign(campaign_id=campaign.id, expected_count=count, actor=SYSTEM, now=NOW)
        if broken:
            campaign_running.run_next(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
            campaign.refresh_from_db()  # nor is the place kept up to which it came
            campaign.progress = {**campaign.progress, "position": 0}
            campaign.save(update_fields=["progress"])
        else:
            campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: NOW)
    return {"done": True}


def _keys_that_differ(campaign_id: Any, borrower_id: Any) -> str:
    from uuid import uuid4

    return f"campaign:{campaign_id}:{borrower_id}:{uuid4().hex[:8]}"


_MEMBERS = """
SELECT b.borrower_ref, c.position, c.state, array_to_string(c.codes, ','), c.at, c.next_at IS NULL,
    (SELECT string_agg(m.state || ' ' || m.not_before_at, ';') FROM contact_message m
     JOIN contact_attempt a ON a.id = m.attempt_id WHERE a.borrower_id = b.id)
FROM contact_campaignmember c JOIN book_borrower b ON b.id = c.borrower_id
WHERE c.tenant_id = %(tenant)s ORDER BY c.position
"""
_EVENTS = """
SELECT action, count(*) FROM audit_auditevent WHERE tenant_id = %(tenant)s GROUP BY action ORDER BY action
"""


def dump(*, code: str) -> dict[str, Any]:
    """Return how everyone stands, the campaign's own counts, what was recorded and how often, and what is wrong."""
    from django.db import connection

    from qingshou.audit.verification import verify
    from qingshou.features.contact.models import Campaign
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    tenant_id = get_tenant_by_code(code=code).id
    with using(tenant_id), connection.cursor() as cursor:
        rows = []
        for statement in (_MEMBERS, _EVENTS):
            cursor.execute(statement, {"tenant": tenant_id})
            rows += [" ".join(str(value) for value in row) for row in cursor.fetchall()]
        campaign = Campaign.objects.get()
        rows.append(f"{campaign.status} {sorted(campaign.progress.items())}")
        return {"rows": rows, "findings": [one.code for one in verify().findings]}


DOINGS: dict[str, Callable[..., dict[str, Any]]] = {"found": found, "work": work, "dump": dump}

if __name__ == "__main__":
    base.DOINGS = DOINGS
    base.main()
