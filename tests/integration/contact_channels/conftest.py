"""Loopback peers that speak the providers' protocols, and messages with values that must never be seen elsewhere."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tests.fakes.web_peer import WebPeer, web_peer

from qingshou.features.contact.channels.base import Outgoing
from qingshou.law.contact.terms import Channel

NOW = datetime(2026, 11, 25, 3, 0, 0, tzinfo=UTC)
CANARY_NUMBER = "8613912345678"
CANARY_NAME = "王金丝雀"
CANARY_BODY = "尊敬的王金丝雀，您有一笔款项待还。"
CANARIES = (CANARY_NUMBER, CANARY_NUMBER[2:], CANARY_NAME, CANARY_BODY, "canary@debtor.example")


@pytest.fixture
def web() -> Iterator[WebPeer]:
    with web_peer() as peer:
        yield peer


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    """Closes what a test opened."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def message():
    """Make a message; each call another key."""

    def make(channel: Channel = Channel.SMS, **fields: object) -> Outgoing:
        given = {
            "key": uuid4(),
            "to": "canary@debtor.example" if channel is Channel.EMAIL else CANARY_NUMBER,
            "body": CANARY_BODY,
            "to_name": CANARY_NAME,
            "subject": f"{CANARY_NAME} 还款提醒" if channel is Channel.EMAIL else "",
        }
        return Outgoing(channel=channel, **{**given, **fields})

    return make


@pytest.fixture
def silent(caplog: pytest.LogCaptureFixture):
    """Return a check that no canary is in the log (at every level), nor in the words and fields of an error."""
    caplog.set_level(logging.DEBUG)

    def check(*shown: object) -> None:
        for record in caplog.records:
            record.exc_text = None
        text = caplog.text + "".join(str(record.args) for record in caplog.records)
        for thing in shown:
            error: BaseException | None = thing if isinstance(thing, BaseException) else None
            while error is not None:
                fields = getattr(error, "fields", {})
                text += f"{error!s}{error!r}{fields!r}"
                error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            text += f"{thing!s}{thing!r}"
        assert [canary for canary in CANARIES if canary in text] == []

    return check


@pytest.fixture
def key() -> UUID:
    return UUID("11111111-2222-4333-8444-555555555555")
