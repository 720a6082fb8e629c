"""Two people and a wording: written with the check at work, handed in, approved by the other; in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import lender_with_cases

pytestmark = pytest.mark.browser

GOOD = (
    "【{lender_name}】{debtor_name}您好，{loan_ref_tail}账户有{amount_due}{currency}未付，咨询{contact_phone}。退订回T"
)


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """A lender with cases whose team lead may write; its templates are the journey's own."""
    with django_db_blocker.unblock():
        yield lender_with_cases()


def test_from_nothing_to_a_wording_in_use(visit, judge, house):
    page = visit("TEAM_LEAD", of=house)
    page.goto("/contact/templates/")
    judge(page, "templates-empty-zh-1280")
    page.click(".empty [data-dialog=install-set]")
    page.click("#install-set button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    expect(page.locator("[data-row]")).to_have_count(50)
    judge(page, "templates-zh-1280")
    page.goto("/contact/templates/words")
    page.fill("#detail-phone", "400-800-1234")
    page.click("main form >> nth=0 >> button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    judge(page, "templates-words-zh-1280")

    other = visit("COMPLIANCE_OFFICER", of=house)
    other.goto("/approvals/")
    other.click("[data-row] a[data-open]")
    other.wait_for_url(re.compile("/approvals/.+"))
    other.click(".page-actions a:has-text('打开')")
    other.wait_for_url(re.compile("asked="))
    judge(other, "templates-asked-zh-1280")
    other.go_back()
    other.click("button[value=approve]")
    other.wait_for_selector(".toast-line.is-success")

    page.goto("/contact/templates/?status=APPROVED&channel=SMS&language=zh-hans&tone=FIRM")
    expect(page.locator("[data-row]")).to_have_count(4)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contact/templates/[0-9a-f-]{36}/"))
    judge(page, "template-in-use-zh-1280")
    page.keyboard.press("n")
    page.wait_for_selector("#wording-body")
    written = page.input_value("#wording-body")
    page.fill("#wording-body", written.replace("您好", "您好，再不还款将被拘留"))
    page.wait_for_selector("#wording-panel mark.is-error")
    assert "拘留" in page.inner_text("#wording-panel")
    judge(page, "template-refused-zh-1280")
    page.fill("#wording-body", written + "谢谢")
    page.wait_for_selector("#wording-panel .is-clean")
    page.fill("#wording-case", house.cases[0].number)
    page.wait_for_selector("#wording-panel :text('王小明')")
    page.click("#wording [data-insert='{agent_name}']")
    assert "{agent_name}" in page.input_value("#wording-body")
    page.fill("#wording-body", written + "谢谢")
    page.click("#wording button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    page.keyboard.press("a")
    page.fill("#ask-reason", "更亲切一些")
    page.click("#ask-dialog button[type=submit]")
    page.wait_for_selector("a:has-text('打开审批')")
    page.click("#versions a:has-text('比较')")
    page.wait_for_selector("#versions ins")
    judge(page, "template-compared-zh-1280")

    other.goto("/approvals/")
    other.click("[data-row] a[data-open]")
    other.click("button[value=approve]")
    other.wait_for_selector(".toast-line.is-success")
    page.reload()
    assert "使用中" in page.inner_text(".case-strip")


def test_a_new_wording_by_hand_in_english(visit, judge, house):
    page = visit("LEGAL_OFFICER", of=house, language="en")
    page.goto("/contact/templates/new")
    page.select_option("#wording-language", "zh-hans")
    page.fill("#wording-body", "")
    page.wait_for_selector("#wording-panel :text('Nothing is written yet')")
    page.click("#wording [data-insert='{lender_name}']")
    assert page.input_value("#wording-body") == "{lender_name}"
    page.fill("#wording-body", GOOD)
    page.wait_for_selector("#wording-panel .is-clean")
    judge(page, "template-new-en-1280")
    page.click("#wording button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    judge(page, "template-draft-en-1280")
    page.click("[data-dialog=retire-dialog]")
    page.fill("#retire-dialog-reason", "a trial")
    page.click("#retire-dialog button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    assert "Retired" in page.inner_text(".case-strip")


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_on_a_phone(visit, judge, house, language, name):
    page = visit("COMPLIANCE_OFFICER", of=house, language=language, width=390)
    page.goto("/contact/templates/?language=zh-hans")
    judge(page, f"templates-{name}-390")
    page.goto("/contact/templates/words")
    judge(page, f"templates-words-{name}-390")
    page.goto("/contact/templates/new")
    judge(page, f"template-new-{name}-390")
    page.goto("/contact/templates/?channel=SMS")
    page.click("[data-row] a[data-open] >> nth=0")
    page.wait_for_url(re.compile("/contact/templates/[0-9a-f-]{36}/"))
    judge(page, f"template-{name}-390")


def test_in_the_dark(visit, judge, house):
    page = visit("TEAM_LEAD", of=house, dark=True, language="zh-TW")
    page.goto("/contact/templates/new")
    page.fill("#wording-body", "您再不還款我們就起訴！！")
    page.wait_for_selector("#wording-panel mark.is-error")
    judge(page, "template-dark-hant-1280")
