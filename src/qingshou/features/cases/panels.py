"""What later features put on the page of a case: panels that are fetched as it opens, and acts beside its title.

A feature above registers them when it starts, so that this one need not know it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse
from django.utils.functional import Promise


class Asker(Protocol):
    """A user or an API client."""

    def has_perm(self, permission: str, obj: object = None) -> bool: ...


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page at an address of its own, taking the case's id."""

    url_name: str
    permission: str
    label: Promise


@dataclass(frozen=True, slots=True)
class CaseAct:
    """A link beside the title, by key, to a page that takes the case's id; only of live cases."""

    url_name: str
    permission: str
    label: Promise
    icon: str
    key: str


_panels: dict[str, Panel] = {}
_acts: dict[str, CaseAct] = {}


def register_panel(url_name: str, *, permission: str, label: Promise) -> None:
    """Show a panel on every case's page to who has the permission for the case."""
    _panels[url_name] = Panel(url_name, permission, label)


def register_act(url_name: str, *, permission: str, label: Promise, icon: str, key: str) -> None:
    """Show an act beside the title of every live case to who has the permission for it."""
    _acts[url_name] = CaseAct(url_name, permission, label, icon, key)


def panels_of(*, case: Any, facts: object, asker: Asker) -> Iterator[dict[str, Any]]:
    """Return the panels this person sees of a case, with their addresses."""
    for one in _panels.values():
        if asker.has_perm(one.permission) and asker.has_perm("cases.view", facts):
            yield {"href": reverse(one.url_name, args=[case.pk]), "label": one.label}


def acts_of(*, case: Any, facts: object, asker: Asker) -> Iterator[dict[str, Any]]:
    """Return the acts this person may do to a live case, with their addresses."""
    for one in _acts.values():
        if case.closed_on is None and asker.has_perm(one.permission, facts):
            href = reverse(one.url_name, args=[case.pk])
            yield {"href": href, "label": one.label, "icon": one.icon, "key": one.key}
