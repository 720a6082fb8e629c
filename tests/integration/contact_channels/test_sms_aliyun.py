"""Aliyun's request form, its records and its reports, as its documentation writes them."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from tests.integration.contact_channels.conftest import CANARY_NAME, CANARY_NUMBER, NOW

from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    CannotAsk,
    Handed,
    Incoming,
    Rejected,
    Report,
    Unreachable,
)
from qingshou.features.contact.channels.sms_aliyun import AliyunSms, rpc_signature

TOKEN = "a-token-of-the-address"


@pytest.fixture
def aliyun(web, closing):
    made = AliyunSms(
        access_key_id="testId", access_key_secret="testSecret", sign_name="示例银行", webhook_token=TOKEN, url=web.url,
        timeout_s=1.0, now=lambda: NOW,
    )  # fmt: skip
    closing.callback(made.close)
    return made


def test_the_signature_of_the_documentation():
    """The worked example of Aliyun's page on request signatures (RPC), secret `testsecret`."""
    parameters = {
        "Timestamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
    }
    assert rpc_signature("GET", parameters, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_a_message_is_sent_by_template(aliyun, web, message):
    web.answers = [(200, json.dumps({"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"}).encode())]
    sent = message(template_ref="SMS_1", template_values={"name": CANARY_NAME, "amount": "100.00"})
    assert aliyun.send(sent) == Handed("1^0")
    [request] = web.requests
    form = dict(parse_qsl(request.body.decode()))
    signature = form.pop("Signature")
    assert signature == rpc_signature("POST", form, "testSecret")
    assert form.pop("SignatureNonce")
    assert json.loads(form.pop("TemplateParam")) == {"name": CANARY_NAME, "amount": "100.00"}
    assert (request.method, request.path, request.query) == ("POST", "/", "")  # no number in an address
    assert form == {
        "AccessKeyId": "testId", "Action": "SendSms", "Format": "JSON", "RegionId": "cn-hangzhou",
        "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "Timestamp": "2026-11-25T03:00:00Z",
        "Version": "2017-05-25", "PhoneNumbers": CANARY_NUMBER, "SignName": "示例银行", "TemplateCode": "SMS_1",
        "OutId": str(sent.key),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, b'{"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "8613912345678"}'), Rejected),
        ((400, b'{"Code": "SignatureDoesNotMatch", "Message": "x"}'), Rejected),
        ((200, b'{"Code": "isv.BUSINESS_LIMIT_CONTROL"}'), Rejected),
        ((400, b'{"Code": "Throttling.User"}'), Unreachable),
        ((429, b'{"Code": "x"}'), Unreachable),
        ((503, b""), Unreachable),
        ((200, b'{"Code": "isp.SYSTEM_ERROR"}'), AnswerLost),
        ((500, b""), AnswerLost),
        ((200, b"<xml/>"), AnswerLost),
        ((200, b'{"Code": "OK"}'), AnswerLost),
        ("hang up", AnswerLost),
    ],
)
def test_each_failure_says_whether_it_may_have_been_accepted(
    aliyun, web, message, silent, answer: object, error: type[Exception]
):
    web.answers = [answer]
    with pytest.raises(error) as stopped:
        aliyun.send(message(template_ref="SMS_1"))
    silent(stopped.value, aliyun)


def test_without_a_template_code_nothing_is_sent(aliyun, web, message):
    with pytest.raises(Rejected) as stopped:
        aliyun.send(message())
    assert (stopped.value.error_code, web.requests) == ("NO_TEMPLATE_CODE", [])


def record(key: object, status: int) -> dict[str, object]:
    return {
        "PhoneNum": CANARY_NUMBER, "SendStatus": status, "ErrCode": "DELIVERED" if status == 3 else "MK:0001",
        "TemplateCode": "SMS_1", "Content": "...", "SendDate": "2026-11-25 11:00:00",
        "ReceiveDate": "2026-11-25 11:00:03", "OutId": str(key),
    }  # fmt: skip


def records(*listed: dict[str, object], total: int = 0) -> tuple[int, bytes]:
    told = {"Code": "OK", "TotalCount": str(total or len(listed)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": listed}}
    return 200, json.dumps(told).encode()


@pytest.mark.parametrize(
    ("status", "state", "code"), [(1, "SENT", "MK:0001"), (2, "FAILED", "MK:0001"), (3, "DELIVERED", "")]
)
def test_asked_by_number_and_day(aliyun, web, key, status: int, state: str, code: str):
    web.answers = [records(record("other", 3), record(key, status))]
    told = aliyun.ask(key=key, to=CANARY_NUMBER, sent_at=NOW)
    assert (told.state, told.error_code, told.key) == (state, code, key)
    assert told.at == datetime(2026, 11, 25, 3, 0, 3, tzinfo=UTC)
    form = dict(parse_qsl(web.requests[0].body.decode()))
    assert (form["Action"], form["SendDate"], form["PageSize"]) == ("QuerySendDetails", "20261125", "50")


def test_every_page_and_both_days_near_midnight_are_read(aliyun, web, key):
    just_before = datetime(2026, 11, 24, 15, 59, 0, tzinfo=UTC)  # 23:59 in China
    web.answers = [records(record("x", 1), total=51), records(record("y", 1), total=51), records(record(key, 3))]
    assert aliyun.ask(key=key, to=CANARY_NUMBER, sent_at=just_before).state == "DELIVERED"
    forms = [dict(parse_qsl(request.body.decode())) for request in web.requests]
    assert [(form["SendDate"], form["CurrentPage"]) for form in forms] == [
        ("20261124", "1"), ("20261124", "2"), ("20261125", "1"),
    ]  # fmt: skip


def test_what_is_not_in_the_records_was_never_received(aliyun, web, key):
    web.answers = [records()]
    assert aliyun.ask(key=key, to=CANARY_NUMBER, sent_at=NOW) is None


def test_without_the_number_nobody_can_be_asked(aliyun, key):
    with pytest.raises(CannotAsk):
        aliyun.ask(key=key, provider_ref="1^0")


@pytest.mark.parametrize("answer", [(200, b'{"Code": "isv.x"}'), (500, b""), (200, b"?"), "hang up"])
def test_an_unclear_answer_is_to_be_asked_again(aliyun, web, key, answer: object):
    web.answers = [answer]
    with pytest.raises(Unreachable):
        aliyun.ask(key=key, to=CANARY_NUMBER, sent_at=NOW)


def read(aliyun, entries: object, token: str = TOKEN):
    url = f"https://qs.example/hooks/a/sms_aliyun?token={token}"
    return aliyun.read_webhook(headers={}, body=json.dumps(entries).encode(), url=url, now=NOW)


def test_reports_and_messages_in_the_form_of_the_documentation(aliyun, key):
    report = {
        "phone_number": CANARY_NUMBER, "send_time": "2026-11-25 10:59:00", "report_time": "2026-11-25 11:00:00",
        "success": True, "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": "1", "biz_id": "1^0",
        "out_id": str(key),
    }  # fmt: skip
    failed = {**report, "success": False, "err_code": "MK:0001"}
    up = {
        "phone_number": CANARY_NUMBER, "content": "TD", "send_time": "2026-11-25 11:00:00", "dest_code": "1234",
        "sequence_id": "77",
    }  # fmt: skip
    first, second, third = read(aliyun, [report, failed, up])
    assert first == Report(first.event_ref, "DELIVERED", NOW, key=key, provider_ref="1^0")
    assert (second.state, second.error_code) == ("FAILED", "MK:0001")
    assert isinstance(third, Incoming)
    assert (third.sender, third.body, third.at) == (CANARY_NUMBER, "TD", NOW)
    again = read(aliyun, [report, failed, up])
    assert [event.event_ref for event in again] == [event.event_ref for event in (first, second, third)]
    assert len({event.event_ref for event in again}) == 3


@pytest.mark.parametrize("token", ["", "another"])
def test_an_address_without_the_token_is_refused(aliyun, token: str):
    with pytest.raises(BadSignature):
        read(aliyun, [], token)


def test_without_a_token_in_the_settings_every_report_is_refused(web, closing):
    made = AliyunSms(access_key_id="i", access_key_secret="s", sign_name="n", url=web.url)
    closing.callback(made.close)
    with pytest.raises(BadSignature):
        read(made, [], "")


@pytest.mark.parametrize("entries", [{}, [1], [{"phone_number": "1"}], [{"success": True, "report_time": "yesterday"}]])
def test_a_report_of_another_form_is_refused(aliyun, entries: object):
    with pytest.raises(BadReport):
        read(aliyun, entries)


def test_the_answer_that_aliyun_wants(aliyun):
    assert json.loads(aliyun.webhook_answer.body)["code"] == 0


def test_the_days_asked_about():
    from qingshou.features.contact.channels.sms_aliyun import _days

    assert _days(NOW) == ["20261125"]
    assert _days(datetime(2026, 11, 25, 16, 5, tzinfo=UTC)) == ["20261126", "20261125"]
    assert _days(datetime(2026, 11, 25, 16, 0, tzinfo=UTC) - timedelta(minutes=5)) == ["20261125", "20261126"]
