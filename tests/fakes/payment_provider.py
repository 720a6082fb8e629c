"""A payment provider on loopback that speaks the form of docs/reference/payments.md, and misbehaves where told to.

Every request's signature is verified; a payment is made once a key. `pay` and `fail` report to the hook, signed, as the
provider does when the debtor has paid; a browser that opens the address of a payment pays by its button.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

from qingshou.features.repayment.rules.payment_events import signature

SIGNING_KEY = "provider-signing-key-1"
WEBHOOK_KEY = "provider-webhook-key-1"
OK, LOST, BUSY, REFUSED, DROPPED = "OK", "LOST", "BUSY", "REFUSED", "DROPPED"

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Provider</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>Pay {amount} {currency}</h1>
<form method="post" action="/pay/{ref}"><button id="pay">Pay</button></form></main></body></html>"""


class FakeProvider:
    """Started by `with`; `payments` by key, `made` counts beginnings that were accepted."""

    def __init__(self, behave: Callable[[int], str] = lambda _number: OK, *, hook: str = "", day: str = "") -> None:
        self.behave, self.hook, self.day = behave, hook, day
        self.payments: dict[str, dict[str, Any]] = {}
        self.made: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.told: list[int] = []  # what the hook answered
        self._number = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeProvider":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self) -> dict[str, str]:
        """Return the fields of QINGSHOU_PAYMENTS for it."""
        return {"webhook_key": WEBHOOK_KEY, "signing_key": SIGNING_KEY, "url": self.url, "name": "PayHub"}

    def report(self, payment: dict[str, Any], kind: str, *, now: float) -> tuple[bytes, dict[str, str]]:
        """Return a signed report of a payment: body and headers."""
        event = {
            "id": f"evt-{kind}-{payment['payment']}", "kind": kind, "payment": payment["payment"],
            "reference": payment["reference"], "amount": payment["amount"], "currency": payment["currency"],
            "value_date": self.day,
        }  # fmt: skip
        body = json.dumps(event).encode()
        timestamp = str(int(now))
        return body, {"X-Timestamp": timestamp, "X-Signature": signature(WEBHOOK_KEY, timestamp, body)}

    def by_ref(self, ref: str) -> dict[str, Any]:
        """Return a payment by the provider's own id."""
        return next(one for one in self.payments.values() if one["payment"] == ref)

    def send(self, payment: dict[str, Any], kind: str) -> int:
        """Report to the hook over the wire; gives its answer."""
        body, headers = self.report(payment, kind, now=time.time())  # noqa: TID251
        request = Request(self.hook, data=body, headers={**headers, "Content-Type": "application/json"})  # noqa: S310
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            self.told.append(answer.status)
            return int(answer.status)

    def take(self, told: dict[str, Any]) -> str:
        """Decide what becomes of one beginning."""
        self._number += 1
        done = self.behave(self._number)
        if done in (OK, LOST):
            self.made[told["key"]] += 1
            ref = f"pay_{len(self.payments) + 1}"
            self.payments.setdefault(told["key"], {**told, "payment": ref, "pay_url": f"{self.url}/pay/{ref}"})
        return done

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith("/pay/"):
                    self._raw(404, b"", "text/plain")
                    return
                payment = provider.by_ref(self.path.rsplit("/", 1)[1])
                self._raw(200, _PAGE.format(**payment, ref=payment["payment"]).encode(), "text/html; charset=utf-8")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                if self.path.startswith("/pay/"):
                    self._paid(self.path.rsplit("/", 1)[1])
                    return
                if self.headers["X-Signature"] != signature(SIGNING_KEY, self.headers["X-Timestamp"], body):
                    self._say(401, {"error": "BAD_SIGNATURE"})
                    return
                told = json.loads(body)
                if self.path.endswith("/status"):
                    provider.asked[told["key"]] += 1
                    known = provider.payments.get(told["key"])
                    self._say(200 if known else 404, known or {"error": "UNKNOWN"})
                    return
                self._begin(told)

            def _begin(self, told: dict[str, Any]) -> None:
                done = provider.take(told)
                if done in (LOST, DROPPED):
                    self.close_connection = True
                    self.connection.close()
                elif done == BUSY:
                    self._say(503, {"error": "LATER"})
                elif done == REFUSED:
                    self._say(400, {"error": "NO"})
                else:
                    self._say(201, provider.payments[told["key"]])

            def _paid(self, ref: str) -> None:
                payment = provider.by_ref(ref)
                provider.send(payment, "PAID")
                self.send_response(303)
                self.send_header("Location", payment["return_url"])
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _say(self, status: int, told: dict[str, Any]) -> None:
                self._raw(status, json.dumps(told).encode(), "application/json")

            def _raw(self, status: int, raw: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

            def finish(self) -> None:
                try:
                    super().finish()
                except (OSError, ValueError):
                    return  # the line was cut on purpose

        return Handler
