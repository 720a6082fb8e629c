"""Choosing time and channel: every choice kept whole, rewards by what came of it, learnt from what was known."""

import json
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.models import AuditEvent, AuditHead
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.models import Attempt, ContactPerson, Decision, PersonLink
from qingshou.features.contact.operations import choosing, fitting
from qingshou.features.contact.queries import history
from qingshou.features.contact.queries.timing_models import CURRENT, current_model, models_folder
from qingshou.features.contact.timing.arms import BadArm, arm_at, arm_of_code, arms_between
from qingshou.features.contact.timing.model import ModelChanged
from qingshou.features.contact.timing.policy import hash_in
from qingshou.kernel.errors import Misconfigured
from qingshou.law.contact.terms import Channel

SHANGHAI = ZoneInfo("Asia/Shanghai")
ARMS = ["PHONE-WORK-08", "PHONE-WORK-14", "PHONE-WORK-19", "SMS-WORK-10"]


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.QINGSHOU_HOME = tmp_path


@pytest.fixture
def debtors():
    return [make_debtor(f"T{number:03d}", overdue_days=5 + number) for number in range(6)]


def known(case):
    """Make the person behind a debtor known to the desk, as the first clearance does."""
    person = ContactPerson.objects.create(key=f"B:{case.borrower_id}")
    PersonLink.objects.create(borrower_id=case.borrower_id, person=person)
    return person


def contact(case, at, outcome="NO_ANSWER", *, channel="PHONE", direction="OUT", person_id=None):
    person_id = person_id or PersonLink.objects.get(borrower=case.borrower_id).person_id
    return Attempt.objects.create(
        person_id=person_id, borrower_id=case.borrower_id, case=case, channel=channel, direction=direction, at=at,
        local_date=at.astimezone(SHANGHAI).date(), outcome=outcome, placed_by="t", collector="OWN",
        key=uuid.uuid4().hex,
    )  # fmt: skip


def at_hour(days_ago, hour):
    """A weekday's hour in Shanghai, some days before now; weekends count as the Friday before."""
    local = (NOW - timedelta(days=days_ago)).astimezone(SHANGHAI).replace(hour=hour, minute=5)
    return local - timedelta(days=max(local.weekday() - 4, 0))


def choose(cases, arms=ARMS, **more):
    ids = [case.borrower_id for case in cases]
    return choosing.choose(borrower_ids=ids, open_arms=dict.fromkeys(ids, arms), now=NOW, actor=SYSTEM, **more)


# --- choosing


def test_a_decision_keeps_all_it_was_made_of(debtors, django_assert_max_num_queries):
    campaign = uuid.uuid4()
    with django_assert_max_num_queries(40):
        made = choose(debtors, campaign_id=campaign, draw=lambda: Decimal("0.60000000"))
    assert len(made) == len(debtors)
    for kept in Decision.objects.all():
        assert [one["arm"] for one in kept.arms] == sorted(ARMS)
        assert sum(Decimal(one["chance"]) for one in kept.arms) == 1
        assert {one["chance"] for one in kept.arms} == {"0.25000000"}  # nothing learnt yet: even chances
        assert kept.arm == sorted(ARMS)[2]  # 0.60 falls into the third quarter
        assert (kept.chance, kept.draw) == (Decimal("0.25"), Decimal("0.6"))
        assert kept.campaign_id == campaign
        assert kept.context["tried"] == 0
        assert kept.context["product"] == "CONSUMER"
        assert hash_in(kept.policy) == current_model().hash
        assert kept.reward is None
        assert kept.at == NOW
    event = AuditEvent.objects.get(action="TIMING_CHOSEN")
    assert json.loads(event.facts)["decisions"] == 6
    assert AuditHead.objects.filter(subject_kind="CAMPAIGN", subject_id=campaign).count() == 1


def test_queries_do_not_grow_with_debtors(debtors, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    choose(debtors)  # the persons are there
    with CaptureQueriesContext(
        connection,
    ) as one:
        choose(debtors[:1])
    with django_assert_num_queries(len(one)):
        choose(debtors)


def test_the_same_draw_chooses_the_same_arm_and_draws_are_the_systems_own(debtors):
    first = [one.arm for one in choose(debtors, draw=lambda: Decimal("0.1"))]
    assert first == [one.arm for one in choose(debtors, draw=lambda: Decimal("0.1"))]
    drawn = {one.draw for one in choose(debtors)}
    assert len(drawn) == len(debtors)


def test_a_debtor_without_an_open_arm_gets_no_decision(debtors):
    ids = [case.borrower_id for case in debtors]
    made = choosing.choose(borrower_ids=ids, open_arms={ids[0]: [arm_of_code("SMS-WORK-10")]}, now=NOW, actor=SYSTEM)
    (only,) = made
    assert (only.arm, only.chance) == ("SMS-WORK-10", Decimal(1))
    assert choosing.choose(borrower_ids=[], open_arms={}, now=NOW, actor=SYSTEM) == []


def test_what_cannot_be_chosen_from_is_refused_and_leaves_nothing(debtors):
    with pytest.raises(BadArm):
        choose(debtors, arms=["PHONE-WORK-08", "FAX-WORK-08"])
    stranger = uuid.uuid4()
    with pytest.raises(NoSuchContact):
        choosing.choose(borrower_ids=[stranger], open_arms={stranger: ARMS}, now=NOW, actor=SYSTEM)
    assert not Decision.objects.exists()
    assert not AuditEvent.objects.filter(action="TIMING_CHOSEN").exists()


def test_settings_of_the_lender_decide_and_wrong_ones_stop(tenant, debtors):
    tenant.settings = {"timing": {"exploration": 0}}
    tenant.save()
    with pytest.raises(Misconfigured):
        choose(debtors)
    tenant.settings = {"timing": {"explore": "0.1"}}
    tenant.save()
    with pytest.raises(Misconfigured):
        choose(debtors)


# --- learning


def seed_history(debtors, *, days=60):
    """Evenings are answered, mornings are not."""
    for case in debtors:
        known(case)
        for ago in range(5, days):
            hour, outcome = (19, "CONVERSATION") if ago % 2 else (8, "NO_ANSWER")
            contact(case, at_hour(ago, hour), outcome)


def test_what_is_answered_is_chosen_more_often_but_nothing_falls_under_the_floor(debtors):
    seed_history(debtors)
    model = fitting.fit(now=NOW)
    made = choose(debtors)
    for one in made:
        chances = {arm["arm"]: Decimal(arm["chance"]) for arm in one.arms}
        assert max(chances, key=chances.get) == "PHONE-WORK-19"
        assert min(chances.values()) >= Decimal("0.025")
        assert hash_in(one.policy) == model.hash
    event = AuditEvent.objects.get(action="TIMING_FITTED")
    assert json.loads(event.facts)["model"] == model.hash
    assert json.loads(event.facts)["contacts"] == model.contacts > 0


def test_the_same_history_gives_the_same_model(debtors):
    seed_history(debtors, days=12)
    assert fitting.fit(now=NOW).hash == fitting.fit(now=NOW).hash


def test_a_changed_model_is_not_used(debtors):
    seed_history(debtors, days=12)
    model = fitting.fit(now=NOW)
    path = models_folder() / f"timing-{model.hash}.json"
    path.write_text(path.read_text().replace('"intercept":', '"intercept": '), encoding="ascii")
    with pytest.raises(ModelChanged):
        choose(debtors)
    (models_folder() / CURRENT).write_text("../../secrets", encoding="ascii")
    with pytest.raises(ModelChanged):
        choose(debtors)
    (models_folder() / CURRENT).write_text("0" * 16, encoding="ascii")
    with pytest.raises(ModelChanged):
        choose(debtors)


def test_nothing_is_learnt_that_was_not_known_then(debtors):
    case = debtors[0]
    known(case)
    first = contact(case, at_hour(20, 10), "DELIVERED", channel="SMS")
    second = contact(case, first.at + timedelta(days=2), "CONVERSATION")
    contact(case, first.at + timedelta(days=10), "NO_ANSWER")
    contact(case, NOW - timedelta(days=1), "NO_ANSWER")  # its end is still open
    learnt = history.learnt_contacts(now=NOW, settings=history.settings_of_lender())
    assert [one.arm.channel for one in learnt] == ["SMS", "PHONE", "PHONE"]
    tallies = [(one.situation.tally.tried, one.situation.tally.reached) for one in learnt]
    # when the second was made, nobody knew yet that the first would stay unanswered
    assert tallies == [(0, 0), (0, 0), (2, 1)]
    assert [one.is_answered for one in learnt] == [False, True, False]
    assert learnt[1].local == second.at
    days = [one.situation.overdue_days for one in learnt]
    assert days == [None, None, None]  # overdue for 5 days only: not overdue then


def test_rates_are_counted_by_the_persons_clock(debtors):
    case = debtors[0]
    person = known(case)
    person.time_zone = "America/New_York"
    person.save()
    contact(case, datetime.fromisoformat("2026-11-03T02:30:00+00:00"), "CONVERSATION")
    contact(case, datetime.fromisoformat("2026-11-10T02:30:00+00:00"))
    (rate,) = history.rates_of(history.learnt_contacts(now=NOW, settings=history.settings_of_lender()))
    assert (rate.channel, rate.weekday, rate.hour, rate.tried, rate.answered) == ("PHONE", 0, 21, 2, 1)


# --- rewards


def decided(case, attempt):
    (decision,) = choose([case])
    choosing.tie(attempts={decision.id: attempt.id}, actor=SYSTEM, now=NOW)
    return decision


def test_rewards_follow_what_came_of_the_contact(debtors):
    spoken, replied, silent, late, retried, unmade = debtors
    for case in debtors:
        known(case)
    ago = NOW - timedelta(days=5)
    made = {
        "spoken": decided(spoken, contact(spoken, ago, "CONVERSATION")),
        "replied": decided(replied, contact(replied, ago, "DELIVERED", channel="SMS")),
        "silent": decided(silent, contact(silent, ago, "DELIVERED", channel="SMS")),
        "late": decided(late, contact(late, ago, "DELIVERED", channel="SMS")),
        "retried": decided(retried, contact(retried, ago)),
        "unmade": decided(unmade, contact(unmade, ago, "RELEASED")),
    }
    contact(replied, ago + timedelta(days=2), "CONVERSATION", channel="SMS", direction="IN")
    contact(late, ago + timedelta(days=3, minutes=1), "DELIVERED", channel="SMS", direction="IN")
    contact(retried, ago + timedelta(hours=4), "DELIVERED", channel="SMS")
    contact(retried, ago + timedelta(hours=5), "DELIVERED", channel="SMS", direction="IN")  # answers the later one
    assert choosing.attribute_rewards(now=NOW) == 5
    found = {name: Decision.objects.get(id=one.id).reward for name, one in made.items()}
    assert found == {"spoken": 1, "replied": 1, "silent": 0, "late": 0, "retried": 0, "unmade": None}
    event = AuditEvent.objects.get(action="TIMING_REWARDED")
    assert json.loads(event.facts) == {"decisions": 5, "answered": 2}
    assert choosing.attribute_rewards(now=NOW) == 0


def test_none_is_settled_before_its_days_are_over(debtors):
    known(debtors[0])
    decision = decided(debtors[0], contact(debtors[0], NOW - timedelta(days=2, hours=23), "CONVERSATION"))
    assert choosing.attribute_rewards(now=NOW) == 0
    assert choosing.attribute_rewards(now=NOW + timedelta(hours=1)) == 1
    assert Decision.objects.get(id=decision.id).reward == 1


def test_a_reward_is_noted_once(debtors):
    case = debtors[0]
    known(case)
    attempt = contact(case, NOW, "CONVERSATION")
    decision = decided(case, attempt)
    choosing.reward(attempt_id=attempt.id, reward=Decimal("0.5"), now=NOW)
    again = choosing.reward(attempt_id=attempt.id, reward=Decimal("0.5"), now=NOW + timedelta(days=1))
    assert (again.id, again.reward_at) == (decision.id, NOW)
    with pytest.raises(NotNow):
        choosing.reward(attempt_id=attempt.id, reward=Decimal(1), now=NOW)
    with pytest.raises(BadContactInput):
        choosing.reward(attempt_id=attempt.id, reward=Decimal(2), now=NOW)
    with pytest.raises(NoSuchContact):
        choosing.reward(attempt_id=uuid.uuid4(), reward=Decimal(1), now=NOW)
    assert AuditEvent.objects.filter(action="TIMING_REWARDED").count() == 1


def test_a_contact_is_tied_to_its_own_persons_decision_only(debtors):
    first, second = debtors[:2]
    known(first), known(second)
    mine, theirs, other = contact(first, NOW), contact(second, NOW), contact(first, NOW)
    (decision,) = choose([first])
    for attempts, refusal in (
        ({decision.id: theirs.id}, BadContactInput),
        ({decision.id: uuid.uuid4()}, NoSuchContact),
        ({uuid.uuid4(): mine.id}, NoSuchContact),
    ):
        with pytest.raises(refusal):
            choosing.tie(attempts=attempts, actor=SYSTEM, now=NOW)
    assert choosing.tie(attempts={decision.id: mine.id}, actor=SYSTEM, now=NOW) == 1
    assert choosing.tie(attempts={decision.id: mine.id}, actor=SYSTEM, now=NOW) == 1
    with pytest.raises(NotNow):
        choosing.tie(attempts={decision.id: other.id}, actor=SYSTEM, now=NOW)
    assert Decision.objects.get(id=decision.id).attempt_id == mine.id


# --- the loop as a whole


def test_from_even_chances_to_a_policy_that_is_better_and_says_so(tenant, debtors):
    """Weeks of decisions at even chances in a world where evenings are answered: the judged gain covers the truth."""
    truth = {"PHONE-WORK-08": 0.1, "PHONE-WORK-14": 0.2, "PHONE-WORK-19": 0.6, "SMS-WORK-10": 0.05}
    random = np.random.default_rng(5)
    for case in debtors:
        known(case)
    arms = arms_between([Channel.PHONE, Channel.SMS], from_at=at_hour(0, 8), until_at=at_hour(0, 21), zone=SHANGHAI)
    assert set(ARMS) <= {arm.code for arm in arms}
    ids = [case.borrower_id for case in debtors]
    for ago in range(90, 4, -1):
        begun = at_hour(ago, 8)
        made = choosing.choose(borrower_ids=ids, open_arms=dict.fromkeys(ids, ARMS), now=begun, actor=SYSTEM,
                               draw=lambda: Decimal(int(random.integers(0, 10**8))).scaleb(-8))  # fmt: skip
        attempts = {}
        for case, decision in zip(debtors, made, strict=True):
            arm = arm_of_code(decision.arm)
            outcome = "CONVERSATION" if random.random() < truth[decision.arm] else "NO_ANSWER"
            attempt = contact(case, at_hour(ago, arm.band), outcome, channel=str(arm.channel))
            assert arm_at(arm.channel, attempt.at, SHANGHAI) == arm
            attempts[decision.id] = attempt.id
        choosing.tie(attempts=attempts, actor=SYSTEM, now=begun)
        if ago % 20 == 0:
            choosing.attribute_rewards(now=begun)
    choosing.attribute_rewards(now=NOW)
    assert Decision.objects.filter(reward__isnull=False).count() > 350
    judged = fitting.fit(now=NOW).judged
    even = sum(truth.values()) / 4
    assert judged["even"]["low"] <= even <= judged["even"]["high"]
    assert judged["over_done"]["low"] > 0
    assert judged["policy"]["high"] <= 0.75
    assert judged["auc"] > 0.65
    assert judged["policy"]["size"] == judged["decisions"] > 100
