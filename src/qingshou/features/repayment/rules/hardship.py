"""Hardship: what a report sets in motion, how long it may last, and when somebody looks again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from qingshou.features.repayment.rules.allocating import law_text
from qingshou.features.repayment.rules.policy_files import read_policy
from qingshou.features.repayment.rules.standstill import Span
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.contact.terms import Stop
from qingshou.law.uk.breathing_space import rules as breathing_space

BREATHING_SPACE = "BREATHING_SPACE"
_BREATHING_SPACE_PLACES = ("uk",)


class HardshipState(StrEnum):
    """Where a hardship stands."""

    REPORTED = "REPORTED"  # contact pauses until somebody decides
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    ENDED = "ENDED"


LIVE = (HardshipState.REPORTED, HardshipState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class HardshipKind:
    """What one kind of hardship sets in motion."""

    code: str
    stop: Stop
    report_days: int
    days: int
    days_max: int
    review_days: int
    freezes_charges: bool
    needs_proof: bool


@dataclass(frozen=True, slots=True)
class Relief:
    """From when until when (both days belong), what stands still, who looks again when, and why."""

    state: HardshipState
    stop: Stop
    from_date: date
    until_date: date
    review_date: date
    freezes_charges: bool
    reasons: tuple[Reason, ...] = ()


class HardshipUnfit(BadInput):
    """A hardship cannot be taken as it was given."""

    code = "HARDSHIP_UNFIT"


def hardship_kinds(settings: Mapping[str, Any]) -> dict[str, HardshipKind]:
    """Return the kinds of hardship a lender knows, by code; stops with SettingsUnfit."""
    raw, _ = read_policy("hardship", settings)
    return {
        code: HardshipKind(code, Stop(row["stop"]), *(row[name] for name in (
            "report_days", "days", "days_max", "review_days", "freezes_charges", "needs_proof")))
        for code, row in raw["kinds"].items()
    }  # fmt: skip


def judge_report(*, kind: HardshipKind, jurisdiction: str, on: date, entered_date: date | None = None) -> Relief:
    """Return what follows from the news of a hardship, before anybody has decided on it.

    Takes   on            the day it was told
            entered_date  of the entry in the register, for a breathing space
    Gives   Relief  REPORTED for the days the policy gives to decide; a breathing space is ACCEPTED at once, because it
                    is in force by the register, for the days the law gives it
    Stops   HardshipUnfit  a breathing space without its entry, or where the law knows none, or over already
            NotCovered     before the text of law
    Law     SI 2020/1311 regs 26, 7 (breathing space)
    """
    if kind.code != BREATHING_SPACE:
        until = on + timedelta(days=kind.report_days - 1)
        return Relief(HardshipState.REPORTED, kind.stop, on, until, min(until, _review(kind, on)), False)
    if jurisdiction not in _BREATHING_SPACE_PLACES:
        raise HardshipUnfit("The law of this lender knows no breathing space: choose another kind of hardship.",
                            kind=kind.code)  # fmt: skip
    if entered_date is None:
        raise HardshipUnfit("Give the day of the entry in the register: the moratorium is counted from it.",
                            field="entered_on")  # fmt: skip
    dates = breathing_space.dates(entered_date=entered_date)
    if dates.last_date < on:
        raise HardshipUnfit(
            f"This breathing space ended on {dates.last_date}: nothing is to be paused any more.", field="entered_on"
        )
    law = breathing_space.LAW.cite("7, 26", Confidence.READ)
    reason = Reason("BREATHING_SPACE_BY_REGISTER", {"from": dates.start_date, "until": dates.last_date}, law)
    review = min(dates.midway_review_from_date, dates.last_date)
    return Relief(HardshipState.ACCEPTED, kind.stop, dates.start_date, dates.last_date, review, True, (reason,))


def judge_acceptance(
    *, kind: HardshipKind, from_date: date, until_date: date | None, has_proof: bool, on: date
) -> Relief:
    """Return what an accepted hardship sets in motion.

    Takes   until_date  the last day as agreed; None for the policy's length
    Stops   HardshipUnfit  ends before today, lasts longer than may be agreed, or its proof is missing
    """
    last = until_date or from_date + timedelta(days=kind.days - 1)
    if last < on:
        raise HardshipUnfit("The last day lies in the past: give today or a later day.", field="until_on")
    if (last - from_date).days + 1 > kind.days_max:
        latest = from_date + timedelta(days=kind.days_max - 1)
        raise HardshipUnfit(
            f"At most {kind.days_max} days may be agreed at a time: choose {latest} or earlier.", field="until_on"
        )
    if kind.needs_proof and not has_proof:
        raise HardshipUnfit("This kind of hardship is accepted on a document: add it first.", field="document")
    return Relief(
        HardshipState.ACCEPTED, kind.stop, from_date, last, min(last, _review(kind, on)), kind.freezes_charges
    )


def standstill_of(
    *, kind: str, from_date: date, until_date: date, hardship: UUID, is_secured: bool | None, said: str = "",
    is_cut_short: bool = False,
) -> Span:  # fmt: skip
    """Return the days in which a hardship lets a loan's charges stand still, and by what.

    Takes   is_secured    None: nobody knows, and all of them stand still
            said          the act or notice a programme of relief rests on
            is_cut_short  it ended before its last day: withdrawn, or cancelled after a review
    Stops   NotCovered  a breathing space from before the text of law
    Law     SI 2020/1311 regs 7(6), 7(9), 7(10); also of one its adviser cancelled; a court may say otherwise (19(4))
    """
    if kind != BREATHING_SPACE:
        return Span(from_date, until_date, hardship, said=said)
    verdicts = [breathing_space.frozen_interest(is_secured=is_secured is True, on=from_date)]
    if is_cut_short:
        verdicts.append(breathing_space.interest_after_cancellation(on=from_date))
    reasons = [reason for verdict in verdicts for reason in verdict.reasons]
    return Span(from_date, until_date, hardship, verdicts[0].value == "ON_ARREARS_ONLY", law_text(reasons), said)


def is_over(*, until_date: date | None, on: date) -> bool:
    """Whether the last day has passed: on the last day itself it still holds."""
    return until_date is not None and on > until_date


def _review(kind: HardshipKind, on: date) -> date:
    return on + timedelta(days=kind.review_days)
