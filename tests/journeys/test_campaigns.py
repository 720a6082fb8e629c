"""A team lead's campaign in a real browser: made, judged, looked into, started, paused, stopped; on a phone too."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import NOW

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def worded(lender: object) -> object:
    """The lender with its wordings approved."""
    from qingshou.audit.actors import Actor, ActorKind
    from qingshou.features.contact.operations.template_set import install_starting_set, set_contact_details
    from qingshou.tenancy.context import using

    with using(lender.id):
        writer, second = (Actor(ActorKind.USER, name) for name in ("writer", "second"))
        set_contact_details(details={"contact_phone": "400-800-1234"}, actor=writer, now=NOW)
        install_starting_set(actor=writer, now=NOW, approved_by=second)
    return lender


def _make(page: object, name: str) -> None:
    page.goto("/contact/campaigns/new")
    page.fill("#id_name", name)
    page.select_option("#id_severity", "")
    page.select_option("#id_stage", "")
    page.wait_for_selector("#segment-size strong:has-text('8')")
    page.fill("#id_holdout_percent", "0")
    page.select_option("#id_no_holdout_reason", "TOO_FEW")
    page.click("main form.campaign-form button[type=submit]")
    page.wait_for_url(re.compile(r"/contact/campaigns/[0-9a-f-]{36}/"))


def test_a_lead_makes_a_campaign_and_sees_who_is_refused_and_why(visit, judge, worker, worded):
    page = visit("TEAM_LEAD", language="en")
    page.click(".nav-entry:has-text('Campaigns')")
    page.wait_for_selector(".empty, #campaigns")
    page.goto("/contact/campaigns/new")
    judge(page, "campaign-new-en-1280")
    _make(page, "Autumn reminder")
    page.wait_for_selector(".state:has-text('Ready to start')")
    assert "8" in page.inner_text(".figures")
    page.wait_for_selector(".chart-canvas canvas")
    judge(page, "campaign-ready-en-1280")
    reasons = page.locator("section:has-text('Who is refused, and why') tbody tr")
    if reasons.count():  # at night everyone is outside the hours, by day nobody is
        reasons.first.locator("a").click()
        page.wait_for_selector("#campaign-members [data-row]")
        judge(page, "campaign-members-en-1280")


def test_it_is_started_with_its_numbers_named_paused_and_stopped(visit, judge, worker, worded):
    page = visit("TEAM_LEAD")
    _make(page, "十月提醒")
    page.wait_for_selector(".state:has-text('可以开始')")
    judge(page, "campaign-ready-zh-1280")
    if page.locator("[data-dialog=start-campaign]").count():
        page.click("[data-dialog=start-campaign]")
        assert "8" in page.inner_text("#start-campaign-title")
        judge(page, "campaign-start-zh-1280")
        page.click("#start-campaign button[type=submit]")
        page.wait_for_selector(".state:has-text('进行中')")
        page.wait_for_selector("#campaign-live:has-text('发送中')")
        judge(page, "campaign-running-zh-1280")
        page.click("[data-dialog=pause-campaign]")
        page.wait_for_timeout(2500)  # the page asks every two seconds; the open question must outlive that
        assert page.is_visible("#pause-campaign")
        page.click("#pause-campaign button[type=submit]")
        page.wait_for_selector(".state:has-text('已暂停')")
    page.click("[data-dialog=stop-campaign]")
    page.click("#stop-campaign button[type=submit]")
    page.wait_for_selector(".state:has-text('已终止')")
    judge(page, "campaign-stopped-zh-1280")
    page.goto("/contact/campaigns/")
    judge(page, "campaigns-zh-1280")


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_on_a_phone(visit, judge, worker, worded, language, name):
    page = visit("TEAM_LEAD", language=language, width=390)
    page.goto("/contact/campaigns/new")
    judge(page, f"campaign-new-{name}-390")
    _make(page, "Phone")
    page.wait_for_selector("[data-dialog=start-campaign], .notice.is-warning", timeout=90_000)
    page.wait_for_selector(".chart-canvas canvas")
    judge(page, f"campaign-{name}-390")
    page.goto("/contact/campaigns/")
    judge(page, f"campaigns-{name}-390")


def test_what_is_wrong_is_said_at_the_field(visit, worded):
    page = visit("TEAM_LEAD", language="en")
    page.goto("/contact/campaigns/new")
    page.fill("#id_name", "No lot")
    page.fill("#id_holdout_percent", "0")
    page.click("main form.campaign-form button[type=submit]")
    page.wait_for_selector(".invalid-feedback:has-text('Say why nobody is left alone.')")


def test_a_collector_has_no_campaigns(visit):
    page = visit("COLLECTOR", language="en")
    expect(page.locator(".nav-entry:has-text('Campaigns')")).to_have_count(0)
    assert page.goto("/contact/campaigns/").status == 403
