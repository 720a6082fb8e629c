"""The generic signed gateway: what goes over the wire, what each failure means, what reports are believed."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from tests.integration.contact_channels.conftest import CANARY_NUMBER, NOW

from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    Handed,
    Incoming,
    Rejected,
    Report,
    Unreachable,
)
from qingshou.features.contact.channels.sms_http import HttpSms, signature
from qingshou.kernel.errors import Misconfigured

KEY = "0123456789abcdef-signing"


@pytest.fixture
def gateway(web, closing):
    made = HttpSms(url=web.url + "/sms", signing_key=KEY, sender="QS", timeout_s=1.0, now=lambda: NOW)
    closing.callback(made.close)
    return made


def test_a_message_is_signed_and_bears_our_key(gateway, web, message):
    web.answers = [(202, b'{"id": "g-1"}')]
    sent = message()
    assert gateway.send(sent) == Handed("g-1")
    [request] = web.requests
    assert (request.method, request.path) == ("POST", "/sms")
    assert request.headers["Idempotency-Key"] == str(sent.key)
    wanted = hmac.new(KEY.encode(), f"{int(NOW.timestamp())}.".encode() + request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Signature"] == wanted
    assert request.headers["X-Timestamp"] == str(int(NOW.timestamp()))
    assert json.loads(request.body) == {
        "key": str(sent.key), "to": CANARY_NUMBER, "text": sent.body, "language": "zh-hans", "from": "QS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ((422, b'{"error": "BLOCKED"}'), Rejected, "BLOCKED"),
        ((400, b'{"error": "8613912345678"}'), Rejected, "400"),
        ((302, b""), Rejected, "302"),
        ((429, b""), Unreachable, ""),
        ((503, b""), Unreachable, ""),
        ((500, b""), AnswerLost, ""),
        ((504, b""), AnswerLost, ""),
        ((200, b"not json"), AnswerLost, ""),
        ((200, b"{}"), AnswerLost, ""),
        ("hang up", AnswerLost, ""),
    ],
)
def test_each_failure_says_whether_it_may_have_been_accepted(
    gateway, web, message, silent, answer: object, error: type[Exception], code: str
):
    web.answers = [answer]
    with pytest.raises(error) as stopped:
        gateway.send(message())
    assert getattr(stopped.value, "error_code", "") == code
    assert len(web.requests) == 1  # no redirect was followed, nothing was sent twice
    silent(stopped.value, gateway)


def test_a_closed_door_is_unreachable(message, closing, silent):
    closed = HttpSms(url="http://127.0.0.1:9/sms", signing_key=KEY, timeout_s=1.0, now=lambda: NOW)
    closing.callback(closed.close)
    with pytest.raises(Unreachable) as stopped:
        closed.send(message())
    silent(stopped.value)


def test_a_proxy_of_the_environment_is_not_used(gateway, web, message, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    made = HttpSms(url=web.url, signing_key=KEY, now=lambda: NOW)
    web.answers = [(200, b'{"id": "g-1"}')]
    try:
        assert made.send(message()).provider_ref == "g-1"
    finally:
        made.close()


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ((404, b""), None),
        ((200, b'{"state": "UNKNOWN"}'), None),
        ((200, b'{"state": "DELIVERED", "id": "g-1", "at": "2026-11-25T03:00:00+00:00"}'), "DELIVERED"),
    ],
)
def test_asked_by_our_key_alone(gateway, web, key, answer: object, wanted: str | None):
    web.answers = [answer]
    told = gateway.ask(key=key)
    assert (told.state if told else None) == wanted
    assert json.loads(web.requests[0].body) == {"key": str(key)}
    assert web.requests[0].path == "/sms/status"
    if told:
        assert (told.key, told.provider_ref, told.at) == (key, "g-1", NOW)


@pytest.mark.parametrize("answer", [(500, b""), (200, b"?"), (200, b'{"state": "DELIVERED"}'), "hang up"])
def test_an_unclear_answer_to_a_question_is_to_be_asked_again(gateway, web, key, answer: object):
    web.answers = [answer]
    with pytest.raises(Unreachable):
        gateway.ask(key=key)


def signed(body: bytes, *, at=NOW, secret: str = KEY) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {"x-timestamp": timestamp, "x-signature": signature(secret, timestamp, body)}


def read(gateway, body: bytes, headers: dict[str, str]):
    return gateway.read_webhook(headers=headers, body=body, url="https://qs.example/hooks/x", now=NOW)


def test_reports_and_messages_come_back(gateway, key):
    body = json.dumps({"events": [
        {"id": "e1", "type": "report", "key": str(key), "ref": "g-1", "state": "DELIVERED",
         "at": "2026-11-25T10:59:00+08:00"},
        {"id": "e2", "type": "report", "ref": "g-2", "state": "FAILED", "error": "ABSENT",
         "at": "2026-11-25T03:00:00+00:00"},
        {"id": "e3", "type": "message", "from": CANARY_NUMBER, "text": "退订", "at": "2026-11-25T03:00:00+00:00",
         "in_reply_to": str(key)},
    ]}).encode()  # fmt: skip
    delivered, failed, incoming = read(gateway, body, signed(body))
    assert delivered == Report("e1", "DELIVERED", NOW - timedelta(minutes=1), key=key, provider_ref="g-1")
    assert failed == Report("e2", "FAILED", NOW, provider_ref="g-2", error_code="ABSENT")
    assert isinstance(incoming, Incoming)
    assert (incoming.sender, incoming.body, incoming.in_reply_to) == (CANARY_NUMBER, "退订", key)
    assert CANARY_NUMBER not in repr(incoming)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(b"{}", secret="another-secret-key"),
        signed(b'{"events": [1]}'),
        signed(b"{}", at=NOW - timedelta(seconds=301)),
        signed(b"{}", at=NOW + timedelta(seconds=61)),
        {**signed(b"{}"), "x-timestamp": "²³"},
        {**signed(b"{}"), "x-signature": "\udcff"},
    ],
)
def test_a_report_not_proved_is_refused(gateway, headers: dict[str, str]):
    with pytest.raises(BadSignature):
        read(gateway, b"{}", headers)


@pytest.mark.parametrize(
    "body",
    [
        b"?",
        b"[]",
        b"{}",
        b'{"events": [1]}',
        b'{"events": [{"type": "report"}]}',
        b'{"events": [{"id": "1", "type": "report", "state": "HAPPY", "at": "2026-11-25T03:00:00+00:00"}]}',
        b'{"events": [{"id": "1", "type": "report", "state": "SENT", "at": "2026-11-25T03:00:00"}]}',
        b'{"events": [{"id": "1", "type": "message", "text": "8613912345678", "at": "8613912345678"}]}',
    ],
)
def test_a_report_of_another_form_is_refused(gateway, silent, body: bytes):
    with pytest.raises(BadReport) as stopped:
        read(gateway, body, signed(body))
    silent(stopped.value)


@pytest.mark.parametrize("url", ["http://sms.example/api", "ftp://127.0.0.1/", "sms.example"])
def test_only_encrypted_addresses_are_taken(url: str):
    with pytest.raises(Misconfigured):
        HttpSms(url=url, signing_key=KEY)


def test_two_hundred_lost_answers_are_two_hundred_questions(gateway, web, message):
    """The provider accepted each and hung up: nothing is sent twice, and each ends known."""
    accepted: dict[str, str] = {}

    def answer(request):
        told = json.loads(request.body)
        if request.path.endswith("/status"):
            found = accepted.get(told["key"])
            at = "2026-11-25T03:00:00+00:00"
            return (200, json.dumps({"state": "SENT", "id": found, "at": at}).encode()) if found else (404, b"")
        accepted[told["key"]] = f"g-{len(accepted)}"
        return "hang up"

    web.answer = answer
    for _ in range(200):
        sent = message()
        with pytest.raises(AnswerLost):
            gateway.send(sent)
        assert gateway.ask(key=sent.key).state == "SENT"
    assert len(accepted) == 200
    assert sum(request.path == "/sms" for request in web.requests) == 200
