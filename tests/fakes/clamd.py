"""A virus scanner that speaks clamd's INSTREAM on loopback, as clamd(8) tells it: zINSTREAM or nINSTREAM, chunks of
four bytes of length and content, a chunk of length zero, one answer. It finds the test file every scanner finds."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# in two halves, so that no scanner of a reader's machine takes this file for one
FOUND = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Scanning(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        command = self.rfile.read(1)
        end = {b"z": b"\0", b"n": b"\n"}[command]
        name = bytearray()
        while (one := self.rfile.read(1)) != end:
            name += one
        if bytes(name) != b"INSTREAM" or server.is_silent:
            return
        content = bytearray()
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > server.bytes_max:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR" + end)
                return
        server.seen.append(bytes(content))
        said = b"stream: Eicar-Test-Signature FOUND" if FOUND in content else b"stream: OK"
        self.wfile.write((server.says or said) + end)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, bytes_max: int, says: bytes, is_silent: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Scanning)
        self.bytes_max, self.says, self.is_silent = bytes_max, says, is_silent
        self.seen: list[bytes] = []

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


@contextmanager
def scanning(*, bytes_max: int = 25 << 20, says: bytes = b"", is_silent: bool = False) -> Iterator[_Server]:
    """Run a scanner. `bytes_max`: its StreamMaxLength; `says`: what it answers whatever it sees; `is_silent`: it hangs
    up without a word."""
    with _Server(bytes_max=bytes_max, says=says, is_silent=is_silent) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
