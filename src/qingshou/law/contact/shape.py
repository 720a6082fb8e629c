"""The form into which the contact rules of every place are put: hours, counters, gaps, and what a stop rests on.

An instrument's rules.py builds these from its values.yaml; the door (features/contact) judges by them and knows no
place by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from qingshou.kernel.verdict import Article
from qingshou.law.contact.terms import EVERY, Channel, Outcome, Party, Stop


class DayClass(StrEnum):
    """The kinds of day that contact hours tell apart."""

    WORKDAY = "WORKDAY"  # Monday to Friday
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"
    HOLIDAY = "HOLIDAY"


@dataclass(frozen=True, slots=True)
class Window:
    """The open hours of one kind of day, by the person's local clock.

    `opens_at` itself belongs unless `opens_after`; `closes_at` itself never belongs.
    """

    opens_at: time
    closes_at: time
    opens_after: bool = False

    def holds(self, clock: time) -> bool:
        """Tell whether a local time lies inside."""
        begun = clock > self.opens_at if self.opens_after else clock >= self.opens_at
        return begun and (clock < self.closes_at or self.closes_at == time.max)


@dataclass(frozen=True, slots=True)
class Hours:
    """Contact hours of one text. A kind of day without a window is closed all day.

    `is_holiday` says which dates are the place's public holidays; `by_consent`: the person's agreement opens them.
    """

    article: Article
    windows: Mapping[DayClass, Window | None]
    channels: frozenset[Channel] = EVERY
    is_holiday: Callable[[date], bool] | None = None
    by_consent: bool = True

    def class_of(self, day: date) -> DayClass:
        """Return the kind of a local date."""
        if self.is_holiday is not None and self.is_holiday(day):
            return DayClass.HOLIDAY
        return (DayClass.SATURDAY, DayClass.SUNDAY)[day.weekday() - 5] if day.weekday() >= 5 else DayClass.WORKDAY

    def window_on(self, day: date) -> Window | None:
        """Return the window of a local date; None where the whole day is closed."""
        return self.windows.get(self.class_of(day))


class Unit(StrEnum):
    """What a counter counts by."""

    PERSON = "PERSON"  # over all debts, numbers, channels named, collectors and agencies
    NUMBER = "NUMBER"  # one number or address
    DEBT = "DEBT"  # one particular debt (where the text also counts by collector: `per_collector`)


class Counts(StrEnum):
    """What of the past a counter counts."""

    ATTEMPTS = "ATTEMPTS"
    CONVERSATIONS = "CONVERSATIONS"  # effective: the person meant was spoken with


class Span(StrEnum):
    """Over which time a counter runs; days are the person's local dates."""

    DAYS = "DAYS"  # so many consecutive days ending today
    WEEK = "WEEK"  # the calendar week, Monday to Sunday


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` in a span. An attempt that would be one more is refused."""

    code: str
    article: Article
    most: int
    unit: Unit
    counts: Counts
    channels: frozenset[Channel]
    span: Span = Span.DAYS
    days: int = 1
    per_collector: bool = False
    parties: frozenset[Party] = frozenset({Party.DEBTOR, Party.GUARANTOR, Party.RELATED})
    ignores: frozenset[Outcome] = frozenset({Outcome.RELEASED})
    places: frozenset[str] = frozenset()  # only numbers of these places; empty: all
    by_consent: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """No further contact for so many consecutive days after a conversation, its own day being day 1."""

    code: str
    article: Article
    days: int
    unit: Unit
    channels: frozenset[Channel]
    per_collector: bool = False
    by_consent: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """At least so many days between two contacts of these channels (2: every other day at most)."""

    code: str
    article: Article
    days: int
    channels: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class OneChannel:
    """Only one of these channels within a calendar week."""

    code: str
    article: Article
    channels: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class ThirdPersons:
    """Whether, and after what, a person who does not owe may be asked how the debtor can be reached.

    `failed_dials`: after so many consecutive failed dials, from the next day; `failed_days`: after so many consecutive
    days of failure, at once; None: that way is not open. `once`: one contact a third person, unless asked again.
    """

    article: Article
    allowed: bool
    failed_dials: int | None = None
    failed_days: int | None = None
    if_number_invalid: bool = False
    once: bool = False
    if_dead_or_incapable: bool = False


@dataclass(frozen=True, slots=True)
class ContactLaw:
    """All that binds contact with one person on one date: of the place, its part, and the lender's own policy.

    `stops` gives what a stop rests on here; a stop without a text still stops, as a rule of the house.
    """

    place: str
    on: date
    hours: tuple[Hours, ...] = ()
    caps: tuple[Cap, ...] = ()
    quiets: tuple[Quiet, ...] = ()
    gaps: tuple[Gap, ...] = ()
    one_channel: tuple[OneChannel, ...] = ()
    third_persons: tuple[ThirdPersons, ...] = ()
    stops: Mapping[Stop, Article] = field(default_factory=dict)
    # texts whose hours are no numbers ('reasonable'): shown beside every verdict
    notes: tuple[Article, ...] = ()
    # written consent or a renewed check within so many days is needed before a text message (None: not needed)
    text_consent_days: int | None = None
    text_consent_article: Article | None = None
    # a request for an answer opens one reply, for so many days
    longest_days: int = 31

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article of hours and counters, each once."""
        found = [one.article for group in (self.hours, self.caps, self.quiets, self.gaps, self.one_channel,
                                           self.third_persons) for one in group]  # fmt: skip
        return tuple(dict.fromkeys((*found, *self.notes)))
