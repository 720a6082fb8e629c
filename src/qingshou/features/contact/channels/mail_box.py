"""Mail that comes in: a Maildir folder, or a box on an IMAP server. Read once each, marked only after it was kept."""

import imaplib
import mailbox
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from qingshou.features.contact.channels.base import Event, Unreachable
from qingshou.features.contact.channels.mail_text import events_of
from qingshou.features.contact.channels.web_peer import checked_url

# of a larger mail no more than this is read: what a person wrote stands at its head
MAIL_MAX_BYTES = 5 << 20


class MailBox(Protocol):
    """Where mail comes in."""

    def read_new(self, *, handle: Callable[[Event], None], domain: str, now: datetime) -> int:
        """Give the events of every new mail to `handle`; a mail is marked only when all were kept.

        Killed in between, the mail is read again: its events bear the same names (Message-ID), so they are kept once.
        """
        ...


class MaildirBox:
    """A Maildir that a mail server on the same machine fills."""

    def __init__(self, *, path: str) -> None:
        self._path = Path(path)

    def read_new(self, *, handle: Callable[[Event], None], domain: str, now: datetime) -> int:
        """Read what lies in `new`, oldest first, and move it to `cur` with the flag S (seen)."""
        if not (self._path / "new").is_dir():
            raise Unreachable("The Maildir of the settings does not exist.")
        box = mailbox.Maildir(str(self._path), create=False)
        count = 0
        for name in sorted(box.iterkeys(), key=lambda key: (key.split(".")[0].zfill(20), key)):
            entry = box.get_message(name)
            if entry.get_subdir() != "new":
                continue
            for event in events_of(box.get_bytes(name)[:MAIL_MAX_BYTES], domain=domain, now=now):
                handle(event)
                count += 1
            entry.set_subdir("cur")
            entry.add_flag("S")
            box[name] = entry
        return count


class ImapBox:
    """A box on an IMAP server; `imaps://user:password@host/INBOX`."""

    def __init__(self, *, url: str, ca_file: str = "", timeout_s: float = 20.0) -> None:
        checked_url(url, setting="EMAIL.incoming.url", schemes=("imap", "imaps"))
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._is_tls = parts.scheme == "imaps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._box, self._ca_file, self._timeout_s = unquote(parts.path.strip("/")) or "INBOX", ca_file, timeout_s

    def __repr__(self) -> str:
        return f"<ImapBox {self._host}>"

    def _signed_in(self) -> imaplib.IMAP4:
        if self._is_tls:
            context = ssl.create_default_context(cafile=self._ca_file or None)
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self._host, self._port or 993, ssl_context=context, timeout=self._timeout_s
            )
        else:
            server = imaplib.IMAP4(self._host, self._port or 143, timeout=self._timeout_s)
        try:
            server.login(self._user, self._password)
            server.select(self._box)
        except (OSError, imaplib.IMAP4.error):
            server.shutdown()
            raise
        return server

    def read_new(self, *, handle: Callable[[Event], None], domain: str, now: datetime) -> int:
        """Read what is not marked \\Seen, and mark each when it was kept."""
        try:
            server = self._signed_in()
        except (OSError, imaplib.IMAP4.error) as error:
            raise Unreachable(f"The mail box could not be opened: {type(error).__name__}.") from None
        try:
            return self._read(server, handle, domain, now)
        except (imaplib.IMAP4.error, OSError) as error:
            raise Unreachable(f"The mail box broke off: {type(error).__name__}.") from None
        finally:
            _leave(server)

    def _read(self, server: imaplib.IMAP4, handle: Callable[[Event], None], domain: str, now: datetime) -> int:
        count = 0
        _state, found = server.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").decode().split():
            _state, fetched = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAIL_MAX_BYTES}>)")
            raw = next((part[1] for part in fetched if isinstance(part, tuple)), None)
            if raw is None:
                continue
            for event in events_of(raw, domain=domain, now=now):
                handle(event)
                count += 1
            server.uid("STORE", uid, "+FLAGS", "(\\Seen)")
        return count


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (OSError, imaplib.IMAP4.error):
        server.shutdown()
