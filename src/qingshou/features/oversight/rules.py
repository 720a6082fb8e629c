"""May this day be run now? Pure: the runs there are, and the day asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qingshou.kernel.verdict import Reason, Verdict

RUN, DONE_ALREADY, REFUSED = "RUN", "DONE_ALREADY", "REFUSED"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One day's run as the rule sees it."""

    as_of: date
    is_done: bool
    has_effects: bool


def judge_start(as_of: date, runs: Sequence[RunFacts]) -> Verdict:
    """Judge whether a day may be run.

    Gives   Verdict  RUN; DONE_ALREADY (a repeated run reports and changes nothing); REFUSED with LATER_DAY_DONE (what
                     the later day did stands on this one) or EARLIER_DAY_UNFINISHED (it must be finished first)
    """
    same = next((run for run in runs if run.as_of == as_of), None)
    if same is not None and same.is_done:
        return Verdict(DONE_ALREADY)
    later = [run.as_of for run in runs if run.as_of > as_of and (run.is_done or run.has_effects)]
    if later:
        return Verdict(REFUSED, (Reason("LATER_DAY_DONE", {"as_of": as_of, "later": max(later)}),))
    unfinished = [run.as_of for run in runs if run.as_of < as_of and run.has_effects and not run.is_done]
    if unfinished:
        return Verdict(REFUSED, (Reason("EARLIER_DAY_UNFINISHED", {"as_of": as_of, "earlier": min(unfinished)}),))
    return Verdict(RUN)
