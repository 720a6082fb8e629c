"""Messages as files in a folder, for gateways that read files, and for the demo, where nothing may leave the house."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

from qingshou.edges import clock
from qingshou.features.book.intake.atomic import write_bytes
from qingshou.features.book.intake.errors import StorageFull
from qingshou.features.contact.channels.base import (
    BadReport,
    Event,
    Handed,
    Outgoing,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.law.contact.terms import WRITTEN, Channel


class Spool:
    """One file a message, named by its key: the same message twice is one file."""

    code = "spool"
    channels = frozenset(WRITTEN)
    webhook_answer = WebhookAnswer()

    def __init__(
        self, *, folder: str, sender: str = "qingshou@localhost", now: Callable[[], datetime] = clock.now
    ) -> None:
        self._folder, self._sender, self._now = Path(folder), sender, now

    def __repr__(self) -> str:
        return "<Spool>"

    def send(self, message: Outgoing) -> Handed:
        """Write the file, whole or not at all; stops with Unreachable when the folder cannot be written."""
        path = self._path(message.key, message.channel)
        content = self._mail(message) if message.channel is Channel.EMAIL else self._record(message)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                write_bytes(path, content, mode=0o600)
        except (OSError, StorageFull) as error:
            why = error.message if isinstance(error, StorageFull) else f"{error.strerror}."
            raise Unreachable(f"The spool folder cannot be written: {why}") from None
        return Handed(provider_ref=path.name)

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Return SENT when the file lies in the folder, None when it never did (or a gateway has taken it away)."""
        for channel in (Channel.EMAIL, Channel.SMS):
            path = self._path(key, channel)
            if path.exists():
                written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                return Report(event_ref=f"spool:{key}", state="SENT", at=written_at, key=key, provider_ref=path.name)
        return None

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Stop: a folder reports nothing."""
        raise BadReport("The spool reports nothing by webhook.")

    def _path(self, key: UUID, channel: Channel) -> Path:
        return self._folder / f"{key}.{'eml' if channel is Channel.EMAIL else 'json'}"

    def _record(self, message: Outgoing) -> bytes:
        record = {
            "key": str(message.key),
            "channel": message.channel.value,
            "to": message.to,
            "to_name": message.to_name,
            "subject": message.subject,
            "text": message.body,
            "language": message.language,
            "template_ref": message.template_ref,
            "template_values": dict(message.template_values),
            "written_at": self._now().isoformat(),
        }
        return json.dumps(record, ensure_ascii=False, indent=1).encode()

    def _mail(self, message: Outgoing) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self._sender, " ".join(message.to.split())
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{message.key}@localhost>"
        mail.set_content(message.body, charset="utf-8")
        return mail.as_bytes()
