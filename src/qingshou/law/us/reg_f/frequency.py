"""1006.14(b): how a list of calls is judged, call by call, debt by debt."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.contact.events import Case, Consent, Event, word
from qingshou.law.register import rule
from qingshou.law.us.reg_f.rules import LAW, open_hours
from qingshou.law.values import Taken

COMPLIANT, VIOLATION, NOT_COUNTED = "presumed_compliant", "presumed_violation", "not_counted"
# Persons of 1006.6(d)(1)(ii) to (vi): the consumer's attorney, a consumer reporting agency where the law permits it,
# the creditor, the creditor's attorney, the collector's attorney.
_OTHER_PERSONS = re.compile(r"attorney|lawyer|counsel|creditor|reporting|bureau|(^|_)cra(_|$)")
_DAY = timedelta(days=1)
# who calls, whom, about which particular debt
Unit = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """An event with its verdict; None for what the person did. `notices` do not change the verdict."""

    event: Event
    verdict: str | None
    reasons: tuple[Reason, ...]
    notices: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A pattern that may rebut the presumption of compliance."""

    on: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class Replay:
    """A case judged: its events in the order given, and what stands out in the whole."""

    case: Case
    judged: tuple[Judged, ...]
    flags: tuple[Flag, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many events have each verdict."""
        return Counter(one.verdict or "not_judged" for one in self.judged)

    @property
    def rebuttal_flag_on(self) -> date | None:
        """The first date with such a pattern."""
        return self.flags[0].on if self.flags else None


@rule(LAW, article="1006.14(b)(2)-(4)", confidence=Confidence.READ)
def replay(case: Case) -> Replay:
    """Judge every event of a case.

    Takes   case    events of one or more collectors, in any order
    Gives   Replay  per event presumed_compliant, presumed_violation or not_counted, with reasons and articles
    Stops   NotCovered  an event before 2021-11-30
    Law     1006.14(b)(2)(i)(A) the count, (B) the conversation, (b)(3) what is not counted, (b)(4) particular debt
    """
    for event in case.events:
        LAW.value_on("calls_most", event.day)
    ledger = _Ledger(case)
    judged = [ledger.judge(event) for event in case.events]
    flags = _flags(case, judged)
    return Replay(case, tuple(sorted(judged, key=lambda one: one.event.place)), tuple(flags))


def particular_debt(case: Case, debt: str) -> str:
    """Return what a debt counts as: itself; student loans serviced under one account when obtained are one (b)(4)."""
    about = case.debts.get(debt, {})
    account = str(about.get("account_at_acquisition") or "")
    return f"student loans {account}" if account and word(about.get("kind")) == "student_loan" else debt


@dataclass(slots=True)
class _Consented:
    given: date
    ends: datetime
    consent: Consent


@dataclass(slots=True)
class _Ledger:
    """What has happened so far, by unit."""

    case: Case
    counted: dict[Unit, list[date]] = field(default_factory=lambda: defaultdict(list))
    spoken: dict[Unit, date] = field(default_factory=dict)
    consents: dict[Unit, _Consented] = field(default_factory=dict)
    collectors: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.collectors = frozenset(one.collector for one in self.case.events if not one.is_inbound)

    def judge(self, event: Event) -> Judged:
        """Judge one event by those before it, then enter it."""
        if event.is_inbound:
            return Judged(event, None, (), tuple(self._enter(event)))
        notices = _hours_notice(event)
        excluded = self._excluded_whole(event)
        if excluded is not None:
            done = Judged(event, NOT_COUNTED, (excluded,), notices)
        else:
            found = [self._judge_debt(event, unit) for unit in self._units(event, (*event.debts, *event.discussed))]
            worst = next(one for one in (VIOLATION, COMPLIANT, NOT_COUNTED) if any(one == got for got, _ in found))
            # Reasons that decide first: those of the verdict, then the others.
            ranked = sorted(found, key=lambda pair: pair[0] != worst)
            done = Judged(event, worst, tuple(reason for _, reasons in ranked for reason in reasons), notices)
        if excluded is None or not event.is_call:
            self._enter(event)
        return done

    def _excluded_whole(self, event: Event) -> Reason | None:
        if not event.is_call:
            return _reason("NOT_A_CALL", "1006.14(b)(1)", Confidence.SECONDARY, channel=event.channel)
        if _OTHER_PERSONS.search(event.person):
            return _reason("PERSON_NOT_COUNTED", "1006.14(b)(3)(iii)", person=event.person)
        if event.is_unconnected:
            return _reason("NOT_CONNECTED", "1006.14(b)(3)(ii)", outcome=event.outcome)
        return None

    def _judge_debt(self, event: Event, unit: Unit) -> tuple[str, list[Reason]]:
        consent = self.consents.get(unit)
        if consent is not None and event.at <= consent.ends and consent.consent.holds_on(event.day):
            article = LAW.value_on("consent_days", event.day).article
            facts = {"debt": unit[2], "given": consent.given, "last_date": consent.ends.date()}
            return NOT_COUNTED, [Reason("WITHIN_CONSENT", facts, article)]
        reasons: list[Reason] = []
        rest, spoken = LAW.value_on("days_after_conversation", event.day), self.spoken.get(unit)
        if spoken is not None and (event.day - spoken).days < rest.whole:
            number = (event.day - spoken).days + 1
            facts = {"debt": unit[2], "spoken": spoken, "day": number, "days": rest.whole}
            reasons.append(
                Reason("CALL_AFTER_CONVERSATION", {**facts, "next_date": spoken + rest.whole * _DAY}, rest.article)
            )
        count, most = self._count(event, unit)
        if not most.is_met_by(count):
            reasons.append(Reason("CALLS_OVER_MOST", self._count_facts(event, unit, count, most), most.article))
        if reasons:
            return VIOLATION, reasons
        return COMPLIANT, [Reason("WITHIN_LIMITS", self._count_facts(event, unit, count, most), most.article)]

    def _count(self, event: Event, unit: Unit) -> tuple[int, Taken]:
        days, most = LAW.value_on("calls_days", event.day).whole, LAW.value_on("calls_most", event.day)
        first = event.day - (days - 1) * _DAY
        kept = self.counted[unit] = [day for day in self.counted[unit] if day >= first]
        kept.append(event.day)
        return len(kept), most

    def _count_facts(self, event: Event, unit: Unit, count: int, most: Taken) -> dict[str, object]:
        days = LAW.value_on("calls_days", event.day).whole
        first = event.day - (days - 1) * _DAY
        return {"debt": unit[2], "count": count, "most": most.whole, "days": days, "from_date": first}

    def _units(self, event: Event, debts: Iterable[str], collector: str | None = None) -> list[Unit]:
        caller = event.collector if collector is None else collector
        return list(
            dict.fromkeys((caller, event.person, particular_debt(self.case, debt)) for debt in sorted(set(debts)))
        )

    def _callers(self, event: Event) -> frozenset[str]:
        # A call of the person's own that names no collector may have been to any of them.
        return frozenset({event.collector}) if event.collector else self.collectors

    def _enter(self, event: Event) -> list[Reason]:
        """Enter what a contact leaves behind: the rest after a conversation, consent, and its end."""
        callers = self._callers(event)
        for caller in callers:
            if event.is_conversation:
                # Consent given before ends with this conversation; what is agreed in it begins below.
                for unit in self._units(event, event.discussed, caller):
                    self.spoken[unit] = event.day
                    self.consents.pop(unit, None)
            for unit in self._units(event, event.revoked, caller):
                self.consents.pop(unit, None)
        if event.consent is None:
            return []
        if len(callers) > 1:
            # Consent is given to one collector: where several call and none is named, it is nobody's.
            return [_reason("CONSENT_TO_WHOM_UNKNOWN", "1006.14(b)(3)(i)")]
        ends = event.consent.ends(event.at, LAW.value_on("consent_days", event.day).last_whole)
        for caller in callers:
            for unit in self._units(event, event.consent.debts, caller):
                self.consents[unit] = _Consented(event.day, ends, event.consent)
        return []


def _flags(case: Case, judged: list[Judged]) -> list[Flag]:
    """Find days with calls in quick succession, or with as many calls as the week allows."""
    by_unit: dict[Unit, list[Event]] = defaultdict(list)
    for one in judged:
        if one.verdict in (COMPLIANT, VIOLATION):
            for debt in dict.fromkeys(particular_debt(case, debt) for debt in one.event.debts):
                by_unit[(one.event.collector, one.event.person, debt)].append(one.event)
    found: dict[tuple[date, str, str], Flag] = {}
    for unit, events in by_unit.items():
        for flag in (*_quick_succession(events, unit[2]), *_many_a_day(events, unit[2])):
            found.setdefault((flag.on, flag.reason.code, unit[2]), flag)
    return [found[key] for key in sorted(found)]


def _quick_succession(events: list[Event], debt: str) -> Iterable[Flag]:
    for first, second in pairwise(one for one in events if one.is_unanswered):
        minutes = LAW.value_on("pattern_minutes", second.day)
        if second.at - first.at <= timedelta(minutes=minutes.whole):
            facts = {"debt": debt, "minutes": minutes.whole}
            yield Flag(second.day, Reason("CALLS_IN_QUICK_SUCCESSION", facts, minutes.article))


def _many_a_day(events: list[Event], debt: str) -> Iterable[Flag]:
    for day, count in Counter(one.day for one in events).items():
        limit = LAW.value_on("pattern_calls_a_day", day)
        if limit.is_met_by(count):
            yield Flag(day, Reason("MANY_CALLS_ON_ONE_DAY", {"debt": debt, "count": count}, limit.article))


def _hours_notice(event: Event) -> tuple[Reason, ...]:
    if event.raw.get("time") is None or event.channel in {"letter", "mail", "post", "postal_mail"}:
        return ()
    reason = open_hours(clock=event.at.time(), on=event.day).reasons[0]
    return (reason,) if reason.code == "OUTSIDE_HOURS" else ()


def _reason(code: str, article: str, confidence: Confidence = Confidence.READ, **facts: object) -> Reason:
    return Reason(code, facts, LAW.cite(article, confidence))
