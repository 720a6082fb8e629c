"""What a campaign was worth: people of both arms counted alike, and what is counted as an outcome."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Payment
from qingshou.features.contact.models import Campaign, Reply
from qingshou.features.contact.operations import campaign_running, campaigns, door
from qingshou.features.contact.operations.campaign_judging import prepare_campaign
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.queries.campaign_results import results_of
from qingshou.features.delinquency.models import Movement
from qingshou.law.contact.terms import Channel, Outcome, Stop

LATER = NOW + timedelta(days=10)


def ran(count: int = 12, share: str = "0.5", **given: Any) -> Campaign:
    """A campaign that ran over so many debtors."""
    version_of("您好，请尽快还款。", code="REMINDER")
    for number in range(count):
        make_debtor(f"A{number:02d}", **given)
    made = campaigns.make_campaign(
        name="Results", channel="SMS", template_code="REMINDER", holdout_share=Decimal(share), actor=SYSTEM, now=NOW,
        no_holdout_reason="" if Decimal(share) else "TOO_FEW", seed=8,
    )  # fmt: skip
    campaign = prepare_campaign(campaign_id=made.id, actor=SYSTEM, now=NOW)
    cleared = campaign.members.filter(state="CLEARED").count()
    campaigns.start_campaign(campaign_id=campaign.id, expected_count=cleared, actor=SYSTEM, now=NOW)
    return campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: NOW)


def counted(campaign: Campaign, name: str, now: Any = LATER) -> tuple[int, int]:
    line = next(one for one in results_of(campaign=campaign, now=now).lines if one.name == name)
    return line.treated.count, line.held_out.count


def one_of(campaign: Campaign, *, held_out: bool) -> Any:
    return campaign.members.filter(is_held_out=held_out).select_related("case", "borrower").order_by("position").first()


def test_before_the_start_there_is_nothing_to_say():
    made = campaigns.make_campaign(name="New", channel="SMS", template_code="REMINDER", actor=SYSTEM, now=NOW)
    assert results_of(campaign=made, now=LATER) is None


def test_both_arms_are_all_whom_the_door_had_nothing_against():
    campaign = ran()
    found = results_of(campaign=campaign, now=LATER)
    assert found.treated + found.held_out == 12
    assert found.held_out == campaign.members.filter(is_held_out=True).count() > 0
    assert not found.is_early
    assert results_of(campaign=campaign, now=NOW + timedelta(days=6)).is_early


def test_one_person_is_counted_once():
    found = results_of(campaign=ran(4, "0", national_id="11010519491231002X"), now=LATER)
    assert (found.treated, found.held_out) == (1, 0)
    assert all(line.difference is None for line in found.lines)


def test_whoever_was_refused_late_stays_in_the_arm():
    """Leaving out those whom no message reached would compare people of different kinds."""
    campaign = ran(3, "0")
    before = results_of(campaign=campaign, now=LATER).treated
    campaign.members.filter(position=1).update(state="REFUSED", codes=["STOPPED"], at=NOW)
    assert results_of(campaign=campaign, now=LATER).treated == before
    campaign.members.filter(position=2).update(state="REFUSED", codes=["STOPPED"], at=None)
    assert results_of(campaign=campaign, now=LATER).treated == before - 1


@pytest.mark.parametrize("held_out", [False, True])
def test_what_counts_as_paid(held_out):
    campaign = ran()
    member = one_of(campaign, held_out=held_out)
    expected = (0, 1) if held_out else (1, 0)
    loan = member.borrower.loans.get()
    before = Payment.objects.create(loan=loan, payment_ref="P0", paid_date=date(2026, 11, 22), amount=Decimal(50))
    assert counted(campaign, "paid") == (0, 0)  # paid the day before
    Payment.objects.create(loan=loan, payment_ref="P1", paid_date=date(2026, 11, 24), amount=Decimal(50))
    assert counted(campaign, "paid") == expected
    Payment.objects.create(loan=loan, payment_ref="P2", paid_date=date(2026, 11, 25), amount=Decimal(-50),
                           reverses_ref="P1")  # fmt: skip
    assert counted(campaign, "paid") == (0, 0)  # it bounced
    Movement.objects.create(as_of=date(2026, 11, 26), loan_ref=loan.loan_ref, kind="ROLLED_BACK",
                            borrower_ref=member.borrower.borrower_ref)  # fmt: skip
    assert counted(campaign, "paid") == expected
    assert before.amount == 50


def test_a_case_closed_as_cured_counts_as_paid():
    campaign = ran()
    case = one_of(campaign, held_out=True).case
    case.closed_on, case.closed_reason = date(2026, 11, 25), "CURED"
    case.save()
    assert counted(campaign, "paid") == (0, 1)
    assert counted(campaign, "paid", now=NOW + timedelta(days=1)) == (0, 0)  # not yet closed then


def test_replies_conversations_and_guards_are_counted_from_the_start_on():
    campaign = ran()
    member = one_of(campaign, held_out=False)
    for at in (NOW - timedelta(hours=1), NOW + timedelta(hours=1)):
        Reply.objects.create(
            borrower_id=member.borrower_id,
            channel="SMS",
            adapter="TEST",
            event_ref=f"E{at:%H%M}",
            at=at,
            received_at=at,
        )
        expected = (0, 0) if at < NOW else (1, 0)
        assert counted(campaign, "replied") == expected
    door.note_inbound(borrower_id=member.borrower_id, channel=Channel.PHONE, at=NOW + timedelta(hours=2), actor=SYSTEM,
                      now=NOW, key="in:1", outcome=Outcome.CONVERSATION)  # fmt: skip
    assert counted(campaign, "spoke") == (1, 0)
    later = NOW + timedelta(days=1)
    place_stop(borrower_id=member.borrower_id, kind=Stop.CHANNEL, channel="SMS", actor=SYSTEM, now=later)
    place_stop(borrower_id=one_of(campaign, held_out=True).borrower_id, kind=Stop.COMPLAINT, actor=SYSTEM, now=later)
    assert counted(campaign, "opted_out") == (1, 0)
    assert counted(campaign, "complained") == (0, 1)
