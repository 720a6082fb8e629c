"""How a bank's table is read: what a mapping says, and what its columns' usual names say where there is none."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from qingshou.features.book.intake.dates import check_format
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.guess_names import plain
from qingshou.features.book.intake.mapping_text import parse_yaml

_HERE = Path(__file__).parent
# What a column may mean; the first named are looked for first.
TARGETS = (
    "booked_date",
    "value_date",
    "credit",
    "debit",
    "amount",
    "mark",
    "balance",
    "currency",
    "account",
    "payer_name",
    "payer_account",
    "remittance",
    "bank_ref",
    "end_to_end_ref",
    "reverses_ref",
    "reversal",
)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What is known of a bank's table before it is opened."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    credit_marks: frozenset[str] = frozenset()
    debit_marks: frozenset[str] = frozenset()
    date_formats: tuple[str, ...] = ()
    decimal: str = "."
    group: str = ","
    currency: str = ""
    account: str = ""
    encoding: str = "auto"
    delimiter: str = "auto"
    skip_rows: int | None = None


@lru_cache(maxsize=1)
def known() -> Mapping[str, Any]:
    """Return what banks usually write: table_headers.yaml."""
    raw: Mapping[str, Any] = parse_yaml(_HERE / "table_headers.yaml")
    return raw


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, ...]]:
    return {target: tuple(plain(str(name)) for name in names) for target, names in known()["columns"].items()}


@lru_cache(maxsize=1)
def all_names() -> frozenset[str]:
    """Return every usual name of a column, in its plain form."""
    return frozenset(name for names in _names().values() for name in names)


def read_mapping(source: Path | str | None) -> TableMapping:
    """Return a bank's mapping from YAML; without one, what is usual.

    Stops   MappingWrong  it is no YAML, does not fit its schema, or a date format cannot be used
    """
    raw = parse_yaml(source) if source is not None else {}
    schema = json.loads((_HERE / "table_mapping.schema.json").read_text("utf-8"))
    try:
        jsonschema.validate(raw, schema)
    except jsonschema.ValidationError as wrong:
        where = ".".join(str(part) for part in wrong.absolute_path) or "the top"
        raise MappingWrong(f"The bank's mapping is wrong at {where}: {wrong.message[:200]}.") from None
    formats = tuple(raw.get("date_formats") or known()["date_formats"])
    for one in formats:
        check_format(one)
    marks = {side: [*known()["marks"][side], *raw.get("marks", {}).get(side, [])] for side in ("credit", "debit")}
    return TableMapping(
        columns={
            name: (said,) if isinstance(said, str) else tuple(said) for name, said in raw.get("columns", {}).items()
        },
        credit_marks=frozenset(str(mark).upper() for mark in marks["credit"]),
        debit_marks=frozenset(str(mark).upper() for mark in marks["debit"]),
        date_formats=formats,
        decimal=raw.get("decimal", "."),
        group=raw.get("group", "," if raw.get("decimal", ".") == "." else "."),
        currency=raw.get("currency", ""),
        account=raw.get("account", ""),
        encoding=raw.get("encoding", "auto"),
        delimiter=raw.get("delimiter", "auto"),
        skip_rows=raw.get("skip_rows"),
    )


# How a bank writes days that cannot be told apart by looking at them: 01/02/2026.
DAY_ORDERS = {
    "DAY_FIRST": ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y"),
    "MONTH_FIRST": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
}


def mapping_of_days(order: str) -> str | None:
    """Return a mapping that says only which comes first in a day written with figures; none where nothing is said.

    Takes   order  a key of DAY_ORDERS, or nothing
    """
    if order not in DAY_ORDERS:
        return None
    return json.dumps({"date_formats": [*known()["date_formats"], *DAY_ORDERS[order]]})


def placed(headers: Sequence[str], mapping: TableMapping) -> dict[str, tuple[int, ...]]:
    """Return which columns of a table hold what.

    Takes   headers  the columns' names as they stand in the file
    Gives   target -> the places of its columns; one place but for texts that stand in several columns
    Stops   MappingWrong  the mapping names a column that the file has not
    """
    bare = [plain(header) for header in headers]
    found: dict[str, tuple[int, ...]] = {}
    for target in TARGETS:
        if target in mapping.columns:
            found[target] = tuple(_place(name, headers, bare) for name in mapping.columns[target])
            continue
        places = [bare.index(name) for name in _names()[target] if name in bare]
        if target in known()["joined"]:
            found[target] = tuple(dict.fromkeys(places))
        elif places:
            found[target] = (places[0],)
    return {target: places for target, places in found.items() if places}


def _place(name: str, headers: Sequence[str], bare: Sequence[str]) -> int:
    if name in headers:
        return headers.index(name)
    if plain(name) in bare:
        return bare.index(plain(name))
    raise MappingWrong(f"The mapping names a column '{name}' that the file does not have.", column=name)
