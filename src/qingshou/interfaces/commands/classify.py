"""`qingshou book classify`: severity, regulatory class, stage and provision of a snapshot, on files alone.

Exit codes: as `book age`.
"""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import narwhals as nw
import typer

from qingshou.engine import Engine, Frame, Limits, open_engine
from qingshou.features.delinquency import file_columns
from qingshou.features.delinquency.columns import CLASSIFIED_COLUMNS, classify_frame
from qingshou.features.delinquency.severity import load_severity_table
from qingshou.features.delinquency.terms import class_terms
from qingshou.interfaces.commands.files import (
    for_file,
    money_text,
    read_checked,
    rejects_json,
    run_alone,
    stop_if_strict,
    tell,
)
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.law.classification import day_one_convention

app = typer.Typer(help="Classes of a loan snapshot from files.")


@app.command()
def classify(
    loans: Annotated[Path, typer.Option(help="loan_id and what is known: see docs/reference/frames.md.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day judged; selects the law in force.")],
    out: Annotated[Path, typer.Option(help="Where to write: .csv or .parquet.")],
    jurisdiction: Annotated[str, typer.Option(help="china, taiwan, hongkong, india, eu or us.")] = "china",
    table: Annotated[Path | None, typer.Option(help="Another severity override table (YAML).")] = None,
    currency: Annotated[str, typer.Option(help="Of loans without one; decides the decimals written.")] = "CNY",
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    master: Annotated[str | None, typer.Option(help="Spark only: local[2] or a cluster's address.")] = None,
    memory_mib: Annotated[int, typer.Option(min=128, help="Beyond it, work spills to disk.")] = 1024,
    encoding: Annotated[str, typer.Option(help="Of CSV files, e.g. gb18030.")] = "utf-8",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 65 when any row was left out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Class every loan of a snapshot; days are given, or counted from the oldest unpaid due date."""
    judged = parse_date(as_of)
    terms = class_terms(jurisdiction=jurisdiction, as_of=judged)
    severity_table = load_severity_table(table)
    with tempfile.TemporaryDirectory(prefix="qingshou-classify-") as folder:
        given = read_checked(loans, file_columns.LOANS, work=Path(folder), encoding=encoding)
        if not {"overdue_days", "oldest_due_date"} & set(given.columns):
            raise BadInput(f"{given.file} has neither overdue_days nor oldest_due_date: add one of the columns.")
        with open_engine(engine, master=master, limits=Limits(memory_mib=memory_mib)) as runner:
            day_one = day_one_convention(jurisdiction=jurisdiction, on=judged) if terms.is_covered else 0
            frame = _with_days(runner.scan(given.path), day_one=day_one, terms_date=judged)
            if "currency" in given.columns:
                frame = frame.with_columns(nw.col("currency").fill_null(currency))
            else:
                frame = frame.with_columns(currency=nw.lit(currency))
            classed = runner.keep(
                classify_frame(loans=_filled(frame), terms=terms, table=severity_table, keep=runner.keep)
            ).select("loan_id", "overdue_days", *CLASSIFIED_COLUMNS, "balance_counted")
            written = classed.drop("balance_counted")
            runner.sink(for_file(written, out, ["provision"], currency), out, order_by=["loan_id"])
            totals = _totals(runner, classed, currency)
    tell(
        {
            "as_of": as_of,
            "jurisdiction": jurisdiction,
            "law": "in force" if terms.is_covered else "not covered: every loan is UNCLASSIFIED",
            "severity_table": severity_table.version,
            "engine": engine,
            "out": str(out),
            **totals,
            **rejects_json(given),
        },
        as_json=as_json,
    )
    stop_if_strict(strict, given)


def _with_days(frame: Frame, *, day_one: int, terms_date: Any) -> Frame:
    """Count the days from the oldest unpaid due date where they are not given; no date at all leaves them unknown."""
    names = frame.collect_schema().names()
    if "oldest_due_date" not in names:
        return frame
    elapsed = (nw.lit(terms_date) - nw.col("oldest_due_date")).cast(nw.Int64) + day_one
    counted = nw.when(elapsed > 0).then(elapsed).otherwise(0)
    counted = nw.when(nw.col("oldest_due_date").is_null()).then(nw.lit(None, nw.Int64)).otherwise(counted)
    given = nw.col("overdue_days").cast(nw.Int64) if "overdue_days" in names else nw.lit(None, nw.Int64)
    return frame.with_columns(overdue_days=nw.coalesce(given, counted).cast(nw.Int32))


def _filled(frame: Frame) -> Frame:
    """Put the frame's own defaults where the file leaves a required cell empty."""
    names = frame.collect_schema().names()
    defaults = {"borrower_kind": "RETAIL", "product": "OTHER"}
    fills = [nw.col(name).fill_null(value) for name, value in defaults.items() if name in names]
    if "borrower_id" in names:
        fills.append(nw.coalesce("borrower_id", "loan_id").alias("borrower_id"))
    balance = nw.col("balance") if "balance" in names else nw.lit(None, nw.Decimal(18, 3))
    return frame.with_columns(*fills, balance.alias("balance_counted"))


def _totals(runner: Engine, classed: Frame, currency: str) -> dict[str, Any]:
    """Count loans and amounts by severity and by class; unknown amounts are counted beside, never as zero."""
    groups = (
        classed.with_columns(is_unknown=nw.when(nw.col("balance_counted").is_null()).then(1).otherwise(0))
        .group_by("severity", "regulatory_class")
        .agg(
            nw.len().alias("loans"),
            nw.col("balance_counted").sum().alias("balance"),
            nw.col("provision").sum().alias("provision"),
            nw.col("is_unknown").sum().alias("balance_unknown"),
            nw.col("provision").count().alias("has_provision"),
        )
    )
    rows = runner.collect(groups).to_pylist()
    result: dict[str, Any] = {"loans": sum(row["loans"] for row in rows)}
    for key in ("severity", "regulatory_class"):
        names = sorted({row[key] for row in rows})
        result[f"by_{key}"] = {name: _sum_of([row for row in rows if row[key] == name], currency) for name in names}
    return result


def _sum_of(rows: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    balances = [row["balance"] or Decimal(0) for row in rows if row["loans"] > row["balance_unknown"]]
    provisions = [row["provision"] for row in rows if row["has_provision"]]
    return {
        "loans": sum(row["loans"] for row in rows),
        "balance": money_text(sum(balances, Decimal(0)), currency) if balances else None,
        "balance_unknown": int(sum(row["balance_unknown"] for row in rows)),
        "provision": money_text(sum(provisions, Decimal(0)), currency) if provisions else None,
    }


if __name__ == "__main__":
    run_alone(app)
