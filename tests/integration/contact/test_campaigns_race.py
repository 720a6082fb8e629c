"""Races of campaigns: two starts, start against stop, two workers on one campaign; with the negative control."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from tests.conftest import make_users
from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.errors import NotNow
from qingshou.features.contact.models import Attempt, Campaign, Message
from qingshou.features.contact.operations import campaign_running, campaign_shares, campaigns
from qingshou.features.contact.operations.campaign_judging import prepare_campaign
from qingshou.tenancy.context import using

DEBTORS = 24


@pytest.fixture(autouse=True)
def _in_force() -> None:
    """Committed rows: the lender of `committed`, not the rolled-back one."""


@pytest.fixture
def ready(committed: Any) -> Campaign:
    """A prepared campaign over debtors of whom each may be written to."""
    make_users(committed, prefix=f"r{uuid4().hex[:6]}_")
    version_of("您好，请尽快还款。", code="REMINDER")
    for number in range(DEBTORS):
        make_debtor(f"R{number:03d}")
    made = campaigns.make_campaign(
        name="Race", channel="SMS", template_code="REMINDER", holdout_share=Decimal("0.000"),
        no_holdout_reason="NOTICE_DUE", actor=SYSTEM, now=NOW,
    )  # fmt: skip
    return prepare_campaign(campaign_id=made.id, actor=SYSTEM, now=NOW)


def together(tenant: Any, *works: Callable[[], Any]) -> list[Any]:
    """Do all at once; gives what each gave, or the refusal it met."""
    barrier, given = threading.Barrier(len(works)), [None] * len(works)

    def run(turn: int) -> None:
        try:
            with using(tenant.id):
                barrier.wait(30)
                given[turn] = works[turn]()
        except NotNow as refusal:
            given[turn] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return given


def start(campaign: Campaign) -> Any:
    return campaigns.start_campaign(campaign_id=campaign.id, expected_count=DEBTORS, actor=SYSTEM, now=NOW)


def run(campaign: Campaign) -> Any:
    return campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: NOW)


def written_to() -> list[Any]:
    return list(Attempt.objects.values_list("borrower", flat=True))


def test_of_two_starts_one_starts(committed, ready):
    given = together(committed, lambda: start(ready), lambda: start(ready))
    assert sorted(type(one).__name__ for one in given) == ["Campaign", "NotNow"]


def test_start_against_stop_nobody_is_written_to_after_a_stop(committed, ready):
    together(
        committed,
        lambda: start(ready) and run(ready),
        lambda: campaigns.stop_campaign(campaign_id=ready.id, actor=SYSTEM, now=NOW),
    )
    run(ready)  # tidies up
    ready.refresh_from_db()
    assert ready.status == "STOPPED"
    assert not Message.objects.filter(state="QUEUED").exists()
    assert not ready.members.filter(state__in=["CHOSEN", "CLEARED", "QUEUED"]).exists()


def test_two_workers_write_to_nobody_twice(committed, ready, monkeypatch):
    monkeypatch.setattr(campaign_running, "CHUNK", 3)
    start(ready)
    together(committed, *[lambda: run(ready)] * 4)
    assert len(written_to()) == len(set(written_to())) == DEBTORS
    assert ready.members.filter(state="QUEUED").count() == DEBTORS
    ready.refresh_from_db()
    assert ready.progress["run"] == DEBTORS


def test_without_the_lock_two_workers_write_twice(committed, ready, monkeypatch):
    """The negative control: no lock on the campaign or its shares, and keys that do not name the debtor."""
    entered = threading.Barrier(2)

    def unlocked(campaign_id: Any) -> Campaign:
        return Campaign.objects.get(id=campaign_id)

    def slow(*given: Any, **more: Any) -> Any:
        entered.wait(30)  # both have chosen their members
        return values(*given, **more)

    values = campaign_running.values_of
    monkeypatch.setattr(campaign_running, "lock_campaign", unlocked)
    monkeypatch.setattr(campaign_shares, "hold", lambda _campaign_id, _share: True)
    monkeypatch.setattr(campaign_running, "values_of", slow)
    monkeypatch.setattr(campaign_running, "key_of", lambda _campaign, _borrower: f"race:{uuid4()}")
    start(ready)

    def once() -> Any:
        return campaign_running.run_next(campaign_id=ready.id, actor=SYSTEM, now=NOW)

    together(committed, once, once)
    assert len(written_to()) > len(set(written_to()))


def test_without_the_lock_the_key_still_holds(committed, ready, monkeypatch):
    """The second guard alone: the same without the locks, with the keys as they are."""
    entered = threading.Barrier(2)

    def slow(*given: Any, **more: Any) -> Any:
        entered.wait(30)
        return values(*given, **more)

    values = campaign_running.values_of
    monkeypatch.setattr(campaign_running, "lock_campaign", lambda campaign_id: Campaign.objects.get(id=campaign_id))
    monkeypatch.setattr(campaign_shares, "hold", lambda _campaign_id, _share: True)
    monkeypatch.setattr(campaign_running, "values_of", slow)
    start(ready)

    def once() -> Any:
        return campaign_running.run_next(campaign_id=ready.id, actor=SYSTEM, now=NOW)

    together(committed, once, once)
    assert len(written_to()) == len(set(written_to())) == DEBTORS
