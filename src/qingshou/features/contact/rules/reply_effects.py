"""What a confirmed reason may set in motion: offered to the person who confirms, done only as they tick it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offered:
    """One effect, and whether it is ticked to begin with."""

    code: str
    is_ticked: bool


# effects in the order they are shown; one next action at most is meant
EFFECTS: Mapping[str, tuple[Offered, ...]] = {
    "FORGOT": (Offered("CALL_BACK", False),),
    "LOST_INCOME": (Offered("NEGOTIATE_PLAN", True),),
    "ILLNESS": (Offered("STOP_VULNERABLE", True), Offered("CALL_BACK", False)),
    "DISPUTE": (Offered("STOP_DISPUTE", True), Offered("CALL_BACK", False)),
    "WANTS_PLAN": (Offered("NEGOTIATE_PLAN", True),),
    "WRONG_PERSON": (Offered("STRIKE_POINT", True),),
    "HOSTILE": (Offered("STOP_CHANNEL", False), Offered("STOP_CEASE", False)),
    "OTHER": (Offered("CALL_BACK", False), Offered("STOP_CHANNEL", False), Offered("STOP_CEASE", False)),
}
# a next action of the case; the rest are acts of contact
NEXT_ACTIONS = frozenset({"CALL_BACK", "NEGOTIATE_PLAN"})


def offered(reason: str, *, has_point: bool, is_live: bool) -> tuple[Offered, ...]:
    """Return what may follow from a reason here: an unknown number is not struck, a closed case not moved."""
    return tuple(
        one
        for one in EFFECTS.get(reason, ())
        if (one.code != "STRIKE_POINT" or has_point) and (one.code not in NEXT_ACTIONS or is_live)
    )
