"""Events of contact as they are written down (schema reg_f_cases/1), read and checked; all faults named together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput

FAULTS_SHOWN = 50
EVENTS_MAX = 10_000  # of one case: one debtor's history
_CALLS = frozenset({
    "call", "phone", "telephone", "voice", "phone_call", "telephone_call", "voice_call", "robocall", "prerecorded_call",
    "ringless_voicemail", "voicemail_drop",
})  # fmt: skip
_WRITTEN = frozenset({
    "text", "text_message", "sms", "mms", "email", "e_mail", "letter", "mail", "post", "postal_mail", "fax", "chat",
    "social", "social_media", "wecom", "dingtalk", "whatsapp", "telegram", "line", "push", "visit", "web", "portal",
    "in_person", "consent", "notice",
})  # fmt: skip
_REVOKES = re.compile(r"revo[kc]|withdr")
_RECIPIENT = ("received_by", "collector", "to", "with")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_LAST_DAY = re.compile(r"(?:through|until|to)?\s*(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent to be contacted about debts, given directly to the collector, and how the person limited it."""

    debts: frozenset[str]
    until: datetime | None = None  # the last moment at which it still holds
    days: int | None = None
    only_on: frozenset[date] = frozenset()

    def ends(self, given: datetime, most_days: int | None) -> datetime:
        """Return the last moment at which it holds; the date received is day 1."""
        limits = [one for one in (self.days, most_days) if one is not None]
        ends = [self.until] if self.until is not None else []
        if limits:
            ends.append(datetime.combine(given.date() + timedelta(days=min(limits) - 1), time.max))
        return min(ends, default=datetime.combine(date.max, time.max))

    def holds_on(self, day: date) -> bool:
        """Tell whether a date is among those the person named, where any were named."""
        return not self.only_on or day in self.only_on


@dataclass(frozen=True, slots=True)
class Event:
    """One contact or attempt, or something the person said."""

    place: int  # in the list given, from 0
    at: datetime  # the person's local clock
    channel: str
    is_call: bool
    is_inbound: bool
    collector: str  # who placed it, or for whom it came in; '' where nobody is named
    person: str
    number: str
    debts: tuple[str, ...]
    discussed: frozenset[str]
    outcome: str
    consent: Consent | None = None
    revoked: frozenset[str] = frozenset()
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The person's local date."""
        return self.at.date()

    @property
    def is_conversation(self) -> bool:
        """Whether the person was spoken with."""
        spoken = re.search(r"conversation|spoke|talked", self.outcome)
        return self.is_call and bool(spoken) and not re.search(r"(^|_)(no|not|without|never)_", self.outcome)

    @property
    def is_unconnected(self) -> bool:
        """Whether the call was never connected to the number dialled: busy, or not in service."""
        return bool(
            re.search(r"busy|not_in_service|out_of_service|not_connected|unconnected|disconnected", self.outcome)
        )

    @property
    def is_unanswered(self) -> bool:
        """Whether a connected call reached nobody."""
        return self.is_call and not self.is_conversation and not self.is_unconnected


@dataclass(frozen=True, slots=True)
class Case:
    """A history of events about one consumer's debts."""

    id: str
    title: str
    debts: Mapping[str, Mapping[str, Any]]
    events: tuple[Event, ...]
    expected_summary: Mapping[str, Any] = field(default_factory=dict)


def read_cases(given: object) -> list[Case]:
    """Read a whole file, one case, a list of cases, or a bare list of events.

    Gives   the cases, in order
    Stops   BadInput  every fault at once, each with its place, field and remedy
    """
    faults: list[str] = []
    cases = [_case(raw, name, faults) for name, raw in _raw_cases(given, faults)]
    if not any(case.events for case in cases) and not faults:
        faults.append("the file: no event is in it; give {debts, events} or a list of events")
    if faults:
        shown = faults[:FAULTS_SHOWN]
        more = f" and {len(faults) - len(shown)} more" if len(faults) > len(shown) else ""
        raise BadInput(f"{len(faults)} faults: {'; '.join(shown)}{more}.", faults=shown, count=len(faults))
    return cases


def _raw_cases(given: object, faults: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(given, Mapping) and "frequency_cases" in given:
        given = given["frequency_cases"]
    elif isinstance(given, Mapping) and isinstance(given.get("cases"), list):
        given = given["cases"]
    if isinstance(given, Mapping):
        yield "case", given
    elif isinstance(given, list) and given and all(isinstance(one, Mapping) and "events" in one for one in given):
        for place, one in enumerate(given):
            yield f"case[{place}]", one
    elif isinstance(given, list):
        yield "", {"events": given}
    else:
        faults.append("the file: neither a list nor an object; give {debts, events} or a list of events")


def _case(raw: Mapping[str, Any], name: str, faults: list[str]) -> Case:
    case_id = str(raw.get("id") or name or "events")
    prefix = f"{case_id} " if name else ""
    debts = raw.get("debts") or {}
    if isinstance(debts, list):
        debts = {str(one.get("id") if isinstance(one, Mapping) else one): one for one in debts}
    if not isinstance(debts, Mapping):
        faults.append(f"{prefix}debts: write an object of debts by id")
        debts = {}
    about = {str(key): value if isinstance(value, Mapping) else {} for key, value in debts.items()}
    listed = raw.get("events")
    if not isinstance(listed, list):
        faults.append(f"{prefix}events: write the list of events")
        listed = []
    if len(listed) > EVENTS_MAX:
        faults.append(f"{prefix}events: {len(listed)} are more than {EVENTS_MAX}; split the file")
        listed = []
    events: list[Event] = []
    before: datetime | None = None
    for place, one in enumerate(listed):
        reader = _Row(one, f"{prefix}events[{place}]", about, before, faults)
        event = reader.event(place)
        if event is not None:
            events.append(event)
            before = event.at
    # A case may list one collector's calls after the other's: order is by time, then as given.
    events.sort(key=lambda event: (event.at, event.place))
    summary = raw.get("expected_summary")
    return Case(
        case_id, str(raw.get("title") or ""), about, tuple(events), summary if isinstance(summary, dict) else {}
    )


class _Row:
    """Reads one event; collects what is wrong with it."""

    def __init__(
        self, raw: object, where: str, debts: Mapping[str, Any], before: datetime | None, faults: list[str]
    ) -> None:
        self.raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self.where, self.debts, self.before, self.faults = where, debts, before, faults
        self.count = len(faults)
        if not isinstance(raw, Mapping):
            self.fault("", "write an object with date, time, channel, debts and outcome")

    def event(self, place: int) -> Event | None:
        """Return the event; None where anything is wrong."""
        if not self.raw:
            return None
        at = self._at()
        channel, is_inbound = word(self.raw.get("channel", "call")), self._is_inbound()
        if not is_inbound and channel not in _CALLS | _WRITTEN:
            self.fault("channel", "write call, text, email, letter or another known channel")
        is_call = channel in _CALLS
        debts = self._ids("debts", needed=not is_inbound)
        # An empty list says that no debt was spoken of; without the field it was those of the contact.
        about = debts if self.raw.get("conversation_about") is None else self._ids("conversation_about", needed=False)
        outcome = word(self.raw.get("outcome"))
        if is_call and not outcome:
            self.fault("outcome", "say how the call ended, for example no_answer, busy or conversation")
        consent, revoked = self._consent(debts), self._revoked(debts)
        if at is None or len(self.faults) > self.count:
            return None
        return Event(
            place=place,
            at=at,
            channel=channel,
            is_call=is_call,
            is_inbound=is_inbound,
            collector=self._collector(is_inbound),
            person=word(self.raw.get("person")) or "consumer",
            number=str(self.raw.get("number") or ""),
            debts=debts,
            discussed=frozenset(about),
            outcome=outcome,
            consent=consent,
            revoked=revoked,
            raw=self.raw,
        )

    def fault(self, name: str, remedy: str) -> None:
        """Note a fault with its place, its field and what to do."""
        given = self.raw.get(name)
        shown = f" ({str(given)[:30]!r})" if given is not None and name else ""
        self.faults.append(f"{self.where}{'.' + name if name else ''}{shown}: {remedy}")

    def _at(self) -> datetime | None:
        day = self._day("date", self.raw.get("date"))
        if day is None:
            return None
        given = self.raw.get("time")
        if given is None:
            # Without a time the order of the list is all there is.
            return self.before if self.before and self.before.date() == day else datetime.combine(day, time(12))
        try:
            clock = time.fromisoformat(str(given))
        except ValueError:
            clock = None
        if clock is None or clock.tzinfo is not None:
            self.fault("time", "write the person's local time as HH:MM, without a zone")
            return None
        return datetime.combine(day, clock)

    def _is_inbound(self) -> bool:
        direction = word(self.raw.get("direction"))
        if direction in {"inbound", "incoming"}:
            return True
        if direction in {"outbound", "outgoing"}:
            return False
        if direction:
            self.fault("direction", "write outbound or inbound")
        return word(self.raw.get("placed_by")) in {"consumer", "debtor", "borrower"}

    def _collector(self, is_inbound: bool) -> str:
        if not is_inbound:
            return str(self.raw.get("placed_by") or "")
        return next((str(self.raw[name]) for name in _RECIPIENT if self.raw.get(name)), "")

    def _ids(self, name: str, *, needed: bool) -> tuple[str, ...]:
        given = self.raw.get(name)
        if isinstance(given, str):
            given = [given]
        if given is None or given == []:
            if needed:
                self.fault(name, "name the debts that the contact is about")
            return ()
        if not isinstance(given, list) or not all(isinstance(one, str | int) for one in given):
            self.fault(name, "write a list of debt ids")
            return ()
        found = tuple(dict.fromkeys(str(one) for one in given))
        for one in found:
            if self.debts and one not in self.debts:
                self.fault(name, f"debt {one[:30]} is not among the case's debts: add it there or correct it")
        return found

    def _consent(self, debts: Sequence[str]) -> Consent | None:
        about = self._flag_or_ids("consent_for", debts)
        until: datetime | None = None
        days: int | None = None
        only_on: frozenset[date] = frozenset()
        for name, given in self.raw.items():
            if not name.startswith("consent") or name == "consent_for" or _REVOKES.search(name) or given is None:
                continue
            if given is True:
                about |= frozenset(debts)
                continue
            # A limit is known by what it is: a number of days, a list of dates, or the last day or moment.
            if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 1000:
                days = given
            elif isinstance(given, list) and given and all(_ISO.fullmatch(str(one)) for one in given):
                only_on = frozenset(found for one in given if (found := self._day(name, one)))
            elif isinstance(given, str):
                until = self._moment(name, given)
            else:
                self.fault(name, "write the last day as YYYY-MM-DD, a number of days, or a list of dates")
        return Consent(about, until, days, only_on) if about else None

    def _moment(self, name: str, text: str) -> datetime | None:
        found = _LAST_DAY.fullmatch(text.strip())
        if found:
            day = self._day(name, found[1])
            return datetime.combine(day, time.max) if day else None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None:
            self.fault(name, "write the last day as YYYY-MM-DD, or a local moment as YYYY-MM-DDTHH:MM")
            return None
        return moment

    def _day(self, name: str, given: object) -> date | None:
        try:
            return parse_date(str(given))
        except BadInput:
            self.fault(name, "write it as YYYY-MM-DD")
            return None

    def _revoked(self, debts: Sequence[str]) -> frozenset[str]:
        found: frozenset[str] = frozenset(debts) if _REVOKES.search(word(self.raw.get("outcome"))) else frozenset()
        for name in self.raw:
            if _REVOKES.search(name):
                found |= self._flag_or_ids(name, debts)
        return found

    def _flag_or_ids(self, name: str, debts: Sequence[str]) -> frozenset[str]:
        given = self.raw.get(name)
        if given is None or given is False:
            return frozenset()
        # `true` means all debts that the event is about.
        return frozenset(debts) if given is True else frozenset(self._ids(name, needed=True))


def word(given: object) -> str:
    """Bring a written word to one form: small letters, joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", str(given or "").casefold()).strip("_")
