"""A loopback IMAP4rev1 server, as far as reading a box needs it: LOGIN, SELECT, UID SEARCH, FETCH, STORE, LOGOUT."""

import re
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Box:
    port: int = 0
    password: str = "p@ss"
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    cuts_after_fetches: int = 0  # the line is cut after so many mails were fetched; 0: never
    fetches: int = 0


@contextmanager
def imap_server():
    box = Box()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

        def handle(self) -> None:
            self.say(b"* OK loopback IMAP4rev1")
            while line := self.rfile.readline():
                tag, _, rest = line.strip().partition(b" ")
                if not self.command(tag, rest):
                    return

        def command(self, tag: bytes, rest: bytes) -> bool:
            verb = rest.upper()
            if verb.startswith(b"CAPABILITY"):
                self.say(b"* CAPABILITY IMAP4rev1")
            elif verb.startswith(b"LOGIN"):
                if box.password.encode() not in rest:
                    self.say(tag + b" NO [AUTHENTICATIONFAILED] no")
                    return True
            elif verb.startswith(b"SELECT"):
                self.say(b"* %d EXISTS" % len(box.mails))
            elif verb.startswith(b"UID SEARCH"):
                unseen = [uid for uid in sorted(box.mails) if uid not in box.seen]
                self.say(b"* SEARCH " + " ".join(map(str, unseen)).encode())
            elif verb.startswith(b"UID FETCH"):
                if not self.fetch(rest):
                    return False
            elif verb.startswith(b"UID STORE"):
                box.seen.add(int(rest.split()[2]))
            elif verb.startswith(b"LOGOUT"):
                self.say(b"* BYE")
                self.say(tag + b" OK done")
                return False
            self.say(tag + b" OK done")
            return True

        def fetch(self, rest: bytes) -> bool:
            box.fetches += 1
            if box.cuts_after_fetches and box.fetches > box.cuts_after_fetches:
                return False
            uid = int(rest.split()[2])
            size = int(re.search(rb"<0\.(\d+)>", rest)[1])
            raw = box.mails[uid][:size]
            self.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, len(raw)) + raw)
            self.say(b")")
            return True

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
