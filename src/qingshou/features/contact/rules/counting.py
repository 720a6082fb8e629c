"""Counters, gaps and pauses: how many contacts of the past stand in a span, and when the next one fits again."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from qingshou.features.contact.rules.facts import Facts, Past
from qingshou.law.contact.shape import Cap, Counts, Gap, OneChannel, Quiet, Span, Unit
from qingshou.law.contact.terms import Outcome, Purpose


def binds(cap: Cap, facts: Facts) -> bool:
    """Tell whether a counter speaks of this contact at all."""
    return (
        facts.channel in cap.channels
        and facts.party in cap.parties
        and (not cap.places or facts.place in cap.places)
    )  # fmt: skip


def counted(cap: Cap, facts: Facts, today: date, *, debt: UUID | None = None) -> list[date]:
    """Return the local dates of the past contacts that stand in the counter's span, newest first."""
    since = first_day(cap, today)
    return [one.local_date for one in facts.past if one.local_date >= since and _counts(cap, facts, one, debt)]


def first_day(cap: Cap, today: date) -> date:
    """Return the first local date of the span that ends today."""
    if cap.span is Span.WEEK:
        return today - timedelta(days=today.weekday())
    return today - timedelta(days=cap.days - 1)


def days_by_unit(cap: Cap, facts: Facts, today: date) -> list[date]:
    """Return what the counter holds; of a counter by debt, what the fullest of the debts holds."""
    if cap.unit is not Unit.DEBT or not facts.debts:
        return counted(cap, facts, today)
    return max((counted(cap, facts, today, debt=debt) for debt in facts.debts), key=len)


def frees_on(cap: Cap, days: Sequence[date], today: date) -> date:
    """Return the local date on which a full counter admits one more."""
    if cap.span is Span.WEEK:
        return today + timedelta(days=7 - today.weekday())
    if cap.most <= 0:
        return today + timedelta(days=cap.days)
    # the contact that must leave the span: the `most`-th newest
    return days[cap.most - 1] + timedelta(days=cap.days)


def quiet_until(quiet: Quiet, facts: Facts, today: date) -> date | None:
    """Return the first local date after the pause that a conversation brought; None where none is on."""
    ends = [
        one.local_date + timedelta(days=quiet.days)
        for one in facts.past
        if one.outcome is Outcome.CONVERSATION
        and one.channel in quiet.channels
        and _same_unit(quiet.unit, facts, one)
        and (not quiet.per_collector or one.collector == facts.collector)
    ]
    last = max(ends, default=None)
    return last if last is not None and last > today else None


def gap_until(gap: Gap, facts: Facts, today: date) -> date | None:
    """Return the first local date far enough from the last contact; None where that is so already."""
    last = max((one.local_date for one in _ours(facts.past) if one.channel in gap.channels), default=None)
    free = last + timedelta(days=gap.days) if last is not None else None
    return free if free is not None and free > today else None


def other_channel_used(rule: OneChannel, facts: Facts, today: date) -> str:
    """Return the channel that this calendar week already belongs to; '' where it is free or the same."""
    monday = today - timedelta(days=today.weekday())
    used = (one.channel for one in _ours(facts.past) if one.local_date >= monday and one.channel in rule.channels)
    return next((channel for channel in used if channel is not facts.channel), "")


def _ours(past: Iterable[Past]) -> Iterable[Past]:
    return (one for one in past if _is_contact(one) and one.outcome is not Outcome.RELEASED)


def _is_contact(one: Past) -> bool:
    """A code that the person asked for is no contact of ours."""
    return one.is_ours and one.purpose is not Purpose.SERVICE


def _counts(cap: Cap, facts: Facts, one: Past, debt: UUID | None) -> bool:
    if not _is_contact(one) or one.channel not in cap.channels:
        return False
    if one.outcome in cap.ignores or one.party not in cap.parties:
        return False
    if cap.by_consent and one.by_consent:
        return False
    if cap.per_collector and one.collector != facts.collector:
        return False
    if cap.counts is Counts.CONVERSATIONS and not one.may_be_conversation:
        return False
    if cap.unit is Unit.NUMBER:
        return one.point_index == facts.point_index
    return debt is None or debt in one.debts


def _same_unit(unit: Unit, facts: Facts, one: Past) -> bool:
    if unit is Unit.NUMBER:
        return one.point_index == facts.point_index
    return unit is Unit.PERSON or not one.debts.isdisjoint(facts.debts)
