"""Reading the `order` of a file of `qingshou law allocate`: a list, an object, a word, or nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from qingshou.interfaces.commands import law_allocate_names as names
from qingshou.interfaces.commands.law_allocate_cells import Notes, first_of, note_unknown, said_twice, text_at
from qingshou.interfaces.commands.law_allocate_names import key_of
from qingshou.law.allocation.door import HOUSE_KINDS
from qingshou.law.allocation.terms import Between, Future, PartKind, Sequence

Code = TypeVar("Code")
ORDER_NAMES = ("order", "allocation_order", "allocation", "waterfall")
_KINDS_KEYS = ("kinds", "order", "list", "parts", "permutation", "priority", "priorities")
_POLICY_KEYS = ("policy", "rule")
SEQUENCE_NAMES = ("by", "sequence", "mode", "strategy", "direction", "style")
_WORD_KEYS = ("type",)  # a policy or a sequence
_FLAGS = {"due_first": Sequence.DUE_FIRST, "kind_first": Sequence.KIND_FIRST}
BETWEEN_NAMES = ("between", "between_debts")
_AGREED_NAMES = ("between_agreed", "is_between_agreed")
FUTURE_NAMES = ("future", "not_due", "in_advance")
SETTINGS_NAMES = (*_POLICY_KEYS, *SEQUENCE_NAMES, *BETWEEN_NAMES, *_AGREED_NAMES, *FUTURE_NAMES)
_KNOWN = {*_KINDS_KEYS, *_WORD_KEYS, *_FLAGS, *SETTINGS_NAMES}
_ALLOWED = "kinds, policy, by, between, between_agreed or future"
_CUT = re.compile(r"[,;>/|→、，；]+")


@dataclass(slots=True, kw_only=True)
class Wish:
    """What the file says of the order; None where it leaves it to the policy or the law."""

    kinds: tuple[PartKind, ...] | None = None
    policy: str | None = None
    sequence: Sequence | None = None
    between: Between | None = None
    future: Future | None = None
    agreed_first: tuple[str, ...] = ()  # debts that were agreed to come first
    is_between_agreed: bool = False
    completed: tuple[PartKind, ...] = ()  # kinds the file did not name: they come last, in the legal order


def read_order(top: dict[str, Any], notes: Notes) -> Wish:
    """Read the order of the payment, and the settings of it that stand beside it."""
    wish = _read(top, "", notes)
    _settings(wish, top, "", notes)
    return wish


def read_own_order(debt: dict[str, Any], prefix: str, notes: Notes) -> Wish | None:
    """Read the order that one debt has for itself; None where it has none."""
    name, raw = first_of(debt, *ORDER_NAMES)
    if raw is None:
        return None
    wish = _read(debt, prefix, notes)
    if wish.between is not None or wish.agreed_first:
        notes.add(f"{prefix}{name}.between", "is asked of the payment's order, not of one debt's.")
    return wish


def _read(holder: dict[str, Any], prefix: str, notes: Notes) -> Wish:
    name, raw = first_of(holder, *ORDER_NAMES)
    wish = Wish()
    if not isinstance(raw, dict):
        _kinds_or_policy(wish, f"{prefix}{name}", raw, notes)
        return wish
    place = f"{prefix}{name}."
    for twice in said_twice(raw):
        notes.add(f"{place}{twice}", "is given twice: keep one.")
    listed = next((key for key in raw if key_of(key) in {*_KINDS_KEYS, *SEQUENCE_NAMES} and _is_list(raw[key])), None)
    key = listed or first_of(raw, *_KINDS_KEYS, *_POLICY_KEYS)[0]
    _kinds_or_policy(wish, f"{place}{key}", raw.get(key), notes)
    _settings(wish, {one: value for one, value in raw.items() if one != listed}, place, notes)
    note_unknown(raw, place, _KNOWN, notes, allowed=_ALLOWED, is_read=False)
    return wish


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _settings(wish: Wish, raw: dict[str, Any], prefix: str, notes: Notes) -> None:
    key, value = first_of(raw, *SEQUENCE_NAMES)
    wish.sequence = wish.sequence or _code(value, f"{prefix}{key}", names.SEQUENCES, notes)
    key, value = first_of(raw, *BETWEEN_NAMES)
    if isinstance(value, list):
        names_of = [text_at(one, f"{prefix}{key}[{number}]", notes) for number, one in enumerate(value)]
        wish.agreed_first, value = tuple(names_of), None
    agreed_key, agreed = first_of(raw, *_AGREED_NAMES)
    if agreed is not None and not isinstance(agreed, bool):
        notes.add(f"{prefix}{agreed_key}", "is true or false.")
    wish.is_between_agreed = wish.is_between_agreed or agreed is True
    wish.between = wish.between or _code(value, f"{prefix}{key}", names.BETWEENS, notes)
    key, value = first_of(raw, *FUTURE_NAMES)
    wish.future = wish.future or _code(value, f"{prefix}{key}", names.FUTURES, notes)
    if not prefix:
        key, value = first_of(raw, *_POLICY_KEYS)
        wish.policy = wish.policy or _code(value, key, names.POLICIES, notes)
        return
    key, value = first_of(raw, *_WORD_KEYS)
    if value is not None and not (isinstance(value, str) and _is_word(wish, value)):
        notes.add(f"{prefix}{key}", "is not known: say due_first or kind_first, or a policy.")
    for flag, sequence in _FLAGS.items():
        if first_of(raw, flag)[1] is True:
            wish.sequence = wish.sequence or sequence


def _is_word(wish: Wish, written: str) -> bool:
    """Take a text that is a policy, the name of the law, or a sequence; tell whether it was one."""
    name = names.bare(written)
    if name in names.POLICIES or names.names_the_law(written):
        wish.policy = names.POLICIES.get(name, "LEGAL")
        return True
    if name in names.SEQUENCES:
        wish.sequence = names.SEQUENCES[name]
        return True
    return False


def _code(value: Any, place: str, table: Mapping[str, Code], notes: Notes) -> Code | None:
    if value is None:
        return None
    found = table.get(names.bare(value)) if isinstance(value, str) else None
    if found is None:
        notes.add(place, f"is not known: use one of {', '.join(dict.fromkeys(str(code) for code in table.values()))}.")
    return found


def _kinds_or_policy(wish: Wish, place: str, raw: Any, notes: Notes) -> None:
    if raw is None:
        return
    if isinstance(raw, Decimal):
        raw = format(raw, "f")
    if isinstance(raw, str):
        if _is_word(wish, raw):
            return
        raw = [one for one in _CUT.split(raw) if one.strip()]
        if len(raw) == 1 and len(raw[0].split()) > 1 and names.bare(raw[0]) not in names.KINDS:
            raw = raw[0].split()
    if not isinstance(raw, list) or not raw:
        notes.add(
            place, "give a list of kinds such as costs, interest, penalty, principal; or a policy; or leave it out."
        )
        return
    # A list may begin or end with the word for what comes first: ["due_first", "costs", ...].
    words = [one for one in raw if isinstance(one, str) and names.bare(one) in names.SEQUENCES]
    for one in words:
        wish.sequence = names.SEQUENCES[names.bare(one)]
    raw = [one for one in raw if one not in words]
    kinds = [_kind(one, f"{place}[{number}]", notes) for number, one in enumerate(raw)]
    known = [kind for kind in kinds if kind is not None]
    for number, kind in enumerate(kinds):
        if kind is not None and kind in kinds[:number]:
            notes.add(f"{place}[{number}]", f"{kind} is named twice: name each kind once.")
    wish.completed = tuple(kind for kind in HOUSE_KINDS if kind not in known)
    wish.kinds = (*dict.fromkeys(known), *wish.completed)


def _kind(raw: Any, place: str, notes: Notes) -> PartKind | None:
    if isinstance(raw, dict):
        raw = first_of(raw, "kind", "type", "name")[1]
    found = names.KINDS.get(names.bare(raw)) if isinstance(raw, str) else None
    if found in (None, PartKind.UNSPLIT):
        notes.add(place, f"is no kind of part: use {', '.join(HOUSE_KINDS)}.")
        return None
    return found
