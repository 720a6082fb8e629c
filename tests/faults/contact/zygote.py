"""The forking process for the sender: queues, sends, tells how messages stand. See tests/faults/day/zygote.py.

Its clock stands still until it is asked to move: the tests say how late it is.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.day import zygote as base

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # Monday, half past ten in Shanghai
KEY = "gateway-signing-key"


def found(*, code: str, messages: int) -> dict[str, Any]:
    """Make a lender with so many debtors, and queue a message to each."""
    from tests.integration.contact.messages import asked_of
    from tests.integration.contact.rows import make_debtor

    from qingshou.access.models import User
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations import outbox
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        tenant = Tenant.objects.create(code=code, name="Lender", created_at=NOW)
    with using(tenant.id):
        User.objects.create(username=f"{code}-1", display_name="Collector", role="COLLECTOR", capacity_cases=10**6)
        items = [
            outbox.ToSend(asked=asked_of(make_debtor(f"D{number:05d}"), key=f"kill:{number}"), body=f"信息 {number}。")
            for number in range(messages)
        ]
        answers = outbox.queue_many(items=items, actor=SYSTEM, now=NOW)
    return {"queued": sum(one.message_id is not None for one in answers)}


def send(*, code: str, url: str, after_s: float, unasked: bool = False, mute: bool = False) -> dict[str, Any]:
    """Send what is due, so many seconds after it was queued; `unasked` takes the question away (the control)."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.channels.base import CannotAsk
    from qingshou.features.contact.channels.sms_http import HttpSms
    from qingshou.features.contact.operations import sending
    from qingshou.features.contact.operations.providers import Given
    from qingshou.law.contact.terms import Channel
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    class Mute(HttpSms):
        def ask(self, **_: Any) -> Any:
            raise CannotAsk("This gateway keeps no records.")

    if unasked:
        sending.recover = _requeue_unasked
    adapter = (Mute if mute else HttpSms)(url=url, signing_key=KEY, timeout_s=5)
    at = NOW + timedelta(seconds=after_s)
    with using(get_tenant_by_code(code=code).id):
        tally = sending.send_due(
            providers=Given({Channel.SMS: adapter}), actor=SYSTEM, clock=lambda: at
        )  # fmt: skip
    return {"counts": tally.counts}


def _requeue_unasked(*, now: datetime, **_: Any) -> int:
    """What a sender without questions does with what a dead one had in hand: it sends it again."""
    from qingshou.features.contact.models import Message

    left = Message.objects.filter(state="SENDING", lease_until__lte=now)
    return int(left.update(state="QUEUED", lease_until=None, lease_token=None))


_STATES = """
SELECT b.borrower_ref, m.state, m.provider_ref <> '' AS is_known, a.outcome, m.error_code, m.lease_until IS NULL,
    (SELECT count(*) FROM audit_auditevent e WHERE e.tenant_id = %(tenant)s AND e.action = 'MESSAGE_SENT'
     AND e.facts::jsonb ->> 'message' = m.id::text)
FROM contact_message m JOIN contact_attempt a ON a.id = m.attempt_id JOIN book_borrower b ON b.id = a.borrower_id
WHERE m.tenant_id = %(tenant)s ORDER BY b.borrower_ref
"""


def dump(*, code: str) -> dict[str, Any]:
    """Return how the messages stand, in plain SQL, and what is wrong with the record."""
    from django.db import connection

    from qingshou.audit.verification import verify
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    tenant_id = get_tenant_by_code(code=code).id
    with using(tenant_id), connection.cursor() as cursor:
        cursor.execute(_STATES, {"tenant": tenant_id})
        rows = [" ".join(str(value) for value in row) for row in cursor.fetchall()]
        return {"rows": rows, "findings": [one.code for one in verify().findings]}


DOINGS: dict[str, Callable[..., dict[str, Any]]] = {"found": found, "send": send, "dump": dump}

if __name__ == "__main__":
    base.DOINGS = DOINGS
    base.main()
