"""Mail boxes and SMS lines that are listened to: every waiting event taken in, and let go of only then."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qingshou.features.contact.channels.base import Event, Unreachable
from qingshou.features.contact.channels.chosen import listeners_of
from qingshou.features.contact.operations.hooks import take_events


def listen(*, choices: Mapping[str, Mapping[str, Any]], now: datetime, seconds: float = 0.0) -> dict[str, int]:
    """Take in what waits at the lender's adapters that are listened to.

    Takes   seconds  how long to go on waiting for more
    Gives   adapter -> how many events were taken in; -1 where it could not be reached: the next round tries again
    """
    counts = {}
    for listener in listeners_of(choices):
        code: str = listener.code

        def handle(event: Event, code: str = code) -> None:
            take_events(adapter=code, events=[event], now=now)

        try:
            counts[code] = int(listener.receive(handle=handle, now=now, seconds=seconds))
        except Unreachable:
            counts[code] = -1
    return counts
