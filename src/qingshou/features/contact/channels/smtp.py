"""E-mail by SMTP. Signing by DKIM is left to the relay, which holds the domain's key."""

import html
import re
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from qingshou.edges import clock
from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    CannotAsk,
    Event,
    Handed,
    Outgoing,
    Rejected,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.features.contact.channels.mail_box import MailBox
from qingshou.features.contact.channels.mail_text import address
from qingshou.kernel.errors import Misconfigured
from qingshou.law.contact.terms import Channel

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


class SmtpMail:
    """Hands mails to a relay over one connection that is kept open, and reads what comes back to the box."""

    code = "smtp"
    channels = frozenset({Channel.EMAIL})
    webhook_answer = WebhookAnswer()

    def __init__(
        self, *, url: str, sender: str, sender_name: str = "", reply_to: str = "", bounce_to: str = "",
        domain: str = "", unsubscribe: str = "", ca_file: str = "", box: MailBox | None = None,
        timeout_s: float = 20.0, now: Callable[[], datetime] = clock.now,
    ) -> None:  # fmt: skip
        """Take the settings.

        Takes   url           smtp://host:25, smtp+tls:// (STARTTLS demanded) or smtps://, with user:password@
                bounce_to     envelope sender: where notifications of failure go; default: the sender
                domain        right part of Message-IDs; default: of the sender
                unsubscribe   address or https page for List-Unsubscribe
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise Misconfigured("EMAIL.url must be like smtp+tls://user:password@relay.example:587.")
        self._scheme, self._host, self._port = parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        try:
            self._from = address(sender, name=sender_name)
        except ValueError:
            raise Misconfigured("EMAIL.from must be a mail address.") from None
        self._reply_to, self._bounce_to, self._unsubscribe = reply_to, bounce_to or sender, unsubscribe
        self._domain, self._ca_file, self._box = domain or self._from.domain, ca_file, box
        self._timeout_s, self._now = timeout_s, now
        self._link: smtplib.SMTP | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<SmtpMail {self._host}:{self._port}>"

    def send(self, message: Outgoing) -> Handed:
        """Hand one mail over; stops with Rejected, Unreachable or AnswerLost."""
        mail, recipient = self._mail(message)
        is_utf8 = not recipient.isascii()
        raw = mail.as_bytes(policy=SMTPUTF8 if is_utf8 else SMTP)
        with self._lock:
            try:
                link = self._linked()
                self._envelope(link, recipient, message.key, is_utf8)
                _refuse_unless(link.docmd("DATA"), 354)
                body = _dots_doubled(raw)
                link.send(body if body.endswith(b"\r\n") else body + b"\r\n")
            except Rejected:
                self._clear()
                raise
            except Unreachable:
                self._drop()
                raise
            except (OSError, smtplib.SMTPException) as error:
                # the closing dot was never sent: by RFC 5321, 4.1.1.4 the relay holds nothing
                self._drop()
                raise Unreachable(f"The mail relay could not be used: {type(error).__name__}.") from None
            self._finish(link)
        return Handed(provider_ref=f"{message.key}@{self._domain}")

    def _finish(self, link: smtplib.SMTP) -> None:
        """Send the closing dot; from here on a broken line means that the mail may have been taken."""
        try:
            link.send(b".\r\n")
            reply = link.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise AnswerLost(f"The mail relay did not answer after the mail: {type(error).__name__}.") from None
        try:
            _refuse_unless(reply, 250)
        except Unreachable:
            self._drop()
            raise

    def _envelope(self, link: smtplib.SMTP, recipient: str, key: UUID, is_utf8: bool) -> None:
        from_options, to_options = [], []
        if is_utf8:
            if not link.has_extn("smtputf8"):
                raise Rejected("The relay takes no addresses in other than Latin letters.", error_code="SMTPUTF8")
            from_options += ["SMTPUTF8", "BODY=8BITMIME"]
        if link.has_extn("dsn"):
            from_options += ["RET=HDRS", f"ENVID={key}"]
            to_options = ["NOTIFY=SUCCESS,FAILURE"]
        _refuse_unless(link.mail(self._bounce_to, from_options), 250)
        _refuse_unless(link.rcpt(recipient, to_options), 250, 251)

    def _linked(self) -> smtplib.SMTP:
        """Return a connection that answers, signed in; a new one when the last has gone."""
        if self._link is not None:
            try:
                if self._link.noop()[0] == 250:
                    return self._link
            except (OSError, smtplib.SMTPException):
                pass  # an idle connection may be closed at any time: a new one is made
            self._drop()
        context = ssl.create_default_context(cafile=self._ca_file or None)
        if self._scheme == "smtps":
            link: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=context)
        else:
            link = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        self._link = link
        link.ehlo_or_helo_if_needed()
        if self._scheme == "smtp+tls":
            link.starttls(context=context)
            link.ehlo_or_helo_if_needed()
        if self._user:
            link.login(self._user, self._password)
        return link

    def _clear(self) -> None:
        """Forget the refused mail, keeping the connection if it still answers."""
        try:
            if self._link is not None:
                self._link.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def close(self) -> None:
        """Say goodbye to the relay."""
        with self._lock:
            if self._link is not None:
                with suppress(OSError, smtplib.SMTPException):  # it may have gone first
                    self._link.quit()
            self._drop()

    def _mail(self, message: Outgoing) -> tuple[EmailMessage, str]:
        """Return the mail and the bare address it goes to."""
        try:
            to = address(message.to, name=_one_line(message.to_name))
            reply_to = address(message.reply_to or self._reply_to) if message.reply_to or self._reply_to else None
        except ValueError:
            raise Rejected("The mail address cannot be one.", error_code="BAD_ADDRESS") from None
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = self._from, to, _one_line(message.subject)
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{message.key}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        language = _LANGUAGES.get(message.language, message.language)
        if reply_to is not None:
            mail["Reply-To"] = reply_to
        if self._unsubscribe:
            is_page = self._unsubscribe.startswith("https://")
            target = self._unsubscribe if is_page else f"mailto:{self._unsubscribe}?subject={quote('unsubscribe')}"
            mail["List-Unsubscribe"] = f"<{target}>"
        coding = "base64" if _is_mostly_wide(message.body) else "quoted-printable"
        mail.set_content(message.body, charset="utf-8", cte=coding)
        mail.add_alternative(_page(message.body, language), subtype="html", charset="utf-8", cte=coding)
        mail["Content-Language"] = language  # last: what is set before goes to the first part
        return mail, to.addr_spec

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Stop: SMTP knows no question about a mail."""
        raise CannotAsk("A mail relay cannot be asked what became of a mail; look into its log by the Message-ID.")

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Stop: mail comes back as mail."""
        raise BadReport("E-mail reports nothing by webhook: bounces and answers are read from the mail box.")

    def receive(self, *, handle: Callable[[Event], None], now: datetime, seconds: float = 0.0) -> int:
        """Read new mail in the box of the settings, if there is one."""
        return self._box.read_new(handle=handle, domain=self._domain, now=now) if self._box else 0


def _refuse_unless(reply: tuple[int, bytes], *wanted: int) -> None:
    """Stop with what a reply means; its words may repeat the address, so only its codes are kept."""
    code, words = reply
    if code in wanted:
        return
    enhanced = re.match(rb"\s*(\d\.\d{1,3}\.\d{1,3})", words or b"")
    error_code = f"{code} {enhanced.group(1).decode()}" if enhanced else str(code)
    if 500 <= code < 600:
        raise Rejected(f"The mail relay refused ({error_code}).", error_code=error_code)
    raise Unreachable(f"The mail relay asks to come back later ({error_code}).", error_code=error_code)


def _dots_doubled(raw: bytes) -> bytes:
    """Double every dot at the head of a line (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", raw)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_mostly_wide(text: str) -> bool:
    return sum(not character.isascii() for character in text) * 3 > len(text)


def _page(text: str, language: str) -> str:
    """Return the text as a plain page: the same words, in a font the reader's program chooses."""
    paragraphs = "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n"))
    return f'<!DOCTYPE html><html lang="{html.escape(language)}"><body>{paragraphs}</body></html>'
