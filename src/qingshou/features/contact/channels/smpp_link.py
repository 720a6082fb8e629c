"""One bound SMPP 3.4 connection: requests answered by sequence, what else comes in kept until it is asked for."""

import contextlib
import logging
import select
import socket
import ssl
import struct
import time
from typing import Any

from smpplib import client, exceptions, smpp

from qingshou.features.contact.channels.base import Unreachable

# smpplib writes whole PDUs, numbers and texts in them, into its log
_SILENT = "qingshou.contact.smpp_wire"
logging.getLogger(_SILENT).addFilter(lambda _record: False)
_ENQUIRE_S = 30.0  # an idle link is asked whether it lives
Broken = (
    exceptions.ConnectionError,
    exceptions.PDUError,
    exceptions.UnknownCommandError,
    OSError,
    struct.error,
    KeyError,
)


class _Client(client.Client):
    """smpplib's client, with the name of the host checked under TLS."""

    def _create_socket(self) -> Any:
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(self.timeout)
        return self._ssl_context.wrap_socket(plain, server_hostname=self.host) if self._ssl_context else plain


class SmppLink:
    """A connection bound as transceiver."""

    def __init__(
        self, *, host: str, port: int, system_id: str, password: str, system_type: str, tls: ssl.SSLContext | None,
        timeout_s: float,
    ) -> None:  # fmt: skip
        """Connect and bind; stops with Unreachable."""
        self._timeout_s = timeout_s
        self.waiting: list[Any] = []  # deliver_sm not yet acknowledged: unacknowledged, they come again
        self._client = _Client(
            host, port, timeout=timeout_s, logger_name=_SILENT, ssl_context=tls, allow_unknown_opt_params=True
        )
        try:
            self._client.connect()
            self._client.bind_transceiver(
                system_id=system_id, password=password, system_type=system_type, interface_version=0x34
            )
        except Broken as error:
            self.close()
            raise Unreachable(f"The SMS centre could not be bound to: {type(error).__name__}.") from None
        self._heard_at = time.monotonic()

    def request(self, command: str, **fields: Any) -> Any:
        """Make a request; it is sent by `post` and answered by `answer_to`."""
        return smpp.make_pdu(command, client=self._client, **fields)

    def post(self, pdu: Any) -> None:
        """Send a PDU whole; stops with one of Broken."""
        self._client.send_pdu(pdu)

    def answer_to(self, pdu: Any) -> Any:
        """Return the answer to a request; stops with one of Broken, or TimeoutError (an OSError)."""
        deadline = time.monotonic() + self._timeout_s
        while time.monotonic() < deadline:
            read = self._read(deadline - time.monotonic())
            if read is not None and read.sequence == pdu.sequence and read.is_response():
                return read
        raise TimeoutError

    def gather(self, seconds: float) -> None:
        """Read what comes in within some seconds into `waiting`; an idle link is kept alive."""
        if time.monotonic() - self._heard_at > _ENQUIRE_S:
            self.check()
        deadline = time.monotonic() + seconds
        while True:
            known = len(self.waiting)
            if self._read(max(0.0, deadline - time.monotonic())) is None and time.monotonic() >= deadline:
                return
            if len(self.waiting) > known:
                return

    def check(self) -> None:
        """Ask whether the other side lives (enquire_link)."""
        asked = self.request("enquire_link")
        self.post(asked)
        self.answer_to(asked)

    def is_idle(self) -> bool:
        """Return whether nothing was heard for so long that the link is to be checked before use."""
        return time.monotonic() - self._heard_at > _ENQUIRE_S

    def _read(self, seconds: float) -> Any:
        """Read one PDU if it comes in time, and deal with what is not for the caller."""
        wire = self._client._socket
        has_rest = isinstance(wire, ssl.SSLSocket) and wire.pending()
        if not has_rest and not select.select([wire], [], [], max(0.0, seconds))[0]:
            return None
        read = self._client.read_pdu()
        self._heard_at = time.monotonic()
        if read.command == "deliver_sm":
            self.waiting.append(read)
        elif read.command in ("enquire_link", "unbind"):
            self._respond(read, f"{read.command}_resp")
            if read.command == "unbind":
                raise exceptions.ConnectionError
        return read

    def _respond(self, to: Any, command: str) -> None:
        response = smpp.make_pdu(command, client=self._client)
        response.sequence = to.sequence
        self.post(response)

    def acknowledge(self, pdu: Any) -> None:
        """Tell the other side that a deliver_sm was kept."""
        self._respond(pdu, "deliver_sm_resp")
        self.waiting.remove(pdu)

    def close(self) -> None:
        """Unbind if possible, and close."""
        if self._client._socket is not None:
            with contextlib.suppress(*Broken):
                self._client.send_pdu(smpp.make_pdu("unbind", client=self._client))
            self._client.disconnect()
