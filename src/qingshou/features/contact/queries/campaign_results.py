"""What a campaign was worth: what those it was meant for did since, against what those left alone by lot did.

People are counted, not debtors: the lot is the person's, so one person's debtors are no independent evidence. Counted
are those whom the door had nothing against when the campaign was prepared, on both sides, whatever became of the
message afterwards; leaving out those whom no message reached would compare people of different kinds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from qingshou.features.contact.models import Campaign
from qingshou.features.contact.queries.segments import PERSON
from qingshou.features.contact.rules.intervals import Difference, Share, difference
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.queries import get_tenant

EARLY_DAYS = 7
GOOD = ("replied", "spoke", "paid")
GUARDS = ("opted_out", "complained")
NAMES = GOOD + GUARDS

_ARMS = f"""
WITH members AS (
    SELECT m.borrower_id, m.is_held_out, {PERSON} AS person, b.borrower_ref
    FROM contact_campaignmember m JOIN book_borrower b ON b.id = m.borrower_id
    WHERE m.campaign_id = %(campaign)s
      AND CASE WHEN m.is_held_out THEN m.codes = '{{}}' ELSE m.state <> 'REFUSED' OR m.at IS NOT NULL END),
replied AS (
    SELECT m.person FROM members m JOIN contact_reply r ON r.borrower_id = m.borrower_id
    WHERE r.received_at >= %(since)s AND r.received_at < %(until)s),
spoke AS (
    SELECT m.person FROM members m JOIN contact_attempt a ON a.borrower_id = m.borrower_id
    WHERE a.outcome = 'CONVERSATION' AND a.at >= %(since)s AND a.at < %(until)s),
paid AS (
    SELECT m.person FROM members m JOIN book_loan l ON l.borrower_id = m.borrower_id
    JOIN book_payment p ON p.loan_id = l.id
    WHERE p.paid_date >= %(since_day)s AND p.paid_date <= %(until_day)s AND p.amount > 0 AND p.reverses_ref = ''
      AND NOT EXISTS (SELECT 1 FROM book_payment r WHERE r.loan_id = p.loan_id AND r.reverses_ref = p.payment_ref)
    UNION ALL
    SELECT m.person FROM members m JOIN cases_case c ON c.borrower_id = m.borrower_id
    WHERE c.closed_reason IN ('CURED', 'PAID_OFF') AND c.closed_on > %(since_day)s AND c.closed_on <= %(until_day)s
    UNION ALL
    SELECT m.person FROM members m
    JOIN delinquency_movement v ON v.borrower_ref = m.borrower_ref AND v.tenant_id = %(tenant)s
    WHERE v.kind IN ('CURED', 'ROLLED_BACK') AND v.as_of > %(since_day)s AND v.as_of <= %(until_day)s),
stopped AS (
    SELECT m.person, s.kind FROM members m JOIN contact_personlink l ON l.borrower_id = m.borrower_id
    JOIN contact_stopplaced s ON s.person_id = l.person_id
    WHERE s.placed_at >= %(since)s AND s.placed_at < %(until)s)
SELECT is_held_out, count(*), count(*) FILTER (WHERE person IN (SELECT person FROM replied)),
    count(*) FILTER (WHERE person IN (SELECT person FROM spoke)),
    count(*) FILTER (WHERE person IN (SELECT person FROM paid)),
    count(*) FILTER (WHERE person IN (SELECT person FROM stopped WHERE kind IN ('CHANNEL', 'CEASE'))),
    count(*) FILTER (WHERE person IN (SELECT person FROM stopped WHERE kind = 'COMPLAINT'))
FROM (SELECT DISTINCT person, is_held_out FROM members) AS people GROUP BY is_held_out
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome in both arms; `difference` is the first less the second, None where nobody was left alone."""

    name: str
    treated: Share
    held_out: Share
    difference: Difference | None
    is_guard: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The outcomes since the start, and whether it is early to read them."""

    lines: tuple[Line, ...]
    treated: int
    held_out: int
    since: datetime
    until: datetime
    days: int
    is_early: bool


def results_of(*, campaign: Campaign, now: datetime, days_max: int = 90) -> Results | None:
    """Return what people did from the campaign's start until now, at most `days_max` days; None before the start."""
    if campaign.started_at is None:
        return None
    until = min(now, campaign.started_at + timedelta(days=days_max))
    found = _count(campaign.id, campaign.started_at, until)
    treated, held_out = found.get(False, (0,) * 6), found.get(True, (0,) * 6)
    lines = []
    for place, name in enumerate(NAMES, 1):
        first, second = Share(treated[place], treated[0]), Share(held_out[place], held_out[0])
        lines.append(Line(name, first, second, difference(first, second), name in GUARDS))
    days = (until - campaign.started_at).days
    return Results(tuple(lines), treated[0], held_out[0], campaign.started_at, until, days, days < EARLY_DAYS)


def _count(campaign_id: UUID, since: datetime, until: datetime) -> dict[bool, tuple[int, ...]]:
    tenant_id = current_tenant_id()
    zone = ZoneInfo(get_tenant(tenant_id=tenant_id).time_zone)
    given = {
        "campaign": campaign_id, "tenant": tenant_id, "since": since, "until": until,
        "since_day": since.astimezone(zone).date(), "until_day": until.astimezone(zone).date(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ARMS, given)
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
