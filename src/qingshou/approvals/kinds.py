"""What may be asked for: each feature registers its kinds, with what an approval sets in motion."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from qingshou.audit.actors import Actor
from qingshou.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Decided:
    """A request as it is handed to what it sets in motion."""

    id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    amount: Decimal | None
    currency: str
    reason: str
    payload: dict[str, Any]
    requested_by_id: UUID
    requested_by_name: str


Effect = Callable[[Decided, Actor, datetime], None]
# (what, how much or which), in the order they are shown
Terms = list[tuple["str | Promise", str]]
# (request, what became of it: REJECTED, WITHDRAWN or EXPIRED, by whom, when)
Release = Callable[[Decided, str, Actor, datetime], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request.

    `permission` must be held by whoever decides, on top of the limits; `on_approved` runs in the decision's
    transaction, so that an approval without its effect, or an effect without approval, cannot be. `on_declined` runs
    likewise when a request is rejected, withdrawn or lapses, so that what waited for it waits no longer.
    """

    code: str
    permission: str
    on_approved: Effect
    phrase: "str | Promise"
    # address of the subject's page, for the queue
    href: Callable[[UUID], str] | None = None
    on_declined: Release | None = None
    # address of a part of a page with the terms that are decided on, from what was kept with the request
    panel: Callable[[dict[str, Any]], str] | None = None
    # what exactly is asked for, in words, from what was kept with the request and its currency
    terms: Callable[[dict[str, Any], str], Terms] | None = None
    # why a role may not approve, from what was kept with the request and the role; '' where it may. The effect judges
    # it again: this is for the page, so that nobody presses what will be refused
    against: Callable[[dict[str, Any], str], str] | None = None


class UnknownKind(BadInput):
    """Nothing of this kind can be asked for."""

    code = "UNKNOWN_APPROVAL_KIND"


_kinds: dict[str, Kind] = {}


def register_kind(
    code: str,
    *,
    permission: str,
    on_approved: Effect,
    phrase: "str | Promise",
    href: Callable[[UUID], str] | None = None,
    on_declined: Release | None = None,
    panel: Callable[[dict[str, Any]], str] | None = None,
    terms: Callable[[dict[str, Any], str], Terms] | None = None,
    against: Callable[[dict[str, Any], str], str] | None = None,
) -> None:
    """Make a kind of request known; a feature does so when the application starts."""
    _kinds[code] = Kind(code, permission, on_approved, phrase, href, on_declined, panel, terms, against)


def kind_of(code: str) -> Kind:
    """Return a kind; stops with UnknownKind."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(f"Nothing of the kind '{code}' can be asked for.") from None


def all_kinds() -> list[Kind]:
    """Return every kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]
