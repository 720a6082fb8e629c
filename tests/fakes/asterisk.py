"""A loopback Asterisk: the part of ARI (REST and WebSocket on one port) that calls are made by.

A test moves it: `picks_up`, `answers`, `ends`; it keeps what was asked of it, and sends the events that are documented.
"""

import base64
import hashlib
import json
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


@dataclass
class Exchange:
    url: str = ""
    at: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-11-25T11:00:00+08:00"))
    channels: dict[str, dict] = field(default_factory=dict)
    bridges: dict[str, list[str]] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)  # recordings
    stored: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, dict]] = field(default_factory=list)
    originated: list[dict] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)  # end of a channel's id -> status of its origination
    keeps_up: dict[str, int] = field(default_factory=dict)  # end of a channel's id -> status of hanging it up
    lines: list = field(default_factory=list)
    connects: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def event(self, kind: str, channel: str = "", **more: object) -> None:
        """Send an event to whoever listens; nobody listening, it is lost, as with the real one."""
        stamp = self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond // 1000:03d}" + self.at.strftime("%z")
        told = {"type": kind, "application": "qingshou", "asterisk_id": "loop", "timestamp": stamp, **more}
        if channel:
            told["channel"] = dict(self.channels[channel])
        raw = json.dumps(told).encode()
        head = b"\x81" + (bytes([len(raw)]) if len(raw) < 126 else b"\x7e" + struct.pack(">H", len(raw)))
        with self.lock:
            for line in list(self.lines):
                try:
                    line.sendall(head + raw)
                except OSError:
                    self.lines.remove(line)

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def picks_up(self, channel: str) -> None:
        """The telephone is picked up: the channel enters the application."""
        self.becomes(channel, "Up")
        self.event("StasisStart", channel, args=self.channels[channel]["_args"])

    def becomes(self, channel: str, state: str) -> None:
        self.channels[channel]["state"] = state
        self.event("ChannelStateChange", channel)

    def ends(self, channel: str, cause: int = 16) -> None:
        """The channel goes: a request to hang up, and the end."""
        # under the lock: whoever is told of it may hang the same channel up at once, in another thread
        with self.lock:
            if channel not in self.channels:
                return
            self.event("ChannelHangupRequest", channel, cause=cause)
            self.event("ChannelDestroyed", channel, cause=cause, cause_txt="")
            self.channels.pop(channel)

    def cuts(self) -> None:
        """The line of events breaks."""
        with self.lock:
            for line in self.lines:
                line.shutdown(2)
            self.lines.clear()

    def waits(self, condition) -> bool:
        """Return whether a condition came true in the end."""
        deadline = time.monotonic() + 30
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.005)
        return bool(condition())

    def answer(self, method: str, path: str, body: dict, query: dict) -> tuple[int, bytes]:
        parts = path.removeprefix("/ari/").split("/")
        match (method, *parts):
            case ("GET", "channels"):
                return 200, json.dumps(list(self.channels.values())).encode()
            case ("POST", "channels", channel):
                return self._originate(channel, body)
            case ("GET", "channels", channel, "variable"):
                held = self.channels.get(channel)
                if held is None:
                    return 404, b'{"message": "Channel not found"}'
                return 200, json.dumps({"value": held["_variables"][query["variable"][0]]}).encode()
            case ("DELETE", "channels", channel):
                kept = next((status for end, status in self.keeps_up.items() if channel.endswith(end)), 0)
                if kept:
                    return kept, b'{"message": "Internal error"}'
                if channel not in self.channels:
                    return 404, b'{"message": "Channel not found"}'
                self.ends(channel)
                return 204, b""
            case ("POST", "bridges", bridge):
                status = 409 if bridge in self.bridges else 200
                self.bridges.setdefault(bridge, [])
                return status, b"{}"
            case ("POST", "bridges", bridge, "addChannel"):
                wanted = body["channel"].split(",")
                if any(channel not in self.channels for channel in wanted):
                    return 400, b'{"message": "Channel not found"}'
                self.bridges[bridge] = wanted
                return 204, b""
            case ("POST", "bridges", bridge, "record"):
                if bridge not in self.bridges:
                    return 404, b"{}"
                if body["name"] in self.live or body["name"] in self.stored:
                    return 409, b"{}"
                self.live.add(body["name"])
                return 201, json.dumps({"name": body["name"], "format": body["format"], "state": "recording"}).encode()
            case ("DELETE", "bridges", bridge):
                if self.bridges.pop(bridge, None) is None:
                    return 404, b"{}"
                self._finish(bridge)
                return 204, b""
            case ("POST", "recordings", "live", name, "stop"):
                if name not in self.live:
                    return 404, b"{}"
                self._finish(name)
                return 204, b""
            case ("GET", "recordings", "stored", name):
                known = name in self.stored
                return (200, json.dumps({"name": name, "format": "wav"}).encode()) if known else (404, b"{}")
            case ("GET", "recordings", "stored", name, "file"):
                return (200, self.stored[name]) if name in self.stored else (404, b"{}")
            case ("DELETE", "recordings", "stored", name):
                return (204, b"") if self.stored.pop(name, None) else (404, b"{}")
        return 404, b"{}"

    def _originate(self, channel: str, body: dict) -> tuple[int, bytes]:
        refused = next((status for end, status in self.refuses.items() if channel.endswith(end)), 0)
        if refused:
            return refused, b'{"message": "Allocation failed"}'
        if channel in self.channels:
            return 409, b'{"message": "Channel with given unique ID already exists"}'
        self.originated.append({"id": channel, **body})
        self.channels[channel] = {
            "id": channel, "name": body["endpoint"] + "-1", "state": "Down", "_args": body["appArgs"].split(","),
            "_variables": body["variables"], "caller": {"name": "", "number": ""},
        }  # fmt: skip
        return 200, json.dumps(self.channels[channel]).encode()

    def _finish(self, name: str) -> None:
        if name in self.live:
            self.live.discard(name)
            self.stored[name] = WAV
            self.event("RecordingFinished", recording={"name": name, "format": "wav", "state": "done"})


@contextmanager
def asterisk(*, user: str = "qingshou", password: str = "secret"):  # noqa: S107
    exchange = Exchange()
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") != wanted:
                self.say(401, b"{}")
            elif parts.path == "/ari/events" and self.headers.get("Upgrade", "").lower() == "websocket":
                self.listen()
            else:
                body, query = json.loads(raw or b"{}"), parse_qs(parts.query)
                exchange.requests.append((self.command, self.path, body))
                self.say(*exchange.answer(self.command, parts.path, body, query))

        def say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def listen(self) -> None:
            key = self.headers["Sec-WebSocket-Key"] + _GUID
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())  # noqa: S324
            self.end_headers()
            with exchange.lock:
                exchange.lines.append(self.connection)
                exchange.connects += 1
            self.close_connection = True
            try:
                while self.opcode_of_next_frame() not in (None, 0x08):  # until the other side closes
                    continue
            except OSError:
                return
            finally:
                with exchange.lock:
                    if self.connection in exchange.lines:
                        exchange.lines.remove(self.connection)

        def opcode_of_next_frame(self) -> int | None:
            """Read one whole frame of the client (small and masked: pings, pongs and the close)."""
            head = self.rfile.read(2)
            if len(head) < 2:
                return None
            self.rfile.read(4 + (head[1] & 0x7F))
            return head[0] & 0x0F

    for method in ("GET", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    exchange.url = f"http://127.0.0.1:{server.server_port}/ari"
    try:
        yield exchange
    finally:
        exchange.cuts()
        server.shutdown()
        server.server_close()
        thread.join()
