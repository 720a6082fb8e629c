"""The states of a plan and of its instalments, and which may follow which."""

from enum import StrEnum


class PlanState(StrEnum):
    """Where a plan stands."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    AWAITING_ACCEPTANCE = "AWAITING_ACCEPTANCE"
    ACTIVE = "ACTIVE"
    BROKEN = "BROKEN"
    KEPT = "KEPT"
    CANCELLED = "CANCELLED"
    SUPERSEDED = "SUPERSEDED"
    EXPIRED = "EXPIRED"


class InstalmentState(StrEnum):
    """Where one due date stands."""

    DUE = "DUE"
    PAID = "PAID"
    LATE = "LATE"  # past its date, within grace
    MISSED = "MISSED"
    DROPPED = "DROPPED"  # not asked for any more: all was paid off early


S = PlanState
MOVES: dict[PlanState, frozenset[PlanState]] = {
    S.AWAITING_APPROVAL: frozenset({S.AWAITING_ACCEPTANCE, S.CANCELLED}),
    S.AWAITING_ACCEPTANCE: frozenset({S.ACTIVE, S.CANCELLED, S.EXPIRED}),
    S.ACTIVE: frozenset({S.KEPT, S.BROKEN, S.CANCELLED, S.SUPERSEDED}),
    # cured, paid off after all, or another plan in its place
    S.BROKEN: frozenset({S.ACTIVE, S.KEPT, S.CANCELLED, S.SUPERSEDED}),
    # only when money that kept it was taken back
    S.KEPT: frozenset({S.ACTIVE, S.BROKEN}),
    S.CANCELLED: frozenset(),
    S.SUPERSEDED: frozenset(),
    S.EXPIRED: frozenset(),
}
# no money has been agreed on yet
WAITING = frozenset({S.AWAITING_APPROVAL, S.AWAITING_ACCEPTANCE})
# money counts towards these
FOLLOWED = frozenset({S.ACTIVE, S.BROKEN, S.KEPT})

CANCEL_REASONS = ("DEBTOR_WITHDREW", "LENDER_WITHDREW", "BY_AGREEMENT", "WRONG_TERMS", "NOT_APPROVED", "STOP_PLACED")


def may_become(state: PlanState, wanted: PlanState) -> bool:
    """Tell whether a plan may go from one state to another."""
    return wanted in MOVES[state]
