"""A campaign worked on by two at once: in shares, each held while it is worked on, and taken up where it was left."""

import threading
import time
from contextvars import copy_context
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from tests.conftest import make_users
from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Campaign, Decision, Message
from qingshou.features.contact.operations import campaign_judging, campaign_running, campaign_shares, campaigns
from qingshou.features.contact.operations.campaign_shares import Share
from qingshou.features.contact.operations.working_together import work_together

DEBTORS = 8
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Committed rows: the lender of `committed`, not the rolled-back one; shares of two."""
    monkeypatch.setattr(campaign_judging, "CHUNK", 2)
    monkeypatch.setattr(campaign_running, "CHUNK", 2)


@pytest.fixture
def made(committed: Any) -> Campaign:
    """A campaign of one message a minute over eight debtors of whom each may be written to."""
    make_users(committed, prefix=f"s{uuid4().hex[:6]}_")
    version_of("您好，请尽快还款。", code="REMINDER")
    for number in range(DEBTORS):
        make_debtor(f"S{number:03d}")
    return new_campaign()


def new_campaign(**given: Any) -> Campaign:
    asked: dict[str, Any] = {"per_minute": 1, "holdout_share": Decimal("0.000"), "no_holdout_reason": "NOTICE_DUE"}
    return campaigns.make_campaign(
        name="Shares", channel="SMS", template_code="REMINDER", actor=SYSTEM, now=NOW, **{**asked, **given}
    )


def started(campaign: Campaign) -> Campaign:
    campaign_judging.prepare_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    count = campaign.members.filter(state="CLEARED").count()
    return campaigns.start_campaign(campaign_id=campaign.id, expected_count=count, actor=SYSTEM, now=NOW)


def run(campaign: Campaign, now: Any = NOW) -> Campaign:
    return campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: now)


def moments(campaign: Campaign) -> list[Any]:
    return list(campaign.members.order_by("position").values_list("at", flat=True))


def left_behind(campaign: Campaign, now: Any = NOW) -> Share:
    """Hand a share out as to a worker who is killed before it begins."""
    with transaction.atomic():
        locked = campaigns.lock_campaign(campaign.id)
        share = campaign_running._hand_out(locked, now).share
    assert share is not None
    return share


def both_inside(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let the first two workers on only once both are inside; with one alone the barrier breaks."""
    work, meeting, met = getattr(module, name), threading.Barrier(2), threading.Event()

    def together(*given: Any, **more: Any) -> Any:
        if not met.is_set():
            meeting.wait(30)
            met.set()
        return work(*given, **more)

    monkeypatch.setattr(module, name, together)


def test_two_judge_at_once_and_two_queue_at_once(made, monkeypatch):
    both_inside(monkeypatch, campaign_judging, "languages_of")
    campaign = campaign_judging.prepare_campaign(campaign_id=made.id, actor=SYSTEM, now=NOW)
    assert (campaign.status, campaign.progress["judged"]) == ("READY", DEBTORS)
    campaigns.start_campaign(campaign_id=made.id, expected_count=DEBTORS, actor=SYSTEM, now=NOW)
    both_inside(monkeypatch, campaign_running, "values_of")
    campaign = run(campaign)
    assert campaign.progress["run"] == DEBTORS
    assert "shares" not in campaign.progress
    assert moments(campaign) == [NOW + turn * MINUTE for turn in range(DEBTORS)]  # whoever queued whom
    assert Message.objects.filter(campaign_id=made.id, state="QUEUED").count() == DEBTORS


def test_a_share_left_behind_is_done_by_the_next_with_the_same_turns(made):
    campaign = started(made)
    assert left_behind(campaign) == Share(0, 2, 0, NOW.isoformat())
    campaign = run(campaign)
    assert moments(campaign) == [NOW + turn * MINUTE for turn in range(DEBTORS)]
    assert "shares" not in campaign.progress


def test_a_share_whose_turns_are_over_gets_new_ones(made):
    campaign, later = started(made), NOW + timedelta(hours=1)
    left_behind(campaign)
    campaign = run(campaign, later)
    assert moments(campaign) == [later + turn * MINUTE for turn in range(DEBTORS)]


def test_a_share_that_is_held_is_not_handed_out_and_is_waited_for(made, committed):
    campaign = started(made)
    share = left_behind(campaign)
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            assert campaign_shares.hold(campaign.id, share)
            is_held.set()
            may_end.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(30)
    for _ in range(3):
        campaign_running.run_next(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    campaign.refresh_from_db()
    assert campaign.progress["shares"] == [[0, 2, 0, NOW.isoformat()]]
    threading.Timer(0.3, may_end.set).start()
    campaign = run(campaign)  # waits, then does it
    holder.join(30)
    assert campaign.progress["run"] == DEBTORS


def test_of_one_persons_debtors_the_first_in_the_order_is_written_to_whoever_is_faster(committed, monkeypatch):
    make_users(committed, prefix=f"s{uuid4().hex[:6]}_")
    version_of("您好，请尽快还款。", code="REMINDER")
    for number in range(4):  # two texts a day are the house's limit
        make_debtor(f"ONE{number}", national_id="11010519491231002X")
    monkeypatch.setattr(campaign_running, "CHUNK", 1)
    campaign = started(new_campaign())
    values, slow = campaign_running.values_of, iter([0.4, 0.0, 0.4])

    def uneven(**given: Any) -> Any:
        time.sleep(next(slow, 0.0))
        return values(**given)

    monkeypatch.setattr(campaign_running, "values_of", uneven)
    run(campaign)
    assert list(campaign.members.order_by("position").values_list("state", flat=True)) == [
        "QUEUED", "QUEUED", "REFUSED", "REFUSED",
    ]  # fmt: skip


def test_a_pause_waits_for_the_shares_in_work_and_nothing_is_queued_after_it(made, monkeypatch):
    campaign, begun = started(made), threading.Event()
    values = campaign_running.values_of

    def slow(**given: Any) -> Any:
        begun.set()
        time.sleep(0.3)
        return values(**given)

    monkeypatch.setattr(campaign_running, "values_of", slow)
    counts: list[int] = []

    def pause() -> None:
        begun.wait(30)
        campaigns.pause_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
        counts.append(Message.objects.filter(campaign_id=campaign.id).count())
        connection.close()

    pausing = threading.Thread(target=copy_context().run, args=(pause,))
    pausing.start()
    campaign = run(campaign)
    pausing.join(30)
    assert campaign.status == "PAUSED"
    assert counts == [Message.objects.filter(campaign_id=campaign.id).count()]
    assert campaign.progress.get("run", 0) == counts[0] < DEBTORS
    campaigns.resume_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    assert run(campaign).progress["run"] == DEBTORS


def test_what_fails_in_the_second_worker_is_raised_to_the_caller(committed):
    main, steps = threading.current_thread(), []

    def step() -> bool:
        if threading.current_thread() is not main:
            raise RuntimeError("the second")
        steps.append(1)
        time.sleep(0.01)
        return len(steps) < 1000

    with pytest.raises(RuntimeError, match="the second"):
        work_together(step, tell=lambda: None, is_much=True)
    assert len(steps) < 1000


def test_inside_a_transaction_one_works_alone(committed):
    workers: set[Any] = set()
    steps = iter([True, True, False])

    def step() -> bool:
        workers.add(threading.current_thread())
        return next(steps)

    with transaction.atomic():
        work_together(step, tell=lambda: None, is_much=True)
    assert workers == {threading.current_thread()}


def test_two_choose_the_best_channel_and_hour_at_once(committed):
    make_users(committed, prefix=f"s{uuid4().hex[:6]}_")
    for channel in ("SMS", "EMAIL"):
        version_of("您好，请尽快还款。", code="REMINDER", channel=channel)
    for number in range(DEBTORS):
        make_debtor(f"B{number:03d}", national_id="11010519491231002X" if number % 4 == 0 else "")
    campaign = started(
        campaigns.make_campaign(
            name="Best", channel="", is_best_time=True, template_code="REMINDER", holdout_share=Decimal("0.000"),
            no_holdout_reason="NOTICE_DUE", actor=SYSTEM, now=NOW,
        )
    )  # fmt: skip
    campaign = run(campaign)
    assert campaign.progress["run"] == campaign.members.filter(at__isnull=False).count() == DEBTORS
    queued = campaign.members.filter(state="QUEUED").count()
    assert Decision.objects.filter(campaign_id=campaign.id, attempt__isnull=False).count() == queued >= DEBTORS - 1
