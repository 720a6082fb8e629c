"""What every jurisdiction's classification offers, and how several findings make one class."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qingshou.kernel.verdict import Article, Reason, Verdict
from qingshou.law.facts import ClassificationFacts
from qingshou.law.values import Instrument, Taken


class DueRung(NamedTuple):
    """Due on this date or earlier, at least this class."""

    latest_due_date: date
    class_code: str
    article: Article


class Rung(NamedTuple):
    """From so many overdue days on, at least this class."""

    min_overdue_days: int
    class_code: str
    article: Article


@dataclass(frozen=True, slots=True)
class Floor:
    """A finding: the class is at least this one, for this reason."""

    class_code: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Contagion:
    """When one debtor's bad loans make the others bad: a share above the limit, for all but the exempt kinds."""

    share_over: Decimal
    numerator: str  # NON_PERFORMING or OVERDUE_OVER_90: whose balances are counted
    class_code: str  # the class the other loans take at least
    exempt_borrower_kinds: frozenset[str]
    article: Article


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One place's classification, put together from its instruments."""

    code: str
    classes: tuple[str, ...]  # best first
    non_performing: frozenset[str]
    rungs: Callable[[str, bool, date], list[Rung]]  # product, is_secured, on
    floors: Callable[[ClassificationFacts, int, date], list[Floor]]  # facts, overdue_days, on
    provision_rates: Callable[[date], Mapping[str, Taken]]
    contagion: Callable[[date], Contagion | None]
    day_one: Callable[[date], Taken]
    # The limits that are in months, by class: is_secured, on. Empty where a text counts in days.
    month_limits: Callable[[bool, date], Mapping[str, Taken]] = lambda _is_secured, _on: {}


def rung(law: Instrument, value_id: str, class_code: str, on: date) -> Rung:
    """Make a rung of a ladder from a value that is a limit in days."""
    taken = law.value_on(value_id, on)
    return Rung(taken.first_whole, class_code, taken.article)


def ladder_floor(rungs: Sequence[Rung], overdue_days: int, code: str = "OVERDUE_DAYS") -> Floor:
    """Return the highest rung that the overdue days have reached."""
    reached = [one for one in rungs if overdue_days >= one.min_overdue_days]
    top = max(reached, key=lambda one: one.min_overdue_days)
    fields = {"class": top.class_code, "overdue_days": overdue_days, "min_overdue_days": top.min_overdue_days}
    return Floor(top.class_code, Reason(code, fields, top.article))


def floor(class_code: str, code: str, article: Article, **fields: object) -> Floor:
    """Make a finding; the class goes into its reason too, so that an edge can say what each reason called for."""
    return Floor(class_code, Reason(code, {"class": class_code, **fields}, article))


def worse_of(first: Sequence[Rung], second: Sequence[Rung], classes: Sequence[str]) -> list[Rung]:
    """Join two ladders: each class is reached by the earlier of the two; on a tie the second gives the article."""
    joined: list[Rung] = []
    for class_code in classes:
        named = [one for one in (*second, *first) if one.class_code == class_code]
        if named:
            joined.append(min(named, key=lambda one: one.min_overdue_days))
    # A class that a worse one overtakes is never reached.
    return [
        one
        for place, one in enumerate(joined)
        if all(one.min_overdue_days < later.min_overdue_days for later in joined[place + 1 :])
    ]


def worst(classes: Sequence[str], floors: Iterable[Floor]) -> Verdict:
    """Return the worst class found with all reasons, those that decided first."""
    order = {class_code: place for place, class_code in enumerate(classes)}
    ranked = sorted(floors, key=lambda one: -order[one.class_code])
    return Verdict(ranked[0].class_code, tuple(one.reason for one in ranked))
