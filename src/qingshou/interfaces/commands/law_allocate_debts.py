"""Reading the `debts` of a file of `qingshou law allocate`: parts as a list, an object, instalments, or one amount."""

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
    number_at,
    said_twice,
    text_at,
)
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import Debt, Part, PartKind

_DUE = ("due_date", "due", "due_on", "date")
_IDS = ("id", "key", "part", "number", "no", "name")
_TOTALS = ("amount", "total", "sum", "open", "outstanding", "unpaid", "balance")
# What may stand beside amounts of an instalment or a parts object without being one.
_ASIDE = {*_DUE, *_IDS, *_TOTALS, "n", "seq", "note", "status", "period", "currency", "is_due"}
_DEBT_IDS = ("id", "debt", "loan", "loan_id", "debt_id", "reference", "name")
_DEBT_DUE = (*_DUE, "maturity", "maturity_date")
_DAYS = ("overdue_days", "days_past_due", "dpd", "days_overdue")
_SECURITY = ("security", "secured", "security_value", "collateral", "collateral_value")
_RATE = ("rate", "burden", "interest_rate", "yearly_rate", "apr")
_DISPUTED = ("disputed", "is_disputed")
_PARTS = ("parts", "components", "breakdown", "items")
_PLAN = ("instalments", "installments", "schedule", "periods")
_READ = {*_DEBT_IDS, *_DEBT_DUE, *_DAYS, *_SECURITY, *_RATE, *_DISPUTED, *_PARTS, *_PLAN, *_TOTALS,
         "currency", "product", "is_due", "note"}  # fmt: skip
_PART_KEYS = ("amount", "open", "outstanding", "unpaid", "balance", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDebt:
    """A debt as the file has it, and what the law asks of it beside its parts."""

    debt: Debt
    product: str
    overdue_days: int | None
    is_disputed: bool
    undated: frozenset[str]  # keys of parts whose date the file does not give: they count as due
    unread: tuple[str, ...]  # places of names that nothing is known of


def read_debts(raw: Any, name: str, *, currency: str, on: date, notes: Notes) -> list[ReadDebt]:
    """Read every debt; two with one id are noted."""
    if isinstance(raw, dict):
        raw = [raw] if _looks_like_a_debt(raw) else [{"id": key, **_as_debt(one)} for key, one in raw.items()]
    if not isinstance(raw, list) or not raw:
        notes.add(name, "give a list of at least one debt.")
        return []
    found: list[ReadDebt] = []
    for number, one in enumerate(raw):
        place = f"{name}[{number}]"
        if not isinstance(one, dict):
            notes.add(place, "give an object with an id and parts.")
            continue
        debt = _read_debt(one, place, number, currency, on, notes)
        if debt.debt.id in {earlier.debt.id for earlier in found}:
            notes.add(f"{place}.id", "is the id of an earlier debt: give each its own.")
        found.append(debt)
    return found


def _looks_like_a_debt(raw: dict[str, Any]) -> bool:
    return any(key in raw for key in ("id", "parts", "instalments", "installments", "schedule", *_PART_KEYS))


def _as_debt(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        return {"parts": raw}
    return raw if _looks_like_a_debt(raw) else {"parts": raw}


def _read_debt(raw: dict[str, Any], place: str, number: int, currency: str, on: date, notes: Notes) -> ReadDebt:
    for twice in said_twice(raw):
        notes.add(f"{place}.{twice}", "is given twice: keep one.")
    key, value = first_of(raw, *_DEBT_IDS)
    own = text_at(value, f"{place}.{key}", notes) if value is not None else f"debt-{number + 1}"
    key, value = first_of(raw, "currency")
    if value is not None and str(value).strip().upper() != currency:
        notes.add(f"{place}.currency", f"is not the payment's currency, {currency}: exchange it first.")
    key, value = first_of(raw, *_DEBT_DUE)
    due = date_at(value, f"{place}.{key}", notes) if not isinstance(value, bool) else None
    days_key, days = first_of(raw, *_DAYS)
    overdue = number_at(days, f"{place}.{days_key}", notes)
    if overdue is not None and (overdue < 0 or overdue != int(overdue)):
        notes.add(f"{place}.{days_key}", "give whole days, zero or more.")
        overdue = None
    parts = _Parts(place, currency, notes)
    parts.read(raw)
    known, undated = _dated(parts.found, due, on, is_due=value is not False and raw.get("is_due") is not False)
    debt = Debt(
        id=own,
        currency=currency,
        parts=tuple(known),
        due_date=due,
        security=_security(raw, place, currency, notes, owed=sum((one.amount for one in known), ZERO)),
        burden=number_at(*_at(raw, place, *_RATE), notes),
    )
    product = str(raw.get("product") or "OTHER").strip().upper()
    return ReadDebt(
        debt=debt,
        product=product,
        overdue_days=int(overdue) if overdue is not None else None,
        is_disputed=_disputed(raw, place, notes),
        undated=undated,
        unread=tuple(f"{place}.{one}" for one in raw if one not in _READ and not parts.knows(one)),
    )


def _at(raw: dict[str, Any], place: str, *keys: str) -> tuple[Any, str]:
    key, value = first_of(raw, *keys)
    return value, f"{place}.{key}"


def _security(raw: dict[str, Any], place: str, currency: str, notes: Notes, *, owed: Decimal) -> Decimal | None:
    """Return the value of the security; a bare yes counts as secured in full, so that the debt comes after others."""
    key, value = first_of(raw, *_SECURITY)
    if value is None or value is False:
        return None
    if value is True:
        return owed
    return amount_at(value, f"{place}.{key}", currency, notes) or None


def _disputed(raw: dict[str, Any], place: str, notes: Notes) -> bool:
    key, value = first_of(raw, *_DISPUTED)
    if value is not None and not isinstance(value, bool):
        notes.add(f"{place}.{key}", "is true or false.")
    return value is True


@dataclass(slots=True)
class _Found:
    """One part as written; `has_date` tells an unknown date from none."""

    key: str
    kind: PartKind
    amount: Decimal
    due_date: date | None
    has_date: bool


class _Parts:
    """Gathers the parts of one debt, whatever form they are written in."""

    def __init__(self, place: str, currency: str, notes: Notes) -> None:
        self.place, self.currency, self.notes = place, currency, notes
        self.found: list[_Found] = []
        self.is_flat = False  # the kinds stand in the debt itself

    def read(self, raw: dict[str, Any]) -> None:
        """Read all forms a debt gives; a debt that gives none is noted."""
        before = len(self.notes.found)
        key, parts = first_of(raw, *_PARTS)
        if parts is not None:
            self._parts(parts, f"{self.place}.{key}", None, False, "")
        key, plan = first_of(raw, *_PLAN)
        if plan is not None:
            self._plan(plan, f"{self.place}.{key}")
        if parts is None and plan is None:
            self.is_flat = True
            named = {name: value for name, value in raw.items() if names.KINDS.get(names.bare(name))}
            totals = {name: value for name, value in raw.items() if names.bare(name) in _TOTALS}
            self._object(named | totals, self.place, None, False, "")
        elif len(self.notes.found) == before:
            self._hold_to_total(raw)
        if not self.found and len(self.notes.found) == before and parts is None and plan is None:
            self.notes.add(
                f"{self.place}.parts", "give the parts: costs, penalty, interest, principal, or instalments."
            )

    def _hold_to_total(self, raw: dict[str, Any]) -> None:
        """Note a total beside the parts that is not their sum: one of the two is wrong, and it is money."""
        key, value = first_of(raw, *_TOTALS)
        if value is None:
            return
        whole = amount_at(value, f"{self.place}.{key}", self.currency, self.notes)
        if whole != sum((one.amount for one in self.found), ZERO):
            self.notes.add(f"{self.place}.{key}", "is not the sum of the parts beside it: correct one of them.")

    def knows(self, name: str) -> bool:
        """Tell whether a name of the debt is a kind that was read, or the reader's own mark."""
        return name.startswith("\0") or (names.bare(name) in names.KINDS and self.is_flat)

    def _plan(self, plan: Any, place: str) -> None:
        if not isinstance(plan, list):
            self.notes.add(place, "give a list of instalments.")
            return
        for number, one in enumerate(plan):
            at = f"{place}[{number}]"
            if not isinstance(one, dict):
                self.notes.add(at, "give an object with a due date and amounts.")
                continue
            due, has_date = self._due(one, at)
            key, own = first_of(one, "id", "number", "no", "n", "seq", "period")
            name = text_at(own, f"{at}.{key}", self.notes) if own is not None else str(due or number + 1)
            key, inner = first_of(one, "parts", "components", "breakdown")
            if inner is None:
                self._object(one, at, due, has_date, f"{name}:")
            else:
                self._parts(inner, f"{at}.{key}", due, has_date, f"{name}:")

    def _parts(self, raw: Any, place: str, due: date | None, has_date: bool, prefix: str) -> None:
        if isinstance(raw, dict):
            own, has_own = self._due(raw, place)
            self._object(raw, place, own if has_own else due, has_own or has_date, prefix)
        elif isinstance(raw, list):
            for number, one in enumerate(raw):
                self._one(one, f"{place}[{number}]", due, has_date, prefix)
        else:
            self.notes.add(place, 'give a list of parts, or an object such as {"interest": "10.00"}.')

    def _one(self, raw: Any, place: str, due: date | None, has_date: bool, prefix: str) -> None:
        if not isinstance(raw, dict):
            self.notes.add(place, "give an object with kind and amount.")
            return
        for twice in said_twice(raw):
            self.notes.add(f"{place}.{twice}", "is given twice: keep one.")
        key, written = first_of(raw, "kind", "type", "part", "name", "component")
        if written is None and any(names.KINDS.get(names.bare(one)) for one in raw):
            own, has_own = self._due(raw, place)
            self._object(raw, place, own if has_own else due, has_own or has_date, prefix)
            return
        kind = names.KINDS.get(names.bare(written)) if isinstance(written, str) else None
        if kind is None:
            self.notes.add(f"{place}.{key}", f"is no kind of part: use {', '.join(PartKind)}.")
        key, value = first_of(raw, *_PART_KEYS)
        amount = amount_at(value, f"{place}.{key}", self.currency, self.notes)
        own, has_own = self._due(raw, place)
        key, given = first_of(raw, "id", "key", "number")
        name = text_at(given, f"{place}.{key}", self.notes) if given is not None else ""
        if kind is not None:
            day = own if has_own else due
            self._add(name, kind, amount, day, has_own or has_date, prefix)

    def _object(self, raw: dict[str, Any], place: str, due: date | None, has_date: bool, prefix: str) -> None:
        for twice in said_twice(raw):
            self.notes.add(f"{place}.{twice}", "is given twice: keep one.")
        named = False
        total = ZERO
        for name, value in raw.items():
            kind = names.KINDS.get(names.bare(name))
            if kind is not None:
                named = True
                amount = amount_at(value, f"{place}.{name}", self.currency, self.notes)
                total += amount
                self._add("", kind, amount, due, has_date, prefix)
            elif names.bare(name) not in _ASIDE and not name.startswith("\0"):
                self.notes.add(f"{place}.{name}", f"is no kind of part: use {', '.join(PartKind)}.")
        key, value = first_of(raw, *_TOTALS)
        if value is None:
            return
        whole = amount_at(value, f"{place}.{key}", self.currency, self.notes)
        if not named:
            self._add("", PartKind.UNSPLIT, whole, due, has_date, prefix)
        elif whole != total:
            self.notes.add(f"{place}.{key}", "is not the sum of the parts beside it: correct one of them.")

    def _due(self, raw: dict[str, Any], place: str) -> tuple[date | None, bool]:
        key, value = first_of(raw, *_DUE)
        if key not in raw or isinstance(value, bool):
            return None, value is False or raw.get("is_due") is False
        return date_at(value, f"{place}.{key}", self.notes), True

    def _add(self, name: str, kind: PartKind, amount: Decimal, due: date | None, has_date: bool, prefix: str) -> None:
        day = f"@{due}" if due and not prefix else ""
        wanted = f"{prefix}{name}" if name else f"{prefix}{kind.lower()}{day}"
        taken = {one.key for one in self.found}
        key = next(one for one in _numbered(wanted) if one not in taken)
        self.found.append(_Found(key, kind, amount, due, has_date))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}#{number}"
        number += 1


def _dated(
    found: list[_Found], due: date | None, on: date, *, is_due: bool
) -> tuple[list[Part], frozenset[str]]:  # fmt: skip
    """Give a part without a date the debt's; where the whole debt has none it counts as due, which is told apart."""
    has_dates = any(one.has_date for one in found)
    parts, undated = [], set()
    for one in found:
        day = one.due_date
        if day is None and not one.has_date and is_due:
            day = due
            if day is None and not has_dates:
                day = on
                undated.add(one.key)
        parts.append(Part(key=one.key, kind=one.kind, amount=one.amount, due_date=day))
    return parts, frozenset(undated)
