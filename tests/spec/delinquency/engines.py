"""The three ways to compute, side by side: the reference, DuckDB and Spark over the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from qingshou.engine import Engine
from qingshou.features.delinquency.class_reference import Classified, Loan, classify_loans
from qingshou.features.delinquency.columns import CLASSIFIED_COLUMNS, age_frame, classify_frame
from qingshou.features.delinquency.reference import PARTS, Instalment, Pause, Payment, age_loans
from qingshou.features.delinquency.rules import AgeTerms
from qingshou.features.delinquency.severity import SeverityTable
from qingshou.features.delinquency.terms import ClassTerms

MONEY = pa.decimal128(18, 3)
TEXT, DAY = pa.string(), pa.date32()
LOAN_TYPES = {
    "loan_id": TEXT,
    "borrower_id": TEXT,
    "borrower_kind": TEXT,
    "product": TEXT,
    "currency": TEXT,
    "balance": MONEY,
    "arrears": MONEY,
    "overdue_days": pa.int32(),
    "credit_standing": TEXT,
    "is_secured": pa.bool_(),
    "restructured_date": DAY,
    "is_impaired": pa.bool_(),
    "is_written_off": pa.bool_(),
    "is_closed": pa.bool_(),
    "plan_floor": TEXT,
}
Aged = tuple[date | None, int, Decimal, tuple[Decimal | None, ...]]


def _table(rows: Sequence[dict[str, Any]], schema: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in schema.items()})


def instalment_table(rows: Iterable[Instalment], *, with_total: bool) -> pa.Table:
    """Build the frame as intake lays it down; the running total goes in (due_date, row) order."""
    ordered = sorted(rows, key=lambda row: (row.loan_id, row.due_date))
    running: dict[str, Decimal] = {}
    given = []
    for row in ordered:
        running[row.loan_id] = running.get(row.loan_id, Decimal(0)) + row.amount
        flat = {"loan_id": row.loan_id, "due_date": row.due_date, "amount": row.amount, **(row.parts or {})}
        given.append(flat | {"cum_amount": running[row.loan_id]})
    schema = {"loan_id": TEXT, "due_date": DAY, "amount": MONEY, **dict.fromkeys(PARTS, MONEY)}
    if with_total:
        schema["cum_amount"] = MONEY
    return _table(given, schema)


def aged_by_reference(
    instalments: Sequence[Instalment],
    payments: Sequence[Payment],
    pauses: Sequence[Pause],
    terms: AgeTerms,
    exposures: dict[str, Decimal] | None = None,
) -> dict[str, Aged]:
    """Age by the reference."""
    found = age_loans(instalments=instalments, payments=payments, pauses=pauses, exposures=exposures, terms=terms)
    return {
        loan_id: (
            one.oldest_due_date,
            one.overdue_days,
            one.arrears,
            tuple(one.parts[part] for part in PARTS) if one.parts is not None else (None,) * 4,
        )
        for loan_id, one in found.items()
    }


def aged_by_engine(
    engine: Engine,
    instalments: Sequence[Instalment],
    payments: Sequence[Payment],
    pauses: Sequence[Pause],
    terms: AgeTerms,
    exposures: dict[str, Decimal] | None = None,
    *,
    with_total: bool,
) -> dict[str, Aged]:
    """Age by an engine's frames."""
    payment_schema = {"loan_id": TEXT, "paid_date": DAY, "amount": MONEY, "reverses": TEXT}
    pause_schema = {"loan_id": TEXT, "from_date": DAY, "until_date": DAY, "kind": TEXT}
    exposure_rows = [{"loan_id": name, "exposure": amount} for name, amount in (exposures or {}).items()]
    frame = age_frame(
        instalments=engine.frame(instalment_table(instalments, with_total=with_total)),
        payments=engine.frame(_table([asdict(row) for row in payments], payment_schema)),
        pauses=engine.frame(_table([asdict(row) for row in pauses], pause_schema)) if pauses else None,
        exposures=engine.frame(_table(exposure_rows, {"loan_id": TEXT, "exposure": MONEY})) if exposures else None,
        terms=terms,
        keep=engine.keep,
    )
    return {
        row["loan_id"]: (
            row["oldest_due_date"],
            row["overdue_days"],
            row["arrears"],
            tuple(row[f"arrears_{part}"] for part in PARTS),
        )
        for row in engine.collect(frame).to_pylist()
    }


def classified_by_engine(
    engine: Engine, loans: Sequence[Loan], terms: ClassTerms, table: SeverityTable
) -> dict[str, dict[str, Any]]:
    """Class by an engine's frames."""
    frame = engine.frame(_table([asdict(row) for row in loans], LOAN_TYPES))
    found = engine.collect(classify_frame(loans=frame, terms=terms, table=table, keep=engine.keep)).to_pylist()
    return {row["loan_id"]: {name: row[name] for name in CLASSIFIED_COLUMNS} for row in found}


def classified_by_reference(
    loans: Sequence[Loan], terms: ClassTerms, table: SeverityTable
) -> dict[str, dict[str, Any]]:
    """Class by the reference."""
    names = [one.name for one in fields(Classified) if one.name != "loan_id"]
    found = classify_loans(loans=loans, terms=terms, table=table)
    return {loan_id: {name: getattr(one, name) for name in names} for loan_id, one in found.items()}
