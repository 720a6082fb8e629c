"""Text messages by Twilio's Messages resource (API 2010-04-01).

A message holds no key of ours that could be searched for. So each status callback's address does (`?key=`): when the
answer to a sending is lost, the callback still tells what became of it; asked for, a message is found by its SID only.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import UUID

from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    CannotAsk,
    Event,
    Handed,
    Incoming,
    Outgoing,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.features.contact.channels.reading import event_ref, header, is_same, key_of
from qingshou.features.contact.channels.web_peer import WebPeer, checked_url, json_of, stop_on
from qingshou.law.contact.terms import Channel

_PROVIDER = "Twilio"
_STATES = {
    "accepted": "SENT", "scheduled": "SENT", "queued": "SENT", "sending": "SENT", "sent": "SENT",
    "delivered": "DELIVERED", "read": "READ", "undelivered": "BOUNCED", "failed": "FAILED", "canceled": "FAILED",
    "partially_delivered": "SENT",
}  # fmt: skip


def webhook_signature(auth_token: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return Twilio's signature of a form post: HMAC-SHA1 over the address and the parameters sorted by name."""
    signed = url + "".join(name + value for name, value in sorted(set(parameters)))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class TwilioSms:
    """Sends from one number or by a messaging service."""

    code = "sms_twilio"
    channels = frozenset({Channel.SMS})
    webhook_answer = WebhookAnswer(content_type="text/xml", body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>')

    def __init__(
        self, *, account_sid: str, auth_token: str, sender: str = "", messaging_service_sid: str = "",
        webhook_url: str = "", url: str = "https://api.twilio.com", timeout_s: float = 15.0,
    ) -> None:  # fmt: skip
        self._account, self._auth_token = account_sid, auth_token
        self._from = {"MessagingServiceSid": messaging_service_sid} if messaging_service_sid else {"From": sender}
        self._webhook_url = webhook_url
        self._messages = f"{checked_url(url, setting='SMS.url')}/2010-04-01/Accounts/{account_sid}/Messages"
        self._peer = WebPeer(provider=_PROVIDER, timeout_s=timeout_s, auth=(account_sid, auth_token))

    def __repr__(self) -> str:
        return f"<TwilioSms {self._account}>"

    def close(self) -> None:
        """Close the connections kept open."""
        self._peer.close()

    def send(self, message: Outgoing) -> Handed:
        """Hand one text message over; stops with Rejected, Unreachable or AnswerLost."""
        form = {"To": "+" + message.to.lstrip("+"), "Body": message.body, **self._from}
        if self._webhook_url:
            form["StatusCallback"] = f"{self._webhook_url}?key={message.key}"
        answer = self._peer.exchange("POST", self._messages + ".json", form=form)
        stop_on(answer.status_code, provider=_PROVIDER, is_asking=False, error_code=_error_code(answer))
        told = json_of(answer, provider=_PROVIDER, is_asking=False)
        if not told.get("sid"):
            raise AnswerLost("Twilio accepted without telling the message's SID.")
        return Handed(provider_ref=str(told["sid"])[:120])

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Return what became of a message by its SID; None: Twilio does not know it."""
        if not provider_ref:
            raise CannotAsk("Twilio finds a message by its SID only; its status callback tells our key.")
        answer = self._peer.exchange("GET", f"{self._messages}/{provider_ref}.json", is_asking=True)
        if answer.status_code == 404:
            return None
        stop_on(answer.status_code, provider=_PROVIDER, is_asking=True)
        told = json_of(answer, provider=_PROVIDER, is_asking=True)
        status = str(told.get("status", ""))
        return Report(
            event_ref=event_ref(f"{provider_ref}:{status}"),
            state=_STATES.get(status, "SENT"),
            at=_date(told.get("date_updated")),
            key=key,
            provider_ref=provider_ref,
            error_code=str(told.get("error_code") or "")[:60],
        )

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Return a status callback or a message; stops with BadSignature, BadReport."""
        query = urlsplit(url).query
        signed_url = f"{self._webhook_url}?{query}" if self._webhook_url and query else self._webhook_url or url
        try:
            parameters = parse_qsl(body.decode(), keep_blank_values=True)
        except UnicodeDecodeError:
            raise BadReport("Twilio's report is not UTF-8.") from None
        wanted = webhook_signature(self._auth_token, signed_url, parameters)
        if not is_same(header(headers, "X-Twilio-Signature"), wanted):
            raise BadSignature("The signature does not fit the report and the webhook's address.")
        given = dict(parameters)
        sid = given.get("MessageSid") or given.get("SmsSid") or ""
        if not sid:
            raise BadReport("Twilio's report names no message.")
        status = given.get("MessageStatus", "")
        if not status and "Body" in given:
            return [_incoming(given, sid, now)]
        if status not in _STATES:
            raise BadReport("Twilio's report names a status that is not in its documentation.")
        return [
            Report(
                event_ref=event_ref(f"{sid}:{status}"),
                state=_STATES[status],
                at=now,  # callbacks tell no time
                key=key_of(parse_qs(query).get("key", [""])[0]),
                provider_ref=sid[:120],
                error_code=given.get("ErrorCode", "")[:60],
            )
        ]


def _incoming(given: Mapping[str, str], sid: str, now: datetime) -> Incoming:
    return Incoming(
        event_ref=event_ref(sid),
        channel=Channel.SMS,
        at=now,
        sender=given.get("From", "").lstrip("+"),
        body=given["Body"],
        in_reply_to_ref=given.get("OriginalRepliedMessageSid", ""),
    )


def _date(text: Any) -> datetime:
    try:
        return parsedate_to_datetime(str(text))
    except ValueError:
        raise Unreachable("Twilio told a time that cannot be read.") from None


def _error_code(answer: Any) -> str:
    """Return Twilio's number of the error; its words repeat the number dialled."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    return str(told.get("code", "")) if isinstance(told, dict) else ""
