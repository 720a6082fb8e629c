"""A table described once: shown as HTML, sorted and paged by its address, exported as exactly what is shown.

A view says which columns there are, reads the state out of the request, asks a query for the rows, and gives
`Table(...)` to the template, which includes `web/components/table.html` with table=table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qingshou.edges import figures
from qingshou.edges.badges import severity_badge

Kind = Literal["text", "long", "lines", "money", "count", "percent", "date", "instant", "severity", "state", "link"]
Text: TypeAlias = str | Promise
NUMBERS = frozenset({"money", "count", "percent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    `key` names it in the address; `value` takes it out of a row (default: attribute or key of that name); `words` turns
    a code into words; `href` makes it a link (give it to the column that opens the row); `tone` colours a state;
    `one_way`: the list is sorted by it in this direction only; `digits` of a percentage. A value of the kind `lines` is
    several texts, each on a line of its own.
    """

    key: str
    label: Text
    kind: Kind = "text"
    sort: bool = False
    one_way: Literal["", "ascending", "descending"] = ""
    shown: bool = True
    value: Callable[[Any], Any] | None = None
    words: Mapping[str, Text] | Callable[[Any], Text] | None = None
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    currency: Callable[[Any], str] | None = None
    digits: int = 2

    def of(self, row: Any) -> Any:
        """Return the plain value of this column in a row."""
        if self.value is not None:
            return self.value(row)
        return row.get(self.key) if isinstance(row, Mapping) else getattr(row, self.key)

    def worded(self, row: Any) -> Any:
        """Return the value as people read it, still typed (numbers and dates stay so)."""
        value = self.of(row)
        if self.kind == "lines":
            return "\n".join(str(one) for one in value)
        if self.words is None or value in (None, ""):
            return value
        return str(self.words(value) if callable(self.words) else self.words.get(str(value), value))

    @property
    def is_number(self) -> bool:
        """Whether the column is right-aligned."""
        return self.kind in NUMBERS


Words: TypeAlias = Mapping[str, Text] | Callable[[Any], Text]


def with_words(columns: Sequence[Column], words: Mapping[str, Words]) -> tuple[Column, ...]:
    """Return columns with the words of some of them, by key, that only the request knows."""
    return tuple(replace(one, words=words[one.key]) if one.key in words else one for one in columns)


@dataclass(frozen=True, slots=True)
class TableState:
    """What the address says of a table: sort, place, columns, export."""

    sort: str
    descending: bool
    page: int
    after: str
    columns: tuple[str, ...]
    export: str
    query: QueryDict

    @classmethod
    def of(cls, request: HttpRequest, columns: Sequence[Column], *, sort: str = "") -> "TableState":
        """Read the state; what is malformed counts as not given. `sort` is the default, '-key' for descending."""
        query = request.GET
        asked = query.get("sort") or sort
        key = asked.removeprefix("-")
        if key not in {column.key for column in columns if column.sort}:
            asked, key = sort, sort.removeprefix("-")
        wanted = tuple(part for part in query.get("cols", "").split(",") if part in {column.key for column in columns})
        page = query.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        export = query.get("export", "")
        return cls(
            sort=key,
            descending=asked.startswith("-"),
            page=max(1, number),
            after=query.get("after", "")[:200],
            columns=wanted or tuple(column.key for column in columns if column.shown),
            export=export if export in ("csv", "xlsx") else "",
            query=query,
        )

    def address(self, **changes: object) -> str:
        """Return the page's address with parts changed; place and export are left out unless given."""
        query = {name: self.query.getlist(name) for name in self.query if name not in ("page", "after", "export")}
        for name, value in changes.items():
            query.pop(name, None)
            if value not in (None, ""):
                query[name] = [str(value)]
        return "?" + urlencode(query, doseq=True)


@dataclass(slots=True, kw_only=True)
class Table:
    """A table ready to be shown.

    Paging is by key (`next_after`: what the next page begins after) or by number (`total` and `page_size`). `select`
    gives the value of a row's checkbox; `caption` names the table for those who listen.
    """

    id: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Any]
    state: TableState
    total: int | None = None
    total_is_least: bool = False  # there are more, not counted to the end
    page_size: int = 50
    next_after: str | None = None
    select: Callable[[Any], str] | None = None
    empty_title: Text = ""
    empty_text: Text = ""
    empty_href: str = ""
    empty_action: Text = ""
    exportable: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_selectable(self) -> bool:
        """Whether rows have a checkbox (a template would call `select` itself)."""
        return self.select is not None

    @property
    def shown(self) -> list[Column]:
        """Return the columns chosen, in the order of the table."""
        return [column for column in self.columns if column.key in self.state.columns]

    @property
    def heads(self) -> Iterable[dict[str, Any]]:
        """Return what the head shows of each column."""
        for column in self.shown:
            sorted_now = column.sort and column.key == self.state.sort
            target = column.key if sorted_now and self.state.descending else f"-{column.key}"
            if not sorted_now:
                target = f"-{column.key}" if column.is_number else column.key
            direction = column.one_way or ("descending" if self.state.descending else "ascending")
            yield {
                "column": column,
                "href": self.state.address(sort=column.key if column.one_way else target) if column.sort else "",
                "aria_sort": direction if sorted_now else "",
            }

    @property
    def lines(self) -> Iterable[dict[str, Any]]:
        """Return what the body shows of each row."""
        shown = self.shown
        opening = next((column for column in shown if column.href), None)
        for row in self.rows:
            cells = [(_cell(column, row, opens=column is opening), _css(column)) for column in shown]
            yield {"cells": cells, "select": self.select(row) if self.select else "", "opens": opening is not None}

    @property
    def choices(self) -> Iterable[tuple[Column, bool]]:
        """Return every column and whether it is shown."""
        return [(column, column.key in self.state.columns) for column in self.columns]

    @property
    def pages(self) -> int:
        """Return how many pages there are, when rows are counted."""
        return max(1, -(-(self.total or 0) // self.page_size))

    @property
    def previous_href(self) -> str:
        """Return the address of the page before, by number; by key the first page stands for it."""
        if self.next_after is not None or self.state.after:
            return self.state.address() if self.state.after else ""
        return self.state.address(page=self.state.page - 1) if self.state.page > 1 else ""

    @property
    def next_href(self) -> str:
        """Return the address of the page after."""
        if self.next_after:
            return self.state.address(after=self.next_after)
        if self.total is not None and self.next_after is None and not self.state.after and self.state.page < self.pages:
            return self.state.address(page=self.state.page + 1)
        return ""

    @property
    def csv_href(self) -> str:
        """Return the address of the CSV of exactly what is shown."""
        return self.state.address(export="csv")

    @property
    def xlsx_href(self) -> str:
        """Return the address of the XLSX of exactly what is shown."""
        return self.state.address(export="xlsx")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the parts of the address that a form beside the table must keep."""
        return [
            (name, value)
            for name in self.state.query
            for value in self.state.query.getlist(name)
            if name not in ("cols", "page", "after", "export")
        ]


def page_of(rows: Sequence[Any], state: TableState, columns: Sequence[Column], *, page_size: int = 50) -> list[Any]:
    """Sort and cut rows that are all in memory; unknown values come last either way."""
    by_key = {column.key: column for column in columns}
    kept = list(rows)
    if state.sort in by_key:
        column = by_key[state.sort]
        known = [row for row in kept if column.of(row) is not None]
        known.sort(key=column.of, reverse=state.descending)
        kept = known + [row for row in kept if column.of(row) is None]
    if state.export:
        return kept
    return kept[(state.page - 1) * page_size : state.page * page_size]


def _css(column: Column) -> str:
    return "number" if column.is_number else "is-long" if column.kind in ("long", "lines") else ""


def _cell(column: Column, row: Any, *, opens: bool) -> SafeString | str:
    value = column.worded(row)
    shown: SafeString | str
    if column.kind == "severity":
        shown = severity_badge(str(column.of(row)))
    elif column.kind == "state":
        tone = column.tone(row) if column.tone else ""
        shown = format_html('<span class="state{}">{}</span>', f" is-{tone}" if tone else "", value)
    elif column.kind == "money":
        shown = _number(value, figures.money(value, column.currency(row) if column.currency else ""))
    elif column.kind == "count":
        shown = _number(value, figures.count(value))
    elif column.kind == "percent":
        shown = _number(value, figures.percent(value, column.digits))
    elif column.kind == "lines" and value:
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in column.of(row)))
        shown = format_html('<ul class="cell-lines">{}</ul>', lines)
    elif isinstance(value, datetime) or (value is None and column.kind == "instant"):
        shown = figures.instant(value)
    elif isinstance(value, date):
        shown = figures.day(value)
    elif value is None or value == "":
        shown = format_html(
            '<span class="unknown">{}</span>', figures.unknown_word() if value is None else figures.DASH
        )
    else:
        shown = str(value)
    if column.href and value not in (None, ""):
        link = '<a href="{}" data-open>{}</a>' if opens else '<a href="{}">{}</a>'
        return format_html(link, column.href(row), shown)
    return shown


def _number(value: Decimal | int | None, shown: str) -> SafeString | str:
    return format_html('<span class="unknown">{}</span>', shown) if value is None else shown
