"""The copy of the data as a paper: its sections as facts and tables, every code in words, for reading and for print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from zoneinfo import ZoneInfo

from qingshou.features.portal.phrases.held import CODES, SECTIONS, VALUES
from qingshou.law.values import title_of

NOTHING = "–"
_AMOUNTS = frozenset({"due_now", "in_all", "parts_due", "amount", "balance", "total", "paid"})
_INSTANTS = frozenset({"given_at", "stored_at", "at", "accepted_at", "from", "until"})
_NUMBERS = _AMOUNTS | {"bytes"}
_LONG = frozenset({"articles", "body", "subject", "said", "answer", "value"})
_WORDS = frozenset({"kind", "outcome", "state", "source"})
_ENDS_DATE = 10  # of an ISO instant: where its time begins

Value = object


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its title ('' under a section), its heads and its rows, each cell with the class that lays it out."""

    title: object
    heads: tuple[tuple[object, str], ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a section: its facts, and the tables below them."""

    facts: tuple[tuple[object, str], ...]
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the copy; neither entries nor a grid: nothing is held."""

    title: object
    entries: tuple[Entry, ...] = ()
    grid: Grid | None = None


def paper_of(
    data: Mapping[str, Value], *, zone: str, products: Mapping[str, object] = MappingProxyType({})
) -> tuple[Section, ...]:
    """Return the sections of a copy, in its order; what stands outside of them (day, instant) is left to the head.

    Takes   data      as queries.held gives it
            zone      in which instants are told
            products  the lender's words of its products
    """
    told = dict(data) | ({"loans": _with_products(data["loans"], products)} if data.get("loans") else {})
    return tuple(_section(key, value, ZoneInfo(zone)) for key, value in told.items() if not isinstance(value, str))


def _with_products(loans: Value, words: Mapping[str, object]) -> Value:
    """Return the loans with their products in words; what is not a list of loans stays as it is."""
    if not isinstance(loans, list | tuple):
        return loans
    return [
        {**one, "product": words.get(str(one["product"]), one["product"])}
        if isinstance(one, Mapping) and "product" in one else one
        for one in loans
    ]  # fmt: skip


def _section(key: str, value: Value, zone: ZoneInfo) -> Section:
    title = SECTIONS.get(key, key)
    if isinstance(value, Mapping):
        return Section(title, entries=(_entry(key, value, zone),))
    if not isinstance(value, Sequence):
        return Section(title)
    items = [one for one in value if isinstance(one, Mapping)]
    if any(_is_nested(part) for one in items for part in one.values()):
        return Section(title, entries=tuple(_entry(key, one, zone) for one in items))
    return Section(title, grid=_grid(key, "", items, zone))


def _entry(section: str, value: Mapping[str, Value], zone: ZoneInfo) -> Entry:
    facts: list[tuple[object, str]] = []
    grids = []
    for name, one in value.items():
        if isinstance(one, Mapping):
            facts += [(VALUES.get(part, part), _told(section, name, sum_, zone)) for part, sum_ in one.items()]
        elif _is_nested(one) and isinstance(one, Sequence):
            grid = _grid(section, VALUES.get(name, name), [row for row in one if isinstance(row, Mapping)], zone)
            grids += [grid] if grid else []
        else:
            facts.append((VALUES.get(name, name), _told(section, name, one, zone)))
    return Entry(tuple(facts), tuple(grids))


def _grid(section: str, title: object, rows: Sequence[Mapping[str, Value]], zone: ZoneInfo) -> Grid | None:
    """Return the rows as a table; a column that no row fills is left out."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row)
             if any(row.get(name) not in (None, "", []) for row in rows)]  # fmt: skip
    if not names:
        return None
    heads = tuple((VALUES.get(name, name), _layout(name)) for name in names)
    told = tuple(tuple((_told(section, name, row.get(name), zone), _layout(name)) for name in names) for row in rows)
    return Grid(title, heads, told)


def _layout(name: str) -> str:
    """Return how a column is laid out: figures to the right, texts wide, words by the word, the rest unbroken."""
    if name in _NUMBERS:
        return "number"
    return "long" if name in _LONG else "words" if name in _WORDS else "short"


def _is_nested(value: Value) -> bool:
    """Whether a value is a mapping or a list of mappings; a list of texts is told in one line."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value)


def _told(section: str, name: str, value: Value, zone: ZoneInfo) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, list | tuple):
        return "; ".join(_article(str(one)) if name == "articles" else str(one) for one in value)
    words = CODES.get((section, name))
    if words is not None:
        return str(words.get(str(value), value))
    if name in _AMOUNTS:
        return _amount(str(value))
    if name in _INSTANTS and len(str(value)) > _ENDS_DATE:
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _amount(text: str) -> str:
    try:
        return f"{Decimal(text):,}"
    except InvalidOperation:
        return text


def _article(text: str) -> str:
    instrument, _gap, number = text.partition(" ")
    return f"{title_of(instrument)} {number}".strip()
