"""Judging a plan on a date: each instalment, then the whole. Pure: dates and money are given.

docs/algorithms/plans.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from qingshou.features.repayment.rules.counting import Share, reached_on, total
from qingshou.features.repayment.rules.plan_states import InstalmentState, PlanState
from qingshou.features.repayment.rules.promise_policy import HUNDRED
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.kernel.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment: what is due when. `interest`: the part of it that the plan itself charges for its period."""

    id: UUID
    position: int
    due_on: date
    amount: Decimal
    interest: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """What a plan is judged by, as it was agreed."""

    currency: str
    starts_on: date
    grace_days: int
    threshold_pct: Decimal
    missed_max: int
    unpaid_max: Decimal | None  # more than this unpaid past its grace breaks it; None: no such limit
    cure_days: int

    def needed(self, due: Due) -> Decimal:
        """What makes an instalment count as paid: the threshold's share, up to the next minor unit."""
        return round_money(due.amount * self.threshold_pct / HUNDRED, self.currency, Rounding.UP)

    def last_date(self, due: Due) -> date:
        """The last day on which an instalment is only late."""
        return due.due_on + timedelta(days=self.grace_days)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one instalment stands on a day."""

    due: Due
    state: InstalmentState
    paid_amount: Decimal
    paid_on: date | None

    @property
    def unpaid(self) -> Decimal:
        return self.due.amount - self.paid_amount


@dataclass(frozen=True, slots=True)
class PlanEnd:
    """What money and a date make of a plan."""

    state: PlanState
    standings: tuple[Standing, ...]
    broken_on: date | None
    ended_on: date | None
    ended_reason: str
    verdict: Verdict


def judge_instalments(
    *, terms: PlanTerms, dues: Sequence[Due], shares: Mapping[UUID, Sequence[Share]], on: date
) -> tuple[Standing, ...]:
    """Return where each instalment stands at the end of a day, in order.

    Takes   shares  instalment -> what counts towards it, in the order of its days (counting.counted_by)
    """
    return tuple(
        _standing(terms, due, shares.get(due.id, ()), on) for due in sorted(dues, key=lambda one: one.position)
    )


def _standing(terms: PlanTerms, due: Due, shares: Sequence[Share], on: date) -> Standing:
    paid_on = reached_on(shares, terms.needed(due))
    if paid_on is not None:
        state = InstalmentState.PAID
    elif on <= due.due_on:
        state = InstalmentState.DUE
    elif on <= terms.last_date(due):
        state = InstalmentState.LATE
    else:
        state = InstalmentState.MISSED
    return Standing(due, state, total(shares), paid_on)


def judge_plan(
    *, terms: PlanTerms, dues: Sequence[Due], shares: Mapping[UUID, Sequence[Share]], on: date,
    broken_on: date | None = None,
) -> PlanEnd:  # fmt: skip
    """Judge a plan that was accepted, at the end of a day.

    Takes   shares     instalment -> what counts towards it
            broken_on  since when it is broken; None: it is not
    Gives   PlanEnd    KEPT when all is settled, or paid off early; BROKEN when too many in a row were missed, too much
                       is unpaid past its grace, or the end passed unsettled; a broken one is ACTIVE again when what was
                       missed was paid within the cure days, and ended when they are over
    """
    standings = judge_instalments(terms=terms, dues=dues, shares=shares, on=on)
    kept = _kept(terms, standings, shares)
    if kept is not None:
        return kept
    if broken_on is not None and not _is_cured(terms, standings, shares, broken_on):
        return _still_broken(terms, standings, broken_on, on)
    reasons = _breaks(terms, standings, on)
    if reasons:
        is_final = terms.cure_days == 0
        verdict = Verdict(PlanState.BROKEN, reasons)
        return PlanEnd(
            PlanState.BROKEN, standings, on, on if is_final else None, reasons[0].code if is_final else "", verdict
        )
    verdict = Verdict(PlanState.ACTIVE, (Reason("ON_ITS_WAY" if broken_on is None else "CURED", {"on": on}),))
    return PlanEnd(PlanState.ACTIVE, standings, None, None, "", verdict)


# what a waiver falls on when the kinds it was agreed for were paid meanwhile: what the debtor owes least for first
WAIVED_IN_TURN = ("PENALTY", "INTEREST", "COSTS", "UNSPLIT", "PRINCIPAL")


def amounts_given_up(
    *, agreed: Mapping[str, Decimal], open_amounts: Mapping[str, Decimal]
) -> dict[str, Decimal]:  # fmt: skip
    """Return what is given up of each kind once a plan is kept: what was agreed, wherever it is still open.

    Payments of a plan go to costs and interest before principal (民法典 561), so that a kind given up may have been
    paid: the rest of what was agreed then falls on the other kinds, in WAIVED_IN_TURN. Never more in all than was
    agreed, never more of a kind than is open.
    """
    found = {kind: min(amount, open_amounts.get(kind, ZERO)) for kind, amount in agreed.items()}
    left = sum(agreed.values(), ZERO) - sum(found.values(), ZERO)
    for kind in WAIVED_IN_TURN:
        more = min(left, open_amounts.get(kind, ZERO) - found.get(kind, ZERO))
        if more > 0:
            found[kind] = found.get(kind, ZERO) + more
            left -= more
    return {kind: amount for kind, amount in found.items() if amount > 0}


def payoff_amount(*, terms: PlanTerms, standings: Sequence[Standing], on: date) -> Decimal:
    """Return what settles a plan on a day: all that is unpaid, without interest of time that has not passed.

    Interest of a period that has begun counts by its days, rounded half up; a later period's is not owed.
    Law     民法典 677: interest for the time the money was really had
    """
    return max(ZERO, sum((one.unpaid for one in standings), ZERO) - _spared(terms, standings, on))


def _spared(terms: PlanTerms, standings: Sequence[Standing], on: date) -> Decimal:
    """Return the interest of a plan that is not owed when all is paid on a day."""
    begins = [terms.starts_on, *(one.due.due_on for one in standings)]
    return sum((_not_yet_borne(terms, one.due, begun, on) for begun, one in zip(begins, standings, strict=False)), ZERO)


def _not_yet_borne(terms: PlanTerms, due: Due, begun: date, on: date) -> Decimal:
    """Return the interest of an instalment's period that lies after a day."""
    if due.interest <= 0 or on >= due.due_on:
        return ZERO
    days, passed = (due.due_on - begun).days, max(0, (on - begun).days)
    borne = due.interest * passed / days if days > 0 else due.interest
    return due.interest - round_money(borne, terms.currency, Rounding.HALF_UP)


def _kept(
    terms: PlanTerms, standings: tuple[Standing, ...], shares: Mapping[UUID, Sequence[Share]]
) -> PlanEnd | None:  # fmt: skip
    """Return the end of a plan that is settled: everything paid, or the pay-off of a day reached on that day."""
    every = sorted((share for own in shares.values() for share in own), key=lambda one: (one.on, one.money))
    asked, so_far = sum((one.due.amount for one in standings), ZERO), ZERO
    for day, of_day in groupby(every, key=lambda one: one.on):
        so_far += total(list(of_day))
        spared = _spared(terms, standings, day)
        if so_far >= asked - spared:
            code = "SETTLED" if so_far >= asked else "PAID_EARLY"
            ended = tuple(_settled(one) for one in standings) if code == "PAID_EARLY" else standings
            fields = {"paid": so_far, "asked": asked, "spared": max(ZERO, asked - so_far)}
            return PlanEnd(PlanState.KEPT, ended, None, day, code, Verdict(PlanState.KEPT, (Reason(code, fields),)))
    return None


def _settled(one: Standing) -> Standing:
    if one.state is InstalmentState.PAID:
        return one
    return Standing(one.due, InstalmentState.DROPPED, one.paid_amount, one.paid_on)


def _breaks(terms: PlanTerms, standings: Sequence[Standing], on: date) -> tuple[Reason, ...]:
    """Return every reason why a plan is broken on a day; none where it is not."""
    missed = [one for one in standings if one.state is InstalmentState.MISSED]
    runs = [len(list(run)) for is_missed, run in groupby(standings, lambda one: one.state is InstalmentState.MISSED)
            if is_missed]  # fmt: skip
    in_a_row, unpaid = max(runs, default=0), sum((one.unpaid for one in missed), ZERO)
    reasons = []
    if in_a_row > terms.missed_max:
        reasons.append(Reason("TOO_MANY_MISSED", {"missed": in_a_row, "most": terms.missed_max}))
    if terms.unpaid_max is not None and unpaid > terms.unpaid_max:
        reasons.append(Reason("TOO_MUCH_UNPAID", {"unpaid": unpaid, "most": terms.unpaid_max}))
    if standings and on > terms.last_date(standings[-1].due):
        left = sum((one.unpaid for one in standings), ZERO)
        reasons.append(Reason("UNSETTLED_AT_END", {"unpaid": left}))
    return tuple(reasons)


def _is_cured(
    terms: PlanTerms, standings: Sequence[Standing], shares: Mapping[UUID, Sequence[Share]], broken_on: date
) -> bool:  # fmt: skip
    """Tell whether what was missed at the break came by the last day of the cure.

    What had been missed is every instalment whose grace was over: each must reach its threshold. Where the whole plan
    was over, only the whole of it cures.
    """
    until = broken_on + timedelta(days=terms.cure_days)
    missed = [one for one in standings if terms.last_date(one.due) < broken_on]
    return all(
        reached_on([share for share in shares.get(one.due.id, ()) if share.on <= until], terms.needed(one.due))
        is not None
        for one in missed
    ) and not (standings and broken_on > terms.last_date(standings[-1].due))


def _still_broken(terms: PlanTerms, standings: tuple[Standing, ...], broken_on: date, on: date) -> PlanEnd:
    until = broken_on + timedelta(days=terms.cure_days)
    is_over = on > until
    reason = Reason("CURE_OVER" if is_over else "CURE_OPEN", {"broken_on": broken_on, "cure_until": until})
    return PlanEnd(
        PlanState.BROKEN, standings, broken_on, until + timedelta(days=1) if is_over else None,
        "CURE_OVER" if is_over else "", Verdict(PlanState.BROKEN, (reason,)),
    )  # fmt: skip
