"""The words restructuring is spoken of in."""

from dataclasses import dataclass
from datetime import date

from qingshou.kernel.verdict import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """How long a restructured loan is observed, and at least which class it has on the day asked about.

    `observed_until` is the first day after the observation; None: the place's text names none, or its start is
    unknown. `floor_class` '': no class is called for.
    """

    observed_until: date | None
    floor_class: str
    reasons: tuple[Reason, ...] = ()
