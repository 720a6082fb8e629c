"""Pages of campaigns: who may see them, what they show and do."""

from typing import Any

import pytest
from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Campaign
from qingshou.features.contact.operations import campaign_running, campaigns
from qingshou.features.contact.operations.campaign_judging import prepare_campaign
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Stop

GIVEN = {
    "name": "Autumn", "channel": "SMS", "template_code": "REMINDER", "tone": "FRIENDLY", "severity": "MILD",
    "stage": "FIRST_CONTACT", "per_minute": "600", "holdout_percent": "10",
}  # fmt: skip


@pytest.fixture
def lead(client_for: Any) -> Any:
    """A team lead's browser, in English."""
    client = client_for("TEAM_LEAD")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def ready(count: int = 3) -> Campaign:
    version_of("您好，请尽快还款。", code="REMINDER")
    cases = [make_debtor(f"P{number}") for number in range(count)]
    place_stop(borrower_id=cases[0].borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    made = campaigns.make_campaign(
        name="Autumn", channel="SMS", template_code="REMINDER", actor=SYSTEM, now=NOW, no_holdout_reason="TOO_FEW",
        holdout_share=campaigns.HOLDOUT_USUAL * 0,
    )  # fmt: skip
    return prepare_campaign(campaign_id=made.id, actor=SYSTEM, now=NOW)


def test_the_list_teaches_while_it_is_empty(lead):
    assert "No campaign yet" in lead.get("/contact/campaigns/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_as_for_three(lead, count, django_assert_max_num_queries):
    for number in range(count):
        campaigns.make_campaign(name=f"C{number}", channel="SMS", template_code="REMINDER", actor=SYSTEM, now=NOW)
    with django_assert_max_num_queries(8):
        page = lead.get("/contact/campaigns/").content.decode()
    assert page.count("data-row") == count + page.count("data-rows")


def test_the_form_makes_a_campaign_and_hands_it_to_the_worker(lead):
    answer = lead.post("/contact/campaigns/new", GIVEN)
    made = Campaign.objects.get()
    assert answer.headers["Location"] == f"/contact/campaigns/{made.id}/"
    assert (made.status, made.segment) == ("PREPARING", {"severity": "MILD", "stage": "FIRST_CONTACT"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"holdout_percent": "0"}, "Say why nobody is left alone."),
        ({"days_min": "10", "days_max": "5"}, "The range is upside down"),
        ({"name": ""}, "invalid-feedback"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(lead, given, said):
    answer = lead.post("/contact/campaigns/new", GIVEN | given)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Campaign.objects.count() == 0


def test_the_form_counts_the_segment_as_it_stands(lead):
    make_debtor("N1", overdue_days=3)
    make_debtor("N2", overdue_days=20)
    assert "1 debtor" in lead.get("/contact/campaigns/size?severity=MILD&days_max=10").content.decode()
    assert "2 debtors" in lead.get("/contact/campaigns/size").content.decode()
    assert "Correct the filters" in lead.get("/contact/campaigns/size?days_max=x").content.decode()


def test_the_page_says_who_is_refused_and_why_and_the_number_opens_the_rows(lead):
    campaign = ready()
    page = lead.get(f"/contact/campaigns/{campaign.id}/").content.decode()
    assert "A stop is in force" in page
    assert "Write to 2 debtors: Autumn?" in page
    rows = lead.get(f"/contact/campaigns/{campaign.id}/debtors?state=REFUSED&code=STOPPED").content.decode()
    assert rows.count("data-row") == 1 + rows.count("data-rows")
    exported = b"".join(lead.get(f"/contact/campaigns/{campaign.id}/debtors?export=csv").streaming_content).decode()
    assert len(exported.strip().splitlines()) == 4


def test_started_paused_gone_on_with_and_stopped(lead):
    campaign = ready()
    wrong = lead.post(f"/contact/campaigns/{campaign.id}/start", {"count": "3"}, follow=True).content.decode()
    assert "look at the campaign again" in wrong
    for act, status in [("start", "RUNNING"), ("pause", "PAUSED"), ("resume", "RUNNING"), ("stop", "STOPPED")]:
        lead.post(f"/contact/campaigns/{campaign.id}/{act}", {"count": "2"})
        campaign.refresh_from_db()
        assert campaign.status == status
        assert lead.get(f"/contact/campaigns/{campaign.id}/").status_code == 200


def test_the_moving_part_asks_for_the_whole_page_once_the_state_is_another(lead):
    campaign = ready()
    campaigns.start_campaign(campaign_id=campaign.id, expected_count=2, actor=SYSTEM, now=NOW)
    campaign_running.run_campaign(campaign_id=campaign.id, actor=SYSTEM, clock=lambda: NOW)
    path = f"/contact/campaigns/{campaign.id}/progress"
    assert "HX-Refresh" not in lead.get(f"{path}?was=RUNNING").headers
    assert lead.get(f"{path}?was=READY").headers["HX-Refresh"] == "true"


def test_results_are_shown_after_the_start_and_said_to_be_early(lead):
    campaign = ready()
    campaigns.start_campaign(campaign_id=campaign.id, expected_count=2, actor=SYSTEM, now=NOW)
    page = lead.get(f"/contact/campaigns/{campaign.id}/").content.decode()
    assert "What it was worth" in page
    assert "Nobody was left alone to compare with" in page


def test_who_may_not_and_what_is_not_there(client_for, lead):
    campaign = ready()
    assert client_for("COLLECTOR").get("/contact/campaigns/").status_code == 403
    assert client_for("COLLECTOR").post(f"/contact/campaigns/{campaign.id}/start").status_code == 403
    assert lead.get("/contact/campaigns/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert lead.get(f"/contact/campaigns/{campaign.id}/start").status_code == 405
