"""The event stream of an Asterisk: what becomes of each call, put together from the events of its two legs."""

import base64
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, reconnect

from qingshou.edges import clock
from qingshou.features.contact.channels.ari import AGENT, PARTY, AriExchange, Leg
from qingshou.features.contact.channels.base import AnswerLost, Rejected, Unreachable
from qingshou.features.contact.channels.reading import key_of
from qingshou.law.contact.terms import Outcome

# the events hold numbers: the library's log, which shows frames, stays silent
_SILENT = logging.getLogger("qingshou.contact.ari_wire")
_SILENT.addFilter(lambda _record: False)
# shorter than this nothing can have been said
SPOKEN_MIN_S = 3
_CAUSES = {
    1: Outcome.NOT_IN_SERVICE, 2: Outcome.NOT_IN_SERVICE, 3: Outcome.NOT_IN_SERVICE, 22: Outcome.NOT_IN_SERVICE,
    26: Outcome.NOT_IN_SERVICE, 27: Outcome.NOT_IN_SERVICE, 28: Outcome.NOT_IN_SERVICE, 17: Outcome.BUSY,
    16: Outcome.NO_ANSWER, 18: Outcome.NO_ANSWER, 19: Outcome.NO_ANSWER, 20: Outcome.NO_ANSWER, 21: Outcome.NO_ANSWER,
    0: Outcome.NO_ANSWER,
}  # fmt: skip


class Step(StrEnum):
    """What happened to a call."""

    PICKED_UP = "PICKED_UP"  # by the collector; the person is being rung
    RINGING = "RINGING"
    ANSWERED = "ANSWERED"
    RECORDING_DONE = "RECORDING_DONE"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One step of one call. `outcome` is what the line shows; who was spoken with only the collector knows."""

    key: UUID
    step: Step
    at: datetime
    outcome: Outcome | None = None  # with ENDED
    duration_s: int = 0  # spoken, with ENDED
    cause: int = 0  # Q.850, with ENDED
    is_certain: bool = True  # False: the line to the exchange was down when it ended


@dataclass(slots=True)
class _Call:
    """What is known of a call that lasts."""

    answered_at: datetime | None = None
    is_rung: bool = False  # the person's telephone; once only, whatever happens
    seen_at: datetime | None = None


class _Line(reconnect):
    """A connection that follows no redirect."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def outcome_of(*, cause: int, spoken_s: int | None) -> Outcome:
    """Return how a call ended.

    Takes   cause      Q.850 cause of the person's leg
            spoken_s   seconds since it was answered; None: it never was
    Gives   Outcome    an answered call counts as a conversation until the collector says otherwise: the stricter
    """
    if spoken_s is not None:
        return Outcome.CONVERSATION if spoken_s >= SPOKEN_MIN_S else Outcome.DROPPED
    return _CAUSES.get(cause, Outcome.FAILED)


class CallFollower:
    """Reads the events of one exchange, joins legs, and tells each step once."""

    def __init__(
        self, exchange: AriExchange, *, is_recording: Callable[[UUID], bool] = lambda _key: False,
        pause: Callable[[float], None] = time.sleep, now: Callable[[], datetime] = clock.now,
    ) -> None:  # fmt: skip
        """Take the exchange.

        Takes   is_recording   whether a call is to be recorded from the first word
        """
        self._exchange, self._is_recording, self._pause, self._now = exchange, is_recording, pause, now
        self._calls: dict[UUID, _Call] = {}
        self._ended: deque[UUID] = deque(maxlen=1000)  # of these the other leg's end is still to come

    def follow(self, *, is_stopped: Callable[[], bool], wait_s: float = 1.0) -> Iterator[CallEvent]:
        """Yield the steps of all calls until stopped; a broken line is made anew, and calls that ended meanwhile told.

        Takes   wait_s   how often `is_stopped` is asked
        """
        pause_s = 0.5
        while not is_stopped():
            try:
                with self._connected() as line:
                    pause_s = 0.5
                    yield from self._missed()
                    while not is_stopped():
                        try:
                            frame = line.recv(timeout=wait_s)
                        except TimeoutError:
                            continue
                        yield from self._read(frame)
            except (WebSocketException, OSError, Unreachable):
                self._pause(pause_s)
                pause_s = min(pause_s * 2, 30.0)

    def _connected(self) -> ClientConnection:
        base = "ws" + self._exchange.url.removeprefix("http")
        user, password = self._exchange.auth
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        # the password goes in a header: addresses are kept in logs
        return _Line(
            f"{base}/events?app={quote(self._exchange.app)}&subscribeAll=false",
            additional_headers={"Authorization": f"Basic {token}"},
            proxy=None,
            open_timeout=10,
            close_timeout=2,
            logger=_SILENT,
        ).connect()

    def _read(self, frame: str | bytes) -> Iterator[CallEvent]:
        try:
            event = json.loads(frame)
            at = datetime.fromisoformat(str(event["timestamp"]))
            kind = str(event["type"])
        except (ValueError, KeyError, TypeError):
            return  # not an event of the documentation
        if kind == "RecordingFinished":
            yield from _recorded(event, at)
            return
        channel = event.get("channel") or {}
        leg = Leg.of(str(channel.get("id", "")))
        if leg is None or leg.key in self._ended:
            return
        call = self._calls.setdefault(leg.key, _Call())
        call.seen_at = at
        match (kind, leg.side):
            case ("StasisStart", "agent"):
                yield from self._picked_up(leg.key, call, at)
            case ("ChannelStateChange", "party"):
                if channel.get("state") == "Ringing":
                    yield CallEvent(leg.key, Step.RINGING, at)
            case ("StasisStart", "party"):
                yield from self._answered(leg.key, call, at)
            case ("ChannelDestroyed", _):
                # ChannelHangupRequest came before it; this one alone tells the cause
                yield self._destroyed(leg, call, int(event.get("cause") or 0), at)

    def _picked_up(self, key: UUID, call: _Call, at: datetime) -> Iterator[CallEvent]:
        """Ring the person, once; if that fails, whatever the failure, the call is over."""
        if call.is_rung:
            return
        call.is_rung = True
        try:
            is_ringing = self._exchange.ring_party(key)
        except (Rejected, AnswerLost, Unreachable) as error:
            yield self._end(key, at, Outcome.FAILED, is_certain=not isinstance(error, AnswerLost))
            return
        if is_ringing:
            yield CallEvent(key, Step.PICKED_UP, at)

    def _answered(self, key: UUID, call: _Call, at: datetime) -> Iterator[CallEvent]:
        if call.answered_at is not None:
            return
        call.answered_at = at
        # a leg that went meanwhile is told by its own event
        with suppress(Rejected, AnswerLost, Unreachable):
            self._exchange.join(key)
            if self._is_recording(key):
                self._exchange.start_recording(key)
        yield CallEvent(key, Step.ANSWERED, at)

    def _destroyed(self, leg: Leg, call: _Call, cause: int, at: datetime) -> CallEvent:
        """End the call with the first leg that goes."""
        if leg.side == AGENT and call.answered_at is None:
            # the collector gave up before the person answered, or never picked up: then nobody was rung
            outcome = Outcome.NO_ANSWER if call.is_rung else Outcome.RELEASED
            return self._end(leg.key, at, outcome, cause=cause)
        spoken_s = None if call.answered_at is None else max(0, round((at - call.answered_at).total_seconds()))
        return self._end(leg.key, at, outcome_of(cause=cause, spoken_s=spoken_s), duration_s=spoken_s or 0, cause=cause)

    def _end(
        self, key: UUID, at: datetime, outcome: Outcome, *, duration_s: int = 0, cause: int = 0, is_certain: bool = True
    ) -> CallEvent:
        """Hang up what is left of a call and forget it."""
        self._calls.pop(key, None)
        self._ended.append(key)
        # each by itself: an end that will not go must not leave the other ringing, or the recording running
        for leave in (
            partial(self._exchange.hang_up, Leg(key, PARTY)),
            partial(self._exchange.hang_up, Leg(key, AGENT)),
            partial(self._exchange.part, key),
        ):
            with suppress(Rejected, AnswerLost, Unreachable):
                leave()
        return CallEvent(
            key, Step.ENDED, at, outcome=outcome, duration_s=duration_s, cause=cause, is_certain=is_certain
        )

    def _missed(self) -> Iterator[CallEvent]:
        """Look at the exchange on every new line: take up calls that live, tell those that ended meanwhile."""
        live, now = self._exchange.live_legs(), self._now()
        states = {(leg.key, leg.side): state for leg, state in live.items() if leg.key not in self._ended}
        for key in {key for key, _side in states}:
            is_new = key not in self._calls
            call = self._calls.setdefault(key, _Call(seen_at=now))
            party = states.get((key, PARTY))
            if party is not None:
                call.is_rung = True
                if party == "Up":
                    yield from self._answered(key, call, now)
            elif states.get((key, AGENT)) == "Up" and is_new:
                # begun before this process: whether the person was rung is unknown, so nobody is rung again
                yield self._end(key, now, Outcome.NO_ANSWER, is_certain=False)
            elif states.get((key, AGENT)) == "Up":
                yield from self._picked_up(key, call, now)
        for key in [key for key in self._calls if not {(key, AGENT), (key, PARTY)} & states.keys()]:
            call = self._calls[key]
            spoken_s = None if call.answered_at is None else SPOKEN_MIN_S
            outcome = outcome_of(cause=0, spoken_s=spoken_s) if call.is_rung else Outcome.RELEASED
            yield self._end(key, call.seen_at or now, outcome, is_certain=False)


def _recorded(event: dict[str, Any], at: datetime) -> Iterator[CallEvent]:
    key = key_of((event.get("recording") or {}).get("name", ""))
    if key is not None:
        yield CallEvent(key, Step.RECORDING_DONE, at)
