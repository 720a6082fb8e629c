"""What the door judges by, and what it answers: values only."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from qingshou.kernel.verdict import Article, Verdict
from qingshou.law.contact.terms import Channel, Outcome, Party, Place, Purpose, Stop

ALLOWED = "ALLOWED"
REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier contact with the person. `is_ours`: begun by us."""

    at: datetime
    local_date: date
    channel: Channel
    outcome: Outcome
    is_ours: bool = True
    party: Party = Party.DEBTOR
    purpose: Purpose = Purpose.COLLECT
    point_index: bytes | None = None
    debts: frozenset[UUID] = frozenset()
    collector: str = ""
    by_consent: bool = False

    @property
    def may_be_conversation(self) -> bool:
        """Whether it was one, or may still become one: what is reserved counts until it is known."""
        return self.outcome is Outcome.CONVERSATION or (
            self.outcome is Outcome.PENDING and self.channel in (Channel.PHONE, Channel.VISIT)
        )


@dataclass(frozen=True, slots=True)
class StopFact:
    """A stop in force or to come: half-open in time; '' and None are every channel, debt, number."""

    kind: Stop
    from_at: datetime
    until_at: datetime | None = None
    channel: str = ""
    loan_id: UUID | None = None
    point_index: bytes | None = None


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """Consent given or withdrawn; the newest of a kind and channel holds."""

    kind: str
    is_given: bool
    at: datetime
    channel: str = ""
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that one clearance is judged by. `past` and `consents` are newest first; `zones` is never empty."""

    at: datetime
    channel: Channel
    purpose: Purpose
    party: Party
    zones: tuple[str, ...]
    place: Place = Place.UNKNOWN
    point_index: bytes | None = None
    has_point: bool = True
    is_struck: bool = False
    struck_reason: str = ""
    employer_forbids: bool = False
    checked_at: datetime | None = None
    debts: frozenset[UUID] = frozenset()
    collector: str = ""
    is_minor: bool = False
    has_open_debt: bool = True
    asked_from_minute: int | None = None
    asked_until_minute: int | None = None
    stops: tuple[StopFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    past: tuple[Past, ...] = ()
    # the debtor's own numbers are all known to be dead
    is_debtor_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What a counter still admits. `until`: when its span ends at the earliest for somebody who is at the limit."""

    code: str
    left: int
    most: int
    until: datetime | None = None
    article: Article | None = None


@dataclass(frozen=True, slots=True)
class Clearance(Verdict):
    """A verdict of the door, with the next time it would be allowed (None: not foreseeable) and what is left today."""

    next_at: datetime | None = None
    left: tuple[Left, ...] = ()
    person_id: UUID | None = None
    point_id: UUID | None = None
    point_index: bytes | None = None
    zone: str = ""
    local_date: date | None = None
    debts: tuple[UUID, ...] = ()
    place: str = Place.UNKNOWN
    by_consent: bool = False
    # articles of the rules that were looked at and are kept: what an allowed contact rests on
    kept: tuple[Article, ...] = field(default=())

    @property
    def is_allowed(self) -> bool:
        return self.value == ALLOWED
