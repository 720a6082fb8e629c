"""What every adapter is to the rest of the house: send, ask about what was sent, read what the provider reports.

Three ways a sending may fail, and they must not be mixed up: `Rejected` (the provider said no), `Unreachable` (nothing
was handed over, so it may be tried again) and `AnswerLost` (it may have been accepted: never sent again unasked).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from qingshou.kernel.errors import Conflict, QingshouError
from qingshou.law.contact.terms import Channel


class Rejected(QingshouError):
    """The provider refused the message for good; `error_code` is the provider's own code."""

    code = "PROVIDER_REJECTED"
    http_status = 502
    exit_code = 69

    def __init__(self, message: str, *, error_code: str = "", **fields: object) -> None:
        super().__init__(message, error_code=error_code, **fields)
        self.error_code = error_code[:60]


class Unreachable(QingshouError):
    """Nothing was handed over: the provider could not be reached, or said to come back later."""

    code = "PROVIDER_UNREACHABLE"
    http_status = 503
    exit_code = 69


class AnswerLost(QingshouError):
    """The message may have been accepted: the answer was lost."""

    code = "PROVIDER_ANSWER_LOST"
    http_status = 504
    exit_code = 69


class CannotAsk(QingshouError):
    """This provider cannot be asked what became of a message: a person must decide."""

    code = "PROVIDER_CANNOT_BE_ASKED"
    http_status = 409
    exit_code = 69


class BadSignature(QingshouError):
    """A report whose signature is missing, wrong or too old."""

    code = "BAD_SIGNATURE"
    http_status = 401
    exit_code = 77


class BadReport(QingshouError):
    """A report that cannot be read."""

    code = "BAD_REPORT"
    http_status = 400
    exit_code = 65


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent. `repr` shows no personal value."""

    key: UUID  # our id of the message: the same at every try, and what the provider is asked by
    channel: Channel
    to: str = field(repr=False)  # number (E.164 digits), address, account
    body: str = field(repr=False)
    subject: str = field(default="", repr=False)
    to_name: str = field(default="", repr=False)
    language: str = "zh-hans"
    reply_to: str = ""
    template_ref: str = ""  # the provider's own name of an approved template, where it wants one (Aliyun)
    template_values: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """The provider has it. `state` is SENT, or DELIVERED where nothing further will be heard (a spool, a printer)."""

    provider_ref: str
    state: str = "SENT"


@dataclass(frozen=True, slots=True)
class Report:
    """A state of a message that a provider reports. `key` or `provider_ref` says which."""

    event_ref: str
    state: str  # SENT, DELIVERED, READ, FAILED, BOUNCED
    at: datetime
    key: UUID | None = None
    provider_ref: str = ""
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from outside."""

    event_ref: str
    channel: Channel
    at: datetime
    sender: str = field(repr=False)
    body: str = field(repr=False)
    subject: str = field(default="", repr=False)
    in_reply_to: UUID | None = None  # our key, where the provider tells
    in_reply_to_ref: str = ""  # the provider's id of our message


Event = Report | Incoming


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a provider wants to read once its report is kept; anything but HTTP 200 makes it come again."""

    content_type: str = "application/json"
    body: bytes = b'{"code": 0, "msg": "OK"}'


class NoAdapter(Conflict):
    """Nothing serves this channel for this lender: the settings choose none."""

    code = "NO_ADAPTER_CHOSEN"


class Adapter(Protocol):
    """One provider on one or several channels.

    Adapters that are told nothing by webhook, but hold a line open or look into a box (SMPP, e-mail), also are
    `Listener`s. `ask` takes the number and the time of sending too: some providers find a message by nothing else.
    """

    code: str
    channels: frozenset[Channel]
    webhook_answer: WebhookAnswer

    def send(self, message: Outgoing) -> Handed:
        """Hand one message over; stops with Rejected, Unreachable or AnswerLost."""
        ...

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Return what became of a message; None: never received. Stops with CannotAsk, Unreachable."""
        ...

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Return what a provider reports; stops with BadSignature, BadReport."""
        ...


class Listener(Protocol):
    """What reports and messages are read from by ourselves instead of being pushed to a webhook."""

    code: str

    def receive(self, *, handle: Callable[[Event], None], now: datetime, seconds: float = 0.0) -> int:
        """Give every waiting event to `handle`, and acknowledge it only when `handle` has returned.

        Gives   int   how many events were handled
        Stops   Unreachable
        """
        ...
