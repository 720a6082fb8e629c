"""The process of a case as values: stages, what may move a case between them, and what must be done before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Trigger(StrEnum):
    """What may move a case. The first five come from the day's run, the last two from people."""

    PAID_OFF = "PAID_OFF"
    WRITTEN_OFF = "WRITTEN_OFF"
    CURED = "CURED"
    SEVERITY = "SEVERITY"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    OPERATOR = "OPERATOR"
    APPROVAL = "APPROVAL"


OF_THE_BOOK = (Trigger.PAID_OFF, Trigger.WRITTEN_OFF, Trigger.CURED)
CLOSED = "CLOSED"
ASSIGN = "ASSIGN"  # the next action of a case that nobody could be found for
SEVERITIES = ("MILD", "MODERATE", "SEVERE")


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, so many days after the day it is set."""

    action: str
    in_days: int


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something that must be done in a stage, and what proves it: a note, or a document's hash."""

    item: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Move:
    """One way out of a stage."""

    to: str
    trigger: Trigger
    severities: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    unless_done: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case may stand: whose it is, how long it may stay, what is to be done, and the ways out."""

    code: str
    role: str
    moves: tuple[Move, ...]
    checklist: tuple[ChecklistItem, ...] = ()
    allowed_days: int | None = None
    first_action: Action | None = None
    deadline_action: Action | None = None
    is_terminal: bool = False

    def item(self, code: str) -> ChecklistItem | None:
        """Return the checklist item of that code, or None."""
        return next((one for one in self.checklist if one.item == code), None)


@dataclass(frozen=True, slots=True)
class QueueValues:
    """The limits the queue's tiers look at."""

    about_to_roll_days: tuple[tuple[int, int], ...]
    new_entry_days_max: int
    self_curer_cures_min: int
    legal_deadline_days_max: int
    high_value_min: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Process:
    """One version of a process."""

    code: str
    version: int
    opens: dict[str, str]
    queue: QueueValues
    stages: dict[str, Stage]

    def stage(self, code: str) -> Stage:
        """Return a stage; KeyError where the process has none of that code."""
        return self.stages[code]


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a move is judged by."""

    stage: str
    severity: str
    outcome: str = ""  # PAID_OFF, WRITTEN_OFF or CURED when the book says so
    is_past_deadline: bool = False
    done: frozenset[str] = frozenset()
    role: str = ""  # of the person who asks
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What a case's place in the queue is judged by. Facts of later features default to 'not so'."""

    as_of: date
    currency: str
    balance: Decimal | None
    arrears: Decimal | None
    overdue_days: int | None
    opened_on: date
    next_action: str
    next_action_on: date
    is_never_paid: bool
    cures_count: int
    legal_deadline_on: date | None = None
    is_specialist: bool = False
    promise_due_on: date | None = None
    promise_broken_on: date | None = None
    is_skip: bool = False


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """A place in the queue: the lower tier first, then the higher weight."""

    tier: int
    reason: str
    weight: Decimal
