"""Reading a file of `qingshou law allocate`: the payment, what it is for, and the order each debt is paid in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.interfaces.commands.law_allocate_cells import (
    Notes,
    amount_at,
    date_at,
    first_of,
    said_twice,
    text_at,
)
from qingshou.interfaces.commands.law_allocate_debts import ReadDebt, read_debts
from qingshou.interfaces.commands.law_allocate_order import Wish, read_order
from qingshou.kernel.days import days_between
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, minor_digits
from qingshou.kernel.verdict import Reason
from qingshou.law.allocation.door import PLACES, Ordered, agreed_order, barred_debts, law_order, order_for
from qingshou.law.allocation.terms import Between, Debt, Future, Order, Sequence
from qingshou.law.coverage import covered_jurisdictions

_CURRENCIES = {"us": "USD", "uk": "GBP"}
# Without a date everything dated counts as due, and the newest text applies: the command has no clock.
NO_DATE = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A file read: everything `allocate` asks for, and what there is to say about how it was read."""

    amount: Decimal
    currency: str
    on: date
    jurisdiction: str
    debts: tuple[Debt, ...]
    order: Order
    chosen: tuple[str, ...]
    barred: Mapping[str, Reason]
    undated: frozenset[tuple[str, str]]
    reasons: tuple[Reason, ...]


def read_question(raw: Any, *, jurisdiction: str | None = None, on: date | None = None) -> Question:
    """Read the whole file; everything wrong with it is told at once.

    Takes   raw           the JSON as read by read_json
            jurisdiction  and `on` of the command line go before those of the file
    Stops   BadInput      with every place; NotCovered where the order is left to a law that is not entered
    """
    if not isinstance(raw, dict):
        raise BadInput('The file is no JSON object: give {"payment": ..., "order": ..., "debts": [...]}.')
    notes = Notes()
    for twice in said_twice(raw):
        notes.add(twice, "is given twice: keep one.")
    place = jurisdiction or _jurisdiction(raw, notes)
    payment_key, payment = first_of(raw, "payment", "amount", "paid", "receipt")
    given = payment if isinstance(payment, dict) else {}
    for twice in said_twice(given):
        notes.add(f"{payment_key}.{twice}", "is given twice: keep one.")
    debts_key, debts_raw = first_of(raw, "debts", "loans", "debt", "loan")
    currency = _currency(given, raw, debts_raw, place, notes)
    if isinstance(payment, dict):
        key, value = first_of(payment, "amount", "sum", "value")
        amount = amount_at(value, f"{payment_key}.{key}", currency, notes)
    else:
        amount = amount_at(payment, payment_key, currency, notes)
    day = on or _day(given, raw, payment_key, notes) or NO_DATE
    debts = read_debts(debts_raw, debts_key, currency=currency, on=day, notes=notes)
    chosen = _chosen(given, payment_key, [one.debt.id for one in debts], notes)
    wish = read_order(raw, notes)
    notes.stop()
    ordered, own = _ordered(wish, debts, place, day)
    reasons = [*ordered.reasons, *_said_of_reading(wish, debts, day)]
    disputed = frozenset(one.debt.id for one in debts if one.is_disputed)
    barred = barred_debts(debts=[one.debt.id for one in debts], disputed=disputed, on=day, jurisdiction=place)
    reasons += [Reason("DISPUTE_DOES_NOT_BAR", {"debt": one}) for one in sorted(disputed - barred.keys())]
    return Question(
        amount=amount,
        currency=currency,
        on=day,
        jurisdiction=place,
        debts=own,
        order=ordered.order,
        chosen=chosen,
        barred=barred,
        undated=frozenset((one.debt.id, key) for one in debts for key in one.undated),
        reasons=tuple(reasons),
    )


def _jurisdiction(raw: dict[str, Any], notes: Notes) -> str:
    key, value = first_of(raw, "jurisdiction", "law", "place")
    if value is None:
        return "china"
    known = covered_jurisdictions()
    found = text_at(value, key, notes).lower()
    if found and found not in known:
        notes.add(key, f"is not a place whose law is entered: use one of {', '.join(known)}.")
    return found


def _currency(given: dict[str, Any], raw: dict[str, Any], debts: Any, place: str, notes: Notes) -> str:
    for where, one in (("payment.currency", given), ("currency", raw)):
        if one.get("currency") is not None:
            return _checked_currency(one["currency"], where, notes)
    listed = [one for one in debts if isinstance(one, dict)] if isinstance(debts, list) else []
    for number, one in enumerate(listed):
        if one.get("currency") is not None:
            return _checked_currency(one["currency"], f"debts[{number}].currency", notes)
    return _CURRENCIES.get(place, "CNY")


def _checked_currency(value: Any, place: str, notes: Notes) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    try:
        minor_digits(code)
    except BadInput as error:
        notes.add(place, error.message)
        return "CNY"
    return code


def _day(given: dict[str, Any], raw: dict[str, Any], payment_key: str, notes: Notes) -> date | None:
    names = ("date", "on", "paid_on", "paid_date", "payment_date", "value_date", "as_of")
    for prefix, one in ((f"{payment_key}.", given), ("", raw)):
        key, value = first_of(one, *names)
        if value is not None:
            return date_at(value, f"{prefix}{key}", notes)
    return None


def _chosen(given: dict[str, Any], payment_key: str, ids: list[str], notes: Notes) -> tuple[str, ...]:
    key, value = first_of(given, "debt", "for", "directed_to", "debts", "chosen", "directed", "applies_to")
    if value is None:
        return ()
    place = f"{payment_key}.{key}"
    many = isinstance(value, list)
    found: list[str] = []
    for number, one in enumerate(value if many else [value]):
        at = f"{place}[{number}]" if many else place
        name = text_at(one, at, notes)
        if name and name not in ids:
            notes.add(at, "is none of the debts: name one by its id.")
        elif name in found:
            notes.add(at, "is named twice: name each debt once.")
        elif name:
            found.append(name)
    return tuple(found)


def _ordered(wish: Wish, debts: list[ReadDebt], place: str, on: date) -> tuple[Ordered, tuple[Debt, ...]]:
    """Return the payment's order, and the debts with their own kinds where a policy by overdue days gives them."""
    between = wish.between or (Between.LAW if place in PLACES else Between.OLDEST_DUE)
    sequence, future = wish.sequence or Sequence.KIND_FIRST, wish.future or Future.NOT_DUE_LAST
    plain = tuple(one.debt for one in debts)
    if wish.kinds is not None:
        order = agreed_order(
            kinds=wish.kinds, sequence=sequence, between=between, future=future, on=on, jurisdiction=place
        )
        article = order.articles.get("PART_AGREED")
        return Ordered(order, (Reason("KINDS_AGREED", {"kinds": ", ".join(wish.kinds)}, article),)), plain
    base = law_order(jurisdiction=place, on=on)
    policy = wish.policy or "LEGAL"
    own: list[Debt] = []
    reasons: list[Reason] = []
    articles = dict(base.order.articles)
    for one in debts:
        asked = order_for(
            policy=policy, overdue_days=_overdue_days(one, on), product=one.product, on=on, jurisdiction=place
        )
        own.append(replace(one.debt, kinds=asked.order.kinds, basis=asked.order.basis))
        articles |= asked.order.articles
        reasons += [reason for reason in asked.reasons if reason not in reasons]
    order = replace(base.order, sequence=sequence, between=between, future=future, articles=articles)
    if policy != "LEGAL" and len({debt.kinds for debt in own}) == 1:
        order = replace(order, kinds=own[0].kinds or order.kinds, basis=own[0].basis or order.basis)
    return Ordered(order, tuple(reasons)), tuple(own)


def _overdue_days(one: ReadDebt, on: date) -> int:
    if one.overdue_days is not None:
        return one.overdue_days
    if on == NO_DATE:
        return 0
    dated = [part.due_date for part in one.debt.parts if part.due_date and part.amount > ZERO]
    return max(0, days_between(min(dated), on)) if dated else 0


def _said_of_reading(wish: Wish, debts: list[ReadDebt], on: date) -> list[Reason]:
    said = []
    if wish.completed:
        said.append(Reason("ORDER_COMPLETED", {"kinds": ", ".join(wish.completed)}))
    if on == NO_DATE:
        said.append(Reason("NO_DATE_ALL_DUE"))
    elif any(one.undated for one in debts):
        said.append(Reason("UNDATED_IS_DUE"))
    if unread := ", ".join(place for one in debts for place in one.unread):
        said.append(Reason("NOT_READ", {"places": unread}))
    return said
