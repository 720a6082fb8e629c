"""Messengers by apprise: the request each provider documents, what each failure means, what reports are believed."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from tests.integration.contact_channels.conftest import CANARY_BODY, CANARY_NUMBER, NOW

from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    CannotAsk,
    Incoming,
    Rejected,
    Unreachable,
)
from qingshou.features.contact.channels.social import Social
from qingshou.law.contact.terms import Channel

SECRET = "a-secret-of-the-webhook"
FIELDS = {
    Channel.WECOM: {},
    Channel.DINGTALK: {},
    Channel.WHATSAPP: {"token": "tok123", "phone_id": "5551"},
    Channel.TELEGRAM: {"token": "123456:abcDEF_gh"},
    Channel.LINE: {"token": "abc+def/="},
}
ACCOUNT = {
    Channel.WECOM: "robot-key-1",
    Channel.DINGTALK: "SEC1@abcdef01",
    Channel.WHATSAPP: CANARY_NUMBER,
    Channel.TELEGRAM: "98765",
    Channel.LINE: "U1234567890",
}
ACCEPTED = {
    Channel.WECOM: ({"errcode": 0, "errmsg": "ok"}, ""),
    Channel.DINGTALK: ({"errcode": 0, "errmsg": "ok"}, ""),
    Channel.WHATSAPP: ({"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}, "wamid.1"),
    Channel.TELEGRAM: ({"ok": True, "result": {"message_id": 7, "chat": {"id": 98765}}}, "98765:7"),
    Channel.LINE: ({"sentMessages": [{"id": "461230966842064897"}]}, "461230966842064897"),
}


@pytest.fixture
def social(web, closing):
    def make(channel: Channel, **fields: object) -> Social:
        given = {"base_url": web.url, "sender_name": "示例银行", "timeout_s": 1.0, "webhook_secret": SECRET}
        made = Social(channel=channel, **{**FIELDS[channel], **given, **fields})
        closing.callback(made.close)
        return made

    return make


def sent(web, social, message, channel: Channel, **fields: object):
    told, reference = ACCEPTED[channel]
    web.answers = [(200, json.dumps(told).encode())]
    outgoing = message(channel, to=ACCOUNT[channel], body=CANARY_BODY)
    assert social(channel, **fields).send(outgoing).provider_ref == reference
    [request] = web.requests
    assert request.method == "POST"
    return outgoing, request, json.loads(request.body)


def test_wecom(web, social, message):
    _outgoing, request, told = sent(web, social, message, Channel.WECOM)
    assert (request.path, request.query) == ("/cgi-bin/webhook/send", "key=robot-key-1")
    assert told == {"msgtype": "text", "text": {"content": CANARY_BODY}}


def test_dingtalk_is_signed(web, social, message):
    _outgoing, request, told = sent(web, social, message, Channel.DINGTALK)
    query = parse_qs(request.query)
    assert (request.path, query["access_token"]) == ("/robot/send", ["abcdef01"])
    timestamp = query["timestamp"][0]
    wanted = hmac.new(b"SEC1", f"{timestamp}\nSEC1".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(wanted).decode()]
    assert told["text"] == {"content": CANARY_BODY}
    assert told["at"] == {"atMobiles": [], "isAtAll": False}


def test_whatsapp(web, social, message):
    _outgoing, request, told = sent(web, social, message, Channel.WHATSAPP)
    assert request.path == "/v21.0/5551/messages"
    assert request.headers["authorization"] == "Bearer tok123"
    assert told == {
        "messaging_product": "whatsapp", "to": f"+{CANARY_NUMBER}", "recipient_type": "individual", "type": "text",
        "text": {"body": CANARY_BODY},
    }  # fmt: skip


def test_whatsapp_by_template(web, social, message):
    _outgoing, _request, told = sent(web, social, message, Channel.WHATSAPP, template="reminder")
    assert (told["template"]["name"], told["template"]["language"]) == ("reminder", {"code": "zh_CN"})
    assert told["template"]["components"][0]["parameters"] == [{"type": "text", "text": CANARY_BODY}]


def test_telegram_sends_the_text_as_it_is(web, social, message):
    web.answers = [(200, json.dumps(ACCEPTED[Channel.TELEGRAM][0]).encode())]
    social(Channel.TELEGRAM).send(message(Channel.TELEGRAM, to="98765", body="1 < 2 & <b>x</b>"))
    [request] = web.requests
    told = json.loads(request.body)
    assert (request.path, told["chat_id"], told["parse_mode"]) == ("/bot123456:abcDEF_gh/sendMessage", 98765, "HTML")
    assert told["text"] == "1 &lt; 2 &amp; &lt;b&gt;x&lt;/b&gt;"


def test_line_bears_our_key_so_that_a_second_try_is_no_second_message(web, social, message):
    outgoing, request, told = sent(web, social, message, Channel.LINE)
    assert request.path == "/v2/bot/message/push"
    assert request.headers["authorization"] == "Bearer abc+def/="
    assert request.headers["x-line-retry-key"] == str(outgoing.key)
    assert told["to"] == "U1234567890"
    assert told["messages"] == [{"type": "text", "text": CANARY_BODY, "sender": {"name": "示例银行"}}]
    web.answers = [(409, json.dumps(ACCEPTED[Channel.LINE][0]).encode())]
    assert social(Channel.LINE).send(outgoing).provider_ref == "461230966842064897"


@pytest.mark.parametrize("channel", sorted(FIELDS))
@pytest.mark.parametrize(
    ("answer", "error"),
    [((400, b"{}"), Rejected), ((403, b"x"), Rejected), ((302, b""), Rejected), ((429, b""), Unreachable),
     ((503, b""), Unreachable), ((500, b""), AnswerLost), ((200, b"?"), AnswerLost), ("hang up", AnswerLost)],
)  # fmt: skip
def test_each_failure_says_whether_it_may_have_been_accepted(
    web, social, message, silent, channel: Channel, answer: object, error: type[Exception]
):
    web.answers = [answer]
    messenger = social(channel)
    with pytest.raises(error) as stopped:
        messenger.send(message(channel, to=ACCOUNT[channel]))
    assert len(web.requests) == 1
    silent(stopped.value, messenger)
    assert ACCOUNT[channel] not in f"{stopped.value!s}{stopped.value.fields}"


@pytest.mark.parametrize("channel", sorted(FIELDS))
def test_nobody_there_is_unreachable_and_success_is_silent(web, social, message, silent, channel: Channel):
    with pytest.raises(Unreachable) as stopped:
        social(channel, base_url="http://127.0.0.1:9").send(message(channel, to=ACCOUNT[channel]))
    web.answers = [(200, json.dumps(ACCEPTED[channel][0]).encode())]
    social(channel).send(message(channel, to=ACCOUNT[channel]))
    silent(stopped.value)


@pytest.mark.parametrize(
    ("channel", "told", "error", "code"),
    [
        (Channel.WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, Rejected, "93000"),
        (Channel.WECOM, {"errcode": 45009, "errmsg": "freq"}, Unreachable, None),
        (Channel.DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, Rejected, "310000"),
        (Channel.DINGTALK, {"errcode": 130101, "errmsg": "too fast"}, Unreachable, None),
        (Channel.TELEGRAM, {"ok": False, "error_code": 400}, Rejected, "400"),
    ],
)
def test_a_refusal_with_http_200(web, social, message, channel: Channel, told: dict, error: type, code: str | None):
    web.answers = [(200, json.dumps(told).encode())]
    with pytest.raises(error) as stopped:
        social(channel).send(message(channel, to=ACCOUNT[channel]))
    assert code is None or stopped.value.error_code == code


def test_whatsapp_s_own_code(web, social, message):
    web.answers = [(400, b'{"error": {"message": "(#131030) 8613912345678", "code": 131030}}')]
    with pytest.raises(Rejected) as stopped:
        social(Channel.WHATSAPP).send(message(Channel.WHATSAPP))
    assert stopped.value.error_code == "131030"


@pytest.mark.parametrize(
    ("channel", "to"),
    [(Channel.WHATSAPP, "12"), (Channel.WHATSAPP, "1234567890123456789"), (Channel.TELEGRAM, "!!"), (Channel.LINE, ""),
     (Channel.WECOM, "a b"), (Channel.DINGTALK, "!!"), (Channel.LINE, "U1,U2"), (Channel.TELEGRAM, "1,2")],
)  # fmt: skip
def test_an_account_that_cannot_be_one_person_s(web, social, message, channel: Channel, to: str):
    with pytest.raises(Rejected) as stopped:
        social(channel).send(message(channel, to=to))
    assert stopped.value.error_code == "BAD_ACCOUNT"
    assert web.requests == []


def test_a_text_too_long_is_never_cut_in_two(web, social, message):
    for channel in FIELDS:
        with pytest.raises(Rejected):
            social(channel).send(message(channel, to=ACCOUNT[channel], body="长" * 25_000))
    with pytest.raises(Rejected):
        social(Channel.WECOM).send(message(Channel.WECOM, to=ACCOUNT[Channel.WECOM], body="长" * 700))
    assert web.requests == []


def test_none_can_be_asked(social, key):
    for channel in FIELDS:
        with pytest.raises(CannotAsk):
            social(channel).ask(key=key)


def read(messenger: Social, body: bytes, headers: dict[str, str]):
    return messenger.read_webhook(headers=headers, body=body, url="https://qs.example/hooks/x", now=NOW)


def digest(body: bytes) -> bytes:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).digest()


MOMENT = int(NOW.timestamp())


def test_whatsapp_reports(social):
    value = {
        "statuses": [
            {"id": "wamid.1", "status": "read", "timestamp": str(MOMENT), "recipient_id": CANARY_NUMBER},
            {"id": "wamid.2", "status": "failed", "timestamp": str(MOMENT), "errors": [{"code": 131047}]},
            {"id": "wamid.3", "status": "deleted", "timestamp": str(MOMENT)},
        ],
        "messages": [
            {"from": CANARY_NUMBER, "id": "wamid.9", "timestamp": str(MOMENT), "type": "text", "text": {"body": "T"},
             "context": {"id": "wamid.1"}},
            {"from": CANARY_NUMBER, "id": "wamid.8", "timestamp": str(MOMENT), "type": "image", "image": {}},
        ],
    }  # fmt: skip
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [{"value": value}]}]}).encode()
    first, failed, incoming, picture = read(
        social(Channel.WHATSAPP), body, {"x-hub-signature-256": "sha256=" + digest(body).hex()}
    )
    assert (first.state, first.provider_ref, first.at) == ("READ", "wamid.1", NOW)
    assert (failed.state, failed.error_code) == ("FAILED", "131047")
    assert isinstance(incoming, Incoming)
    assert (incoming.body, incoming.sender, incoming.in_reply_to_ref) == ("T", CANARY_NUMBER, "wamid.1")
    assert picture.body == ""
    with pytest.raises(BadSignature):
        read(social(Channel.WHATSAPP), body + b" ", {"X-Hub-Signature-256": "sha256=" + digest(body).hex()})


def test_line_reports(social):
    event = {
        "type": "message", "webhookEventId": "01H", "timestamp": MOMENT * 1000,
        "source": {"type": "user", "userId": "U1"},
        "message": {"id": "1", "type": "text", "text": "退订", "quotedMessageId": "46"},
    }  # fmt: skip
    body = json.dumps({"destination": "x", "events": [event, {"type": "follow", "source": {}}]}).encode()
    [incoming] = read(social(Channel.LINE), body, {"x-line-signature": base64.b64encode(digest(body)).decode()})
    assert (incoming.body, incoming.sender, incoming.in_reply_to_ref, incoming.at) == ("退订", "U1", "46", NOW)
    with pytest.raises(BadSignature):
        read(social(Channel.LINE), body, {"x-line-signature": base64.b64encode(digest(b"x")).decode()})


def test_telegram_reports(social):
    update = {
        "update_id": 5,
        "message": {"message_id": 8, "date": MOMENT, "chat": {"id": 98765}, "from": {"id": 1}, "text": "STOP",
                    "reply_to_message": {"message_id": 7}},
    }  # fmt: skip
    body = json.dumps(update).encode()
    [incoming] = read(social(Channel.TELEGRAM), body, {"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert (incoming.body, incoming.sender, incoming.in_reply_to_ref) == ("STOP", "98765", "98765:7")
    assert read(social(Channel.TELEGRAM), b'{"update_id": 6}', {"X-Telegram-Bot-Api-Secret-Token": SECRET}) == []
    with pytest.raises(BadSignature):
        read(social(Channel.TELEGRAM), body, {"X-Telegram-Bot-Api-Secret-Token": "x"})


def test_dingtalk_reports(social):
    body = json.dumps({"msgtype": "text", "text": {"content": " 退订"}, "msgId": "m1", "createAt": MOMENT * 1000,
                       "senderId": "$:x", "senderStaffId": "user1"}).encode()  # fmt: skip

    def headers(at) -> dict[str, str]:
        timestamp = str(int(at.timestamp() * 1000))
        return {"timestamp": timestamp, "sign": base64.b64encode(digest(f"{timestamp}\n{SECRET}".encode())).decode()}

    [incoming] = read(social(Channel.DINGTALK), body, headers(NOW - timedelta(minutes=59)))
    assert (incoming.body, incoming.sender, incoming.event_ref) == ("退订", "user1", "m1")
    with pytest.raises(BadSignature):
        read(social(Channel.DINGTALK), body, headers(NOW - timedelta(minutes=61)))


def test_without_a_secret_nothing_is_believed(social):
    for channel in (Channel.WHATSAPP, Channel.LINE, Channel.TELEGRAM, Channel.DINGTALK):
        with pytest.raises(BadSignature):
            read(social(channel, webhook_secret=""), b"{}", {"X-Telegram-Bot-Api-Secret-Token": ""})
    with pytest.raises(BadReport):
        read(social(Channel.WECOM), b"{}", {})


@pytest.mark.parametrize(
    "body",
    [b"?", b"[]", b'{"message": 1}', b'{"update_id": 1, "message": {"chat": {"id": 1}, "date": "8613912345678x"}}'],
)
def test_another_form_is_refused_without_its_words(social, silent, body: bytes):
    with pytest.raises(BadReport) as stopped:
        read(social(Channel.TELEGRAM), body, {"X-Telegram-Bot-Api-Secret-Token": SECRET})
    silent(stopped.value)
