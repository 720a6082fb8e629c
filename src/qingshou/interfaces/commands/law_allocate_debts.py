"""Reading the `debts` of a file of `qingshou law allocate`: who each is, what it is asked about, and its parts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.interfaces.commands.law_allocate_cells import (
    Notes,
    amount_at,
    date_at,
    first_of,
    has_any,
    note_unknown,
    number_at,
    said_twice,
    text_at,
)
from qingshou.interfaces.commands.law_allocate_names import bare, key_of
from qingshou.interfaces.commands.law_allocate_order import ORDER_NAMES, Wish, read_own_order
from qingshou.interfaces.commands.law_allocate_parts import DUE, IS_DUE, PARTS, PLAN, TOTALS, Parts
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import parse_amount
from qingshou.law.allocation.terms import Debt

_IDS = ("id", "debt", "loan", "loan_id", "debt_id", "reference", "name")
_DUE = (*DUE, "maturity")
_DAYS = ("overdue_days", "days_past_due", "dpd", "days_overdue")
_SECURITY = ("security", "secured", "security_value", "collateral", "collateral_value", "guaranteed", "guarantee")
_UNSECURED = ("unsecured", "is_unsecured")
_RATE = ("rate", "burden", "interest_rate", "yearly_rate", "annual_rate", "apr")
_DISPUTED = ("disputed", "is_disputed")
_CHOSEN = ("chosen", "is_chosen", "designated", "is_designated", "directed")
_KNOWN = {*_IDS, *_DUE, *IS_DUE, *_DAYS, *_SECURITY, *_UNSECURED, *_RATE, *_DISPUTED, *_CHOSEN, *PARTS, *PLAN, *TOTALS,
          *ORDER_NAMES, "currency", "product"}  # fmt: skip
_ALLOWED = "id, due_date, security, rate, disputed, chosen, overdue_days, product, order, parts, instalments or amount"
_WORDS = {"yes": True, "true": True, "有": True, "是": True, "no": False, "none": False, "false": False, "无": False,
          "否": False, "無": False}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDebt:
    """A debt as the file has it, and what the law asks of it beside its parts."""

    debt: Debt
    product: str
    overdue_days: int | None
    is_disputed: bool
    is_chosen: bool
    own: Wish | None  # its own order, where it has one
    undated: frozenset[str]  # keys of parts whose date the file does not give: they count as due


def read_debts(raw: Any, name: str, *, currency: str, on: date, notes: Notes) -> list[ReadDebt]:
    """Read every debt; two with one id are noted."""
    if isinstance(raw, dict):
        raw = [raw] if _looks_like_a_debt(raw) else [{"id": key, **_as_debt(one)} for key, one in raw.items()]
    if not isinstance(raw, list) or not raw:
        notes.add(name, "give a list of at least one debt.")
        return []
    found: dict[str, ReadDebt] = {}
    rates: list[tuple[str, Decimal]] = []
    for number, one in enumerate(raw):
        place = f"{name}[{number}]"
        if not isinstance(one, dict):
            notes.add(place, "give an object with an id and parts.")
            continue
        debt = _read_debt(one, place, number, currency, on, notes)
        if debt.debt.id in found:
            notes.add(f"{place}.id", "is the id of an earlier debt: give each its own.")
        found[debt.debt.id] = debt
        rates += _bare_rate(one, place)
    _alike(rates, notes)
    return list(found.values())


def _looks_like_a_debt(raw: dict[str, Any]) -> bool:
    return has_any(raw, "id", *PARTS, *PLAN, *TOTALS, "value")


def _as_debt(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        return {"parts": raw}
    return raw if _looks_like_a_debt(raw) else {"parts": raw}


def _read_debt(raw: dict[str, Any], place: str, number: int, currency: str, on: date, notes: Notes) -> ReadDebt:
    for twice in said_twice(raw):
        notes.add(f"{place}.{twice}", "is given twice: keep one.")
    key, value = first_of(raw, *_IDS)
    own_id = text_at(value, f"{place}.{key}", notes) if value is not None else f"debt-{number + 1}"
    key, value = first_of(raw, "currency")
    if value is not None and str(value).strip().upper() != currency:
        notes.add(f"{place}.{key}", f"is not the payment's currency, {currency}: exchange it first.")
    due, is_due = _due(raw, place, notes)
    overdue_days = _days(raw, place, notes)
    parts = Parts(place, currency, notes)
    parts.read(raw)
    known, undated = parts.dated(due, on, is_due=is_due)
    debt = Debt(
        id=own_id,
        currency=currency,
        parts=known,
        due_date=due,
        security=_security(raw, place, currency, notes, owed=parts.owed),
        burden=number_at(*_at(raw, place, *_RATE), notes),
    )
    note_unknown({one: raw[one] for one in raw if not parts.knows(one)}, f"{place}.", _KNOWN, notes, allowed=_ALLOWED)
    return ReadDebt(
        debt=debt,
        product=str(first_of(raw, "product")[1] or "OTHER").strip().upper(),
        overdue_days=overdue_days,
        is_disputed=_flag(raw, place, _DISPUTED, notes),
        is_chosen=_flag(raw, place, _CHOSEN, notes),
        own=read_own_order(raw, f"{place}.", notes),
        undated=undated,
    )


def _at(raw: dict[str, Any], place: str, *keys: str) -> tuple[Any, str]:
    key, value = first_of(raw, *keys)
    return value, f"{place}.{key}"


def _due(raw: dict[str, Any], place: str, notes: Notes) -> tuple[date | None, bool]:
    """Return the debt's own due date, and whether a debt without any counts as due."""
    key, value = first_of(raw, *_DUE)
    is_due = value is not False and first_of(raw, *IS_DUE)[1] is not False
    return (None if isinstance(value, bool) else date_at(value, f"{place}.{key}", notes)), is_due


def _days(raw: dict[str, Any], place: str, notes: Notes) -> int | None:
    key, value = first_of(raw, *_DAYS)
    days = number_at(value, f"{place}.{key}", notes)
    if days is None:
        return None
    if days < 0 or days != int(days):
        notes.add(f"{place}.{key}", "give whole days, zero or more.")
        return None
    return int(days)


def _security(raw: dict[str, Any], place: str, currency: str, notes: Notes, *, owed: Decimal) -> Decimal | None:
    """Return the value of the security; a bare yes counts as secured in full, so that the debt comes after others."""
    key, value = first_of(raw, *_SECURITY)
    if isinstance(value, str):
        value = _WORDS.get(bare(value), value)
    is_unsecured = _flag(raw, place, _UNSECURED, notes)
    if value is None or value is False:
        return None
    if is_unsecured:
        notes.add(f"{place}.{key}", "stands beside unsecured: keep one of the two.")
    return owed if value is True else amount_at(value, f"{place}.{key}", currency, notes) or None


def _flag(raw: dict[str, Any], place: str, keys: tuple[str, ...], notes: Notes) -> bool:
    key, value = first_of(raw, *keys)
    if value is not None and not isinstance(value, bool):
        notes.add(f"{place}.{key}", "is true or false.")
    return value is True


def _bare_rate(raw: dict[str, Any], place: str) -> list[tuple[str, Decimal]]:
    """Return the rate of a debt where it is a bare number: 18 and 0.18 look like the same rate and are not."""
    key, value = first_of(raw, *_RATE)
    if key_of(key) == "burden" or isinstance(value, bool) or not isinstance(value, str | Decimal):
        return []
    try:
        number = parse_amount(value if isinstance(value, str) else format(value, "f"))
    except BadInput:
        return []
    return [(f"{place}.{key}", number)]


def _alike(rates: list[tuple[str, Decimal]], notes: Notes) -> None:
    """Note rates of which some are written as shares and some, as it seems, in percent."""
    if any(0 < rate < 1 for _, rate in rates):
        for place, rate in rates:
            if rate >= 1:
                notes.add(place, 'is a share like the other rates: write 0.18, or "18%".')
