"""Text messages by SMPP 3.4: one bound transceiver, receipts and messages read from the same line."""

import hashlib
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from qingshou.edges import clock
from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    CannotAsk,
    Event,
    Handed,
    Incoming,
    Outgoing,
    Rejected,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.features.contact.channels.gsm import PARTS_MAX, coded, text_of
from qingshou.features.contact.channels.reading import event_ref
from qingshou.features.contact.channels.smpp_link import Broken, SmppLink
from qingshou.law.contact.terms import Channel

_UDHI, _RECEIPT = 0x40, 0x3C  # bits of esm_class
_RECEIPT_WANTED, _NO_RECEIPT = 0x01, 0x00
# nothing was taken: queue full, throttled, a passing fault, a system error
_LATER = frozenset({0x08, 0x14, 0x58, 0x64})
_UNKNOWN_MESSAGE = frozenset({0x0C, 0x67})
_STATES = {1: "SENT", 2: "DELIVERED", 3: "FAILED", 4: "FAILED", 5: "FAILED", 6: "SENT", 7: "SENT", 8: "FAILED"}
_WORDS = {
    "ENROUTE": "SENT", "ACCEPTD": "SENT", "UNKNOWN": "SENT", "DELIVRD": "DELIVERED", "EXPIRED": "FAILED",
    "DELETED": "FAILED", "UNDELIV": "FAILED", "REJECTD": "FAILED",
}  # fmt: skip
_FIELD = re.compile(r"(id|done date|stat|err):\s*(\S*)", re.IGNORECASE)


class SmppSms:
    """A short message service centre. Asked by the id it gave: SMPP has no place for a key of ours."""

    code = "smpp"
    channels = frozenset({Channel.SMS})
    webhook_answer = WebhookAnswer()

    def __init__(
        self, *, host: str, port: int = 2775, system_id: str, password: str, system_type: str = "", sender: str = "",
        sender_ton: int = 5, sender_npi: int = 0, concatenation: str = "udh", receipt_id: str = "same",
        time_zone: str = "UTC", tls: bool = False, ca_file: str = "", timeout_s: float = 10.0,
        now: Callable[[], datetime] = clock.now,
    ) -> None:  # fmt: skip
        """Take the settings.

        Takes   concatenation   udh or sar: how a long text is told to be one
                receipt_id      same, hex_to_decimal or decimal_to_hex: centres that write ids in receipts otherwise
                time_zone       of the times in receipts
        """
        context = ssl.create_default_context(cafile=ca_file or None) if tls else None
        self._bind: dict[str, Any] = {
            "host": host, "port": port, "system_id": system_id, "password": password, "system_type": system_type,
            "tls": context, "timeout_s": timeout_s,
        }  # fmt: skip
        self._source = {"source_addr": sender, "source_addr_ton": sender_ton, "source_addr_npi": sender_npi}
        self._is_sar, self._receipt_id = concatenation == "sar", receipt_id
        self._zone, self._now = ZoneInfo(time_zone), now
        self._link: SmppLink | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<SmppSms {self._bind['host']}:{self._bind['port']}>"

    def _linked(self) -> SmppLink:
        """Return a link that lives; stops with Unreachable."""
        if self._link is not None and self._link.is_idle():
            try:
                self._link.check()
            except Broken:
                self._drop()
        if self._link is None:
            self._link = SmppLink(**self._bind)
        return self._link

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def close(self) -> None:
        """Unbind."""
        with self._lock:
            self._drop()

    def send(self, message: Outgoing) -> Handed:
        """Hand one text over, in as many parts as it takes; stops with Rejected, Unreachable or AnswerLost.

        A receipt is asked for the last part only, so that one message has one receipt.
        """
        text = coded(message.body)
        if len(text.parts) > PARTS_MAX:
            raise Rejected("The text is longer than 255 parts.", error_code="TOO_LONG")
        with self._lock:
            link, reference = self._linked(), ""
            for number in range(len(text.parts)):
                request = link.request("submit_sm", **self._fields(message, text.data_coding, text.parts, number))
                reference = self._submit(link, request, is_first=number == 0)
        return Handed(provider_ref=reference[:120])

    def _submit(self, link: SmppLink, request: Any, *, is_first: bool) -> str:
        try:
            link.post(request)
        except Broken as error:
            self._drop()
            # a PDU that was not written whole cannot have been read; but former parts were
            kind = Unreachable if is_first else AnswerLost
            raise kind(f"The SMS centre could not be written to: {type(error).__name__}.") from None
        try:
            answer = link.answer_to(request)
        except Broken as error:
            self._drop()
            raise AnswerLost(f"The SMS centre did not answer: {type(error).__name__}.") from None
        if answer.status == 0 and answer.command == "submit_sm_resp":
            return _text(answer.message_id)
        error_code = f"0x{answer.status:08X}"
        if not is_first:
            raise AnswerLost(f"A later part of the text was refused ({error_code}).", error_code=error_code)
        if answer.status in _LATER:
            raise Unreachable(f"The SMS centre asks to come back later ({error_code}).", error_code=error_code)
        raise Rejected(f"The SMS centre refused ({error_code}).", error_code=error_code)

    def _fields(self, message: Outgoing, coding: int, parts: tuple[bytes, ...], number: int) -> dict[str, Any]:
        fields: dict[str, Any] = {
            **self._source, "dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": message.to.lstrip("+"),
            "data_coding": coding, "short_message": parts[number], "esm_class": 0,
            "registered_delivery": _RECEIPT_WANTED if number == len(parts) - 1 else _NO_RECEIPT,
        }  # fmt: skip
        if len(parts) > 1 and self._is_sar:
            fields |= {
                "sar_msg_ref_num": message.key.int & 0xFFFF, "sar_total_segments": len(parts),
                "sar_segment_seqnum": number + 1,
            }  # fmt: skip
        elif len(parts) > 1:
            header = bytes([5, 0, 3, message.key.int & 0xFF, len(parts), number + 1])
            fields |= {"short_message": header + parts[number], "esm_class": _UDHI}
        return fields

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Return what became of a message by the centre's id (query_sm); None: the centre does not know it."""
        if not provider_ref:
            raise CannotAsk("An SMS centre finds a message by the id it gave, and that answer was lost.")
        with self._lock:
            link = self._linked()
            request = link.request("query_sm", message_id=provider_ref, **self._source)
            try:
                link.post(request)
                answer = link.answer_to(request)
            except Broken as error:
                self._drop()
                raise Unreachable(f"The SMS centre did not answer: {type(error).__name__}.") from None
        if answer.status in _UNKNOWN_MESSAGE:
            return None
        if answer.status != 0:
            raise Unreachable(f"The SMS centre would not tell (0x{answer.status:08X}).")
        state = _STATES.get(answer.message_state or 0, "SENT")
        return Report(
            event_ref=event_ref("query", provider_ref, state),
            state=state,
            at=_absolute(_text(answer.final_date), self._zone) or self._now(),
            key=key,
            provider_ref=provider_ref,
            error_code=str(answer.error_code or "") if state == "FAILED" else "",
        )

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Stop: receipts come over the line."""
        raise BadReport("SMPP reports over its own line, not by webhook.")

    def receive(self, *, handle: Callable[[Event], None], now: datetime, seconds: float = 0.0) -> int:
        """Read receipts and messages; each is acknowledged when `handle` has kept it, else it comes again.

        Parts of one long message are put together if they come within this call; else each is a message.
        """
        with self._lock:
            link, count = self._linked(), 0
            self._gather(link, seconds)
            while link.waiting:
                count += self._handle(link, handle, now, is_last=False)
                known = len(link.waiting)
                self._gather(link, min(seconds, 1.0) if known else 0.0)
                if known and len(link.waiting) == known:  # the rest of a long message did not come
                    count += self._handle(link, handle, now, is_last=True)
        return count

    def _gather(self, link: SmppLink, seconds: float) -> None:
        with self._guarded():
            link.gather(seconds)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Broken as error:
            self._drop()
            raise Unreachable(f"The line to the SMS centre broke: {type(error).__name__}.") from None

    def _handle(self, link: SmppLink, handle: Callable[[Event], None], now: datetime, *, is_last: bool) -> int:
        count = 0
        for group in _groups(link.waiting):
            total = max(_part_of(pdu)[2] for pdu in group)
            if len(group) < total and not is_last:
                continue
            whole = [group] if len(group) == total else [[pdu] for pdu in group]
            for pdus in whole:
                handle(self._event(pdus, now))
                count += 1
                with self._guarded():
                    for pdu in pdus:
                        link.acknowledge(pdu)
        return count

    def _event(self, pdus: list[Any], now: datetime) -> Event:
        first = pdus[0]
        if (first.esm_class or 0) & _RECEIPT:
            return self._receipt(first, now)
        body = "".join(text_of(_part_of(pdu)[3], pdu.data_coding or 0) for pdu in pdus)
        source = _text(first.source_addr)
        # deliver_sm bears no id: the same text from the same number within one hour is the same message
        digest = hashlib.sha256(
            f"{source}\x1f{_text(first.destination_addr)}\x1f{body}\x1f{now.astimezone(UTC):%Y%m%d%H}".encode()
        ).hexdigest()
        return Incoming(event_ref=digest, channel=Channel.SMS, at=now, sender=source.lstrip("+"), body=body)

    def _receipt(self, pdu: Any, now: datetime) -> Report:
        """Read a delivery receipt: its optional fields if it has them, else the text of SMPP 3.4, Appendix B."""
        words = {name.lower(): value for name, value in _FIELD.findall(_payload(pdu).decode("latin-1"))}
        reference = _text(pdu.receipted_message_id) or words.get("id", "")
        state = _STATES.get(pdu.message_state or 0) or _WORDS.get(words.get("stat", "").upper()[:7], "SENT")
        error = words.get("err", "")
        return Report(
            event_ref=event_ref("receipt", reference, state, words.get("done date", "")),
            state=state,
            at=_done(words.get("done date", ""), self._zone) or now,
            provider_ref=self._own_form(reference),
            error_code=f"{words.get('stat', '')} {error}".strip() if state == "FAILED" else "",
        )

    def _own_form(self, reference: str) -> str:
        """Return the id as the answer to submit_sm wrote it."""
        try:
            if self._receipt_id == "hex_to_decimal":
                return str(int(reference, 16))
            if self._receipt_id == "decimal_to_hex":
                return f"{int(reference):x}"
        except ValueError:
            return reference[:120]
        return reference[:120]


def _text(value: Any) -> str:
    """Return a field of a PDU as text, empty when it is not there."""
    return value.rstrip(b"\x00").decode("latin-1") if isinstance(value, bytes) else str(value or "")


def _payload(pdu: Any) -> bytes:
    return pdu.short_message or getattr(pdu, "message_payload", None) or b""


def _part_of(pdu: Any) -> tuple[int, int, int, bytes]:
    """Return reference, place (from 1), count and own octets of a part; a whole message is part 1 of 1."""
    octets = _payload(pdu)
    if (pdu.esm_class or 0) & _UDHI and octets:
        header, rest = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
        while len(header) >= 2:
            kind, size = header[0], header[1]
            value, header = header[2 : 2 + size], header[2 + size :]
            if kind == 0x00 and len(value) == 3:
                return value[0], value[2], value[1], rest
            if kind == 0x08 and len(value) == 4:
                return int.from_bytes(value[:2], "big"), value[3], value[2], rest
        return 0, 1, 1, rest
    if getattr(pdu, "sar_total_segments", None):
        return pdu.sar_msg_ref_num or 0, pdu.sar_segment_seqnum or 1, pdu.sar_total_segments, octets
    return 0, 1, 1, octets


def _groups(pdus: list[Any]) -> list[list[Any]]:
    """Return the parts of each message together, in their order; whole messages stand alone."""
    groups: dict[tuple[object, ...], list[Any]] = {}
    for pdu in pdus:
        reference, _place, total, _octets = _part_of(pdu)
        name = (pdu.source_addr, pdu.destination_addr, reference, total) if total > 1 else (id(pdu),)
        groups.setdefault(name, []).append(pdu)
    return [sorted(group, key=lambda pdu: _part_of(pdu)[1]) for group in groups.values()]


def _done(text: str, zone: ZoneInfo) -> datetime | None:
    for form in ("%y%m%d%H%M%S", "%y%m%d%H%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _absolute(text: str, zone: ZoneInfo) -> datetime | None:
    """Read an SMPP absolute time, YYMMDDhhmmsstnnp: nn quarter hours ahead (+) or behind (-) of UTC."""
    read = re.fullmatch(r"(\d{12})\d(\d\d)([+-])", text)
    if read is None:
        return _done(text[:12], zone)
    local = _done(read[1], zone)
    offset = timedelta(minutes=15 * int(read[2])) * (1 if read[3] == "+" else -1)
    return None if local is None else (local.replace(tzinfo=UTC) - offset)
