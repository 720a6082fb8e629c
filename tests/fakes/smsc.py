"""A loopback SMS centre that speaks SMPP 3.4, written from the specification and not from the client's library."""

import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

BIND, SUBMIT, DELIVER, QUERY, ENQUIRE, UNBIND = 0x09, 0x04, 0x05, 0x03, 0x15, 0x06
RESPONSE = 0x80000000


@dataclass
class Submitted:
    """One submit_sm as it came."""

    message_id: str
    source: str
    to: str
    esm_class: int
    registered: int
    coding: int
    octets: bytes
    optional: dict[int, bytes]


@dataclass
class Centre:
    """What the centre does and has. `statuses` are given to coming submit_sm in turn; then 0."""

    port: int = 0
    password: str = "secret"
    submitted: list[Submitted] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    is_silent: bool = False  # takes messages and says nothing
    cuts_after_submit: bool = False  # takes a message and closes the line
    queue: list[bytes] = field(default_factory=list)  # bodies of deliver_sm to send
    window: int = 10  # how many of them may be unacknowledged
    acknowledged: int = 0
    enquired: int = 0
    states: dict[str, tuple[int, int]] = field(default_factory=dict)  # id -> message_state, error
    binds: int = 0
    version: int = 0
    lines: list[socket.socket] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def push(self) -> None:
        """Send what is queued, as far as the window lets."""
        with self.lock:
            if not self.lines:
                return
            line = self.lines[-1]
            for number, body in enumerate(self.queue[: self.window]):
                line.sendall(pdu(DELIVER, 0, 1000 + number + self.acknowledged * 100, body))

    def waits_for(self, acknowledged: int) -> bool:
        """Return whether so many were acknowledged in the end."""
        deadline = time.monotonic() + 5
        while self.acknowledged < acknowledged and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.acknowledged == acknowledged

    def deliver(self, *bodies: bytes) -> None:
        """Queue deliver_sm and send them to who is bound."""
        with self.lock:
            self.queue += bodies
            self.push()


def pdu(command: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    return struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body


def c(text: str) -> bytes:
    return text.encode() + b"\x00"


def deliver_body(
    *,
    source: str,
    to: str = "QS",
    esm_class: int = 0,
    coding: int = 0,
    octets: bytes,
    optional: dict[int, bytes] | None = None,
) -> bytes:
    tlvs = b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in (optional or {}).items())
    return (
        c("") + bytes([1, 1]) + c(source) + bytes([5, 0]) + c(to) + bytes([esm_class, 0, 0]) + c("") + c("")
        + bytes([0, 0, coding, 0, len(octets)]) + octets + tlvs
    )  # fmt: skip


def receipt(message_id: str, stat: str, *, done: str = "2611251100", optional: dict[int, bytes] | None = None) -> bytes:
    text = f"id:{message_id} sub:001 dlvrd:001 submit date:2611251059 done date:{done} stat:{stat} err:011 text:..."
    return deliver_body(source="8613912345678", esm_class=0x04, octets=text.encode(), optional=optional)


class _Reader:
    def __init__(self, body: bytes) -> None:
        self.body, self.at = body, 0

    def string(self) -> str:
        end = self.body.index(b"\x00", self.at)
        read, self.at = self.body[self.at : end].decode(), end + 1
        return read

    def octet(self) -> int:
        self.at += 1
        return self.body[self.at - 1]

    def octets(self, count: int) -> bytes:
        self.at += count
        return self.body[self.at - count : self.at]

    def optional(self) -> dict[int, bytes]:
        read = {}
        while self.at < len(self.body):
            tag, size = struct.unpack(">HH", self.octets(4))
            read[tag] = self.octets(size)
        return read


def submitted(body: bytes, message_id: str) -> Submitted:
    read = _Reader(body)
    read.string(), read.octet(), read.octet()
    source = read.string()
    read.octet(), read.octet()
    to, esm_class = read.string(), read.octet()
    read.octet(), read.octet(), read.string(), read.string()
    registered, _replace, coding, _default, size = (read.octet() for _ in range(5))
    return Submitted(message_id, source, to, esm_class, registered, coding, read.octets(size), read.optional())


def _exactly(line: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        part = line.recv(count - len(read))
        if not part:
            raise ConnectionError
        read += part
    return read


def _serve(centre: Centre, line: socket.socket) -> None:
    with line:
        try:
            while True:
                size, command, _status, sequence = struct.unpack(">LLLL", _exactly(line, 16))
                if not _answer(centre, line, command, sequence, _exactly(line, size - 16)):
                    return
        except OSError:
            return
        finally:
            with centre.lock:
                if line in centre.lines:
                    centre.lines.remove(line)


def _answer(centre: Centre, line: socket.socket, command: int, sequence: int, body: bytes) -> bool:
    with centre.lock:
        if command == BIND:
            read = _Reader(body)
            _system, password, _kind, centre.version = read.string(), read.string(), read.string(), read.octet()
            centre.binds += 1
            is_right = password == centre.password
            line.sendall(pdu(RESPONSE | command, 0 if is_right else 0x0E, sequence, c("loopback") if is_right else b""))
            if is_right:
                centre.lines.append(line)
                centre.push()
            return is_right
        if command == SUBMIT:
            return _take(centre, line, sequence, body)
        if command == RESPONSE | DELIVER:
            centre.acknowledged += 1
            if centre.queue:
                centre.queue.pop(0)
            if centre.window == 1:
                centre.push()
        elif command == QUERY:
            message_id = _Reader(body).string()
            state = centre.states.get(message_id)
            told = c(message_id) + c("261125110000032+") + bytes(state) if state else b""
            line.sendall(pdu(RESPONSE | command, 0 if state else 0x0C, sequence, told))
        elif command == ENQUIRE:
            centre.enquired += 1
            line.sendall(pdu(RESPONSE | command, 0, sequence))
        elif command == UNBIND:
            line.sendall(pdu(RESPONSE | command, 0, sequence))
            return False
    return True


def _take(centre: Centre, line: socket.socket, sequence: int, body: bytes) -> bool:
    status = centre.statuses.pop(0) if centre.statuses else 0
    if status:
        line.sendall(pdu(RESPONSE | SUBMIT, status, sequence))
        return True
    message_id = f"m-{len(centre.submitted) + 1}"
    centre.submitted.append(submitted(body, message_id))
    if centre.cuts_after_submit:
        return False
    if not centre.is_silent:
        line.sendall(pdu(RESPONSE | SUBMIT, 0, sequence, c(message_id)))
    return True


@contextmanager
def smsc():
    centre = Centre()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        centre.port = listening.getsockname()[1]
        threads = []

        def accept() -> None:
            while True:
                try:
                    line, _address = listening.accept()
                except OSError:
                    return
                thread = threading.Thread(target=_serve, args=(centre, line), daemon=True)
                thread.start()
                threads.append(thread)

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield centre
        finally:
            with centre.lock:
                for line in list(centre.lines):
                    line.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(2)
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(2)
