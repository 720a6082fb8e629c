"""Reading the `order` of a file of `qingshou law allocate`: a list, an object, a word, or nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from qingshou.interfaces.commands import law_allocate_names as names
from qingshou.interfaces.commands.law_allocate_cells import Notes, first_of
from qingshou.law.allocation.door import HOUSE_KINDS
from qingshou.law.allocation.terms import Between, Future, PartKind, Sequence

Code = TypeVar("Code")
_KINDS_KEYS = ("kinds", "order", "list", "parts")
_POLICY_KEYS = ("policy", "rule")
_SEQUENCE_KEYS = ("by", "sequence", "mode", "strategy", "direction", "style")
_BETWEEN_KEYS = ("between", "between_debts")
_FUTURE_KEYS = ("future", "not_due", "in_advance")
_ORDER_KEYS = (*_KINDS_KEYS, *_POLICY_KEYS, *_SEQUENCE_KEYS, *_BETWEEN_KEYS, *_FUTURE_KEYS, "note", "name")
_CUT = re.compile(r"[,;>/|→、，；]+")


@dataclass(slots=True, kw_only=True)
class Wish:
    """What the file says of the order; None where it leaves it to the policy or the law."""

    kinds: tuple[PartKind, ...] | None = None
    policy: str | None = None
    sequence: Sequence | None = None
    between: Between | None = None
    future: Future | None = None
    completed: tuple[PartKind, ...] = ()  # kinds the file did not name: they come last, in the legal order


def read_order(top: dict[str, Any], notes: Notes) -> Wish:
    """Read the order, and the settings of it that stand beside it."""
    name, raw = first_of(top, "order", "allocation_order", "allocation", "waterfall")
    wish = Wish()
    if isinstance(raw, dict):
        listed = next((key for key in (*_KINDS_KEYS, *_SEQUENCE_KEYS) if isinstance(raw.get(key), list)), None)
        key = listed or first_of(raw, *_KINDS_KEYS, *_POLICY_KEYS)[0]
        _kinds_or_policy(wish, f"{name}.{key}", raw.get(key), notes)
        _settings(wish, {one: value for one, value in raw.items() if one != listed}, f"{name}.", notes)
        for unknown in sorted(raw.keys() - set(_ORDER_KEYS)):
            notes.add(f"{name}.{unknown}", "is not known: use kinds, policy, by, between or future.")
    else:
        _kinds_or_policy(wish, name, raw, notes)
    _settings(wish, top, "", notes)
    return wish


def _settings(wish: Wish, raw: dict[str, Any], prefix: str, notes: Notes) -> None:
    key, value = first_of(raw, *_SEQUENCE_KEYS)
    wish.sequence = wish.sequence or _code(value, f"{prefix}{key}", names.SEQUENCES, notes)
    key, value = first_of(raw, *_BETWEEN_KEYS)
    wish.between = wish.between or _code(value, f"{prefix}{key}", names.BETWEENS, notes)
    key, value = first_of(raw, *_FUTURE_KEYS)
    wish.future = wish.future or _code(value, f"{prefix}{key}", names.FUTURES, notes)
    if not prefix:
        key, value = first_of(raw, *_POLICY_KEYS)
        wish.policy = wish.policy or _code(value, key, names.POLICIES, notes)


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
        policy = names.POLICIES.get(names.bare(raw))
        if policy is not None:
            wish.policy = policy
            return
        if names.bare(raw) in names.SEQUENCES:
            wish.sequence = names.SEQUENCES[names.bare(raw)]
            return
        raw = [one for one in _CUT.split(raw) if one.strip()]
        if len(raw) == 1 and len(raw[0].split()) > 1 and names.bare(raw[0]) not in names.KINDS:
            raw = raw[0].split()
    if not isinstance(raw, list) or not raw:
        notes.add(
            place, "give a list of kinds such as costs, interest, penalty, principal; or a policy; or leave it out."
        )
        return
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
