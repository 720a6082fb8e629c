"""Money on the pages, in a real browser: a bank's file, the queue, one receipt, the cash desk, a loan's account."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.conftest import NOW
from tests.journeys.stage import lender_with_cases

pytestmark = pytest.mark.browser

HEAD = "记账日期,收入,支出,余额,对方户名,对方账号,附言,交易流水号,原交易流水号"


@pytest.fixture(scope="session")
def books(django_db_setup, django_db_blocker):
    """A lender of this module's own; `reference` is the first debtor's."""
    from qingshou.features.repayment.operations.payment_references import give_reference
    from qingshou.tenancy.context import using

    with django_db_blocker.unblock():
        lender = lender_with_cases()
        with using(lender.id):
            lender.reference = give_reference(borrower_id=lender.cases[0].borrower_id, now=NOW)
        return lender


@pytest.fixture
def statement(books, tmp_path):
    """A day's statement: one certain, one proposed, one of nobody, one fee, one reversal of nothing, one bad day."""
    path = tmp_path / "流水-20261123.csv"
    rows = (
        f"2026-11-23,1000.00,,,王小明,6222010001,还款 {books.reference},A1,",
        "2026-11-23,2000.00,,,李丽,6222010002,还贷款,A2,",
        "2026-11-23,66.00,,,某某商行,6222019999,货款,A3,",
        "2026-11-23,,12.50,,,,手续费,A4,",
        "2026-11-23,,30.00,,王小明,,冲正,A5,A404",
        "2026-02-30,5.00,,,赵敏,,还款,A6,",
    )
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return path


def test_from_the_banks_file_to_the_account(visit, judge, books, statement, worker):
    page = visit("TEAM_LEAD", of=books)
    page.goto("/receipts/")
    judge(page, "receipts-empty-zh-1280")
    page.click("nav >> text=银行流水")
    judge(page, "bank-files-empty-zh-1280")
    page.set_input_files("#bank-file", statement)
    page.click(".bank-send summary")
    page.fill("#bank-account", "6217000010001")
    page.click(".bank-send button[type=submit]")
    page.wait_for_url(re.compile(r"/bank-files/[0-9a-f-]{36}/$"))
    judge(page, "bank-file-zh-1280")
    text = page.inner_text("main")
    for said in ("行数相符", "没有这一天", "不在我们的任何文件中"):
        assert said in text
    page.click("nav >> text=待认领")
    page.wait_for_selector("[data-row]")
    judge(page, "queue-zh-1280")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".candidate")
    judge(page, "receipt-proposed-zh-1280")
    page.keyboard.press("1")
    page.wait_for_selector(".toast-line.is-success")
    judge(page, "receipt-unknown-zh-1280")
    page.fill("#find-match", "L0003")
    page.wait_for_selector("#found-match .candidate")
    judge(page, "receipt-found-zh-1280")
    page.click("#found-match button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    judge(page, "receipt-applied-zh-1280")
    assert "法定顺序" in page.inner_text("main")
    page.click("tbody th a")
    page.wait_for_url(re.compile("/account/"))
    judge(page, "account-zh-1280")
    assert "还款" in page.inner_text("#statement")
    page.goto("/receipts/")
    judge(page, "receipts-zh-1280")


def test_cash_is_taken_and_the_paper_printed(visit, judge, books):
    page = visit("TEAM_LEAD", of=books)
    page.goto("/cash/")
    judge(page, "cash-empty-zh-1280")
    page.fill("#cash-q", "欧阳娜娜")
    page.keyboard.press("Enter")
    page.wait_for_selector(".found-list")
    judge(page, "cash-found-zh-1280")
    page.click(".found-list a")
    page.wait_for_selector("#cash-amount")
    page.fill("#cash-amount", "1,234.05")
    page.wait_for_selector("#cash-preview table")
    judge(page, "cash-preview-zh-1280")
    assert "人民币壹仟贰佰叁拾肆元零伍分" in page.inner_text("#cash-preview")
    page.click(".cash-acts button")
    page.wait_for_selector(".paper")
    judge(page, "cash-paper-zh-1280")
    page.goto("/cash/")
    judge(page, "cash-day-zh-1280")


@pytest.fixture
def transfer(books, django_db_blocker):
    """One transfer for two debtors, of nobody yet; gives its page."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.repayment.operations.receipts import record_receipt
    from qingshou.tenancy.context import using

    with django_db_blocker.unblock(), using(books.id):
        made = record_receipt(
            source="API", external_ref="for-two", amount=Decimal("400.00"), currency="CNY", value_date=NOW.date(),
            actor=SYSTEM, now=NOW,
        )  # fmt: skip
    return f"/receipts/{made.receipt.id}/"


def test_one_transfer_is_split_over_two_debtors_and_joined_again(visit, judge, books, transfer):
    page = visit("TEAM_LEAD", width=390, of=books)
    page.goto(transfer)
    page.click("a[href$='/split']")
    page.fill("#shares", "L0004 250.00\nL0005 100.00")
    page.click("main button[type=submit]")
    page.wait_for_selector("#shares.is-invalid")
    judge(page, "receipt-split-refused-zh-390")
    assert page.input_value("#shares") == "L0004 250.00\nL0005 100.00"
    page.fill("#shares", "L0004 250.00\nL0005 150.00")
    page.click("main button[type=submit]")
    page.wait_for_selector("[data-dialog=join-receipt]")
    judge(page, "receipt-split-zh-390")
    text = page.inner_text("main")
    assert ("250.00" in text, "150.00" in text) == (True, True)
    page.click("[data-dialog=join-receipt]")
    page.fill("#join-receipt [name=reason]", "转账人说明有误")
    page.click("#join-receipt button[type=submit]:visible")
    page.wait_for_selector(".toast-line.is-success")
    judge(page, "receipt-joined-zh-390")
    page.goto(transfer)
    expect(page.locator("a[href$='/split']")).to_have_count(1)  # in the queue again, to be split anew


def test_in_english_and_on_a_telephone(visit, judge, books):
    page = visit("TEAM_LEAD", language="en", width=390, of=books)
    for address, name in (("/receipts/", "receipts"), ("/receipts/waiting/", "queue"), ("/cash/", "cash"),
                          ("/bank-files/", "bank-files"), ("/differences/", "differences")):  # fmt: skip
        page.goto(address)
        judge(page, f"{name}-en-390")
    page.goto("/receipts/")
    page.click("[data-row] a[data-open]")
    page.wait_for_selector(".case-strip")
    judge(page, "receipt-en-390")
    if page.locator("tbody th a").count():
        page.locator("tbody th a").first.click()
        page.wait_for_url(re.compile("/account/"))
        judge(page, "account-en-390")
    page = visit("TEAM_LEAD", language="en", of=books, dark=True)
    page.goto(f"/cases/{books.cases[0].id}/")
    page.wait_for_selector("#money-panel")
    judge(page, "case-money-en-1280-dark")
    page.click("#money-panel tbody a")
    page.wait_for_url(re.compile("/account/"))
    judge(page, "account-en-1280-dark")
    page.click("[data-dialog=charge-loan]")
    judge(page, "account-charge-en-1280-dark")
    page.keyboard.press("Escape")
    page.click("[data-dialog=waive-loan]")  # what is given up stands in the list of differences until a tape shows it
    page.locator("#waive-loan input.number").first.fill("1.00")
    page.fill("#waive-loan [name=reason]", "agreed on the phone")
    page.click("#waive-loan button[type=submit]")
    page.wait_for_selector(".toast-line")
    page.click("[data-dialog=contract-order]")
    judge(page, "account-order-en-1280-dark")
    page.goto("/differences/")
    judge(page, "differences-empty-en-1280-dark")
