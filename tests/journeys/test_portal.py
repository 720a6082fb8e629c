"""The debtor's page on a phone: link, code, the debt, income, a plan accepted, a payment by a provider, its receipt."""

import os
import re

import pytest

from tests.journeys.portal_stage import address_for, last_code, lender_with_debtors, provider_known, tell
from tests.journeys.stage import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bank(server, database_name, django_db_blocker, tmp_path_factory):
    """A lender with debtors, and a server of its own that knows the lender's payment provider."""
    with provider_known(tmp_path_factory.mktemp("payments")) as (fake, file), django_db_blocker.unblock():
        from qingshou.edges import clock

        tenant = lender_with_debtors()
        tell(file, tenant.code, fake)
        os.environ["QINGSHOU_PAYMENTS"] = str(file)
        try:
            with serving(database_name, port=8830) as address:
                fake.hook = f"{address}/hooks/payments/{tenant.code}/payhub/"
                fake.day = clock.today("Asia/Shanghai").isoformat()
                tenant.address, tenant.provider = address, fake
                yield tenant
        finally:
            del os.environ["QINGSHOU_PAYMENTS"]


def come_in(page, bank, case, judge=None, name=""):
    page.goto(address_for(bank, case))
    if judge:
        judge(page, f"portal-door-{name}")
    page.click("main button[type=submit]")
    page.wait_for_selector("input#code")
    if judge:
        judge(page, f"portal-code-{name}")
    page.fill("#code", last_code(bank, case.borrower_id))
    page.click("main button[type=submit]")
    page.wait_for_selector(".sum")


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_a_debtor_sees_agrees_and_pays_on_a_phone(visit, judge, bank, language, name):
    case = bank.debtors[0 if name == "zh" else 1]
    page = visit(language=language, width=390, at=bank.address)
    page.goto(f"/my/?language={'en' if name == 'en' else 'zh-hans'}")
    page.goto(f"/my/x?language={'en' if name == 'en' else 'zh-hans'}")
    judge(page, f"portal-nothing-{name}")
    come_in(page, bank, case, judge, name)
    if name == "en":
        page.click(".languages a[lang=en]")
    assert "1,200.50 CNY" in page.inner_text("main")
    judge(page, f"portal-home-{name}")
    page.set_viewport_size({"width": 1280, "height": 800})
    judge(page, f"portal-home-wide-{name}")
    page.set_viewport_size({"width": 390, "height": 844})

    page.click("a.button.is-second[href$='/plan/']")
    page.click("main a.button")
    judge(page, f"portal-income-{name}")
    for field, value in {"INCOME_OWN": "9000", "HOUSING": "2000", "LIVING": "2500"}.items():
        page.fill(f"#{field}", value)
    page.click("main form button[type=submit]")
    page.wait_for_selector(".offer")
    page.fill("#amount", "3000")
    page.wait_for_selector("#figures .is-sum")
    judge(page, f"portal-plan-{name}")
    page.click(".offer button")
    page.wait_for_selector("table.schedule")
    judge(page, f"portal-plan-read-{name}")
    page.click("button[value=code]")
    page.wait_for_selector("input#code")
    page.fill("#code", last_code(bank, case.borrower_id))
    judge(page, f"portal-plan-code-{name}")
    page.click("form:has(#code) button[type=submit]")
    page.wait_for_selector(".done-panel")
    judge(page, f"portal-plan-agreed-{name}")

    page.click("main a.button[href$='/pay/']")
    judge(page, f"portal-pay-{name}")
    page.fill("#amount", "200.00")
    page.click("button[name=provider]")
    page.wait_for_selector("a.button[rel=noreferrer]")
    judge(page, f"portal-paying-{name}")
    page.click("a.button[rel=noreferrer]")
    page.click("#pay")
    page.wait_for_selector(".done-panel")
    assert "200.00 CNY" in page.inner_text("main")
    judge(page, f"portal-paid-{name}")
    page.click("a.back")
    page.wait_for_selector(".sum")
    assert "1,000.50 CNY" in page.inner_text("main")
    assert bank.provider.told[-1] == 200


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_every_other_page_fits_a_phone(visit, judge, bank, language, name):
    case = bank.debtors[2]
    page = visit(language=language, width=390, at=bank.address)
    come_in(page, bank, case)
    if name == "en":
        page.click(".languages a[lang=en]")
    here = page.url.split("?")[0]
    page.goto(f"{here}dispute/")
    page.fill("#said", "……")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".problem-summary")
    judge(page, f"portal-dispute-problem-{name}")
    page.check("input[name=loan]")
    page.check("input[name=reason][value=PAID_ALREADY]")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".ask-number")
    judge(page, f"portal-ask-{name}")
    page.click(".card a, footer a[href$='/asks/']")
    for path in ("hardship", "complaint", "call", "contact", "documents", "data", "asks", "payments", "income"):
        page.goto(f"{here}{path}/")
        judge(page, f"portal-{path}-{name}")
    page.goto(here)
    page.click("main .card-links a[href*='/loans/']")
    judge(page, f"portal-loan-{name}")
    page.click("footer button")
    page.wait_for_selector("h1")
    judge(page, f"portal-left-{name}")
    assert page.goto(here).status == 404


def test_without_scripts_a_debtor_comes_in_and_proposes(browser, bank):
    phone = {"width": 390, "height": 844}
    context = browser.new_context(base_url=bank.address, java_script_enabled=False, viewport=phone)
    page = context.new_page()
    come_in(page, bank, bank.debtors[2])
    page.goto(f"{page.url}income/")
    page.fill("#INCOME_OWN", "9000")
    page.click("main form button[type=submit]")
    page.fill("#amount", "3000")
    page.click("main form:has(#amount) button[type=submit]")
    page.wait_for_selector("table.schedule")
    context.close()


def test_a_collector_sends_a_link_and_answers_a_request(visit, judge, bank):
    page = visit("COLLECTOR", of=bank, at=bank.address)
    page.goto("/requests/")
    judge(page, "portal-requests-1280")
    page.click("main tbody a")
    judge(page, "portal-request-1280")
    page.fill("#answer", "我们已核实，款项已入账。")
    page.click("button[value=done]")
    page.wait_for_selector("text=我们已核实")
    page.goto(f"/cases/{bank.debtors[1].id}/")
    page.wait_for_selector("#portal-panel")
    page.click("#portal-panel button[data-dialog]")
    page.check("input[value=BY_HAND]")
    page.click("#portal-dialog button[type=submit]")
    page.wait_for_selector(".portal-address")
    assert re.search(r"/my/[^/]+/[\w-]{43}", page.inner_text(".portal-address"))
    judge(page, "portal-panel-1280")
