"""The states of a campaign and of its members, and what may be done in which."""

from collections.abc import Mapping

DRAFT, PREPARING, READY, RUNNING, PAUSED, DONE, STOPPED = (
    "DRAFT", "PREPARING", "READY", "RUNNING", "PAUSED", "DONE", "STOPPED",
)  # fmt: skip
CHOSEN, HELD_OUT, REFUSED, CLEARED, QUEUED = "CHOSEN", "HELD_OUT", "REFUSED", "CLEARED", "QUEUED"

# act -> (the states in which it may be done, the state it leads to)
ACTS: Mapping[str, tuple[frozenset[str], str]] = {
    "PREPARE": (frozenset({DRAFT, PREPARING, READY}), PREPARING),
    "START": (frozenset({READY}), RUNNING),
    "PAUSE": (frozenset({RUNNING}), PAUSED),
    "RESUME": (frozenset({PAUSED}), RUNNING),
    "STOP": (frozenset({DRAFT, PREPARING, READY, RUNNING, PAUSED}), STOPPED),
}

# the only refusal that is the campaign's own: nothing approved is there to be said
NO_TEMPLATE = "NO_TEMPLATE"


def may(act: str, status: str) -> bool:
    """Tell whether an act may be done to a campaign in a state."""
    return status in ACTS[act][0]


def after(act: str) -> str:
    """Return the state an act leads to."""
    return ACTS[act][1]
