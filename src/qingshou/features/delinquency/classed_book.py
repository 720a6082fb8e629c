"""Age and class one date of the book: frames of the lake in, the classified file out. No Django."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa

from qingshou.engine import Engine, Frame
from qingshou.engine.landing import landing
from qingshou.features.book.intake import lake
from qingshou.features.book.intake.places import Places
from qingshou.features.delinquency.columns import age_frame, classify_frame
from qingshou.features.delinquency.rules import AgeTerms, tolerances_of
from qingshou.features.delinquency.severity import SeverityTable, load_severity_table
from qingshou.features.delinquency.terms import ClassTerms, class_terms
from qingshou.kernel.errors import NotCovered, NotFound
from qingshou.kernel.verdict import Confidence
from qingshou.law import classification as law

# Of the meaning of the classified file: with another number the same inputs make another file.
FORM = "1"
SNAPSHOT, SCHEDULE = "SNAPSHOT", "SCHEDULE"
AGED_COLUMNS = (
    "oldest_due_date", "overdue_days", "arrears", "arrears_principal", "arrears_interest", "arrears_penalty",
    "arrears_fees", "days_basis",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassedBook:
    """What was classed and how: the file is named by what it was made from."""

    path: Path
    sources: tuple[Path, ...]
    shape: str
    law_on: date
    terms: ClassTerms


def class_book(
    *,
    engine: Engine,
    home: Path,
    tenant: str,
    as_of: date,
    jurisdiction: str,
    law_on: date,
    settings: Mapping[str, Any],
    observed: pa.Table | None = None,
) -> ClassedBook:
    """Age (where the lender sends schedule and payments) and class every loan of a date; write the classified file.

    Takes   law_on    whose law is applied: the as-of date, or the lender's law date for a book older than every text
            settings  grace_days, materiality_amount, materiality_share; the lender's own
            observed  loan_id, plan_floor: loans that have at least this class, because a plan over them is observed
    Gives   ClassedBook; the same inputs give the same file name
    Stops   NotFound when no loans were taken in for the date
    """
    table = load_severity_table()
    terms = class_terms(jurisdiction=jurisdiction, as_of=law_on)
    loans_parts = _parts(home, tenant, "loans", as_of)
    if not loans_parts:
        raise NotFound(
            f"No loans were taken in for {as_of}: import the book of that date first.", as_of=as_of.isoformat()
        )
    schedule = {name: _parts(home, tenant, name, as_of) for name in ("instalments", "payments", "pauses")}
    is_schedule = bool(schedule["instalments"])
    sources = (*loans_parts, *(part for parts in schedule.values() for part in parts))
    age_terms = _age_terms(as_of, jurisdiction, law_on, settings)
    held = _observed_part(home, tenant, as_of, observed)
    if held is not None:
        sources = (*sources, held)
    path = _target(home, tenant, as_of, sources, jurisdiction, law_on, age_terms, table)
    loans = _union([engine.scan(part) for part in loans_parts])
    if is_schedule:
        loans = _aged(engine, loans, schedule, age_terms)
    if held is not None:
        loans = loans.join(engine.scan(held), on="loan_id", how="left")
    classed = classify_frame(loans=loans, terms=terms, table=table, keep=engine.keep)
    if held is not None:
        classed = classed.drop("plan_floor")
    engine.sink(classed, path, order_by=("loan_id",))
    return ClassedBook(
        path=path, sources=sources, shape=SCHEDULE if is_schedule else SNAPSHOT, law_on=law_on, terms=terms
    )


def _parts(home: Path, tenant: str, frame: str, as_of: date) -> list[Path]:
    return lake.parts(home=home, tenant=tenant, table=frame, as_of=as_of)


def _observed_part(home: Path, tenant: str, as_of: date, observed: pa.Table | None) -> Path | None:
    """Lay the observed loans down, named by their content; None where there are none."""
    if observed is None or observed.num_rows == 0:
        return None
    table = observed.select(["loan_id", "plan_floor"]).sort_by("loan_id")
    digest = sha256(json.dumps(table.to_pylist()).encode()).hexdigest()
    path = Places(home, tenant).partition("observed", as_of) / lake.part_name(digest)
    if not path.exists():
        with landing(path) as draft:
            lake.write_parquet(table.to_reader(), draft)
    return path


def _union(frames: Sequence[Frame]) -> Frame:
    return frames[0] if len(frames) == 1 else nw.concat(list(frames), how="vertical")


def _age_terms(as_of: date, jurisdiction: str, law_on: date, settings: Mapping[str, Any]) -> AgeTerms:
    try:
        day_one = law.day_one_convention(jurisdiction=jurisdiction, on=law_on)
    except NotCovered:
        day_one = 0
    grace_days, amount, share = tolerances_of(settings)
    return AgeTerms(
        as_of=as_of, day_one=day_one, grace_days=grace_days, materiality_amount=amount, materiality_share=share
    )


def _aged(engine: Engine, loans: Frame, schedule: Mapping[str, Sequence[Path]], terms: AgeTerms) -> Frame:
    """Put the ages computed in the place of what the tape says; a loan without a schedule keeps what it says."""
    scanned = {name: _union([engine.scan(part) for part in parts]) for name, parts in schedule.items() if parts}
    if "payments" not in scanned:
        scanned["payments"] = (
            scanned["instalments"]
            .select("loan_id", nw.col("due_date").alias("paid_date"), "amount")
            .filter(nw.col("amount").is_null())
        )
    aged = age_frame(
        instalments=scanned["instalments"],
        payments=scanned["payments"],
        pauses=scanned.get("pauses"),
        exposures=loans.select("loan_id", nw.col("balance").alias("exposure")),
        terms=terms,
        keep=engine.keep,
    )
    found = aged.select("loan_id", *(nw.col(name).alias(f"aged_{name}") for name in AGED_COLUMNS))
    columns = loans.collect_schema().names()
    joined = loans.join(found, on="loan_id", how="left")
    has_schedule = ~nw.col("aged_days_basis").is_null()
    return joined.select(
        *(
            nw.when(has_schedule).then(nw.col(f"aged_{name}")).otherwise(nw.col(name)).alias(name)
            if name in AGED_COLUMNS
            else nw.col(name)
            for name in columns
        )
    )


def _target(
    home: Path,
    tenant: str,
    as_of: date,
    sources: Sequence[Path],
    jurisdiction: str,
    law_on: date,
    age_terms: AgeTerms,
    table: SeverityTable,
) -> Path:
    """Name the file by its inputs: parts are named by content, so this is a name by content too."""
    made_from = [
        FORM,
        [part.name for part in sources],
        jurisdiction,
        law_on.isoformat(),
        repr(age_terms),
        table.version,
    ]
    digest = sha256(json.dumps(made_from).encode()).hexdigest()
    return Places(home, tenant).partition("classified", as_of) / lake.part_name(digest)


def unverified_articles(*, jurisdiction: str, law_on: date) -> list[str]:
    """Return the articles behind the class ladders that were entered unread: shown wherever they decide."""
    found: dict[str, None] = {}
    for product in ("OTHER", "CARD"):
        try:
            rungs = law.ladder(jurisdiction=jurisdiction, product=product, is_secured=False, on=law_on)
        except NotCovered:
            return []
        for one in rungs:
            if one.article.confidence is Confidence.UNVERIFIED:
                found[f"{one.article.instrument} {one.article.article}"] = None
    return list(found)
