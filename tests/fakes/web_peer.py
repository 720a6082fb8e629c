"""A loopback HTTP peer: keeps every request as it came over the wire, answers what a test told it to."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: Message  # names in any case
    body: bytes


# what a request is answered with: status and body; "hang up" closes without an answer, "drop late" after the head
Answer = tuple[int, bytes] | str


@dataclass
class WebPeer:
    url: str
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    answer: Callable[[Request], Answer] | None = None

    def next_answer(self, request: Request) -> Answer:
        if self.answers:
            return self.answers.pop(0)
        return self.answer(request) if self.answer else (404, b"{}")


@contextmanager
def web_peer():
    peer = WebPeer(url="")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, parts.path, parts.query, self.headers, body)
            peer.requests.append(request)
            answer = peer.next_answer(request)
            if answer == "hang up":
                self.close_connection = True
                self.connection.close()
                return
            status, content = answer
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    for method in ("GET", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
