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
    note_unknown,
    said_twice,
    text_at,
    told_apart,
)
from qingshou.interfaces.commands.law_allocate_debts import ReadDebt, read_debts
from qingshou.interfaces.commands.law_allocate_names import PLACES as PLACE_NAMES
from qingshou.interfaces.commands.law_allocate_names import bare, key_of
from qingshou.interfaces.commands.law_allocate_order import ORDER_NAMES, SETTINGS_NAMES, Wish, read_order
from qingshou.kernel.days import days_between
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, minor_digits
from qingshou.kernel.verdict import Reason
from qingshou.law.allocation.door import PLACES, Ordered, agreed_order, barred_debts, law_order, order_for
from qingshou.law.allocation.terms import Basis, Between, Debt, Future, Order, Sequence
from qingshou.law.coverage import covered_jurisdictions

_PAYMENT = ("payment", "amount", "paid", "receipt")
_AMOUNT = ("amount", "sum", "value")
_DEBTS = ("debts", "loans", "debt", "loan")
_DATES = ("date", "on", "paid_on", "paid_date", "payment_date", "value_date", "as_of")
_PLACE = ("jurisdiction", "law", "place")
_CHOSEN = ("for", "directed_to", "chosen", "directed", "applies_to", "designated", "designation", "designated_debt",
           "designated_debts", "debtor_choice", "debtors_choice", "choice")  # fmt: skip
_CHOSEN_IN_PAYMENT = ("debt", "debts", *_CHOSEN)
_TOP = {*_PAYMENT, *_DEBTS, *_DATES, *_PLACE, *_CHOSEN, *ORDER_NAMES, *SETTINGS_NAMES, "currency"}
_TOP_ALLOWED = "payment, order, debts, date, currency, jurisdiction or directed_to"
_IN_PAYMENT = {*_AMOUNT, *_DATES, *_CHOSEN_IN_PAYMENT, "currency", "id", "reference"}
_PAYMENT_ALLOWED = "amount, currency, date or directed_to"
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
    place = _place(jurisdiction, "jurisdiction", notes) if jurisdiction else _jurisdiction(raw, notes)
    payment_key, payment = first_of(raw, *_PAYMENT)
    given = payment if isinstance(payment, dict) else {}
    if len(twofold := [key for key in raw if key_of(key) in _PAYMENT]) > 1:
        notes.add(twofold[1], f"stands beside {twofold[0]}: say once what was paid.")
    for twice in said_twice(given):
        notes.add(f"{payment_key}.{twice}", "is given twice: keep one.")
    debts_key, debts_raw = first_of(raw, *_DEBTS)
    currency = _currency(given, raw, debts_raw, place, notes)
    if isinstance(payment, dict):
        told_apart(payment, payment_key, _AMOUNT, notes)
        key, value = first_of(payment, *_AMOUNT)
        amount = amount_at(value, f"{payment_key}.{key}", currency, notes)
        note_unknown(payment, f"{payment_key}.", _IN_PAYMENT, notes, allowed=_PAYMENT_ALLOWED)
    else:
        amount = amount_at(payment, payment_key, currency, notes)
    note_unknown(raw, "", _TOP, notes, allowed=_TOP_ALLOWED)
    day = on or _day(given, raw, payment_key, notes) or NO_DATE
    debts = read_debts(debts_raw, debts_key, currency=currency, on=day, notes=notes)
    chosen = _chosen(given, raw, payment_key, debts, notes)
    wish = read_order(raw, notes)
    known = [one.debt.id for one in debts]
    for number, name in enumerate(wish.agreed_first):
        if name not in known or name in wish.agreed_first[:number]:
            notes.add(f"order.between[{number}]", "is none of the debts, or named twice: name each once, by its id.")
    notes.stop()
    ordered, own = _ordered(wish, debts, place, day)
    agreed = replace(ordered.order, agreed_first=wish.agreed_first, is_between_agreed=wish.is_between_agreed)
    ordered = Ordered(agreed, ordered.reasons)
    if chosen and wish.is_between_agreed:
        wide = ordered.order.articles.get("DEBT_AGREED")
        ordered = Ordered(agreed, (*ordered.reasons, Reason("CHOICE_GIVES_WAY", {}, wide)))
    reasons = [*ordered.reasons, *_said_of_reading(wish, debts, day, notes)]
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
    key, value = first_of(raw, *_PLACE)
    return "china" if value is None else _place(text_at(value, key, notes), key, notes)


def _place(written: str, key: str, notes: Notes) -> str:
    """Return a place by any of its names: CN, 中国 and china are one."""
    known = covered_jurisdictions()
    found = PLACE_NAMES.get(bare(written), written.strip().lower())
    if found and found not in known:
        notes.add(key, f"is not a place whose law is entered: use one of {', '.join(known)}.")
    return found


def _currency(given: dict[str, Any], raw: dict[str, Any], debts: Any, place: str, notes: Notes) -> str:
    for where, one in (("payment.currency", given), ("currency", raw)):
        code = first_of(one, "currency")[1]
        if code is not None:
            return _checked_currency(code, where, notes)
    listed = [one for one in debts if isinstance(one, dict)] if isinstance(debts, list) else []
    for number, one in enumerate(listed):
        code = first_of(one, "currency")[1]
        if code is not None:
            return _checked_currency(code, f"debts[{number}].currency", notes)
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
    for prefix, one in ((f"{payment_key}.", given), ("", raw)):
        key, value = first_of(one, *_DATES)
        if value is not None:
            return date_at(value, f"{prefix}{key}", notes)
    return None


def _chosen(
    given: dict[str, Any], raw: dict[str, Any], payment_key: str, debts: list[ReadDebt], notes: Notes
) -> tuple[str, ...]:
    """Return the debts the debtor chose: named in the payment, beside it, or marked themselves."""
    ids = [one.debt.id for one in debts]
    key, value = first_of(given, *_CHOSEN_IN_PAYMENT)
    place = f"{payment_key}.{key}"
    if value is None:
        place, value = first_of(raw, *_CHOSEN)
    marked = tuple(one.debt.id for one in debts if one.is_chosen)
    if value is None:
        return marked
    if marked:
        notes.add(place, "stands beside debts that are marked as chosen: say it in one of the two places.")
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
    """Return the payment's order, and the debts with their own kinds where a policy or an agreement gives them."""
    between = wish.between or (Between.LAW if place in PLACES else Between.OLDEST_DUE)
    sequence, future = wish.sequence or Sequence.KIND_FIRST, wish.future or Future.NOT_DUE_LAST
    if wish.kinds is not None:
        order = agreed_order(
            kinds=wish.kinds, sequence=sequence, between=between, future=future, on=on, jurisdiction=place
        )
        article = order.articles.get("PART_AGREED")
        reason = Reason("KINDS_AGREED", {"kinds": ", ".join(wish.kinds)}, article)
        return _with_own(Ordered(order, (reason,)), debts, place, on)
    base = law_order(jurisdiction=place, on=on)
    policy = wish.policy or "LEGAL"
    asked = [_by_policy(one, policy, place, on) for one in debts]
    order = replace(base.order, sequence=sequence, between=between, future=future)
    if policy != "LEGAL" and len({one.order.kinds for one in asked}) == 1:
        order = replace(order, kinds=asked[0].order.kinds, basis=asked[0].order.basis)
    return _with_own(Ordered(order, ()), debts, place, on, asked)


def _by_policy(one: ReadDebt, policy: str, place: str, on: date) -> Ordered:
    return order_for(
        policy=policy, overdue_days=_overdue_days(one, on), product=one.product, on=on, jurisdiction=place
    )  # fmt: skip


def _with_own(
    ordered: Ordered, debts: list[ReadDebt], place: str, on: date, asked: list[Ordered] | None = None
) -> tuple[Ordered, tuple[Debt, ...]]:
    """Give each debt what it asks for itself, else what the policy gives it, and say so.

    Takes   asked  the policy's order of each debt, where the payment's order is not agreed
    """
    own: list[Debt] = []
    reasons = list(ordered.reasons)
    articles = dict(ordered.order.articles)
    for number, one in enumerate(debts):
        wish, given = one.own, asked[number] if asked else None
        if wish is not None and wish.kinds is None and wish.policy is not None:
            given = _by_policy(one, wish.policy, place, on)
        debt = one.debt
        if wish is not None:
            debt = replace(debt, sequence=wish.sequence, future=wish.future)
        if wish is not None and wish.kinds is not None:
            debt = replace(debt, kinds=wish.kinds, basis=Basis.AGREED)
            fields = {"debt": debt.id, "kinds": ", ".join(wish.kinds)}
            reasons.append(Reason("DEBT_KINDS_AGREED", fields, ordered.order.articles.get("PART_AGREED")))
        elif given is not None:
            debt = replace(debt, kinds=given.order.kinds, basis=given.order.basis)
            articles |= given.order.articles
            reasons += [reason for reason in given.reasons if reason not in reasons]
        own.append(debt)
    return Ordered(replace(ordered.order, articles=articles), tuple(reasons)), tuple(own)


def _overdue_days(one: ReadDebt, on: date) -> int:
    if one.overdue_days is not None:
        return one.overdue_days
    if on == NO_DATE:
        return 0
    dated = [part.due_date for part in one.debt.parts if part.due_date and part.amount > ZERO]
    return max(0, days_between(min(dated), on)) if dated else 0


def _said_of_reading(wish: Wish, debts: list[ReadDebt], on: date, notes: Notes) -> list[Reason]:
    said = []
    completed = dict.fromkeys(
        kind for one in (wish, *(debt.own for debt in debts if debt.own)) for kind in one.completed
    )
    if completed:
        said.append(Reason("ORDER_COMPLETED", {"kinds": ", ".join(completed)}))
    if on == NO_DATE:
        said.append(Reason("NO_DATE_ALL_DUE"))
    elif any(one.undated for one in debts):
        said.append(Reason("UNDATED_IS_DUE"))
    if notes.unread:
        said.append(Reason("NOT_READ", {"places": ", ".join(notes.unread)}))
    return said
