"""Campaigns: made, prepared without sending anything, started, held, stopped; each act with its row in the record."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.contact.errors import BadContactInput, NoSuchCampaign, NotNow
from qingshou.features.contact.models import Attempt, Campaign, CampaignMember, Decision, Message, Refusal
from qingshou.features.contact.operations import campaign_judging, campaign_running, campaigns
from qingshou.features.contact.operations.campaign_judging import prepare_campaign
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.queries.campaigns import funnel_of, list_members, list_unfinished, reasons_of
from qingshou.features.contact.rules.lots import draw
from qingshou.law.contact.terms import Stop


def make(**given: Any) -> Campaign:
    asked: dict[str, Any] = {"name": "Spring", "channel": "SMS", "template_code": "REMINDER", "seed": 5}
    return campaigns.make_campaign(**{**asked, **given}, actor=SYSTEM, now=NOW)


def everyone(**given: Any) -> Campaign:
    """A campaign that leaves nobody alone."""
    return make(holdout_share=Decimal("0.000"), no_holdout_reason="NOTICE_DUE", **given)


def run(campaign: Campaign, now: Any = NOW) -> Campaign:
    return campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: now)


def started(count: int = 3, **given: Any) -> Campaign:
    version_of("请尽快还款", code="REMINDER")
    for number in range(count):
        make_debtor(f"S{number}")
    campaign = prepare_campaign(campaign_id=everyone(**given).id, actor=SYSTEM, now=NOW)
    return campaigns.start_campaign(campaign_id=campaign.id, expected_count=count, actor=SYSTEM, now=NOW)


def actions(campaign: Campaign) -> list[str]:
    return [event.action for event in reversed(list_events(subject_kind="CAMPAIGN", subject_id=campaign.id, limit=50))]


def test_a_campaign_is_for_the_mild_class_and_leaves_a_tenth_alone():
    campaign = make()
    assert campaign.segment == {"severity": "MILD", "stage": "FIRST_CONTACT"}
    assert campaign.holdout_share == Decimal("0.100")
    assert campaign.status == "DRAFT"
    assert actions(campaign) == ["CAMPAIGN_MADE"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": " "}, ["name"]),
        ({"channel": "PHONE"}, ["channel"]),
        ({"channel": ""}, ["channel"]),
        ({"tone": "LOUD"}, ["tone"]),
        ({"holdout_share": Decimal(0)}, ["no_holdout_reason"]),
        ({"holdout_share": Decimal("0.1"), "no_holdout_reason": "URGENT"}, ["no_holdout_reason"]),
        ({"holdout_share": Decimal("0.501")}, ["holdout_share"]),
        ({"holdout_share": Decimal("0.0001")}, ["holdout_share"]),
        ({"per_minute": 0}, ["per_minute"]),
        ({"segment": {"days_min": "x"}, "name": ""}, ["days_min", "name"]),
    ],
)
def test_all_that_is_wrong_is_said_together(given, wrong):
    with pytest.raises(BadContactInput) as refused:
        make(**given)
    assert refused.value.fields["wrong"] == wrong
    assert Campaign.objects.count() == 0


def test_preparing_judges_everyone_and_sends_nothing():
    version_of("请尽快还款", code="REMINDER")
    cases = [make_debtor(f"P{number}") for number in range(4)]
    make_debtor("M1", overdue_days=12, region="上海")
    place_stop(borrower_id=cases[0].borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    campaign = prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)
    assert campaign.status == "READY"
    assert campaign.progress["chosen"] == campaign.progress["judged"] == 5
    states = dict(CampaignMember.objects.values_list("case__borrower__borrower_ref", "state"))
    assert states == {"P0": "REFUSED", "P1": "CLEARED", "P2": "CLEARED", "P3": "CLEARED", "M1": "CLEARED"}
    (reason,) = reasons_of(campaign=campaign)
    assert (reason.code, reason.count) == ("STOPPED", 1)
    assert reason.articles[0]["instrument"] != ""
    assert Message.objects.count() == Attempt.objects.count() == Refusal.objects.count() == 0
    assert actions(campaign) == ["CAMPAIGN_MADE", "CAMPAIGN_PREPARED"]


def test_the_segment_chooses():
    version_of("请尽快还款", code="REMINDER")
    near, far = make_debtor("N1", overdue_days=3, region="上海"), make_debtor("N2", overdue_days=20, arrears="5000")
    for segment, expected in [
        ({"days_max": 10}, {near.id}),
        ({"region": "上海"}, {near.id}),
        ({"arrears_min": "5000", "arrears_max": "5000"}, {far.id}),
        ({"language": "zh-hans", "severity": "MILD"}, {near.id, far.id}),
        ({"next_action": "CALL_BACK"}, set()),
        ({}, {near.id, far.id}),
    ]:
        campaign = prepare_campaign(campaign_id=everyone(segment=segment).id, actor=SYSTEM, now=NOW)
        assert set(campaign.members.values_list("case", flat=True)) == expected, segment


def test_lots_in_sql_are_the_rules_lots_and_one_persons_debtors_share_theirs():
    version_of("请尽快还款", code="REMINDER")
    for number in range(30):
        make_debtor(f"L{number}")
    for number in range(3):
        make_debtor(f"SAME{number}", national_id="11010519491231002X")
    campaign = prepare_campaign(campaign_id=make(holdout_share=Decimal("0.5")).id, actor=SYSTEM, now=NOW)
    members = list(campaign.members.select_related("borrower"))
    for member in members:
        index = member.borrower.national_id_index
        person = f"N:{bytes(index).hex()}" if index else f"B:{member.borrower_id}"
        assert member.draw == draw(seed=5, person=person)
        assert member.is_held_out is (member.draw < Decimal("0.5"))
        assert (member.state == "HELD_OUT") is member.is_held_out
    same = [member for member in members if member.borrower.borrower_ref.startswith("SAME")]
    assert len({member.draw for member in same}) == 1
    assert 5 < sum(member.is_held_out for member in members) < 28


def test_those_left_alone_are_judged_too():
    """Else the arms would differ: one without those the door refuses, the other with them."""
    version_of("请尽快还款", code="REMINDER")
    cases = [make_debtor(f"H{number}") for number in range(20)]
    for case in cases:
        place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    campaign = prepare_campaign(campaign_id=make(holdout_share=Decimal("0.5")).id, actor=SYSTEM, now=NOW)
    held_out = campaign.members.filter(state="HELD_OUT")
    assert held_out.count() > 0
    assert {tuple(codes) for codes in held_out.values_list("codes", flat=True)} == {("STOPPED",)}


def test_a_language_without_an_approved_wording_is_refused_by_name():
    version_of("draft only", code="REMINDER", status="DRAFT")
    make_debtor("T1")
    campaign = prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)
    assert campaign.members.get().codes == ["NO_TEMPLATE"]
    with pytest.raises(NotNow):
        campaigns.start_campaign(campaign_id=campaign.id, expected_count=0, actor=SYSTEM, now=NOW)


def test_each_is_judged_at_the_turn_the_throttle_gives():
    """At one a minute from 21:58 the third would leave at 22:00: outside the hours."""
    version_of("请尽快还款", code="REMINDER")
    for number in range(3):
        make_debtor(f"E{number}")
    late = NOW.replace(hour=13, minute=58)  # 21:58 in Shanghai
    campaign = prepare_campaign(campaign_id=everyone(per_minute=1).id, actor=SYSTEM, now=NOW, at=late)
    rows = campaign.members.order_by("position").values_list("state", "codes")
    assert [state for state, _ in rows] == ["CLEARED", "CLEARED", "REFUSED"]
    assert rows[2][1] == ["OUTSIDE_HOURS"]
    assert campaign.members.get(position=3).next_at is not None


def test_a_ready_campaign_is_judged_anew_over_the_same_people_and_lots():
    version_of("请尽快还款", code="REMINDER")
    case = make_debtor("J1")
    make_debtor("J2")
    campaign = prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)
    before = list(campaign.members.order_by("position").values_list("id", "draw"))
    place_stop(borrower_id=case.borrower_id, kind=Stop.DISPUTE, actor=SYSTEM, now=NOW)
    make_debtor("J3")
    campaign = prepare_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW + timedelta(hours=1))
    assert list(campaign.members.order_by("position").values_list("id", "draw")) == before
    assert sorted(campaign.members.values_list("state", flat=True)) == ["CLEARED", "REFUSED"]


def test_a_run_queues_each_once_with_its_key_and_its_turn():
    campaign = run(started(3, per_minute=2))
    assert campaign.status == "RUNNING"  # messages wait: it may still be paused and stopped
    assert sorted(Attempt.objects.values_list("key", flat=True)) == sorted(
        f"campaign:{campaign.id}:{borrower}" for borrower in campaign.members.values_list("borrower", flat=True)
    )
    turns = Message.objects.order_by("not_before_at").values_list("not_before_at", flat=True)
    assert list(turns) == [NOW, NOW + timedelta(seconds=30), NOW + timedelta(seconds=60)]
    assert set(Message.objects.values_list("campaign_id", flat=True)) == {campaign.id}
    assert run(campaign).status == "RUNNING"
    assert Message.objects.count() == 3


def test_a_campaign_is_done_when_nothing_of_it_waits():
    campaign = run(started(2))
    Message.objects.update(state="SENT")
    assert run(campaign).status == "DONE"
    assert funnel_of(campaign_id=campaign.id).sent == 2
    assert actions(campaign)[-1] == "CAMPAIGN_DONE"
    with pytest.raises(NotNow):
        campaigns.stop_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)


def test_only_those_the_preview_cleared_are_written_to_and_a_stop_since_then_counts():
    campaign = started(3)
    first = campaign.members.order_by("position").first()
    place_stop(borrower_id=first.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    run(campaign)
    first.refresh_from_db()
    assert (first.state, first.codes) == ("REFUSED", ["STOPPED"])
    assert first.at is not None
    assert Refusal.objects.get().campaign_id == campaign.id
    found = funnel_of(campaign_id=campaign.id)
    assert (found.queued, found.refused, found.refused_late, found.to_contact) == (2, 0, 1, 3)
    assert list_members(campaign_id=campaign.id, state="LATE")[1] == 1


def test_what_cannot_be_worded_is_noted_and_the_others_are_queued():
    version_of("{debtor_name} {promise_amount}", code="REMINDER")
    for number in range(3):
        make_debtor(f"W{number}")
    campaign = prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)
    campaigns.start_campaign(campaign_id=campaign.id, expected_count=3, actor=SYSTEM, now=NOW)
    run(campaign)
    assert {tuple(codes) for codes in campaign.members.values_list("codes", flat=True)} == {("CANNOT_BE_WORDED",)}
    assert Attempt.objects.count() == 0


def test_starting_names_the_count():
    version_of("请尽快还款", code="REMINDER")
    make_debtor("C1")
    campaign = prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)
    with pytest.raises(NotNow) as refused:
        campaigns.start_campaign(campaign_id=campaign.id, expected_count=2, actor=SYSTEM, now=NOW)
    assert refused.value.fields["count"] == 1
    assert (
        campaigns.start_campaign(campaign_id=campaign.id, expected_count=1, actor=SYSTEM, now=NOW).status == "RUNNING"
    )
    with pytest.raises(NotNow):
        campaigns.start_campaign(campaign_id=campaign.id, expected_count=1, actor=SYSTEM, now=NOW)


def test_a_paused_campaign_queues_nothing_until_it_goes_on():
    campaign = started(2)
    campaigns.pause_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    assert run(campaign).status == "PAUSED"
    assert Message.objects.count() == 0
    campaigns.resume_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    run(campaign)
    assert Message.objects.count() == 2
    assert actions(campaign)[-2:] == ["CAMPAIGN_PAUSED", "CAMPAIGN_RESUMED"]


def test_a_run_taken_up_late_does_not_flood():
    campaign = started(3, per_minute=1)
    later = NOW + timedelta(hours=2)
    run(campaign, later)
    turns = Message.objects.order_by("not_before_at").values_list("not_before_at", flat=True)
    assert list(turns) == [later, later + timedelta(minutes=1), later + timedelta(minutes=2)]


def test_stopping_cancels_what_waits_and_gives_the_places_back():
    campaign = started(3)
    run(campaign)
    gone = Message.objects.first()
    Message.objects.filter(id=gone.id).update(state="SENT")
    campaigns.stop_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    assert list_unfinished() == [(campaign.id, "STOPPED")]
    run(campaign)
    assert list_unfinished() == []
    assert sorted(Message.objects.values_list("state", flat=True)) == ["CANCELLED", "CANCELLED", "SENT"]
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["PENDING", "RELEASED", "RELEASED"]
    assert sorted(campaign.members.values_list("state", flat=True)) == ["QUEUED", "STOPPED", "STOPPED"]
    case_id = campaign.members.filter(state="STOPPED").first().case_id
    told = {event.action for event in list_events(subject_kind="CASE", subject_id=case_id, limit=20)}
    assert {"MESSAGE_QUEUED", "MESSAGE_CANCELLED", "CONTACT_RELEASED"} <= told
    for act in (campaigns.resume_campaign, campaigns.pause_campaign, campaigns.stop_campaign):
        with pytest.raises(NotNow):
            act(campaign_id=campaign.id, actor=SYSTEM, now=NOW)


def test_stopped_before_the_start_nobody_is_written_to():
    version_of("请尽快还款", code="REMINDER")
    make_debtor("B1")
    campaign = prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)
    campaigns.stop_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    assert campaign.members.get().state == "STOPPED"
    with pytest.raises(NotNow):
        campaigns.start_campaign(campaign_id=campaign.id, expected_count=1, actor=SYSTEM, now=NOW)


def test_an_act_that_fails_leaves_neither_rows_nor_record(monkeypatch):
    campaign = started(1)

    def fail(**_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(campaigns, "record", fail)
    with pytest.raises(RuntimeError):
        campaigns.stop_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)
    campaign.refresh_from_db()
    assert campaign.status == "RUNNING"
    assert campaign.members.get().state == "CLEARED"


def test_another_lenders_campaign_does_not_exist(other_tenant):
    from qingshou.tenancy.context import using

    campaign = make()
    with using(other_tenant.id), pytest.raises(NoSuchCampaign):
        campaigns.stop_campaign(campaign_id=campaign.id, actor=SYSTEM, now=NOW)


def test_preparing_costs_a_fixed_number_of_queries_a_chunk(django_assert_max_num_queries, monkeypatch):
    version_of("请尽快还款", code="REMINDER")
    for number in range(12):
        make_debtor(f"Q{number}")
    prepare_campaign(campaign_id=everyone().id, actor=SYSTEM, now=NOW)  # numbers' zones are looked up once
    monkeypatch.setattr(campaign_judging, "CHUNK", 12)
    campaign = everyone()
    campaign_judging.begin_preparing(campaign_id=campaign.id, now=NOW)
    with django_assert_max_num_queries(40):
        campaign_judging.go_on_preparing(campaign_id=campaign.id, actor=SYSTEM, now=NOW)


def test_channels_one_cannot_write_by_are_refused():
    for channel in ("PHONE", "VISIT", "FAX"):
        with pytest.raises(BadContactInput):
            make(channel=channel)


def test_the_best_channel_and_hour_are_chosen_person_by_person_and_kept_as_decisions():
    version_of("请尽快还款", code="REMINDER", channel="SMS")
    version_of("请尽快还款", code="REMINDER", channel="EMAIL")
    cases = [make_debtor(f"D{number}") for number in range(8)]
    place_stop(borrower_id=cases[0].borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    campaign = prepare_campaign(campaign_id=everyone(channel="", is_best_time=True).id, actor=SYSTEM, now=NOW)
    assert campaign.members.get(case=cases[0]).codes == ["STOPPED"]
    cleared = list(campaign.members.filter(state="CLEARED"))
    assert len(cleared) == Decision.objects.filter(campaign_id=campaign.id).count() == 7
    for member in cleared:
        assert member.channel in ("SMS", "EMAIL")
        assert member.next_at >= NOW
    campaigns.start_campaign(campaign_id=campaign.id, expected_count=7, actor=SYSTEM, now=NOW)
    run(campaign)
    sent = {row.attempt.borrower_id: row for row in Message.objects.select_related("attempt")}
    for member in campaign.members.filter(state="QUEUED"):
        assert sent[member.borrower_id].channel == member.channel
        assert sent[member.borrower_id].not_before_at >= member.at >= NOW
    assert Decision.objects.filter(campaign_id=campaign.id, attempt__isnull=False).count() == len(sent) == 7


def test_a_best_channel_campaign_left_alone_draws_no_decision_and_is_judged_all_the_same():
    version_of("请尽快还款", code="REMINDER")
    for number in range(12):
        make_debtor(f"H{number}")
    made = make(channel="", is_best_time=True, holdout_share=Decimal("0.5"))
    campaign = prepare_campaign(campaign_id=made.id, actor=SYSTEM, now=NOW)
    held_out = campaign.members.filter(state="HELD_OUT", codes=[]).count()
    assert 0 < held_out < 12
    assert Decision.objects.filter(campaign_id=campaign.id).count() == 12 - held_out
