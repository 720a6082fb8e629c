"""A real SMTP server on loopback (aiosmtpd) that can be made to refuse, to put off, and to vanish after the mail."""

import logging
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

# the server's own log is the provider's: ours is what the tests look into
logging.getLogger("mail.log").addFilter(lambda _record: False)


@dataclass
class Taken:
    """A mail as the server has it."""

    sender: str
    recipients: list[str]
    mail_options: list[str]
    recipient_options: list[str]
    content: bytes


@dataclass
class MailServer:
    """What the server does; `on_rcpt` and `on_data` give a reply, or None to take the mail."""

    host: str = "127.0.0.1"
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    on_mail: Callable[[str], str | None] = lambda _address: None
    on_rcpt: Callable[[str], str | None] = lambda _address: None
    on_data: Callable[[Taken], str | None] = lambda _mail: None
    is_vanishing: str = ""  # "after the mail": closes with the mail taken; "in the mail": before the closing dot
    sessions: int = 0
    lines: set[object] = field(default_factory=set)  # that are open


class _Server(SMTP):
    """aiosmtpd, with the extension DSN (RFC 3461) and a line that can be cut."""

    def __init__(self, handler: "_Handler", **options: object) -> None:
        super().__init__(handler, **options)
        self._mail = handler.server

    def connection_made(self, transport: object) -> None:
        self._mail.sessions += 1
        self._mail.lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._mail.lines.discard(self)
        super().connection_lost(error)

    async def smtp_MAIL(self, argument: str | None) -> None:  # noqa: N802
        self._options, argument = _without(argument, ("RET=", "ENVID="))
        await super().smtp_MAIL(argument)

    async def smtp_RCPT(self, argument: str | None) -> None:  # noqa: N802
        self._recipient_options, argument = _without(argument, ("NOTIFY=",))
        await super().smtp_RCPT(argument)

    async def smtp_DATA(self, argument: str) -> None:  # noqa: N802
        if self._mail.is_vanishing == "in the mail":
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(argument)


def _without(argument: str | None, names: tuple[str, ...]) -> tuple[list[str], str | None]:
    words = (argument or "").split(" ")
    return [word for word in words if word.startswith(names)], " ".join(w for w in words if not w.startswith(names))


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_EHLO(  # noqa: N802
        self, _smtp: _Server, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, smtp: _Server, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = self.server.on_mail(address)
        if refused:
            return refused
        envelope.mail_from = address
        envelope.mail_options.extend([*options, *smtp._options])
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, smtp: _Server, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = self.server.on_rcpt(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend([*options, *smtp._recipient_options])
        return "250 OK"

    async def handle_DATA(self, smtp: _Server, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = Taken(
            envelope.mail_from, list(envelope.rcpt_tos), list(envelope.mail_options), list(envelope.rcpt_options),
            envelope.content,
        )  # fmt: skip
        refused = self.server.on_data(mail)
        if refused:
            return refused
        self.server.taken.append(mail)
        if self.server.is_vanishing == "after the mail":
            smtp.transport.abort()
        return "250 2.0.0 taken"


class _Controller(Controller):
    def factory(self) -> _Server:
        return _Server(self.handler, **self.SMTP_kwargs)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, is_tls_from_start: bool = False, password: str = ""):
    """Start a server; `tls` with STARTTLS demanded, or from the first byte."""
    server = MailServer(port=free_port())
    options: dict[str, object] = {"enable_SMTPUTF8": True, "ident": "loopback"}
    if tls is not None and not is_tls_from_start:
        options |= {"tls_context": tls, "require_starttls": True}
    if password:

        def signed_in(
            _server: object, _session: object, _envelope: object, _mechanism: str, given: object
        ) -> AuthResult:
            return AuthResult(success=given.login == b"qingshou" and given.password == password.encode())

        options |= {"authenticator": signed_in, "auth_required": True, "auth_require_tls": tls is not None}
    controller = _Controller(
        _Handler(server), hostname=server.host, port=server.port, ready_timeout=10,
        ssl_context=tls if is_tls_from_start else None, **options,
    )  # fmt: skip
    controller.start()
    try:
        yield server
    finally:
        for line in list(server.lines):
            controller.loop.call_soon_threadsafe(line.transport.abort)
        deadline = time.monotonic() + 5
        while server.lines and time.monotonic() < deadline:
            time.sleep(0.01)
        controller.stop()
