"""Many contacts judged, most of them alike: nothing happened before, nothing was said, nothing stands in force.

Of such a contact only the kind, the place, the day and whether the hours are open decide. Where one is allowed, so is
the next of its kind, with the same articles and the same left in every counter; only its own hours are looked at again.
Whatever else (a past, a stop, a word of consent, hours asked for, a refusal) is judged by itself.
"""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from qingshou.features.contact.rules.facts import Clearance, Facts
from qingshou.features.contact.rules.house import HousePolicy
from qingshou.features.contact.rules.judging import hours_that_bind, judge
from qingshou.features.contact.rules.local import is_open, local_date
from qingshou.law.contact.shape import ContactLaw, Hours


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the first of a kind was told. `law` is kept so that its identity in the kind's name stays its own."""

    law: ContactLaw
    hours: tuple[Hours, ...]
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class Alike:
    """The kinds met in one batch, under one policy."""

    _kinds: dict[Any, _Kind] = field(default_factory=dict)

    def judge(
        self, facts: Facts, law: ContactLaw, policy: HousePolicy, *, person_id: UUID | None, point_id: UUID | None
    ) -> Clearance:  # fmt: skip
        """Judge one contact; gives what `judge` gives, with whose and which number it is."""
        if not _is_plain(facts):
            return replace(judge(facts, law, policy), person_id=person_id, point_id=point_id)
        name = _name(facts, law, policy)
        known = self._kinds.get(name)
        if known is not None and _are_open(facts, known.hours):
            told = known.clearance
            return Clearance(
                told.value, told.reasons, facts.at, told.left, person_id, point_id, facts.point_index, told.zone,
                told.local_date, tuple(sorted(facts.debts)), told.place, told.by_consent, told.kept,
            )  # fmt: skip
        clearance = replace(judge(facts, law, policy), person_id=person_id, point_id=point_id)
        if clearance.is_allowed:
            self._kinds[name] = _Kind(law, tuple(hours_that_bind(facts, law, policy)), clearance)
        return clearance


def _is_plain(facts: Facts) -> bool:
    return not (
        facts.past or facts.stops or facts.consents or facts.checked_at is not None
        or facts.asked_from_minute is not None or facts.asked_until_minute is not None
    )  # fmt: skip


def _name(facts: Facts, law: ContactLaw, policy: HousePolicy) -> tuple[object, ...]:
    """Return all that `judge` reads of a plain contact, but for its instant within the day, its number and debts."""
    return (
        id(law), id(policy), local_date(facts.at, facts.zones[0]), facts.channel, facts.purpose, facts.party,
        facts.zones, facts.place, facts.has_point, facts.is_struck, facts.struck_reason, facts.employer_forbids,
        facts.collector, facts.is_minor, facts.has_open_debt, facts.is_debtor_unreachable,
    )  # fmt: skip


def _are_open(facts: Facts, hours: tuple[Hours, ...]) -> bool:
    for zone in facts.zones:
        for one in hours:
            if not is_open(facts.at, zone, one):
                return False
    return True
