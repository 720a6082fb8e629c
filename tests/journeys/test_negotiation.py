"""A plan is negotiated: budget, offers, approval by another, acceptance by signature, a payment; by desk and phone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from qingshou.edges import clock
from tests.fakes.papers import pdf
from tests.journeys.stage import new_lender

pytestmark = pytest.mark.browser
PDF = pdf("signed by the debtor")
FIGURES = {"INCOME_OWN": "6000", "HOUSING": "1500", "LIVING": "1800", "DEPENDANTS": "400", "OTHER_DEBTS": "500"}


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A lender whose book is of today, with three debtors of the collector."""
    from qingshou.features.book.models import Loan
    from qingshou.features.cases.models import Case
    from qingshou.tenancy.context import using
    from tests.integration.contact.rows import make_debtor

    with django_db_blocker.unblock():
        lender = new_lender(name="示例银行")
        with using(lender.id):
            owner = lender.users["COLLECTOR"]
            lender.cases = {
                name: make_debtor(f"N{number}", name=name, phone=f"+80012345670{number}", owner=owner, overdue_days=40)
                for number, name in enumerate(("王小明", "李丽", "张伟"))
            }
            today = clock.today("Asia/Shanghai")
            Loan.objects.update(as_of=today)
            Case.objects.update(as_of=today)
        yield lender


def fill_budget(page: Any, desk: Any, name: str) -> None:
    page.goto(f"/cases/{desk.cases[name].id}/budget/")
    for code, amount in FIGURES.items():
        page.fill(f"#amount-{code}", amount)
    page.check("[name=willingness][value=WILLING]", force=True)
    page.wait_for_selector("#budget-figures .budget-answer:has-text('1,800.00')")


def search(page: Any, desk: Any, name: str) -> None:
    page.goto(f"/cases/{desk.cases[name].id}/offers/")
    if page.locator(".offer-cards").count() == 0:
        fill_budget(page, desk, name)
        page.click("#budget-form button[type=submit]")
        page.wait_for_url(re.compile("/offers/$"))
        page.keyboard.press("f")
    page.wait_for_selector(".offer-cards .offer-card")


def test_from_the_budget_to_a_paid_instalment(visit, judge, desk, django_db_blocker):
    page = visit("COLLECTOR", of=desk)
    case = desk.cases["王小明"]
    page.goto(f"/cases/{case.id}/")
    page.wait_for_selector("#agreements-panel")
    judge(page, "case-agreements-empty-zh-1280")
    page.keyboard.press("u")  # to the budget
    page.wait_for_url(re.compile("/budget/$"))
    fill_budget(page, desk, "王小明")
    judge(page, "budget-zh-1280")
    page.reload()  # what was typed survives
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    assert page.input_value("#amount-HOUSING") == "1500"
    page.check("[name=willingness][value=WILLING]", force=True)
    page.focus("h1")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/offers/$"))
    page.keyboard.press("f")
    page.wait_for_selector(".offer-cards .offer-card")
    judge(page, "offers-zh-1280")
    # own terms: thirty payments are beyond a collector
    page.fill("#own-periods", "30")
    page.wait_for_selector("#own-figures .offer-card.is-beyond")
    assert "30" in page.inner_text("#own-periods-shown")
    page.click("[data-key=o]")
    page.wait_for_selector("#toasts .is-success")
    page.click("[data-dialog^=take-] >> nth=-1")
    page.fill("dialog[open] textarea[name=reason]", "夜班减少，收入下降")
    judge(page, "offers-ask-zh-1280")
    page.click("dialog[open] button[type=submit]")
    page.wait_for_url(re.compile(r"/plans/[^/]+/$"))
    address = page.url
    judge(page, "plan-waiting-approval-zh-1280")
    lead = visit("TEAM_LEAD", of=desk)
    lead.goto("/approvals/")
    lead.click("main table a >> nth=0")
    lead.wait_for_url(re.compile(r"/approvals/[^/]+/$"))
    request = lead.url
    lead.click("a[href$='waiting-plan']")
    lead.wait_for_selector(".budget-picture")
    judge(lead, "plan-to-decide-zh-1280")
    lead.goto(request)
    lead.click("button[name=decision][value=approve]")
    lead.wait_for_selector("#toasts .is-success")
    page.goto(address)
    page.wait_for_selector("#signed-file")
    assert "接受的法律后果" in page.inner_text("main")
    judge(page, "plan-to-accept-zh-1280")
    page.set_input_files("#signed-file", {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("form[action$='accept-signature'] button")
    page.wait_for_selector(".state.is-good")
    with django_db_blocker.unblock():
        pay_first(desk, case)
    page.goto(address)
    page.wait_for_selector(".plan-states .is-paid")
    judge(page, "plan-running-zh-1280")
    page.emulate_media(media="print")
    judge(page, "plan-print-zh")
    assert page.locator(".plan-acts").first.is_hidden()
    page.emulate_media(media="screen")
    narrow = visit("COLLECTOR", of=desk, width=390)
    narrow.goto(address)
    judge(narrow, "plan-running-zh-390")
    narrow.goto(f"/cases/{case.id}/offers/")
    judge(narrow, "offers-zh-390")
    page.goto(f"/cases/{case.id}/")
    page.wait_for_selector("#agreements-panel")
    judge(page, "case-agreements-zh-1280")


def pay_first(desk: Any, case: Any) -> None:
    """Let the first instalment come through the ledger."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.repayment.models import Plan
    from qingshou.features.repayment.operations.receipts import apply_receipt, record_receipt
    from qingshou.tenancy.context import using

    with using(desk.id):
        first = Plan.objects.get(case=case.id).instalments.get(position=1)
        now = clock.now()
        receipt = record_receipt(
            source="API", external_ref=f"journey-{case.id}", amount=first.amount, currency="CNY",
            value_date=clock.today("Asia/Shanghai"), actor=SYSTEM, now=now,
        ).receipt  # fmt: skip
        apply_receipt(receipt_id=receipt.id, borrower_id=case.borrower_id, actor=SYSTEM, now=now)


def test_a_negotiation_in_english_and_on_a_phone(visit, judge, desk):
    page = visit("COLLECTOR", of=desk, language="en")
    search(page, desk, "李丽")
    judge(page, "offers-en-1280")
    page.click("[data-dialog^=say-] >> nth=0")
    page.select_option("dialog[open] [name=kind]", "REFUSED")
    page.select_option("dialog[open] [name=reason]", "TOO_HIGH")
    page.fill("dialog[open] [name=said]", "I can do eight hundred <b>at most</b>")
    page.click("dialog[open] button[type=submit]")
    page.wait_for_selector("#toasts .is-success")
    page.fill("#own-amount", "800")
    page.wait_for_selector("#own-figures .offer-sum:has-text('800.00')")
    page.click("[data-key=d]")
    page.wait_for_selector("#toasts .is-success")
    page.keyboard.press("3")
    page.wait_for_url(re.compile("/negotiation/$"))
    page.click(".talk button >> nth=0")
    page.wait_for_selector(".talk .sent-words")
    judge(page, "negotiation-en-1280")
    page.goto(f"/cases/{desk.cases['李丽'].id}/budget/?form=FULL_CN")
    page.wait_for_selector("#budget-figures")
    judge(page, "budget-full-en-1280")
    narrow = visit("COLLECTOR", of=desk, language="en", width=390)
    for place, name in (("budget", "budget"), ("offers", "offers"), ("negotiation", "negotiation")):
        narrow.goto(f"/cases/{desk.cases['李丽'].id}/{place}/")
        narrow.wait_for_timeout(800)
        judge(narrow, f"{name}-en-390")


def test_a_promise_by_key_and_the_lists(visit, judge, desk):
    page = visit("COLLECTOR", of=desk)
    page.goto(f"/cases/{desk.cases['张伟'].id}/")
    page.wait_for_selector("#agreements-panel")
    page.keyboard.press("p")
    page.wait_for_url(re.compile("/promise/$"))
    page.fill("#promise-amount", "1,200.50")
    page.fill("#promise-due", page.get_attribute("#promise-due", "min"))
    page.select_option("#promise-pay", "TRANSFER")
    judge(page, "promise-zh-1280")
    page.click("form[data-draft] button[type=submit]")
    page.wait_for_url(re.compile(r"/cases/[^/]+/$"))
    page.goto("/promises/")
    assert "1,200.50" in page.inner_text("main")
    judge(page, "promises-zh-1280")
    page.goto("/plans/?shelf=ALL")
    judge(page, "plans-zh-1280")
    narrow = visit("COLLECTOR", of=desk, width=390, dark=True)
    for place in ("promises", "plans"):
        narrow.goto(f"/{place}/?shelf=ALL")
        judge(narrow, f"{place}-dark-zh-390")
