"""One message from outside, delivered five times by each of eight senders: one reply, one stop, one confirmation."""

from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import make_users
from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import make_debtor
from tests.integration.contact.test_door_race import at_once
from tests.integration.contact.test_replies import ADAPTER, LATER, PHONE, incoming

from qingshou.audit.actors import SYSTEM
from qingshou.audit.models import AuditEvent
from qingshou.features.contact.inbound.classifier import model_of
from qingshou.features.contact.models import Attempt, Message, Reply, StopPlaced
from qingshou.features.contact.operations import replies
from qingshou.features.contact.operations.replies import take_incoming

SENDERS, TIMES = 8, 5


@pytest.fixture(autouse=True)
def _in_force() -> None:
    """Committed rows: the lender of `committed`, not the rolled-back one."""


def deliver(tenant: Any, body: str = "退订") -> None:
    make_users(tenant, prefix=f"{tenant.code}-")
    version_of("已停止。", code="OPT_OUT_CONFIRMED")
    make_debtor(phone=PHONE)
    model_of("zh-hans")

    def work(_number: int) -> None:
        for _ in range(TIMES):
            take_incoming(adapter=ADAPTER, incoming=incoming(body), actor=SYSTEM, now=LATER)

    at_once(tenant, work, workers=SENDERS)


def test_one_reply_one_stop_one_confirmation(committed: Any) -> None:
    deliver(committed)
    assert Reply.objects.count() == 1
    assert StopPlaced.objects.count() == 1
    assert Message.objects.filter(attempt__purpose="CONFIRM_STOP").count() == 1
    assert Attempt.objects.filter(direction="IN").count() == 1
    assert AuditEvent.objects.filter(action="REPLY_RECEIVED").count() == 1


def test_without_the_unique_insert_the_race_is_seen(committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: each delivery is kept under a name of its own, as if nothing held events together."""
    kept = replies._kept

    def unguarded(adapter: str, event_ref: str, *rest: Any) -> Reply | None:
        return kept(adapter, f"{event_ref}:{uuid4()}", *rest)

    monkeypatch.setattr(replies, "_kept", unguarded)
    deliver(committed, body="能分期吗")
    assert Reply.objects.count() > 1
    assert Attempt.objects.filter(direction="IN").count() > 1
