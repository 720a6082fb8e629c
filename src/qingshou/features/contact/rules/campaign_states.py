"""The states of a campaign and of its members, and what may be done in which."""

from collections.abc import Mapping

DRAFT, PREPARING, READY, RUNNING, PAUSED, DONE, STOPPED = (
    "DRAFT", "PREPARING", "READY", "RUNNING", "PAUSED", "DONE", "STOPPED",
)  # fmt: skip
CHOSEN, HELD_OUT, REFUSED, CLEARED, QUEUED = "CHOSEN", "HELD_OUT", "REFUSED", "CLEARED", "QUEUED"
UNSENT = "STOPPED"  # of a member: the campaign was stopped before a message left

# act -> (the states in which it may be done, the state it leads to)
ACTS: Mapping[str, tuple[frozenset[str], str]] = {
    "PREPARE": (frozenset({DRAFT, PREPARING, READY}), PREPARING),
    "START": (frozenset({READY}), RUNNING),
    "PAUSE": (frozenset({RUNNING}), PAUSED),
    "RESUME": (frozenset({PAUSED}), RUNNING),
    "STOP": (frozenset({DRAFT, PREPARING, READY, RUNNING, PAUSED}), STOPPED),
}

# refusals that are the campaign's own, beside the door's: nothing approved is there to be said; a value is missing
NO_TEMPLATE = "NO_TEMPLATE"
CANNOT_BE_WORDED = "CANNOT_BE_WORDED"


def may(act: str, status: str) -> bool:
    """Tell whether an act may be done to a campaign in a state."""
    return status in ACTS[act][0]


def after(act: str) -> str:
    """Return the state an act leads to."""
    return ACTS[act][1]
