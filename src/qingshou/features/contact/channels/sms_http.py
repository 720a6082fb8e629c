"""Text messages by any gateway that speaks our own small signed HTTP interface (docs/reference/channels.md)."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from qingshou.edges import clock
from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    Event,
    Handed,
    Incoming,
    Outgoing,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.features.contact.channels.reading import (
    check_age,
    event_ref,
    header,
    instant,
    is_same,
    json_body,
    key_of,
    readable_answer,
)
from qingshou.features.contact.channels.web_peer import WebPeer, checked_url, json_of, stop_on
from qingshou.law.contact.terms import Channel

_STATES = frozenset({"SENT", "DELIVERED", "READ", "FAILED", "BOUNCED"})


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body at a moment: HMAC-SHA256 in hexadecimal over `timestamp`, a dot, the body."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class HttpSms:
    """The generic signed gateway; asked by our own key, so that a lost answer is never a second message."""

    code = "sms_http"
    channels = frozenset({Channel.SMS})
    webhook_answer = WebhookAnswer()

    def __init__(
        self, *, url: str, signing_key: str, webhook_key: str = "", sender: str = "", timeout_s: float = 15.0,
        now: Callable[[], datetime] = clock.now,
    ) -> None:  # fmt: skip
        self._url = checked_url(url, setting="SMS.url")
        self._signing_key, self._webhook_key = signing_key, webhook_key or signing_key
        self._sender, self._now = sender, now
        self._peer = WebPeer(provider="The SMS gateway", timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"<HttpSms {self._url}>"

    def close(self) -> None:
        """Close the connections kept open."""
        self._peer.close()

    def _post(self, path: str, payload: Mapping[str, object], *, key: UUID, is_asking: bool) -> Any:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self._now().timestamp()))
        return self._peer.exchange(
            "POST",
            self._url + path,
            content=body,
            is_asking=is_asking,
            headers={
                "Content-Type": "application/json",
                "X-Timestamp": timestamp,
                "X-Signature": signature(self._signing_key, timestamp, body),
                "Idempotency-Key": str(key),
            },
        )

    def send(self, message: Outgoing) -> Handed:
        """Hand one text message over; stops with Rejected, Unreachable or AnswerLost."""
        payload = {"key": str(message.key), "to": message.to, "text": message.body, "language": message.language}
        if self._sender:
            payload["from"] = self._sender
        answer = self._post("", payload, key=message.key, is_asking=False)
        told = _error_code(answer)
        stop_on(answer.status_code, provider=self._peer.provider, is_asking=False, error_code=told)
        reference = json_of(answer, provider=self._peer.provider, is_asking=False).get("id")
        if not reference:
            raise AnswerLost("The SMS gateway accepted without telling its id.")
        return Handed(provider_ref=str(reference)[:120])

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Return what became of a message, by our key alone; None: the gateway never received it."""
        answer = self._post("/status", {"key": str(key)}, key=key, is_asking=True)
        if answer.status_code == 404:
            return None
        stop_on(answer.status_code, provider=self._peer.provider, is_asking=True)
        told = json_of(answer, provider=self._peer.provider, is_asking=True)
        if told.get("state") == "UNKNOWN":
            return None
        if told.get("state") not in _STATES:
            raise Unreachable("The SMS gateway answered a state that is not of the interface.")
        with readable_answer(self._peer.provider):
            named = {**told, "key": str(key), "id": event_ref("ask", key, told.get("state"))}
            return _report(named, ref=told.get("id"))

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Return reports and messages; stops with BadSignature, BadReport."""
        timestamp = header(headers, "X-Timestamp")
        check_age(timestamp, now=now)
        if not is_same(header(headers, "X-Signature"), signature(self._webhook_key, timestamp, body)):
            raise BadSignature("The signature does not fit the report.")
        read = json_body(body)
        events = read.get("events") if isinstance(read, dict) else None
        if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
            raise BadReport("The report must be an object with a list `events`.")
        return [self._event(event) for event in events]

    def _event(self, event: Mapping[str, Any]) -> Event:
        if not event.get("id"):
            raise BadReport("An event has no `id`.")
        if event.get("type") == "message":
            return Incoming(
                event_ref=event_ref(event["id"]),
                channel=Channel.SMS,
                at=instant(event.get("at")),
                sender=str(event.get("from", "")),
                body=str(event.get("text", "")),
                in_reply_to=key_of(event.get("in_reply_to")),
                in_reply_to_ref=str(event.get("in_reply_to_ref") or ""),
            )
        if event.get("type") != "report" or event.get("state") not in _STATES:
            raise BadReport("An event is neither a message nor a report of a known state.")
        return _report(event, ref=event.get("ref"))


def _report(told: Mapping[str, Any], *, ref: object) -> Report:
    return Report(
        event_ref=event_ref(told["id"]),
        state=str(told["state"]),
        at=instant(told.get("at")),
        key=key_of(told.get("key")),
        provider_ref=str(ref or "")[:120],
        error_code=str(told.get("error") or "")[:60],
    )


def _error_code(answer: Any) -> str:
    """Return the gateway's own code of a refusal: a code only, its words may repeat the number."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    code = str(told.get("error", "")) if isinstance(told, dict) else ""
    return code if code.replace("_", "").replace("-", "").replace(".", "").isalnum() and not code.isdigit() else ""
