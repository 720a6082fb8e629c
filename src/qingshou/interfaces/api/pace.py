"""How many requests of one caller a minute a process takes: counted in memory, so that no request costs an exchange.

Each server process counts for itself: with several of them a caller gets up to so many times as many. It is there so
that one caller that runs wild does not take the others' places, not to sell by the piece.
"""

import threading
import time
from collections.abc import Callable

from django.conf import settings

from qingshou.rest.errors import TooMany

_MINUTE_S = 60.0


class Pace:
    """Counts each caller's requests of the minute that is running."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._minute, self._counts = 0, dict[str, int]()

    @property
    def callers_count(self) -> int:
        """How many callers are remembered."""
        return len(self._counts)

    def ensure(self, caller: str, *, most: int) -> None:
        """Count one more request; stop with TooMany, with the seconds to wait, where there were too many.

        Takes   most  0: no limit
        """
        if not most:
            return
        now = self._clock()
        with self._lock:
            if self._minute != (minute := int(now // _MINUTE_S)):
                self._minute, self._counts = minute, {}
            count = self._counts[caller] = self._counts.get(caller, 0) + 1
        if count > most:
            seconds = int(_MINUTE_S - now % _MINUTE_S) + 1
            raise TooMany(
                f"This caller may send {most} requests a minute: wait {seconds} s, then send it again.",
                retry_after_seconds=seconds,
            )


_pace = Pace()


def keep_pace(caller: str) -> None:
    """Count a request of a caller by the installation's limit; stops with TooMany."""
    _pace.ensure(caller, most=settings.QINGSHOU_API_PER_MINUTE_MAX)
