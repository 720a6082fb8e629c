"""Reading the parts of one debt of a file of `qingshou law allocate`: a list, an object, instalments, or one amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.interfaces.commands import law_allocate_names as names
from qingshou.interfaces.commands.law_allocate_cells import (
    Notes,
    amount_at,
    date_at,
    first_of,
    note_unknown,
    said_twice,
    text_at,
    told_apart,
)
from qingshou.interfaces.commands.law_allocate_names import key_of
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import Part, PartKind

DUE = ("due_date", "due", "due_on", "date", "maturity_date")
IS_DUE = ("is_due",)
PARTS = ("parts", "components", "breakdown", "items")
PLAN = ("instalments", "installments", "schedule", "periods")
TOTALS = ("amount", "total", "sum", "open", "outstanding", "unpaid", "balance")
_KIND = ("kind", "type", "part", "component", "name", "label")
_IDS = ("id", "key", "part_id", "number", "no")
_NUMBERS = ("id", "number", "no", "n", "seq", "period")
_AMOUNTS = ("amount", "open", "outstanding", "unpaid", "balance", "value")
_KNOWN = {*DUE, *IS_DUE, *_KIND, *_IDS, *_AMOUNTS, "currency", "status"}
_ALLOWED = "kind, amount, due_date, is_due or id"
# What may stand beside amounts of an instalment or a parts object without being one.
_ASIDE = {*DUE, *IS_DUE, *_IDS, *_NUMBERS, *TOTALS, "part", "name", "note", "status", "currency"}


@dataclass(frozen=True, slots=True)
class _When:
    """What is said of a part's day: a date, or (is_due) only whether it is due; both None where nothing is said."""

    day: date | None = None
    has_date: bool = False  # tells a date that is null, not scheduled, from none
    is_due: bool | None = None


_UNSAID = _When()


@dataclass(slots=True)
class _Found:
    """One part as written."""

    key: str
    kind: PartKind
    amount: Decimal
    when: _When


class Parts:
    """Gathers the parts of one debt, whatever form they are written in."""

    def __init__(self, place: str, currency: str, notes: Notes) -> None:
        self.place, self.currency, self.notes = place, currency, notes
        self.found: list[_Found] = []
        self.is_flat = False  # the kinds stand in the debt itself
        self._keys: set[str] = set()

    @property
    def owed(self) -> Decimal:
        """All that is open."""
        return sum((one.amount for one in self.found), ZERO)

    def read(self, raw: dict[str, Any]) -> None:
        """Read all forms a debt gives; a debt that gives none is noted."""
        before = len(self.notes.found)
        key, parts = first_of(raw, *PARTS)
        if parts is not None:
            self._parts(parts, f"{self.place}.{key}", _UNSAID, "")
        key, plan = first_of(raw, *PLAN)
        if plan is not None:
            self._plan(plan, f"{self.place}.{key}")
        if parts is None and plan is None:
            self.is_flat = True
            named = {name: value for name, value in raw.items() if names.KINDS.get(names.bare(name))}
            totals = {name: value for name, value in raw.items() if key_of(name) in TOTALS}
            self._object(named | totals, self.place, _UNSAID, "")
        elif len(self.notes.found) == before:
            self._hold_to_total(raw)
        if not self.found and len(self.notes.found) == before and parts is None and plan is None:
            self.notes.add(
                f"{self.place}.parts", "give the parts: costs, penalty, interest, principal, or instalments."
            )

    def dated(self, due: date | None, on: date, *, is_due: bool) -> tuple[tuple[Part, ...], frozenset[str]]:
        """Give a part without a date the debt's; where the whole debt has none it counts as due, which is told apart.

        Takes   due     the debt's own date; is_due: False where the debt says that it is not due
                on      the day of payment
        Gives   parts with their days, and the keys of those that count as due without a date
        """
        has_dates = any(one.when.has_date for one in self.found)
        parts, undated = [], set()
        for one in self.found:
            day, said = one.when.day, one.when.is_due
            if said is True and day is None:
                day = due if due is not None and due <= on else None
            elif said is None and day is None and not one.when.has_date and is_due:
                day = due
            counts_as_due = said is True or (said is None and not one.when.has_date and is_due and not has_dates)
            if day is None and counts_as_due:
                day = on
                undated.add(one.key)
            parts.append(Part(key=one.key, kind=one.kind, amount=one.amount, due_date=day))
        return tuple(parts), frozenset(undated)

    def knows(self, name: str) -> bool:
        """Tell whether a name of the debt is a kind that was read."""
        return names.bare(name) in names.KINDS and self.is_flat

    def _hold_to_total(self, raw: dict[str, Any]) -> None:
        """Note a total beside the parts that is not their sum: one of the two is wrong, and it is money."""
        told_apart(raw, self.place, TOTALS, self.notes)
        key, value = first_of(raw, *TOTALS)
        if value is None:
            return
        if amount_at(value, f"{self.place}.{key}", self.currency, self.notes) != self.owed:
            self.notes.add(f"{self.place}.{key}", "is not the sum of the parts beside it: correct one of them.")

    def _plan(self, plan: Any, place: str) -> None:
        if not isinstance(plan, list):
            self.notes.add(place, "give a list of instalments.")
            return
        for number, one in enumerate(plan):
            at = f"{place}[{number}]"
            if not isinstance(one, dict):
                self.notes.add(at, "give an object with a due date and amounts.")
                continue
            when = self._when(one, at, _UNSAID)
            key, own = first_of(one, *_NUMBERS)
            name = text_at(own, f"{at}.{key}", self.notes) if own is not None else str(when.day or number + 1)
            key, inner = first_of(one, *PARTS[:3])
            if inner is None:
                self._object(one, at, when, f"{name}:")
            else:
                self._parts(inner, f"{at}.{key}", when, f"{name}:")

    def _parts(self, raw: Any, place: str, when: _When, prefix: str) -> None:
        if isinstance(raw, dict):
            self._object(raw, place, self._when(raw, place, when), prefix)
        elif isinstance(raw, list):
            for number, one in enumerate(raw):
                self._one(one, f"{place}[{number}]", when, prefix)
        else:
            self.notes.add(place, 'give a list of parts, or an object such as {"interest": "10.00"}.')

    def _one(self, raw: Any, place: str, when: _When, prefix: str, known: PartKind | None = None) -> None:
        """Read one part of a list; `known` where its kind stands outside it."""
        if not isinstance(raw, dict):
            self.notes.add(place, "give an object with kind and amount.")
            return
        for twice in said_twice(raw):
            self.notes.add(f"{place}.{twice}", "is given twice: keep one.")
        key, written = first_of(raw, *_KIND)
        if known is None and written is None and any(names.KINDS.get(names.bare(one)) for one in raw):
            self._object(raw, place, self._when(raw, place, when), prefix)
            return
        kind = known or (names.KINDS.get(names.bare(written)) if isinstance(written, str) else None)
        if kind is None:
            self.notes.add(f"{place}.{key}", f"is no kind of part: use {', '.join(PartKind)}.")
        told_apart(raw, place, _AMOUNTS, self.notes)
        key, value = first_of(raw, *_AMOUNTS)
        amount = amount_at(value, f"{place}.{key}", self.currency, self.notes)
        key, given = first_of(raw, *_IDS)
        name = text_at(given, f"{place}.{key}", self.notes) if given is not None else ""
        note_unknown(raw, f"{place}.", _KNOWN, self.notes, allowed=_ALLOWED)
        if kind is not None:
            self._add(name, kind, amount, self._when(raw, place, when), prefix)

    def _object(self, raw: dict[str, Any], place: str, when: _When, prefix: str) -> None:
        for twice in said_twice(raw):
            self.notes.add(f"{place}.{twice}", "is given twice: keep one.")
        start = len(self.found)
        named = False
        for name, value in raw.items():
            kind = names.KINDS.get(names.bare(name))
            if kind is not None:
                named = True
                self._of_kind(kind, value, f"{place}.{name}", when, prefix)
            elif key_of(name) not in _ASIDE and not name.startswith("\0"):
                self.notes.add(f"{place}.{name}", f"is no kind of part: use {', '.join(PartKind)}.")
        told_apart(raw, place, TOTALS, self.notes)
        key, value = first_of(raw, *TOTALS)
        if value is None:
            return
        whole = amount_at(value, f"{place}.{key}", self.currency, self.notes)
        if not named:
            self._add("", PartKind.UNSPLIT, whole, when, prefix)
        elif whole != sum((one.amount for one in self.found[start:]), ZERO):
            self.notes.add(f"{place}.{key}", "is not the sum of the parts beside it: correct one of them.")

    def _of_kind(self, kind: PartKind, value: Any, place: str, when: _When, prefix: str) -> None:
        """Read what stands behind the name of a kind: an amount, a part with its own date, or a list of them."""
        if isinstance(value, dict):
            self._one(value, place, when, prefix, kind)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                self._of_kind(kind, one, f"{place}[{number}]", when, prefix)
        else:
            self._add("", kind, amount_at(value, place, self.currency, self.notes), when, prefix)

    def _when(self, raw: dict[str, Any], place: str, outer: _When) -> _When:
        key, value = first_of(raw, *DUE)
        _, flag = first_of(raw, *IS_DUE)
        if isinstance(value, bool):
            return _When(is_due=value)
        if key not in raw:
            return _When(is_due=flag) if isinstance(flag, bool) else outer
        if isinstance(flag, bool):
            self.notes.add(f"{place}.is_due", f"stands beside {key}: give one of the two.")
        return _When(date_at(value, f"{place}.{key}", self.notes), has_date=True)

    def _add(self, name: str, kind: PartKind, amount: Decimal, when: _When, prefix: str) -> None:
        day = f"@{when.day}" if when.day and not prefix else ""
        wanted = f"{prefix}{name}" if name else f"{prefix}{kind.lower()}{day}"
        key = next(one for one in _numbered(wanted) if one not in self._keys)
        self._keys.add(key)
        self.found.append(_Found(key, kind, amount, when))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}#{number}"
        number += 1
