"""Text messages by Aliyun's Short Message Service (阿里云短信服务), API version 2017-05-25, RPC style.

Aliyun promises no idempotence and advises to look at the receipts before a timed-out call is made again; its records
are found by number and day only, so `ask` needs both. Its reports carry no signature: the webhook's address has to
hold a secret (`?token=`), which is less than a signature is.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import httpx

from qingshou.edges import clock
from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    BadSignature,
    CannotAsk,
    Event,
    Handed,
    Incoming,
    Outgoing,
    Rejected,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.features.contact.channels.reading import event_ref, instant, is_same, json_body, key_of, readable_answer
from qingshou.features.contact.channels.web_peer import WebPeer, checked_url, json_of, stop_on
from qingshou.law.contact.terms import Channel

_PROVIDER = "Aliyun SMS"
_ZONE = "Asia/Shanghai"  # of every time in Aliyun's records
_PAGE = 50  # the most a page may hold
_STATES = {1: "SENT", 2: "FAILED", 3: "DELIVERED"}
# asked to come back later, nothing was accepted
_LATER = ("Throttling", "ServiceUnavailable")
# an error of theirs: it may have been accepted
_UNSURE = frozenset({"isp.SYSTEM_ERROR", "isp.RAM_PERMISSION_ERROR", "InternalError", "SYSTEM_ERROR"})


def rpc_signature(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """Return the RPC signature of a request: HMAC-SHA1 with `secret&` over method, path and sorted parameters."""
    sorted_query = "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))
    to_sign = f"{method}&{_encoded('/')}&{_encoded(sorted_query)}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


class AliyunSms:
    """Sends by an approved template and signature name; `OutId` holds our key."""

    code = "sms_aliyun"
    channels = frozenset({Channel.SMS})
    webhook_answer = WebhookAnswer(body='{"code": 0, "msg": "接收成功"}'.encode())

    def __init__(
        self, *, access_key_id: str, access_key_secret: str, sign_name: str, webhook_token: str = "",
        url: str = "https://dysmsapi.aliyuncs.com", region: str = "cn-hangzhou", timeout_s: float = 15.0,
        now: Callable[[], datetime] = clock.now,
    ) -> None:  # fmt: skip
        self._id, self._secret, self._sign_name = access_key_id, access_key_secret, sign_name
        self._token, self._region, self._now = webhook_token, region, now
        self._url = checked_url(url, setting="SMS.url")
        self._peer = WebPeer(provider=_PROVIDER, timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"<AliyunSms {self._url}>"

    def close(self) -> None:
        """Close the connections kept open."""
        self._peer.close()

    def _call(self, action: str, parameters: Mapping[str, str], *, is_asking: bool) -> dict[str, Any]:
        """Make one signed call and return its JSON; every failure is read from the status and from `Code`."""
        form = {
            "AccessKeyId": self._id,
            "Action": action,
            "Format": "JSON",
            "RegionId": self._region,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": str(uuid.uuid4()),
            "SignatureVersion": "1.0",
            "Timestamp": self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
            **parameters,
        }
        form["Signature"] = rpc_signature("POST", form, self._secret)
        answer = self._peer.exchange(
            "POST",
            self._url + "/",
            content=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            is_asking=is_asking,
        )
        return _read(answer, is_asking=is_asking)

    def send(self, message: Outgoing) -> Handed:
        """Hand one text message over; stops with Rejected, Unreachable or AnswerLost."""
        if not message.template_ref:
            raise Rejected(
                "Aliyun sends approved templates only: enter its template code in the template.",
                error_code="NO_TEMPLATE_CODE",
            )
        told = self._call(
            "SendSms",
            {
                "PhoneNumbers": message.to.lstrip("+"),
                "SignName": self._sign_name,
                "TemplateCode": message.template_ref,
                "TemplateParam": json.dumps(dict(message.template_values), ensure_ascii=False),
                "OutId": str(message.key),
            },
            is_asking=False,
        )
        if not told.get("BizId"):
            raise AnswerLost("Aliyun accepted without telling its id.")
        return Handed(provider_ref=str(told["BizId"])[:120])

    def ask(
        self, *, key: uuid.UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None
    ) -> Report | None:
        """Return what became of a message out of the records of its number and day; None: it is not among them."""
        if not to or sent_at is None:
            raise CannotAsk("Aliyun finds a message by its number and day only, and they were not given.")
        for day in _days(sent_at):
            for record in self._records(to, day, provider_ref):
                if str(record.get("OutId", "")) == str(key):
                    with readable_answer(_PROVIDER):
                        return _of_record(record, key)
        return None

    def _records(self, to: str, day: str, provider_ref: str) -> Iterator[dict[str, Any]]:
        page, total = 1, 1
        while (page - 1) * _PAGE < total:
            parameters = {
                "PhoneNumber": to.lstrip("+"), "SendDate": day, "PageSize": str(_PAGE), "CurrentPage": str(page)
            }  # fmt: skip
            if provider_ref:
                parameters["BizId"] = provider_ref
            told = self._call("QuerySendDetails", parameters, is_asking=True)
            total = int(told.get("TotalCount") or 0)
            yield from (told.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
            page += 1

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Return delivery reports (SmsReport) and messages (SmsUp); stops with BadSignature, BadReport."""
        given = parse_qs(urlsplit(url).query).get("token", [""])[0]
        if not self._token or not is_same(given, self._token):
            raise BadSignature("The webhook's address does not hold the token of the settings.")
        read = json_body(body)
        if not isinstance(read, list) or not all(isinstance(entry, dict) for entry in read):
            raise BadReport("Aliyun's report must be a list of objects.")
        return [_event(entry) for entry in read]


def _read(answer: httpx.Response, *, is_asking: bool) -> dict[str, Any]:
    """Return the JSON of an answer whose `Code` is OK."""
    is_refusal = 400 <= answer.status_code < 500
    if not is_refusal:
        stop_on(answer.status_code, provider=_PROVIDER, is_asking=is_asking)
    told = json_of(answer, provider=_PROVIDER, is_asking=is_asking)
    code = str(told.get("Code", ""))
    if code == "OK":
        return told
    if code.startswith(_LATER) or answer.status_code == 429 or is_asking:
        raise Unreachable(f"Aliyun asks to come back later ({code[:60]}).", error_code=code[:60])
    if code in _UNSURE or not code:
        raise AnswerLost(f"Aliyun broke off ({code[:60]}).", error_code=code[:60])
    raise Rejected(f"Aliyun refused ({code[:60]}).", error_code=code)


def _days(sent_at: datetime) -> list[str]:
    """Return the day of sending in China, and its neighbour when it was sent close to midnight."""
    local = sent_at.astimezone(ZoneInfo(_ZONE))
    near = (local, local - timedelta(minutes=15), local + timedelta(minutes=15))
    return list(dict.fromkeys(moment.strftime("%Y%m%d") for moment in near))


def _of_record(record: Mapping[str, Any], key: uuid.UUID) -> Report:
    state = _STATES.get(int(record.get("SendStatus") or 0), "SENT")
    return Report(
        event_ref=event_ref("ask", key, state),
        state=state,
        at=instant(record.get("ReceiveDate") or record.get("SendDate"), zone=_ZONE),
        key=key,
        error_code="" if state == "DELIVERED" else str(record.get("ErrCode") or "")[:60],
    )


def _event(entry: Mapping[str, Any]) -> Event:
    if "content" in entry:
        return Incoming(
            event_ref=event_ref("up", entry.get("sequence_id"), entry.get("send_time")),
            channel=Channel.SMS,
            at=instant(entry.get("send_time"), zone=_ZONE),
            sender=str(entry.get("phone_number", "")),
            body=str(entry["content"]),
        )
    if "success" not in entry:
        raise BadReport("An entry of Aliyun's report is neither a delivery report nor a message.")
    is_delivered = entry["success"] is True or str(entry["success"]).lower() == "true"
    return Report(
        event_ref=event_ref(
            "report", entry.get("biz_id"), entry.get("out_id"), entry.get("err_code"), entry.get("report_time")
        ),
        state="DELIVERED" if is_delivered else "FAILED",
        at=instant(entry.get("report_time"), zone=_ZONE),
        key=key_of(entry.get("out_id")),
        provider_ref=str(entry.get("biz_id") or "")[:120],
        error_code="" if is_delivered else str(entry.get("err_code") or "")[:60],
    )
