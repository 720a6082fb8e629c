"""Reading one value of a JSON file at its place; what cannot be read is noted there, and all notes leave together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from qingshou.interfaces.commands.json_files import json_of, json_text
from qingshou.interfaces.commands.law_allocate_names import key_of
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, minor_digits, parse_amount, round_money

FILE_BYTES_MAX = 20 * 1024 * 1024
_SHOWN_MAX = 20
# A sum made in binary, such as 0.30000000000000004, has digits nobody meant.
_BINARY_FROM = -9
_NO_AMOUNT = 'looks like a binary sum with digits nobody meant: write it as text, such as "0.30".'
_MARK = "\0"
_TWICE = f"{_MARK}twice"
# From this likeness on a name is a slip of another one (curency); debtor and debt stay below it.
_SLIP = 0.84
# Words beside the question: they say nothing of money and need no telling.
_REMARKS = {
    *("note", "notes", "comment", "comments", "remark", "remarks", "description", "title", "label", "case", "source"),
    *("expected", "name", "debtor", "debtor_id", "borrower", "payer", "creditor", "lender"),
}


@dataclass(slots=True)
class Notes:
    """What could not be read, each with its place: debts[1].parts[0].amount; and what was not."""

    found: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # places of names that nothing is known of: told, not refused

    def add(self, place: str, problem: str) -> None:
        """Note one problem."""
        self.found.append((place, problem))

    def stop(self) -> None:
        """Refuse if anything was noted, naming every place."""
        if not self.found:
            return
        shown = " ".join(f"{place}: {problem}" for place, problem in self.found[:_SHOWN_MAX])
        more = f" And {len(self.found) - _SHOWN_MAX} more." if len(self.found) > _SHOWN_MAX else ""
        problems = [{"place": place, "problem": problem} for place, problem in self.found]
        raise BadInput(shown + more, problems=problems)


def read_json(file: Path, text: str | None = None) -> Any:
    """Read a file (or a text already read) as JSON in which no number passes through a float."""
    return json_of(
        json_text(file, bytes_max=FILE_BYTES_MAX) if text is None else text,
        name=file.name, wanted="a payment, an order and debts", parse_float=Decimal, parse_int=Decimal,
        parse_constant=_no_constant, object_pairs_hook=_pairs,
    )  # fmt: skip


def amount_at(value: Any, place: str, currency: str, notes: Notes) -> Decimal:
    """Read an amount, zero or more, at the currency's decimals; noted and zero where it is not."""
    if isinstance(value, bool) or not isinstance(value, str | Decimal):
        notes.add(place, "give an amount such as 1234.50.")
        return ZERO
    try:
        amount = parse_amount(value if isinstance(value, str) else format(value, "f"), grouped=True)
    except BadInput as error:
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        is_binary = isinstance(exponent, int) and exponent < _BINARY_FROM
        notes.add(place, _NO_AMOUNT if is_binary else error.message)
        return ZERO
    if amount < 0:
        notes.add(place, "is below zero: give zero or more.")
    elif round_money(amount, currency, Rounding.DOWN) != amount:
        notes.add(place, f"has more decimals than {currency} has ({minor_digits(currency)}): round it first.")
    else:
        return round_money(amount, currency, Rounding.DOWN)  # the same, written with all its decimals
    return ZERO


def number_at(value: Any, place: str, notes: Notes) -> Decimal | None:
    """Read an exact number that is no amount of money (a rate, days), or None where nothing is given."""
    if value is None:
        return None
    is_share = isinstance(value, str) and value.strip().endswith("%")
    text = value.strip().rstrip("%") if isinstance(value, str) else value
    if isinstance(text, bool) or not isinstance(text, str | Decimal):
        notes.add(place, "give a number.")
        return None
    try:
        number = parse_amount(text if isinstance(text, str) else format(text, "f"), grouped=True)
    except BadInput as error:
        notes.add(place, error.message)
        return None
    return number / 100 if is_share else number


def date_at(value: Any, place: str, notes: Notes) -> date | None:
    """Read a date; a time after it is left away. None where nothing is given."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return parse_date(value.strip().partition("T")[0])
        except BadInput as error:
            notes.add(place, error.message)
    else:
        notes.add(place, "give a date as YYYY-MM-DD.")
    return None


def text_at(value: Any, place: str, notes: Notes) -> str:
    """Read a name or number as text; noted and empty where it is neither."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, Decimal) and not isinstance(value, bool):
        return format(value, "f")
    notes.add(place, "give a text.")
    return ""


def first_of(raw: Mapping[str, Any], *names: str) -> tuple[str, Any]:
    """Return the first of several names that is given, as written, with its value; else the first name and None."""
    given = {key_of(key): key for key in reversed(list(raw))}
    return next(((given[name], raw[given[name]]) for name in names if name in given), (names[0], None))


def has_any(raw: Mapping[str, Any], *names: str) -> bool:
    """Tell whether an object gives one of several names."""
    return not {key_of(key) for key in raw}.isdisjoint(names)


def told_apart(raw: Mapping[str, Any], place: str, names: Iterable[str], notes: Notes) -> None:
    """Note names of one amount that say different amounts: which of them is open nobody can tell."""
    given = [key for key in raw if key_of(key) in names]
    if len({_plain(raw[key]) for key in given}) > 1:
        notes.add(f"{place}.{given[1]}", f"says another amount than {given[0]} beside it: keep the one that is open.")


def note_unknown(
    raw: Mapping[str, Any], prefix: str, known: Iterable[str], notes: Notes, *, allowed: str, is_read: bool = True
) -> None:
    """Go through the names of one object: what looks like a slip of a known name is refused, the rest is told.

    Takes   prefix   of the places, with its point: 'payment.'
            allowed  the names to use, for the words
            is_read  False: every unknown name is refused
    """
    names = set(known)
    for key in raw:
        name = key_of(key)
        if key.startswith(_MARK) or name in names or name in _REMARKS or name.startswith(("_", "$")):
            continue
        meant = get_close_matches(name, names, n=1, cutoff=_SLIP)
        if meant:
            notes.add(f"{prefix}{key}", f"is not known: did you mean {meant[0]}? Use {allowed}.")
        elif is_read:
            notes.unread.append(f"{prefix}{key}")
        else:
            notes.add(f"{prefix}{key}", f"is not known: use {allowed}.")


def _plain(value: Any) -> str:
    """Bring 10, '10' and '10.00' to one text, so that they can be compared."""
    try:
        return format(parse_amount(format(value, "f") if isinstance(value, Decimal) else str(value)).normalize(), "f")
    except BadInput:
        return str(value)


def said_twice(raw: Mapping[str, Any]) -> list[str]:
    """Return the names an object gives twice: one of the two amounts would vanish."""
    return list(raw.get(_TWICE, ()))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found[_TWICE] = sorted({name for name in names if names.count(name) > 1})
    return found


def _no_constant(text: str) -> Any:
    raise BadInput(f"'{text}' is no amount: write plain digits.")
