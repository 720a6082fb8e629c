"""`qingshou book age`: days past due and arrears from a schedule and payments, on files alone.

Exit codes: 0 done (rows left out are told on stderr and in --json); 65 a file cannot be used, or, with --strict, a row
was left out; 66 a file is not there; 69 the jurisdiction's text does not cover the date; 78 Spark or Java is missing.
"""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import narwhals as nw
import typer

from qingshou.engine import Engine, Frame, Limits, open_engine
from qingshou.features.delinquency import file_columns
from qingshou.features.delinquency.columns import MONEY, age_frame
from qingshou.features.delinquency.rules import AgeTerms
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
from qingshou.kernel.money import minor_digits, parse_amount
from qingshou.law.classification import day_one_convention

app = typer.Typer(help="Days past due and arrears from files.")

OUT_COLUMNS = ("loan_id", "oldest_due_date", "overdue_days", "arrears")
PART_COLUMNS = ("arrears_principal", "arrears_interest", "arrears_penalty", "arrears_fees")


@app.command()
def age(
    schedule: Annotated[Path, typer.Option(help="loan_id, due_date, amount (CSV or Parquet).")],
    payments: Annotated[Path, typer.Option(help="loan_id, paid_date, amount; negative: a reversal.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day judged, at its end: YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option(help="Where to write: .csv or .parquet.")],
    pauses: Annotated[Path | None, typer.Option(help="loan_id, from, until: days on which the clock stands.")] = None,
    exposures: Annotated[Path | None, typer.Option(help="loan_id, exposure: for --material-share.")] = None,
    grace_days: Annotated[int, typer.Option(min=0, help="Days taken off the count.")] = 0,
    day_one: Annotated[int | None, typer.Option(min=0, max=1, help="1: the due date is day 1. Default 0.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Take the day-one convention of its law.")] = None,
    material_amount: Annotated[str, typer.Option(help="Arrears up to this do not start the clock.")] = "0",
    material_share: Annotated[str, typer.Option(help="Nor up to this fraction of the exposure.")] = "0",
    split: Annotated[bool, typer.Option("--split", help="Also arrears by principal, interest, penalty, fees.")] = False,
    currency: Annotated[str, typer.Option(help="Decides the decimals written.")] = "CNY",
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    master: Annotated[str | None, typer.Option(help="Spark only: local[2] or a cluster's address.")] = None,
    memory_mib: Annotated[int, typer.Option(min=128, help="Beyond it, work spills to disk.")] = 1024,
    encoding: Annotated[str, typer.Option(help="Of CSV files, e.g. gb18030.")] = "utf-8",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 65 when any row was left out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Age a schedule against its payments: oldest instalment not fully covered, first in first out."""
    judged = parse_date(as_of)
    minor_digits(currency)
    if day_one is None:
        day_one = day_one_convention(jurisdiction=jurisdiction, on=judged) if jurisdiction else 0
    terms = AgeTerms(
        as_of=judged,
        day_one=day_one,
        grace_days=grace_days,
        materiality_amount=parse_amount(material_amount),
        materiality_share=parse_amount(material_share),
    )
    with tempfile.TemporaryDirectory(prefix="qingshou-age-") as folder:
        work = Path(folder)
        given = [
            read_checked(
                schedule, file_columns.SCHEDULE, work=work, rule=file_columns.instalment_fault, encoding=encoding
            ),
            read_checked(payments, file_columns.PAYMENTS, work=work, encoding=encoding),
        ]
        optional: dict[str, Path] = {}
        for name, path, columns, rule in (
            ("pauses", pauses, file_columns.PAUSES, file_columns.pause_fault),
            ("exposures", exposures, file_columns.EXPOSURES, None),
        ):
            if path is not None:
                given.append(read_checked(path, columns, work=work, rule=rule, encoding=encoding))
                optional[name] = given[-1].path
        with open_engine(engine, master=master, limits=Limits(memory_mib=memory_mib)) as runner:
            paid = runner.scan(given[1].path)
            aged = runner.keep(
                age_frame(
                    instalments=runner.scan(given[0].path),
                    payments=paid,
                    pauses=runner.scan(optional["pauses"]) if "pauses" in optional else None,
                    exposures=runner.scan(optional["exposures"]) if "exposures" in optional else None,
                    terms=terms,
                    with_scheduled=True,
                    keep=runner.keep,
                )
            )
            names = [*OUT_COLUMNS, *(PART_COLUMNS if split else ())]
            money = ["arrears", *(PART_COLUMNS if split else ())]
            runner.sink(for_file(aged.select(*names), out, money, currency), out, order_by=["loan_id"])
            totals = control_totals(runner, aged, paid, terms)
    summary = {
        "as_of": as_of,
        "engine": engine,
        "out": str(out),
        **{
            name: money_text(value, currency) if isinstance(value, Decimal) else value for name, value in totals.items()
        },
        **rejects_json(*given),
    }
    tell(summary, as_json=as_json)
    stop_if_strict(strict, *given)


def control_totals(runner: Engine, aged: Frame, payments: Frame, terms: AgeTerms) -> dict[str, Any]:
    """Add up both sides: due - paid = arrears - unapplied, and every payment of the file is somewhere."""
    due, paid = nw.col("due_amount"), nw.col("paid_amount")
    over = nw.when(paid > due).then(paid - due).otherwise(nw.when(paid < 0).then(paid).otherwise(0)).cast(MONEY)
    loans = aged.select(
        nw.len().alias("loans"),
        nw.col("overdue_days").max().alias("overdue_days_max"),
        nw.when(nw.col("overdue_days") > 0).then(1).otherwise(0).sum().alias("overdue_loans"),
        nw.col("scheduled_amount").sum().alias("scheduled"),
        due.sum().alias("due"),
        paid.sum().alias("paid"),
        nw.col("arrears").sum().alias("arrears"),
        over.sum().alias("unapplied"),
    )
    row = runner.collect(loans).to_pylist()[0]
    signed = nw.col("amount")
    if "reverses" in payments.collect_schema().names():
        signed = nw.when(nw.col("reverses").is_null()).then(signed).otherwise(nw.lit(0).cast(MONEY) - signed.abs())
    is_counted = nw.col("paid_date") <= nw.lit(terms.as_of)
    given = payments.select(
        counted=nw.when(is_counted).then(signed).otherwise(nw.lit(0).cast(MONEY)),
        later=nw.when(is_counted).then(nw.lit(0).cast(MONEY)).otherwise(signed),
    ).select(nw.col("counted").sum(), nw.col("later").sum())
    counts = runner.collect(given).to_pylist()[0]
    zero = Decimal(0)
    figures = {name: row[name] or zero for name in ("scheduled", "due", "paid", "arrears", "unapplied")}
    return {
        "loans": row["loans"],
        "overdue_loans": int(row["overdue_loans"] or 0),
        "overdue_days_max": row["overdue_days_max"] or 0,
        **figures,
        "paid_without_schedule": (counts["counted"] or zero) - figures["paid"],
        "paid_after_as_of": counts["later"] or zero,
        "balanced": figures["due"] - figures["paid"] == figures["arrears"] - figures["unapplied"],
    }


if __name__ == "__main__":
    run_alone(app)
