"""Any payment provider that speaks our own small signed HTTP form (docs/reference/payments.md)."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from qingshou.edges import clock
from qingshou.features.contact.channels.base import AnswerLost, Unreachable
from qingshou.features.contact.channels.web_peer import LOOPBACK, WebPeer, checked_url, json_of, stop_on
from qingshou.features.repayment.payment_providers.base import Begun, Wanted
from qingshou.features.repayment.rules.payment_events import signature

_REF_MAX, _URL_MAX = 120, 500


class SignedProvider:
    """The generic provider; asked by our own key, so that a lost answer is never a second payment."""

    def __init__(
        self, *, code: str, name: str, url: str, signing_key: str, timeout_s: float = 10.0,
        now: Callable[[], datetime] = clock.now,
    ) -> None:  # fmt: skip
        self.code, self.name = code, name
        self._url = checked_url(url, setting=f"{code}.url")
        self._signing_key, self._now = signing_key, now
        self._peer = WebPeer(provider="The payment provider", timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"<SignedProvider {self.code}>"

    def create(self, wanted: Wanted) -> Begun:
        """Begin a payment; stops with Rejected, Unreachable or AnswerLost."""
        payload = {
            "key": str(wanted.key), "amount": f"{wanted.amount:f}", "currency": wanted.currency,
            "reference": wanted.reference, "return_url": wanted.return_url, "language": wanted.language,
        }  # fmt: skip
        answer = self._post("/payments", payload, key=wanted.key, is_asking=False)
        stop_on(answer.status_code, provider=self._peer.provider, is_asking=False)
        found = _begun(json_of(answer, provider=self._peer.provider, is_asking=False))
        if found is None:
            raise AnswerLost("The payment provider accepted without telling its id and address.")
        return found

    def ask(self, key: UUID) -> Begun | None:
        """Return a payment by our key; None: never received."""
        answer = self._post("/payments/status", {"key": str(key)}, key=key, is_asking=True)
        if answer.status_code == 404:
            return None
        stop_on(answer.status_code, provider=self._peer.provider, is_asking=True)
        found = _begun(json_of(answer, provider=self._peer.provider, is_asking=True))
        if found is None:
            raise Unreachable("The payment provider answered without the id and address of the payment.")
        return found

    def _post(self, path: str, payload: Mapping[str, object], *, key: UUID, is_asking: bool) -> Any:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json", "X-Timestamp": timestamp,
            "X-Signature": signature(self._signing_key, timestamp, body), "Idempotency-Key": str(key),
        }  # fmt: skip
        return self._peer.exchange("POST", self._url + path, content=body, is_asking=is_asking, headers=headers)


def _begun(told: Mapping[str, Any]) -> Begun | None:
    """Read a payment; an address that is not safe to send a debtor to is none."""
    ref, url = told.get("payment"), told.get("pay_url")
    if not isinstance(ref, str) or not isinstance(url, str) or not 0 < len(ref) <= _REF_MAX or len(url) > _URL_MAX:
        return None
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return Begun(ref, url) if is_safe and parts.hostname else None
