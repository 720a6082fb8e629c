"""Third persons: asked only how the debtor can be reached, only after he could not be, and never told of a debt."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from qingshou.features.contact.rules.facts import Facts, Past
from qingshou.features.contact.rules.local import local_date, start_of
from qingshou.features.contact.rules.stopping import in_force
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.contact.shape import ContactLaw, ThirdPersons
from qingshou.law.contact.terms import UNANSWERED, Channel, Outcome, Party, Purpose, Stop

_HOUSE = Article("house", "THIRD_PERSONS", Confidence.READ)


def obstacles_of_thirds(facts: Facts, law: ContactLaw) -> Iterator[tuple[Reason, datetime | None]]:
    """Yield what stands against contact with somebody who does not owe.

    Law     中国银行业协会 2026-01-30: number invalid; or 3 consecutive failed dials, from the next day;
            or 3 consecutive failed days, at once. GB/T 45251-2025: unreachable, dead or without capacity.
            15 USC 1692b: once
    """
    if facts.party is not Party.THIRD:
        if facts.purpose is Purpose.LOCATE:
            yield Reason("THIRD_PERSON_NEVER", {"why": "NOT_A_THIRD_PERSON"}, _HOUSE), None
        return
    if facts.purpose is not Purpose.LOCATE:
        article = law.third_persons[0].article if law.third_persons else _HOUSE
        yield Reason("THIRD_PERSON_NEVER", {"why": "ONLY_TO_LOCATE"}, article), None
        return
    if not law.third_persons:
        yield Reason("THIRD_PERSON_NEVER", {"why": "NO_TEXT_ALLOWS"}, _HOUSE), None
    for rule in law.third_persons:
        yield from _of_rule(rule, facts)


def _of_rule(rule: ThirdPersons, facts: Facts) -> Iterator[tuple[Reason, datetime | None]]:
    if not rule.allowed:
        yield Reason("THIRD_PERSON_NEVER", {"why": "FORBIDDEN"}, rule.article), None
        return
    asked_before = any(
        one.is_ours and one.party is Party.THIRD and one.point_index == facts.point_index
        and one.outcome is not Outcome.RELEASED
        for one in facts.past
    )  # fmt: skip
    if rule.once and asked_before:
        yield Reason("THIRD_PERSON_NEVER", {"why": "ASKED_BEFORE"}, rule.article), None
    if not _has_conditions(rule) or _is_met(rule, facts):
        return
    dials = _failed_in_a_row(_dials(facts))
    fields: dict[str, object] = {"failed_dials": len(dials), "needed": rule.failed_dials}
    until = None
    if rule.failed_dials is not None and len(dials) >= rule.failed_dials:
        # from the day after the dial that made it enough
        reached = dials[rule.failed_dials - 1].local_date
        until = start_of(reached + timedelta(days=1), facts.zones[0])
    yield Reason("THIRD_PERSON_NOT_YET", fields, rule.article), until


def _has_conditions(rule: ThirdPersons) -> bool:
    return rule.failed_dials is not None or rule.failed_days is not None or rule.if_number_invalid


def _is_met(rule: ThirdPersons, facts: Facts) -> bool:
    if rule.if_number_invalid and facts.is_debtor_unreachable:
        return True
    if rule.if_dead_or_incapable and any(
        one.kind in (Stop.DEATH, Stop.VULNERABLE) and in_force(one, facts.at) for one in facts.stops
    ):
        return True
    dials = _failed_in_a_row(_dials(facts))
    today = local_date(facts.at, facts.zones[0])
    needed = rule.failed_dials
    # oldest first: the day on which the run of failures became long enough
    if needed is not None and len(dials) >= needed and dials[needed - 1].local_date < today:
        return True
    return rule.failed_days is not None and _consecutive_days({one.local_date for one in dials}) >= rule.failed_days


def _dials(facts: Facts) -> list[Past]:
    """Return our calls to the debtor, oldest first; what is still on its way is not yet a failure."""
    return [
        one
        for one in reversed(facts.past)
        if one.is_ours and one.channel is Channel.PHONE and one.party is Party.DEBTOR
        and one.outcome not in (Outcome.PENDING, Outcome.RELEASED)
    ]  # fmt: skip


def _failed_in_a_row(dials: list[Past]) -> list[Past]:
    """Return the failures since the last success, oldest first."""
    run: list[Past] = []
    for one in dials:
        run = [*run, one] if one.outcome in UNANSWERED else []
    return run


def _consecutive_days(days: set[date]) -> int:
    """Return how many days in a row end with the last of them."""
    last = max(days, default=None)
    count = 0
    while last is not None and last in days:
        count, last = count + 1, last - timedelta(days=1)
    return count
