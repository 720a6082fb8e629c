"""The filters above a list: their state is the page's address, so that a list can be sent to a colleague."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from qingshou.edges.tables import Text

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter. With choices, only a value among them counts; without, any text up to 80 characters.

    `every`: whether 'all' is among the choices. `input` "select": not shown while there is nothing to choose.
    """

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]] = ()
    input: str = "search"
    every: bool = True
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a page with what is chosen."""

    all: Sequence[Filter]
    query: QueryDict

    @classmethod
    def of(cls, request: HttpRequest, filters: Sequence[Filter]) -> "Filters":
        """Read what is chosen from the address; what a filter does not offer counts as not chosen."""
        return cls.reading(request.GET, filters)

    @classmethod
    def reading(
        cls, query: QueryDict, filters: Sequence[Filter], *, defaults: Mapping[str, str] | None = None
    ) -> "Filters":
        """Read what an address chooses; `defaults` stand where it chooses nothing."""
        fallen = defaults or {}
        chosen = [_chosen(one, query.get(one.name, "")) for one in filters]
        chosen = [replace(one, chosen=one.chosen or fallen.get(one.name, "")) for one in chosen]
        return cls(chosen, query)

    def __getitem__(self, name: str) -> str:
        return {one.name: one.chosen for one in self.all}[name]  # KeyError: templates look here before attributes

    @property
    def is_set(self) -> bool:
        """Whether anything is filtered."""
        return any(self.query.get(one.name) for one in self.all)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the rest of the address (sort, columns) that filtering keeps."""
        names = {one.name for one in self.all} | {"page", "after", "export"}
        return [(name, value) for name in self.query for value in self.query.getlist(name) if name not in names]

    @property
    def clear_href(self) -> str:
        """Return the address without any filter."""
        return "?" + urlencode(self.kept)

    @property
    def values(self) -> dict[str, str]:
        """Return name -> chosen value, of those that are chosen."""
        return {one.name: one.chosen for one in self.all if one.chosen}


def _chosen(one: Filter, given: str) -> Filter:
    value = given.strip()[:_LONGEST].replace("\x00", "")
    if (one.choices or one.input == "select") and value not in {choice for choice, _ in one.choices}:
        value = ""
    return replace(one, chosen=value)
