"""Judging a case: may it move, what comes next, by when, where it stands in the queue. Pure: values in, values out."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from qingshou.features.cases.process import (
    ASSIGN,
    OF_THE_BOOK,
    Action,
    CaseFacts,
    Move,
    Process,
    QueueFacts,
    QueuePlace,
    QueueValues,
    Trigger,
)
from qingshou.kernel.verdict import Reason, Verdict

REFUSED = "REFUSED"
STAY = "STAY"

# the twelve tiers of the queue, first served first (docs/algorithms/queue-order.md)
TIERS = (
    "LEGAL_DEADLINE",
    "SPECIALIST",
    "CALL_BACK_DUE",
    "PROMISE_DUE",
    "PROMISE_BROKEN",
    "NEVER_PAID",
    "ABOUT_TO_ROLL",
    "NEW_ENTRY",
    "HIGH_VALUE",
    "SKIP",
    "PLAN_REVIEW",
    "REST",
)


def opening_stage(process: Process, severity: str) -> str:
    """Return the stage a case of this severity starts in; an unknown code starts where UNKNOWN does."""
    return process.opens.get(severity, process.opens["UNKNOWN"])


def judge_move(process: Process, facts: CaseFacts, trigger: Trigger, *, to: str = "") -> Verdict:
    """Judge one move of a case.

    Takes   trigger  what asks for it; `to` names the stage where a person asks
    Gives   Verdict  value: the stage to go to, STAY (a trigger of the day that moves nothing here) or REFUSED,
                     with every reason: NO_SUCH_MOVE, ROLE_MAY_NOT, NOT_APPROVED, CHECKLIST_MISSING, HELD_BY, MOVED_BY
    """
    stage = process.stage(facts.stage)
    open_moves = [move for move in stage.moves if move.trigger is trigger and (not to or move.to == to)]
    if trigger is Trigger.SEVERITY:
        open_moves = [move for move in open_moves if facts.severity in move.severities]
    if trigger in OF_THE_BOOK and facts.outcome != trigger:
        open_moves = []
    if trigger is Trigger.DEADLINE_PASSED and not facts.is_past_deadline:
        open_moves = []
    from_people = trigger in (Trigger.OPERATOR, Trigger.APPROVAL)
    if not open_moves:
        if not from_people:
            return Verdict(STAY)
        return Verdict(REFUSED, (Reason("NO_SUCH_MOVE", {"stage": facts.stage, "to": to, "trigger": trigger.value}),))
    move = open_moves[0]
    obstacles = tuple(_obstacles(move, facts))
    if obstacles:
        return Verdict(REFUSED if from_people else STAY, obstacles)
    return Verdict(move.to, (Reason("MOVED_BY", {"trigger": trigger.value, "severity": facts.severity}),))


def _obstacles(move: Move, facts: CaseFacts) -> Iterable[Reason]:
    if move.roles and facts.role not in move.roles:
        yield Reason("ROLE_MAY_NOT", {"role": facts.role, "roles": sorted(move.roles)})
    if move.trigger is Trigger.APPROVAL and not facts.is_approved:
        yield Reason("NOT_APPROVED", {"to": move.to})
    missing = [item for item in move.needs if item not in facts.done]
    if missing:
        yield Reason("CHECKLIST_MISSING", {"items": missing})
    if move.unless_done and move.unless_done in facts.done:
        yield Reason("HELD_BY", {"item": move.unless_done})


def judge_day(process: Process, facts: CaseFacts) -> Verdict:
    """Judge what the day's run does to a case: what the book says closes it, then severity, then the deadline."""
    for trigger in (*OF_THE_BOOK, Trigger.SEVERITY, Trigger.DEADLINE_PASSED):
        verdict = judge_move(process, facts, trigger)
        if verdict.value != STAY:
            return verdict
    return Verdict(STAY)


def next_action(process: Process, stage: str, *, on: date, is_past_deadline: bool = False) -> tuple[str, date]:
    """Return the action and its date for a case that enters a stage (or overstays in it) on a day."""
    here = process.stage(stage)
    action: Action | None = here.deadline_action if is_past_deadline else here.first_action
    if action is None:
        return ASSIGN, on
    return action.action, on + timedelta(days=action.in_days)


def stage_due(process: Process, stage: str, *, entered_on: date) -> date | None:
    """Return the last day a case may stand in a stage; None where the stage has no limit."""
    allowed_days = process.stage(stage).allowed_days
    return None if allowed_days is None else entered_on + timedelta(days=allowed_days)


def queue_place(values: QueueValues, facts: QueueFacts) -> QueuePlace:
    """Return a case's place in the queue: the first tier that fits, and its weight within the tier.

    Law     collections-desk order: legal deadlines, specialist, call-backs, promises due, promises broken, never paid,
            about to roll by balance, new entries, high value, skips, plan reviews, the rest by expected cash
    """
    reason = next((code for code, fits in _fits(values, facts) if fits), "REST")
    amount = facts.balance if reason == "ABOUT_TO_ROLL" else facts.arrears
    if amount is None:
        amount = facts.balance
    if amount is None:  # amounts unknown: older arrears first
        amount = Decimal(facts.overdue_days or 0)
    return QueuePlace(TIERS.index(reason) + 1, reason, amount)


def _fits(values: QueueValues, facts: QueueFacts) -> Iterable[tuple[str, bool]]:
    as_of, days = facts.as_of, facts.overdue_days
    is_due = facts.next_action_on <= as_of
    until = as_of + timedelta(days=values.legal_deadline_days_max)
    high = values.high_value_min.get(facts.currency)
    is_self_curer = facts.cures_count >= values.self_curer_cures_min
    yield "LEGAL_DEADLINE", facts.legal_deadline_on is not None and facts.legal_deadline_on <= until
    yield "SPECIALIST", facts.is_specialist
    yield "CALL_BACK_DUE", facts.next_action == "CALL_BACK" and is_due
    is_promise_due = facts.promise_due_on is not None and facts.promise_due_on == as_of
    yield "PROMISE_DUE", is_promise_due or (facts.next_action == "CHECK_PROMISE" and is_due)
    broken = facts.promise_broken_on
    yield "PROMISE_BROKEN", broken is not None and as_of - timedelta(days=1) <= broken <= as_of
    yield "NEVER_PAID", facts.is_never_paid
    yield "ABOUT_TO_ROLL", days is not None and any(low <= days <= top for low, top in values.about_to_roll_days)
    is_new = as_of - timedelta(days=values.new_entry_days_max) <= facts.opened_on <= as_of
    yield "NEW_ENTRY", is_new and not is_self_curer
    yield "HIGH_VALUE", high is not None and facts.balance is not None and facts.balance >= high
    yield "SKIP", facts.is_skip
    yield "PLAN_REVIEW", facts.next_action == "REVIEW_PLAN" and is_due
