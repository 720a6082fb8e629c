"""What stands in a mail that came in: a bounce, a receipt, an automatic answer, or a person's own words."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from uuid import UUID

from qingshou.features.contact.channels.base import Event, Incoming, Report
from qingshou.features.contact.channels.reading import event_ref, key_of
from qingshou.law.contact.terms import Channel

BODY_MAX = 20_000
# where the mail answered begins: our own words in it (退订, STOP) must not be taken for the person's
_QUOTED = re.compile(
    r"^\s*(>|-{2,}\s*(original message|原始邮件|原始郵件|转发邮件|轉寄郵件)|_{10,}\s*$|on .{5,200}wrote:\s*$"
    r"|(发件人|寄件者|寄件人|from)\s*[:：]\s*.*(@|<)|.{0,80}(写道|寫道)\s*[:：]\s*$)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"([^\s@<>()\[\]\\,;:\"\x00-\x1f]{1,64})@([^\W_](?:[\w.-]*[^\W_])?\.[^\W_][\w-]*)")
_ACTIONS = {"failed": "BOUNCED", "delivered": "DELIVERED", "relayed": "SENT", "expanded": "SENT"}


def events_of(raw: bytes, *, domain: str, now: datetime) -> list[Event]:
    """Return what a mail tells: reports of our messages, or one message of a person.

    Takes   domain   of our Message-IDs: `<key@domain>`
    Gives   list     empty for automatic answers (absence notes), and for delays, which change nothing
    """
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    own_id = _mail_id(mail, raw)
    kind = str(mail.get_param("report-type", "") or "").lower()
    if mail.get_content_type() == "multipart/report" and kind == "delivery-status":
        return list(_bounces(mail, own_id, domain, now))
    if mail.get_content_type() == "multipart/report" and kind == "disposition-notification":
        return list(_receipts(mail, own_id, domain, now))
    if _is_automatic(mail):
        return []
    return [
        Incoming(
            event_ref=own_id,
            channel=Channel.EMAIL,
            at=_date_of(mail, now),
            sender=parseaddr(str(mail.get("From", "")))[1],
            body=own_words(_text_of(mail))[:BODY_MAX],
            subject=str(mail.get("Subject", ""))[:500],
            in_reply_to=_answered_key(mail, domain),
        )
    ]


def own_words(text: str) -> str:
    """Return what stands above the mail answered."""
    kept = []
    for line in text.splitlines():
        if _QUOTED.match(line):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def _mail_id(mail: Message, raw: bytes) -> str:
    given = str(mail.get("Message-ID", "")).strip().strip("<>")
    return event_ref(given) if given else hashlib.sha256(raw).hexdigest()


def _is_automatic(mail: Message) -> bool:
    submitted = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return not submitted.startswith("no") or precedence in ("auto_reply", "bulk", "junk") or "X-Autoreply" in mail


def _date_of(mail: Message, now: datetime) -> datetime:
    """Return the time the mail names, or `now` when it names none, or one that lies ahead."""
    try:
        read = parsedate_to_datetime(str(mail.get("Date", "")))
    except ValueError:
        return now
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return min(read, now)


def _answered_key(mail: Message, domain: str) -> UUID | None:
    ids = re.findall(r"<([^<>\s]+)>", f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}")
    return next((key for one in ids if (key := _key_in(one, domain))), None)


def _key_in(mail_id: str, domain: str) -> UUID | None:
    local, _, place = mail_id.strip().strip("<>").partition("@")
    return key_of(local) if place.lower() == domain.lower() else None


def _bounces(mail: EmailMessage, own_id: str, domain: str, now: datetime) -> Iterator[Report]:
    """Read a delivery status notification (RFC 3464): one report for each recipient it names."""
    fields = _blocks(mail, "message/delivery-status")
    key = next((found for block in fields if (found := key_of(block.get("Original-Envelope-Id", "")))), None)
    key = key or _returned_key(mail, domain) or _answered_key(mail, domain)
    for index, block in enumerate(block for block in fields if "Action" in block):
        state = _ACTIONS.get(str(block["Action"]).strip().lower())
        status = _status(block)
        if state is None:
            continue
        if state == "BOUNCED" and status.startswith("4"):
            state = "FAILED"  # given up after trying: the address may be good
        yield Report(
            event_ref=event_ref(own_id) if index == 0 else event_ref(own_id, index),
            state=state,
            at=_date_of(mail, now),
            key=key,
            error_code="" if state in ("DELIVERED", "SENT") else status,
        )


def _status(block: Message) -> str:
    found = re.match(r"\s*(\d\.\d{1,3}\.\d{1,3})", str(block.get("Status", "")))
    return found.group(1) if found else ""


def _receipts(mail: EmailMessage, own_id: str, domain: str, now: datetime) -> Iterator[Report]:
    """Read a disposition notification (RFC 8098): the mail was displayed, or deleted unread."""
    for block in _blocks(mail, "message/disposition-notification"):
        if "displayed" in str(block.get("Disposition", "")).lower():
            key = _key_in(str(block.get("Original-Message-ID", "")), domain) or _answered_key(mail, domain)
            yield Report(event_ref=event_ref(own_id), state="READ", at=_date_of(mail, now), key=key)


def _blocks(mail: EmailMessage, content_type: str) -> list[Message]:
    """Return the groups of header fields in the parts of a kind."""
    blocks: list[Message] = []
    for part in mail.walk():
        if part.get_content_type() == content_type:
            payload = part.get_payload()
            if isinstance(payload, list):
                blocks += [block for block in payload if isinstance(block, Message)]
            else:
                raw = part.get_payload(decode=True)
                parsed = BytesParser(policy=policy.default).parsebytes(raw if isinstance(raw, bytes) else b"")
                blocks.append(parsed)
    return blocks


def _returned_key(mail: EmailMessage, domain: str) -> UUID | None:
    """Return the key out of our own mail, or its headers, sent back with the notification."""
    for part in mail.walk():
        if part.get_content_type() in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers"):
            payload = part.get_payload()
            if isinstance(payload, list):
                inner = payload[0]
            else:
                raw = part.get_payload(decode=True)
                inner = BytesParser(policy=policy.default).parsebytes(raw if isinstance(raw, bytes) else b"")
            if isinstance(inner, Message) and (key := _key_in(str(inner.get("Message-ID", "")), domain)):
                return key
    return None


def _text_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    data = raw if isinstance(raw, bytes) else b""
    try:
        text = data.decode(charset, errors="replace")
    except LookupError:
        text = data.decode("utf-8", errors="replace")
    return _plain(text) if part.get_content_type() == "text/html" else text


class _Plain(HTMLParser):
    """The visible text of a page, with its line breaks; what is quoted is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("blockquote", "style", "script"):
            self._hidden += 1
        if tag in ("br", "p", "div", "tr", "li"):
            self.kept.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("blockquote", "style", "script") and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.kept.append(data)


def _plain(page: str) -> str:
    parser = _Plain()
    parser.feed(page)
    return "".join(parser.kept)


def address(text: str, *, name: str = "") -> Address:
    """Return a mail address, its domain in the form of the wire (IDNA).

    Stops   ValueError, without the address in its words
    """
    read = _ADDRESS.fullmatch(text)
    if read is None or len(text) > 254:
        raise ValueError("no mail address")
    try:
        domain = read[2].encode("idna").decode()
        return Address(display_name=name, username=read[1], domain=domain)
    except (ValueError, MessageError, IndexError):
        raise ValueError("no mail address") from None
