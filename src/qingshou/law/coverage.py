"""The register of what is covered: every value and every rule, with its article, its dates and how sure we are."""

import importlib
from dataclasses import dataclass
from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.register import entered_rules
from qingshou.law.values import LAW_DIR, Instrument, LawValue, all_instruments


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One value over one period, or one rule over its instrument's period."""

    kind: str  # VALUE or RULE
    jurisdiction: str
    instrument: str
    title: str
    id: str
    article: str
    confidence: Confidence
    from_date: date
    until_date: date | None
    unit: str = ""
    value: str = ""
    bound: str = ""
    source: str = ""
    note: str = ""


def coverage(*, jurisdiction: str | None = None) -> tuple[CoverageRow, ...]:
    """Return all rows, by instrument, rules before values; one row for each period of a value."""
    _import_all_rules()
    rows: list[CoverageRow] = []
    for law in all_instruments():
        if jurisdiction in (None, law.jurisdiction):
            rows += _rule_rows(law)
            for value in law.values.values():
                rows += _value_rows(law, value)
    return tuple(rows)


def covered_jurisdictions() -> tuple[str, ...]:
    """Return the jurisdictions of which at least one text is entered."""
    return tuple(dict.fromkeys(law.jurisdiction for law in all_instruments()))


def _rule_rows(law: Instrument) -> list[CoverageRow]:
    return [
        CoverageRow(
            kind="RULE",
            jurisdiction=law.jurisdiction,
            instrument=law.id,
            title=law.title,
            id=one.id.rpartition(".")[2],
            article=one.article.article,
            confidence=one.article.confidence,
            from_date=law.in_force.from_date,
            until_date=law.in_force.until_date,
        )
        for one in entered_rules()
        if one.law.id == law.id
    ]


def _value_rows(law: Instrument, value: LawValue) -> list[CoverageRow]:
    return [
        CoverageRow(
            kind="VALUE",
            jurisdiction=law.jurisdiction,
            instrument=law.id,
            title=law.title,
            id=value.id,
            article=entry.article,
            confidence=entry.confidence,
            from_date=entry.period.from_date,
            until_date=entry.period.until_date,
            unit=value.unit,
            value=entry.text,
            bound=value.bound or "",
            source=value.source,
            note=value.note,
        )
        for entry in value.entries
    ]


def _import_all_rules() -> None:
    for path in sorted(LAW_DIR.glob("*/*/rules.py")):
        importlib.import_module(f"qingshou.law.{path.parent.parent.name}.{path.parent.name}.rules")
