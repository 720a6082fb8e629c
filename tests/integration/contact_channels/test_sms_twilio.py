"""Twilio's Messages resource, its status callbacks, its signature."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from tests.integration.contact_channels.conftest import CANARY_BODY, CANARY_NUMBER, NOW

from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    CannotAsk,
    Handed,
    Incoming,
    Rejected,
    Unreachable,
)
from qingshou.features.contact.channels.sms_twilio import TwilioSms, webhook_signature

HOOK = "https://qs.example/hooks/bank/sms_twilio"


@pytest.fixture
def twilio(web, closing):
    made = TwilioSms(
        account_sid="AC1", auth_token="12345", sender="+15550001", webhook_url=HOOK, url=web.url, timeout_s=1.0
    )
    closing.callback(made.close)
    return made


def test_the_signature_of_the_documentation():
    """The worked example of Twilio's page on security."""
    parameters = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030",
        "To": "+18005551212",
    }  # fmt: skip
    signed = webhook_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", parameters.items())
    assert signed == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_a_message_is_a_form_whose_callback_bears_our_key(twilio, web, message):
    web.answers = [(201, b'{"sid": "SM1", "status": "queued", "error_code": null}')]
    sent = message()
    assert twilio.send(sent) == Handed("SM1")
    [request] = web.requests
    assert (request.method, request.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:12345").decode()
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(request.body.decode())) == {
        "To": f"+{CANARY_NUMBER}", "From": "+15550001", "Body": CANARY_BODY, "StatusCallback": f"{HOOK}?key={sent.key}",
    }  # fmt: skip


def test_by_a_messaging_service(web, closing, message):
    made = TwilioSms(account_sid="AC1", auth_token="t", messaging_service_sid="MG1", url=web.url)
    closing.callback(made.close)
    web.answers = [(201, b'{"sid": "SM1"}')]
    made.send(message())
    form = dict(parse_qsl(web.requests[0].body.decode()))
    assert form["MessagingServiceSid"] == "MG1"
    assert "From" not in form
    assert "StatusCallback" not in form


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ((400, b'{"code": 21211, "message": "The To number +8613912345678 is not valid."}'), Rejected, "21211"),
        ((401, b""), Rejected, "401"),
        ((429, b'{"code": 20429}'), Unreachable, ""),
        ((503, b""), Unreachable, ""),
        ((500, b""), AnswerLost, ""),
        ((201, b"{}"), AnswerLost, ""),
        ("hang up", AnswerLost, ""),
    ],
)
def test_each_failure_says_whether_it_may_have_been_accepted(
    twilio, web, message, silent, answer: object, error: type[Exception], code: str
):
    web.answers = [answer]
    with pytest.raises(error) as stopped:
        twilio.send(message())
    assert getattr(stopped.value, "error_code", "") == code
    silent(stopped.value, twilio)


def test_asked_by_the_sid(twilio, web, key):
    web.answers = [(200, b'{"status": "delivered", "date_updated": "Wed, 25 Nov 2026 03:00:00 +0000"}')]
    told = twilio.ask(key=key, provider_ref="SM1")
    assert (told.state, told.at, told.key) == ("DELIVERED", datetime(2026, 11, 25, 3, tzinfo=UTC), key)
    assert (web.requests[0].method, web.requests[0].path) == ("GET", "/2010-04-01/Accounts/AC1/Messages/SM1.json")
    web.answers = [(404, b'{"code": 20404}')]
    assert twilio.ask(key=key, provider_ref="SM2") is None
    web.answers = [(200, b'{"status": "delivered", "date_updated": null}')]
    with pytest.raises(Unreachable):
        twilio.ask(key=key, provider_ref="SM3")


def test_without_the_sid_it_cannot_be_asked(twilio, key):
    with pytest.raises(CannotAsk):
        twilio.ask(key=key, to=CANARY_NUMBER, sent_at=NOW)


def read(twilio, form: dict[str, str], *, url: str, signed_url: str | None = None):
    headers = {"x-twilio-signature": webhook_signature("12345", signed_url or url, form.items())}
    return twilio.read_webhook(headers=headers, body=urlencode(form).encode(), url=url, now=NOW)


@pytest.mark.parametrize(
    ("status", "state"),
    [("queued", "SENT"), ("sent", "SENT"), ("delivered", "DELIVERED"), ("undelivered", "BOUNCED"), ("failed", "FAILED"),
     ("read", "READ")],
)  # fmt: skip
def test_a_callback_tells_our_key_even_when_the_answer_was_lost(twilio, key, status: str, state: str):
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": f"+{CANARY_NUMBER}", "From": "+1", "ErrorCode": "30003"}
    # a proxy in front: the address we see is not the one that Twilio called and signed
    [report] = read(twilio, form, url=f"http://10.0.0.2/inner?key={key}", signed_url=f"{HOOK}?key={key}")
    assert (report.state, report.key, report.provider_ref, report.error_code) == (state, key, "SM1", "30003")
    assert report.event_ref == f"SM1:{status}"


def test_a_message_comes_in(twilio):
    form = {"MessageSid": "SM9", "From": f"+{CANARY_NUMBER}", "To": "+15550001", "Body": "STOP ", "NumMedia": "0"}
    [incoming] = read(twilio, form, url=HOOK)
    assert isinstance(incoming, Incoming)
    assert (incoming.sender, incoming.body, incoming.event_ref) == (CANARY_NUMBER, "STOP ", "SM9")


def test_another_address_or_body_is_not_proved(twilio, key):
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    with pytest.raises(BadSignature):
        read(twilio, form, url=f"{HOOK}?key={key}", signed_url=HOOK)
    headers = {"X-Twilio-Signature": webhook_signature("12345", HOOK, form.items())}
    with pytest.raises(BadSignature):
        twilio.read_webhook(headers=headers, body=b"MessageSid=SM2&MessageStatus=delivered", url=HOOK, now=NOW)
    with pytest.raises(BadSignature):
        twilio.read_webhook(headers={}, body=b"", url=HOOK, now=NOW)


@pytest.mark.parametrize(
    "form", [{"MessageSid": "SM1", "MessageStatus": "happy"}, {"Body": "x"}, {"MessageSid": "SM1"}]
)
def test_another_form_is_refused(twilio, form: dict[str, str]):
    with pytest.raises(BadReport):
        read(twilio, form, url=HOOK)


def test_bytes_that_are_no_text_are_refused(twilio):
    with pytest.raises(BadReport):
        twilio.read_webhook(headers={}, body=b"\xff\xfe", url=HOOK, now=NOW)
