"""What WhatsApp, LINE, Telegram and DingTalk report by webhook, each proved in the provider's own way."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from qingshou.features.contact.channels.base import BadReport, BadSignature, Event, Incoming, Report
from qingshou.features.contact.channels.reading import check_age, event_ref, header, is_same, json_body
from qingshou.law.contact.terms import Channel

_WHATSAPP = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "failed": "FAILED"}


def read_report(
    channel: Channel, *, secret: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> list[Event]:
    """Return states and messages of one webhook call.

    Takes   secret   what proves the call; without one every call is refused
    Stops   BadSignature, BadReport
    """
    if channel not in _READERS:
        raise BadReport("This messenger reports nothing by webhook.")
    if not secret or not _PROOFS[channel](secret, headers, body, now):
        raise BadSignature("The report is not proved by the secret of the settings.")
    read = json_body(body)
    if not isinstance(read, dict):
        raise BadReport("The report must be an object.")
    try:
        return list(_READERS[channel](read))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        # from None: the words of the error would hold what the person wrote
        raise BadReport("The report has not the form of the provider's documentation.") from None


def _digest(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


def _whatsapp_proof(secret: str, headers: Mapping[str, str], body: bytes, _now: datetime) -> bool:
    return is_same(header(headers, "X-Hub-Signature-256"), "sha256=" + _digest(secret, body).hex())


def _line_proof(secret: str, headers: Mapping[str, str], body: bytes, _now: datetime) -> bool:
    return is_same(header(headers, "X-Line-Signature"), base64.b64encode(_digest(secret, body)).decode())


def _telegram_proof(secret: str, headers: Mapping[str, str], _body: bytes, _now: datetime) -> bool:
    return is_same(header(headers, "X-Telegram-Bot-Api-Secret-Token"), secret)


def _dingtalk_proof(secret: str, headers: Mapping[str, str], _body: bytes, now: datetime) -> bool:
    timestamp = header(headers, "timestamp")
    check_age(timestamp[:-3], now=now, age_max_s=3600)  # in milliseconds; DingTalk's own limit is an hour
    return is_same(
        header(headers, "sign"), base64.b64encode(_digest(secret, f"{timestamp}\n{secret}".encode())).decode()
    )


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), UTC)


def _whatsapp(read: Mapping[str, Any]) -> Iterator[Event]:
    values = [change["value"] for entry in read.get("entry", []) for change in entry.get("changes", [])]
    for value in values:
        for status in value.get("statuses", []):
            if status["status"] not in _WHATSAPP:
                continue  # `deleted`, `warning`: no state of ours
            errors = status.get("errors") or [{}]
            yield Report(
                event_ref=event_ref("status", status["id"], status["status"]),
                state=_WHATSAPP[status["status"]],
                at=_moment(status["timestamp"]),
                provider_ref=str(status["id"])[:120],
                error_code=str(errors[0].get("code", ""))[:60],
            )
        for message in value.get("messages", []):
            yield Incoming(
                event_ref=event_ref(message["id"]),
                channel=Channel.WHATSAPP,
                at=_moment(message["timestamp"]),
                sender=str(message["from"]),
                body=_whatsapp_text(message),
                in_reply_to_ref=str((message.get("context") or {}).get("id", "")),
            )


def _whatsapp_text(message: Mapping[str, Any]) -> str:
    kind = message.get("type")
    if kind == "button":
        return str(message["button"].get("text", ""))
    return str(message["text"]["body"]) if kind == "text" else ""


def _line(read: Mapping[str, Any]) -> Iterator[Event]:
    for event in read["events"]:
        if event["type"] == "message" and event["source"].get("userId"):
            message = event["message"]
            yield Incoming(
                event_ref=event_ref(event.get("webhookEventId") or message["id"]),
                channel=Channel.LINE,
                at=_moment(event["timestamp"] / 1000),
                sender=str(event["source"]["userId"]),
                body=str(message.get("text", "")),
                in_reply_to_ref=str(message.get("quotedMessageId", "")),
            )


def _telegram(read: Mapping[str, Any]) -> Iterator[Event]:
    message = read.get("message")
    if message is not None:
        chat = message["chat"]["id"]
        answered = message.get("reply_to_message")
        yield Incoming(
            event_ref=event_ref(f"update:{read['update_id']}"),
            channel=Channel.TELEGRAM,
            at=_moment(message["date"]),
            sender=str(chat),
            body=str(message.get("text", "")),
            in_reply_to_ref=f"{chat}:{answered['message_id']}" if answered else "",
        )


def _dingtalk(read: Mapping[str, Any]) -> Iterator[Event]:
    yield Incoming(
        event_ref=event_ref(read["msgId"]),
        channel=Channel.DINGTALK,
        at=_moment(int(read["createAt"]) / 1000),
        sender=str(read.get("senderStaffId") or read["senderId"]),
        body=str((read.get("text") or {}).get("content", "")).strip(),
    )


_Proof = Callable[[str, Mapping[str, str], bytes, datetime], bool]
_PROOFS: dict[Channel, _Proof] = {
    Channel.WHATSAPP: _whatsapp_proof,
    Channel.LINE: _line_proof,
    Channel.TELEGRAM: _telegram_proof,
    Channel.DINGTALK: _dingtalk_proof,
}
_READERS: dict[Channel, Callable[[Mapping[str, Any]], Iterator[Event]]] = {
    Channel.WHATSAPP: _whatsapp,
    Channel.LINE: _line,
    Channel.TELEGRAM: _telegram,
    Channel.DINGTALK: _dingtalk,
}
