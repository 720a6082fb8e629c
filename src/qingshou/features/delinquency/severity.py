"""The table that moves a loan's severity up or down by credit standing and amount: loaded, checked, applied to one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from qingshou.features.delinquency.rules import Severity
from qingshou.kernel.errors import BadInput

_HERE = Path(__file__).parent
MOVABLE = (Severity.MILD, Severity.MODERATE, Severity.SEVERE)
Level = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """One row: its conditions (None: not asked) and how far it moves; levels are amounts by currency."""

    code: str
    move: int
    base: tuple[Severity, ...]
    credit_standing: tuple[str, ...] | None = None
    arrears_from: Level | None = None
    arrears_below: Level | None = None
    balance_from: Level | None = None
    balance_below: Level | None = None

    def moved(self, base: Severity) -> Severity:
        """Return the severity after the move, held between MILD and SEVERE."""
        place = MOVABLE.index(base) + self.move
        return MOVABLE[max(0, min(len(MOVABLE) - 1, place))]


@dataclass(frozen=True, slots=True)
class SeverityTable:
    """A version of the override table."""

    version: str
    rows: tuple[OverrideRow, ...]


def load_severity_table(path: Path | None = None) -> SeverityTable:
    """Read and check an override table; without a path, the one that comes with the program.

    Stops BadInput with every fault of the file together.
    """
    place = path or _HERE / "severity.yaml"
    try:
        given = yaml.safe_load(place.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise BadInput(f"The severity table {place.name} cannot be read: {type(fault).__name__}.") from fault
    schema = json.loads((_HERE / "severity.schema.json").read_text(encoding="utf-8"))
    faults = [f"{one.json_path}: {one.message}" for one in Draft202012Validator(schema).iter_errors(given)]
    if not faults:
        faults = _faults_of_sense(given)
    if faults:
        raise BadInput(f"The severity table {place.name} is wrong: {'; '.join(sorted(faults))}", faults=faults)
    levels = {name: {cur: Decimal(text) for cur, text in by.items()} for name, by in given["levels"].items()}
    return SeverityTable(given["version"], tuple(_row(row, levels) for row in given["rows"]))


def _faults_of_sense(given: Mapping[str, Any]) -> list[str]:
    faults = []
    codes = [row["code"] for row in given["rows"]]
    faults += [f"row {code}: the code stands twice" for code in sorted({one for one in codes if codes.count(one) > 1})]
    for row in given["rows"]:
        for key in ("arrears_from", "arrears_below", "balance_from", "balance_below"):
            if key in row and row[key] not in given["levels"]:
                faults.append(f"row {row['code']}: there is no level '{row[key]}'")
    return faults


def _row(row: Mapping[str, Any], levels: Mapping[str, Level]) -> OverrideRow:
    asked = {
        key: levels[row[key]]
        for key in ("arrears_from", "arrears_below", "balance_from", "balance_below")
        if key in row
    }
    standing = tuple(row["credit_standing"]) if "credit_standing" in row else None
    base = tuple(Severity(name) for name in row["base"])
    return OverrideRow(code=row["code"], move=row["move"], base=base, credit_standing=standing, **asked)


def overridden(
    *,
    base: Severity,
    table: SeverityTable,
    credit_standing: str | None,
    currency: str,
    arrears: Decimal | None,
    balance: Decimal | None,
) -> tuple[Severity, str | None]:
    """Return the severity after the table and the code of the row that moved it, None when none did."""
    for row in table.rows:
        fits = (
            base in row.base
            and (row.credit_standing is None or credit_standing in row.credit_standing)
            and _is_at_least(arrears, row.arrears_from, currency)
            and _is_below(arrears, row.arrears_below, currency)
            and _is_at_least(balance, row.balance_from, currency)
            and _is_below(balance, row.balance_below, currency)
        )
        if fits:
            severity = row.moved(base)
            return severity, row.code if severity != base else None
    return base, None


def _is_at_least(amount: Decimal | None, level: Level | None, currency: str) -> bool:
    return level is None or (amount is not None and currency in level and amount >= level[currency])


def _is_below(amount: Decimal | None, level: Level | None, currency: str) -> bool:
    return level is None or (amount is not None and currency in level and amount < level[currency])
