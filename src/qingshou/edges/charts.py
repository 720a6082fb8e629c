"""A chart in plain words: what is drawn, how it was counted, and its numbers as a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qingshou.edges import figures

Number = Decimal | float | int | None


@dataclass(frozen=True, slots=True)
class Series:
    """One line, bar colour or heat-map row. `tone` names a colour token (e.g. 'sev-mild'); none: the palette's next."""

    name: str
    values: Sequence[Number]
    tone: str = ""
    stack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What `{% chart %}` draws.

    `id` is unique in the page. `waterfall`: the first series holds signed steps, a second says 1 where a step is a
    total. `heat`: one series a row. `links`: an address per point (series x category) that opens the rows behind it.
    """

    id: str
    title: str
    kind: Literal["line", "bar", "stacked", "waterfall", "heat"]
    categories: Sequence[str]
    series: Sequence[Series]
    format: Literal["count", "money", "percent"] = "count"
    how: str = ""
    unit: str = ""
    row_head: str = ""
    links: Sequence[Sequence[str | None]] = ()
    axis_min: float | None = None

    @property
    def spec(self) -> dict[str, object]:
        """Return what the script reads."""
        return {
            "kind": self.kind,
            "title": self.title,
            "unit": self.unit,
            "format": self.format,
            "categories": [str(one) for one in self.categories],
            "series": [_plain(one) for one in self.series],
            "links": [list(row) for row in self.links],
            "axis_min": self.axis_min,
            "unknown": figures.unknown_word(),
        }

    @property
    def spec_id(self) -> str:
        """Return the id of the JSON script."""
        return f"{self.id}-data"

    @property
    def file_name(self) -> str:
        """Return a file name made of the id."""
        return re.sub(r"[^a-z0-9]+", "-", self.id.lower()).strip("-")

    @property
    def table_head(self) -> list[str]:
        """Return the head of the table view: series across (heat maps: categories across)."""
        across = self.categories if self.kind == "heat" else [one.name for one in self._drawn]
        return [self.row_head, *(str(one) for one in across)]

    @property
    def table_rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the rows of the table view as (name, [(exact value, shown value)])."""
        if self.kind == "heat":
            return [(one.name, [self._cell(value) for value in one.values]) for one in self.series]
        return [
            (str(name), [self._cell(one.values[place]) for one in self._drawn])
            for place, name in enumerate(self.categories)
        ]

    @property
    def _drawn(self) -> Sequence[Series]:
        return self.series[:1] if self.kind == "waterfall" else self.series

    def _cell(self, value: Number) -> tuple[str, str]:
        if value is None:
            return "", figures.unknown_word()
        shown = {"count": figures.count, "money": figures.money, "percent": figures.percent}[self.format](value)  # type: ignore[operator]
        return str(value), shown


def _plain(series: Series) -> dict[str, object]:
    values = [None if value is None else float(value) for value in series.values]
    return {"name": series.name, "values": values, "tone": series.tone, "stack": series.stack or None}
