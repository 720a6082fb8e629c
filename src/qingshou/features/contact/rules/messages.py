"""What may become of a message: our own acts move it step by step, reports lift it, in whatever order they come.

Reports are joined, never replayed: each state has a rank, the highest rank wins, and of one rank the earliest instant.
A join does not care for order or repetition, so a thousand reports shuffled and doubled end in the same state.
Why the ranks stand as they do: proof of reading outranks everything; a bounce comes after the first server took an
e-mail, so it outranks 'delivered'; a failure told beside a delivery is a part or a try that failed, so it does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from qingshou.features.contact.rules.sending import Pace
from qingshou.law.contact.terms import Outcome


class State(StrEnum):
    """Where a message is."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"  # in hand: being given to the provider, or in a pile of letters not yet posted
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    REPLIED = "REPLIED"
    FAILED = "FAILED"
    BOUNCED = "BOUNCED"
    CANCELLED = "CANCELLED"
    UNCERTAIN = "UNCERTAIN"


# what our own acts may do; what a report does is `joined`
ACTS: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED, State.FAILED}),
    State.SENDING: frozenset({State.SENT, State.DELIVERED, State.QUEUED, State.FAILED, State.UNCERTAIN,
                              State.CANCELLED}),
    State.UNCERTAIN: frozenset({State.SENT, State.DELIVERED, State.QUEUED, State.FAILED}),
}  # fmt: skip
# what may still leave the house, or may have left it
OPEN = frozenset({State.QUEUED, State.SENDING, State.UNCERTAIN})
# it left, whatever became of it
LEFT = frozenset({State.SENT, State.DELIVERED, State.READ, State.REPLIED, State.BOUNCED})
REPORTED = (State.SENT, State.FAILED, State.DELIVERED, State.BOUNCED, State.READ, State.REPLIED)
_RANK = {state: rank for rank, state in enumerate(REPORTED, start=1)}

# how the reserved attempt ends with each state
OUTCOMES: Mapping[State, Outcome] = {
    State.SENT: Outcome.SENT,
    State.DELIVERED: Outcome.DELIVERED,
    State.READ: Outcome.DELIVERED,
    State.REPLIED: Outcome.DELIVERED,
    State.FAILED: Outcome.FAILED,
    State.BOUNCED: Outcome.FAILED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing known of a message: a provider's report, or our own handing over."""

    state: State
    at: datetime
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A message's state with what is kept of it."""

    state: State
    at: datetime
    error_code: str = ""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    replied_at: datetime | None = None


# of each kind the first instant is kept; what arrived was handed over by then, whether or not we were told
_INSTANTS = {
    State.SENT: ("sent_at",),
    State.DELIVERED: ("sent_at", "delivered_at"),
    State.READ: ("sent_at", "read_at"),
    State.REPLIED: ("sent_at", "replied_at"),
    State.BOUNCED: ("sent_at",),
}


def may_become(state: State, to: State) -> bool:
    """Whether an act of ours may move a message from one state to another."""
    return to in ACTS.get(state, frozenset())


def joined(standing: Standing, told: Told) -> Standing:
    """Return the standing with one more thing known; the same for every order, and for the same thing told twice.

    Takes   told  a state of REPORTED; others stop with KeyError: they are no report
    Gives   the higher rank; of one rank the earliest instant, then the smaller error code
    """
    for instant in _INSTANTS.get(told.state, ()):
        known: datetime | None = getattr(standing, instant)
        first: dict[str, Any] = {instant: told.at if known is None else min(known, told.at)}
        standing = replace(standing, **first)
    rank, had = _RANK[told.state], _RANK.get(standing.state, 0)
    if rank < had or (rank == had and (standing.at, standing.error_code) <= (told.at, told.error_code)):
        return standing
    return replace(standing, state=told.state, at=told.at, error_code=told.error_code)


def joined_all(standing: Standing, told: Iterable[Told]) -> Standing:
    """Return the standing with everything told."""
    for one in told:
        standing = joined(standing, one)
    return standing


class Fate(StrEnum):
    """What becomes of a queued message that was judged anew."""

    SEND = "SEND"
    LATER = "LATER"
    CANCEL = "CANCEL"


def fate(
    *, is_allowed: bool, next_at: datetime | None, now: datetime, not_after_at: datetime | None, pace: Pace
) -> Fate:
    """Say what becomes of a queued message when the door has judged it anew.

    Takes   next_at  when the door would allow it; None: not in any time known
    Gives   LATER only where that comes before the message is too old: otherwise CANCEL
    """
    if not_after_at is not None and not_after_at <= now:
        return Fate.CANCEL
    if is_allowed:
        return Fate.SEND
    latest = not_after_at or now + timedelta(days=pace.keep_days)
    return Fate.LATER if next_at is not None and now < next_at < latest else Fate.CANCEL
