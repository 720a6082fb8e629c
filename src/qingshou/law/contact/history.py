"""A list of contacts judged by a place's hours and counters, one after the other, as if each had been asked for."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import TypeVar

from qingshou.kernel.verdict import Reason
from qingshou.law.contact.clock import closed_reasons
from qingshou.law.contact.events import Case, Consent, Event
from qingshou.law.contact.shape import Cap, ContactLaw, Counts, Gap, OneChannel, Quiet, Span, ThirdPersons, Unit
from qingshou.law.contact.terms import UNANSWERED, Channel, Outcome, Party, Place

ALLOWED, REFUSED = "allowed", "refused"
T = TypeVar("T")
LawOn = Callable[[date], ContactLaw]
_DAY = timedelta(days=1)
# No counter looks further back; it holds the longest span and what a third person's conditions need.
_REMEMBERED = timedelta(days=62)
_CHANNELS = {
    "text": Channel.SMS, "text_message": Channel.SMS, "sms": Channel.SMS, "mms": Channel.SMS, "email": Channel.EMAIL,
    "e_mail": Channel.EMAIL, "letter": Channel.POST, "mail": Channel.POST, "post": Channel.POST, "fax": Channel.POST,
    "postal_mail": Channel.POST, "visit": Channel.VISIT, "in_person": Channel.VISIT, "wecom": Channel.WECOM,
    "dingtalk": Channel.DINGTALK, "whatsapp": Channel.WHATSAPP, "telegram": Channel.TELEGRAM, "line": Channel.LINE,
    "social": Channel.WHATSAPP, "social_media": Channel.WHATSAPP, "chat": Channel.WHATSAPP,
}  # fmt: skip
# Parts of an outcome's word, the first that is found decides.
_OUTCOMES = (
    ("not_in_service", Outcome.NOT_IN_SERVICE), ("out_of_service", Outcome.NOT_IN_SERVICE),
    ("disconnected", Outcome.NOT_IN_SERVICE), ("invalid", Outcome.NOT_IN_SERVICE), ("busy", Outcome.BUSY),
    ("wrong", Outcome.WRONG_PERSON), ("third_person", Outcome.THIRD_PERSON), ("full", Outcome.VOICEMAIL_FULL),
    ("voicemail", Outcome.VOICEMAIL_LEFT), ("announcement", Outcome.ANNOUNCEMENT), ("dropped", Outcome.DROPPED),
    ("delivered", Outcome.DELIVERED), ("failed", Outcome.FAILED), ("released", Outcome.RELEASED),
)  # fmt: skip
_PLACES = (
    ("cell", Place.MOBILE), ("mobile", Place.MOBILE), ("home", Place.HOME), ("residence", Place.HOME),
    ("landline", Place.HOME), ("work", Place.WORK), ("office", Place.WORK),
)  # fmt: skip
_PARTIES = {
    "consumer": Party.DEBTOR, "debtor": Party.DEBTOR, "borrower": Party.DEBTOR, "customer": Party.DEBTOR,
    "guarantor": Party.GUARANTOR, "surety": Party.GUARANTOR, "related": Party.RELATED, "spouse": Party.RELATED,
    "attorney": Party.ATTORNEY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attempt:
    """One contact in the terms of the law."""

    at: datetime
    channel: Channel
    party: Party
    person: str
    number: str
    place: Place
    collector: str
    debts: frozenset[str]  # those it was meant for, and those that were spoken of
    outcome: Outcome
    is_inbound: bool
    day: date  # the person's local date

    def is_same_person(self, other: "Attempt") -> bool:
        """Tell whether both reach the same person; a case is about one debtor, however he is named."""
        return self.party is other.party and (self.party is Party.DEBTOR or self.person == other.person)

    def shares(self, unit: Unit, other: "Attempt") -> bool:
        """Tell whether two attempts fall under one counter (debts are told apart by the caller)."""
        return self.number == other.number if unit is Unit.NUMBER else self.is_same_person(other)


@dataclass(frozen=True, slots=True)
class Finding:
    """An event with its verdict: allowed or refused with all reasons; None for what the person did."""

    event: Event
    verdict: str | None
    reasons: tuple[Reason, ...]


def judge_history(case: Case, law_on: LawOn) -> tuple[Finding, ...]:
    """Judge every contact of a case by the law of its local date.

    Takes   case    events in any order; a refused contact that was made all the same still counts for later ones
            law_on  the law of a date
    Gives   a finding for each event, in the order given
    Stops   what law_on stops with: NotCovered outside the dates entered
    """
    ledger = _Ledger(law_on)
    found = [ledger.judge(event) for event in case.events]
    return tuple(sorted(found, key=lambda one: one.event.place))


@dataclass(slots=True)
class _Ledger:
    law_on: LawOn
    past: deque[Attempt] = field(default_factory=deque)  # in the order of time
    consents: dict[str, tuple[Consent, datetime]] = field(default_factory=dict)

    def judge(self, event: Event) -> Finding:
        one = attempt_of(event)
        while self.past and self.past[0].day < one.day - _REMEMBERED:
            self.past.popleft()
        reasons: tuple[Reason, ...] = ()
        if not event.is_inbound:
            reasons = self._reasons(one, self.law_on(one.day))
        self._enter(event, one)
        return Finding(event, None if event.is_inbound else REFUSED if reasons else ALLOWED, reasons)

    def _reasons(self, one: Attempt, law: ContactLaw) -> tuple[Reason, ...]:
        if one.party is Party.ATTORNEY:
            return ()
        agreed = bool(one.debts) and all(self._has_agreed(debt, one) for debt in one.debts)
        hours = [each for each in law.hours if not (agreed and each.by_consent)]
        found = list(closed_reasons(hours, one.at, one.channel))
        for cap in law.caps:
            if not (agreed and cap.by_consent):
                found += self._over(cap, one)
        for rest in law.quiets:
            if not (agreed and rest.by_consent):
                found += self._resting(rest, one)
        for gap in law.gaps:
            found += self._too_near(gap, one)
        for single in law.one_channel:
            found += self._other_channel(single, one)
        for third in law.third_persons if one.party is Party.THIRD else ():
            found += self._third(third, one)
        return tuple(found)

    def _enter(self, event: Event, one: Attempt) -> None:
        if not event.is_inbound or event.is_conversation:
            self.past.append(one)
        for debt in event.revoked:
            self.consents.pop(debt, None)
        if event.consent is not None:
            for debt in event.consent.debts:
                self.consents[debt] = (event.consent, event.consent.ends(event.at, None))

    def _has_agreed(self, debt: str, one: Attempt) -> bool:
        if debt not in self.consents:
            return False
        consent, ends = self.consents[debt]
        return one.at <= ends and consent.holds_on(one.day)

    def _over(self, cap: Cap, one: Attempt) -> list[Reason]:
        if one.channel not in cap.channels or one.party not in cap.parties or not _is_at(cap, one):
            return []
        first = one.day - (cap.days - 1) * _DAY if cap.span is Span.DAYS else one.day - one.day.weekday() * _DAY
        counted = [past for past in self._since(first) if self._is_counted(cap, past, one)]
        count = len(counted)
        if cap.unit is Unit.DEBT:
            # Each debt has a count of its own: the fullest decides.
            count = max((sum(debt in past.debts for past in counted) for debt in one.debts), default=0)
        if count < cap.most:
            return []
        fields = {"count": count, "most": cap.most, "unit": cap.unit.value, "span": cap.span.value, "days": cap.days}
        return [Reason(cap.code, fields, cap.article)]

    def _since(self, first: date) -> Iterator[Attempt]:
        return takewhile(lambda past: past.day >= first, reversed(self.past))

    def _is_counted(self, cap: Cap, past: Attempt, one: Attempt) -> bool:
        return (
            not past.is_inbound
            and past.channel in cap.channels
            and past.outcome not in cap.ignores
            and (cap.counts is Counts.ATTEMPTS or past.outcome is Outcome.CONVERSATION)
            and _is_at(cap, past)
            and (not cap.per_collector or past.collector == one.collector)
            and past.shares(cap.unit, one)
        )

    def _resting(self, rest: Quiet, one: Attempt) -> list[Reason]:
        if one.channel not in rest.channels:
            return []
        first = one.day - (rest.days - 1) * _DAY
        spoken = [
            past.day
            for past in self._since(first)
            if past.outcome is Outcome.CONVERSATION
            and past.channel in rest.channels
            and past.shares(rest.unit, one)
            and (rest.unit is not Unit.DEBT or past.debts & one.debts)
            and (not rest.per_collector or past.is_inbound or past.collector == one.collector)
        ]
        return [Reason(rest.code, {"spoken": max(spoken), "days": rest.days}, rest.article)] if spoken else []

    def _too_near(self, gap: Gap, one: Attempt) -> list[Reason]:
        if one.channel not in gap.channels:
            return []
        near = [
            past.day
            for past in self._since(one.day - (gap.days - 1) * _DAY)
            if not past.is_inbound and past.channel in gap.channels and past.is_same_person(one)
        ]
        return [Reason(gap.code, {"last": max(near), "days": gap.days}, gap.article)] if near else []

    def _other_channel(self, single: OneChannel, one: Attempt) -> list[Reason]:
        if one.channel not in single.channels:
            return []
        monday = one.day - one.day.weekday() * _DAY
        used = {past.channel for past in self._since(monday) if not past.is_inbound and past.is_same_person(one)}
        others = sorted((used & single.channels) - {one.channel})
        return [Reason(single.code, {"used": others[0].value}, single.article)] if others else []

    def _third(self, rule: ThirdPersons, one: Attempt) -> list[Reason]:
        if not rule.allowed:
            return [Reason("THIRD_PERSONS_BARRED", {}, rule.article)]
        asked = sum(not past.is_inbound and past.person == one.person for past in self.past)
        if rule.once and asked:
            return [Reason("THIRD_PERSON_ASKED_ALREADY", {"contacts": asked}, rule.article)]
        if self._is_unreachable(rule, one):
            return []
        needed = {"failed_dials": rule.failed_dials, "failed_days": rule.failed_days}
        return [Reason("DEBTOR_NOT_YET_UNREACHABLE", needed, rule.article)]

    def _is_unreachable(self, rule: ThirdPersons, one: Attempt) -> bool:
        dials = [
            past for past in self.past
            if past.party is Party.DEBTOR and past.channel is Channel.PHONE and not past.is_inbound
        ]  # fmt: skip
        if rule.if_number_invalid and dials and dials[-1].outcome is Outcome.NOT_IN_SERVICE:
            return True
        failed: list[Attempt] = []
        for past in reversed(dials):
            if past.outcome not in UNANSWERED:
                break
            failed.append(past)
        enough = rule.failed_dials is not None and len(failed) >= rule.failed_dials
        # From the day after the dial that made it so many.
        if enough and failed[len(failed) - (rule.failed_dials or 0)].day < one.day:
            return True
        days = {past.day for past in failed}
        last = max(days, default=one.day)
        return rule.failed_days is not None and {last - back * _DAY for back in range(rule.failed_days)} <= days


def attempt_of(event: Event) -> Attempt:
    """Bring a written event to the terms of the law; a word not known takes the stricter meaning."""
    return Attempt(
        at=event.at,
        channel=Channel.PHONE if event.is_call else _CHANNELS.get(event.channel, Channel.POST),
        party=_PARTIES.get(event.person, Party.THIRD),
        person=event.person,
        number=event.number,
        place=_first(_PLACES, event.number.casefold(), Place.UNKNOWN),
        collector=event.collector,
        debts=frozenset(event.debts) | event.discussed,
        outcome=_outcome(event),
        is_inbound=event.is_inbound,
        day=event.day,
    )


def _outcome(event: Event) -> Outcome:
    if event.is_conversation:
        return Outcome.CONVERSATION
    return _first(_OUTCOMES, event.outcome, Outcome.NO_ANSWER if event.is_call else Outcome.SENT)


def _is_at(cap: Cap, one: Attempt) -> bool:
    return not cap.places or one.place in cap.places


def _first(table: tuple[tuple[str, T], ...], text: str, otherwise: T) -> T:
    return next((term for part, term in table if part in text), otherwise)
