"""An SMS gateway on loopback that speaks the generic signed interface, counts what it received by key, and misbehaves.

Checked against the real thing by being spoken to by the real adapter; every request's signature is verified.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from qingshou.features.contact.channels.sms_http import signature

KEY = "gateway-signing-key"
# what it does with the n-th sending it is given
OK = "OK"
LOST = "LOST"  # accepts, and hangs up before it answers
BUSY = "BUSY"  # accepts nothing
REFUSED = "REFUSED"
DROPPED = "DROPPED"  # hangs up and has accepted nothing

Behaviour = Callable[[int, dict[str, Any]], str]


class SmsGateway:
    """Started by `with`; `received` counts what was accepted, by key."""

    def __init__(self, behave: Behaviour = lambda _number, _message: OK, *, slow_s: float = 0.0) -> None:
        self.behave, self.slow_s = behave, slow_s
        self.received: Counter[str] = Counter()
        self.messages: dict[str, dict[str, Any]] = {}
        self.asked: Counter[str] = Counter()
        self.accepted_at: list[float] = []
        self._lock = threading.Lock()
        self._number = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "SmsGateway":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def doubled(self) -> list[str]:
        """Return the keys that were accepted more than once."""
        return [key for key, count in self.received.items() if count > 1]

    def take(self, message: dict[str, Any]) -> str:
        """Decide what becomes of one sending."""
        with self._lock:
            self._number += 1
            done = self.behave(self._number, message)
            if done in (OK, LOST):
                self.received[message["key"]] += 1
                self.messages[message["key"]] = message
                self.accepted_at.append(time.monotonic())
        return done

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["X-Signature"] != signature(KEY, self.headers["X-Timestamp"], body):
                    self._say(401, {"error": "BAD_SIGNATURE"})
                    return
                told = json.loads(body)
                if self.path.endswith("/status"):
                    self._status(told["key"])
                else:
                    self._send(told)

            def _status(self, key: str) -> None:
                gateway.asked[key] += 1
                if key not in gateway.messages:
                    self._say(404, {"error": "UNKNOWN"})
                    return
                self._say(200, {"id": f"ref-{key}", "state": "SENT", "at": "2026-11-23T02:30:05+00:00"})

            def _send(self, told: dict[str, Any]) -> None:
                done = gateway.take(told)
                if gateway.slow_s:
                    time.sleep(gateway.slow_s)
                if done in (LOST, DROPPED):
                    self.close_connection = True
                    self.connection.close()
                elif done == BUSY:
                    self._say(503, {"error": "LATER"})
                elif done == REFUSED:
                    self._say(400, {"error": "BAD_NUMBER"})
                else:
                    self._say(200, {"id": f"ref-{told['key']}"})

            def _say(self, status: int, told: dict[str, Any]) -> None:
                raw = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
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
