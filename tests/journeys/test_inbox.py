"""Replies on the pages, in a real browser: read, confirmed by keys, given to a case."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import NOW
from tests.journeys.stage import lender_with_cases

pytestmark = pytest.mark.browser

SAID = (
    ("13800130001", "公司裁员，我上个月失业了，能不能分期还？每个月还五百可以吗"),
    ("13800130002", "你打错了，我不认识这个人，别再发了"),
    ("13800130003", "这笔钱我没借过，金额也不对，请把借款合同和还款明细发给我核对，不然我会向监管部门投诉。"),
    ("13800130004", "好的"),
    ("13700000000", "退订"),
)


@pytest.fixture(scope="session")
def desk(django_db_setup, django_db_blocker):
    """A lender of this module's own: other journeys give its cases away."""
    with django_db_blocker.unblock():
        return lender_with_cases()


@pytest.fixture(scope="session")
def replies(desk, django_db_blocker):
    """Five replies: four of the collector's debtors, one of nobody known, and a message that one of them answers."""
    from datetime import timedelta

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.channels.base import Handed, Incoming
    from qingshou.features.contact.models import Message
    from qingshou.features.contact.operations import answers, outbox
    from qingshou.features.contact.operations.door import Asked
    from qingshou.features.contact.operations.replies import take_incoming
    from qingshou.law.contact.terms import Channel
    from qingshou.tenancy.context import using

    with django_db_blocker.unblock(), using(desk.id):
        at = NOW + timedelta(hours=2)
        case = desk.cases[0]
        asked = Asked(borrower_id=case.borrower_id, case_id=case.id, channel=Channel.SMS, key="journey:inbox")
        item = outbox.ToSend(
            asked=asked, body="【晨光银行】王先生您好，您的还款已逾期 12 天。如有困难，请回复本短信。退订回T"
        )
        (queued,) = outbox.queue_many(items=[item], actor=SYSTEM, now=at)
        if queued.message_id is not None:
            Message.objects.filter(id=queued.message_id).update(state="SENDING", adapter="sms_http", tries=1)
            answers.note_handed(message_id=queued.message_id, adapter="sms_http", handed=Handed("journey-1"),
                                actor=SYSTEM, now=at)  # fmt: skip
        for number, (sender, body) in enumerate(SAID):
            incoming = Incoming(
                event_ref=f"journey-{number}", channel=Channel.SMS, at=at + timedelta(minutes=number + 1),
                sender=sender, body=body, in_reply_to=queued.message_id if number == 0 else None,
            )  # fmt: skip
            moment = at + timedelta(minutes=number + 1)
            take_incoming(adapter="sms_http", incoming=incoming, actor=SYSTEM, now=moment)
        return case


def open_reply(page, words: str) -> None:
    page.goto("/contact/inbox/")
    page.click(f"[data-row]:has-text('{words}') a[data-open]")
    page.wait_for_url(re.compile("/contact/inbox/.+/"))


def test_a_collector_reads_and_confirms_by_keys(visit, judge, replies, desk):
    page = visit("COLLECTOR", of=desk)
    page.click("nav >> text=回复")
    page.wait_for_selector("[data-row]")
    expect(page.locator("[data-row]")).to_have_count(4)
    judge(page, "inbox-zh-1280")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contact/inbox/.+/"))
    open_reply(page, "失业")
    judge(page, "reply-zh-1280")
    assert "【晨光银行】" in page.inner_text(".letter-thread")
    page.keyboard.press("5")
    assert page.is_checked("input[value=WANTS_PLAN]")
    assert page.is_visible("input[name=effect-WANTS_PLAN]")
    assert not page.is_visible("input[name=effect-LOST_INCOME]")
    page.keyboard.press("s")
    page.wait_for_selector(".toast-line.is-success")
    assert "协商" in page.inner_text(".case-strip")
    expect(page.locator("#confirm-form")).to_have_count(0)
    judge(page, "reply-confirmed-zh-1280")
    page.keyboard.press("n")
    page.wait_for_selector("#confirm-form")


def test_a_wrong_number_is_struck(visit, judge, replies, desk):
    page = visit("COLLECTOR", language="en", of=desk)
    open_reply(page, "打错了")
    judge(page, "reply-opt-out-en-1280")
    page.check("input[value=WRONG_PERSON]")
    assert page.is_checked("input[value=STRIKE_POINT]")
    page.click("#confirm-form button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/cases/"))
    expect(page.locator("#person s")).to_have_count(1)


def test_a_lead_gives_a_reply_of_nobody_known_to_a_case(visit, judge, replies, desk):
    page = visit("TEAM_LEAD", language="en", of=desk)
    page.goto("/contact/inbox/?state=unassigned")
    judge(page, "inbox-unassigned-en-1280")
    page.click("[data-row] a[data-open]")
    page.wait_for_selector("#assign-form")
    judge(page, "reply-unassigned-en-1280")
    page.fill("#assign-number", replies.number)
    page.click("#assign-form button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    assert replies.number in page.inner_text("h1")


def test_on_a_telephone(visit, judge, replies, desk):
    page = visit("COLLECTOR", width=390, of=desk)
    page.goto("/contact/inbox/")
    judge(page, "inbox-zh-390")
    open_reply(page, "没借过")
    judge(page, "reply-zh-390")
    page = visit("COLLECTOR", language="en", width=390, dark=True, of=desk)
    page.goto("/contact/inbox/?suggested=HOSTILE")
    judge(page, "inbox-empty-en-390")
    open_reply(page, "好的")
    judge(page, "reply-en-390")
