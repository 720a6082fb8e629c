"""The outbox in a browser: found, opened, taken back, decided; letters printed, downloaded and posted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import new_lender

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(server, django_db_blocker):
    """A lender with messages in every state that a person acts on."""
    with django_db_blocker.unblock():
        from qingshou.tenancy.context import using

        tenant = new_lender()
        with using(tenant.id):
            fill(tenant)
        yield tenant


def fill(tenant: Any) -> None:
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.channels.base import Handed, Report
    from qingshou.features.contact.models import Message
    from qingshou.features.contact.operations import answers, outbox
    from qingshou.features.contact.operations.reports import take_reports
    from qingshou.law.contact.terms import Channel
    from tests.integration.contact.messages import NOW, asked_of
    from tests.integration.contact.rows import make_debtor

    owner = tenant.users["COLLECTOR"]
    rows = []
    for number in range(8):
        channel = Channel.POST if number >= 6 else Channel.SMS
        case = make_debtor(f"M{number:04d}", owner=owner)
        to_send = outbox.ToSend(
            asked=asked_of(case, channel=channel), subject="请与我们联系", body=f"您好，请与我们联系（{number}）。",
            not_after=NOW + timedelta(days=3650),
        )  # fmt: skip
        rows.append(outbox.queue(to_send=to_send, actor=SYSTEM, now=NOW))
    for row in rows[:4]:
        Message.objects.filter(id=row.id).update(state="SENDING", adapter="sms_http", tries=1)
        answers.note_handed(
            message_id=row.id, adapter="sms_http", handed=Handed(f"ref-{row.id}"), actor=SYSTEM, now=NOW
        )
    states = ("DELIVERED", "READ", "FAILED")
    told = [
        Report(event_ref=f"{row.id}", state=state, at=NOW + timedelta(minutes=1), key=row.id,
               error_code="30003" if state == "FAILED" else "")
        for row, state in zip(rows, states, strict=False)
    ]  # fmt: skip
    take_reports(adapter="sms_http", reports=told, actor=SYSTEM, now=NOW + timedelta(minutes=1))
    Message.objects.filter(id=rows[4].id).update(state="UNCERTAIN", adapter="smtp", error_code="ANSWER_LOST", tries=1)


def judged_twice(page, judge, name):
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        judge(page, f"{name}-{width}")


@pytest.mark.parametrize(("language", "name", "delivered"), [("zh-CN", "zh", "已送达"), ("en", "en", "Delivered")])
def test_a_collector_sees_where_every_message_stands(visit, judge, desk, language, name, delivered):
    page = visit("COLLECTOR", of=desk, language=language)
    page.goto("/contact/messages/")
    expect(page.locator("#messages tbody tr")).to_have_count(8)
    judged_twice(page, judge, f"messages-{name}")
    page.locator(".state-counts a", has_text=delivered).click()
    page.wait_for_url(re.compile("state=DELIVERED"))
    expect(page.locator("#messages tbody tr")).to_have_count(1)
    page.click("#messages tbody a[data-open]")
    page.wait_for_selector("button[hx-post$='/words']")
    page.click("button[hx-post$='/words']")
    page.wait_for_selector("#message-words blockquote")
    assert "请与我们联系" in page.inner_text("#message-words")
    judged_twice(page, judge, f"message-{name}")


def test_a_message_is_taken_back_and_an_uncertain_one_decided(visit, judge, desk):
    page = visit("COLLECTOR", of=desk)
    page.goto("/contact/messages/?state=QUEUED&channel=SMS")
    page.click("#messages tbody a[data-open]")
    page.click("[data-dialog=cancel-message]")
    judge(page, "message-take-back-zh-1280")
    page.click("#cancel-message button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    assert "已撤回" in page.inner_text(".case-strip")
    page.goto("/contact/messages/")
    page.click(".notice a[href='/contact/messages/uncertain/']")
    judged_twice(page, judge, "uncertain-zh")
    page.click("[data-dialog^=decide-]")
    page.fill("dialog[open] input[name=reason]", "服务商记录中有此消息")
    page.click("dialog[open] button[value=yes]")
    page.wait_for_selector(".empty")
    judge(page, "uncertain-none-zh-1280")


def test_a_lead_prints_downloads_and_posts_the_letters(visit, judge, desk):
    page = visit("TEAM_LEAD", of=desk)
    page.goto("/contact/letters/")
    judge(page, "letters-none-zh-1280")
    page.click("[data-dialog=make-batch]")
    page.click("#make-batch button[type=submit]")
    page.wait_for_url(re.compile(r"/contact/letters/[0-9a-f-]{36}/$"), timeout=60_000)
    judged_twice(page, judge, "letter-batch-zh")
    with page.expect_download() as waiting:
        page.click("form[action$='/download'] button")
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    page.click("[data-dialog=mark-posted]")
    page.click("#mark-posted button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    expect(page.locator("[data-dialog=mark-posted]")).to_have_count(0)
    page.goto("/contact/letters/")
    judged_twice(page, judge, "letters-zh")
