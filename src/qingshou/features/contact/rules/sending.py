"""How the sender keeps time: read once from sending.yaml beside this file."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Pace:
    """The values of sending.yaml, where each is explained."""

    lease_s: int
    send_s_max: int
    judged_s_max: int
    batch_size: int
    retry_after_s: tuple[int, ...]
    tries_max: int
    ask_after_s: int
    ask_again_s: tuple[int, ...]
    keep_days: int
    pause_s: int

    def wait_before_try(self, tries: int) -> int:
        """Return the seconds to wait after so many tries that handed nothing over."""
        return self.retry_after_s[min(max(tries, 1), len(self.retry_after_s)) - 1]

    def wait_before_asking(self, uncertain_s: float) -> int:
        """Return the seconds to wait with the next question: the longer it has been uncertain, the longer."""
        return next((wait for wait in self.ask_again_s if wait > uncertain_s), self.ask_again_s[-1])


@lru_cache(maxsize=1)
def pace() -> Pace:
    """Return the pace in force."""
    text = (resources.files(__package__) / "sending.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.safe_load(text)
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return Pace(**values)
