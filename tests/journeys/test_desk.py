"""A collector's and a team lead's day on the pages, in a real browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from qingshou.edges import clock

pytestmark = pytest.mark.browser


def test_a_collector_works_the_queue(visit, judge):
    page = visit("COLLECTOR")
    assert page.url.endswith("/worklist/")
    expect(page.locator("[data-row]")).to_have_count(7)
    judge(page, "worklist-zh-1280")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-current")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/cases/"))
    judge(page, "case-zh-1280")
    page.keyboard.press("e")
    page.select_option("#action-code", "CALL_BACK")
    page.click("#action-dialog button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    assert "回电" in page.inner_text(".case-strip")
    assert "已设定下一步" in page.inner_text(".timeline-list")
    page.keyboard.press("n")
    page.wait_for_load_state()
    assert "/cases/" in page.url or page.url.endswith("/worklist/")


def test_personal_data_are_masked_until_asked_for(visit):
    page = visit("COLLECTOR")
    page.goto("/worklist/next")
    assert "****" in page.inner_text("#person")
    page.click("#person button")
    page.wait_for_selector("#person .state")
    shown = page.inner_text("#person")
    assert re.search(r"1380013\d{4}", shown)  # a collector calls
    assert "11010519491231002X" not in shown  # but files no papers


def test_evidence_and_a_refused_move(visit):
    page = visit("COLLECTOR", language="en")
    page.goto("/search/?q=L0006")
    page.click("[data-row] a[data-open]") if "/search" in page.url else None
    page.wait_for_url(re.compile("/cases/"))
    page.keyboard.press("m")
    page.check("#move-dialog input[value^='OPERATOR']")
    page.fill("#move-reason", "wants a plan")
    page.click("#move-dialog button[type=submit]")
    page.wait_for_selector(".toast-line.is-error")
    assert "Steps of the checklist are missing" in page.inner_text("#toasts")
    page.click(".check-list button >> nth=0")
    page.fill("dialog[open] textarea", "spoke to her")
    page.click("dialog[open] button[type=submit]")
    page.wait_for_selector(".check-list .is-met")
    assert "spoke to her" in page.inner_text(".check-list")


def test_a_lead_hands_cases_over(visit, judge, lender):
    page = visit("TEAM_LEAD", language="en")
    page.goto("/worklist/")
    page.check("[data-row] >> nth=0 >> [data-select-row]")
    page.check("[data-row] >> nth=1 >> [data-select-row]")
    assert page.inner_text("[data-selected-count]") == "2"
    judge(page, "worklist-lead-en-1280")
    page.click("[data-dialog=deal-dialog]")
    page.fill("#deal-reason", "even the load")
    page.click("#deal-dialog button[type=submit]")
    page.wait_for_selector("text=Who gets what, and why")
    judge(page, "deal-en-1280")
    page.click("button[name=confirmed]")
    page.wait_for_selector(".toast-line.is-success")
    assert "2 cases are dealt out" in page.inner_text("#toasts")
    page.check("[data-row] >> nth=0 >> [data-select-row]")
    page.click("[data-dialog=assign-dialog]")
    page.select_option("#assign-owner", str(lender.users["TEAM_LEAD"].id))
    page.fill("#assign-reason", "mine to judge")
    page.click("#assign-dialog button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    page.goto("/worklist/?whose=mine")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_view_is_saved_and_its_address_can_be_sent(visit):
    page = visit("COLLECTOR")
    page.select_option("#filter-severity", "MILD")
    page.wait_for_url(re.compile("severity=MILD"))
    page.wait_for_selector("[data-row]")
    rows = page.locator("[data-row]").count()
    page.click("[data-dialog=save-view]")
    page.fill("#save-view-name", "轻度")
    page.click("#save-view button[type=submit]")
    page.wait_for_selector(".chip[aria-current=true]")
    other = visit("COLLECTOR")
    other.goto(page.url)
    expect(other.locator("[data-row]")).to_have_count(rows)


def test_the_language_is_switched(visit):
    page = visit("COLLECTOR")
    assert "待办队列" in page.inner_text("h1")
    page.click(".shell-bar details.menu summary >> nth=0")
    page.click("button[name=language][value=en]")
    page.wait_for_selector("h1:has-text('Worklist')")
    page.goto("/worklist/")
    assert page.get_attribute("html", "lang") == "en"


@pytest.mark.parametrize(
    ("asked", "language"), [("zh", "zh-hans"), ("zh-TW", "zh-hant"), ("zh-HK", "zh-hant"), ("fr", "zh-hans")]
)
def test_the_browser_chooses_the_language(visit, asked, language):
    page = visit(language=asked)
    page.goto("/accounts/login/")
    assert page.get_attribute("html", "lang") == language


def test_search_and_help_by_key(visit):
    page = visit("COLLECTOR")
    page.keyboard.press("?")
    page.wait_for_selector("#keys-help[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("欧阳娜娜")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/|/cases/"))
    assert "欧阳娜娜" in page.inner_text("main")


def test_a_draft_survives(visit):
    page = visit("COLLECTOR")
    page.goto("/worklist/next")
    page.click(".check-list button >> nth=0")
    field = "dialog[open] textarea"
    page.fill(field, "half a thought")
    page.reload()
    page.click(".check-list button >> nth=0")
    expect(page.locator(field)).to_have_value("half a thought")


def test_what_was_sent_and_refused_is_back_and_what_was_taken_is_gone(visit):
    page = visit("TEAM_LEAD", language="en")
    page.goto("/hardship/relief/")
    page.click("[data-dialog=ask-relief]")
    for field, text in (("code", "flood-9"), ("name-zh-hans", "洪水"), ("name-zh-hant", "洪水"), ("name-en", "Flood")):
        page.fill(f"#ask-relief [name={field}]", text)
    page.evaluate("document.querySelector('#ask-relief form').noValidate = true")
    page.click("#ask-relief button[type=submit]")
    page.wait_for_selector(".toast-line.is-error")
    assert page.input_value("#ask-relief [name=code]") == "flood-9"
    page.click("[data-dialog=ask-relief]")
    today = clock.today("Asia/Shanghai")
    days = (("from_on", today.isoformat()), ("until_on", (today + timedelta(days=30)).isoformat()))
    for field, text in (*days, ("regions", "TW"), ("reason", "flood")):
        page.fill(f"#ask-relief [name={field}]", text)
    page.click("#ask-relief button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    assert page.input_value("#ask-relief [name=code]") == ""
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('qingshou-draft:'))") == []


@pytest.mark.parametrize(
    "role", ["COLLECTOR", "TEAM_LEAD", "LEGAL_OFFICER", "RISK_OFFICER", "COMPLIANCE_OFFICER", "ADMINISTRATOR"]
)
def test_every_entry_of_a_role_opens(visit, judge, role):
    page = visit(role)
    hrefs = page.eval_on_selector_all(".nav-entry", "all => all.map(a => a.getAttribute('href'))")
    assert hrefs
    for href in hrefs:
        answer = page.goto(href)
        assert answer.status == 200, href
        judge(page, f"{role.lower()}{href.replace('/', '-')}zh-1280".rstrip("-"))


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_on_a_phone(visit, judge, language, name):
    page = visit("COLLECTOR", language=language, width=390)
    judge(page, f"worklist-{name}-390")
    page.goto("/worklist/next")
    judge(page, f"case-{name}-390")
    page.click("[data-nav-toggle]")
    page.wait_for_timeout(200)
    assert page.is_visible(".nav-entry >> nth=0")


def test_in_the_dark_and_signing_in(visit, judge):
    page = visit(dark=True)
    page.goto("/accounts/login/")
    judge(page, "login-dark-1280")
    page = visit("RISK_OFFICER", dark=True)
    page.goto("/runs/")
    judge(page, "runs-dark-1280")


def test_refusals_have_the_shell(visit, judge):
    page = visit("COLLECTOR", language="en")
    assert page.goto("/runs/").status == 403
    judge(page, "403-en-1280")
    assert page.goto("/nothing/").status == 404
    expect(page.locator(".shell-nav")).to_have_count(1)
