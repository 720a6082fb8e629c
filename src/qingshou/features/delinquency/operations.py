"""The day's steps over the whole book: class it, compare it with the day before, count its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
from django.db import transaction

from qingshou.engine import open_engine
from qingshou.engine.landing import landing
from qingshou.features.book.intake import lake
from qingshou.features.book.intake.places import Places
from qingshou.features.delinquency import counting, lake_views
from qingshou.features.delinquency.cells import MOVEMENTS
from qingshou.features.delinquency.classed_book import ClassedBook, class_book, unverified_articles
from qingshou.features.delinquency.models import Classification, Figure, Movement
from qingshou.kernel.days import add_months, month_end
from qingshou.kernel.errors import NotFound
from qingshou.tenancy.queries import get_tenant
from qingshou.tenancy.upsert import upsert

# A month-old date may fall on a holiday without a tape: so many days before it will do.
BASE_SLACK_DAYS = 7
MONTHS_COMPARED = (1, 3)


@dataclass(frozen=True, slots=True)
class ClassifyReport:
    """The classified file of a date and what is in it."""

    path: Path
    loans_count: int
    overdue_count: int
    unclassified_count: int
    unknown_days_count: int
    facts: Mapping[str, object]


def classify_day(
    *,
    tenant_id: UUID,
    as_of: date,
    home: Path,
    engine: str = "duckdb",
    master: str | None = None,
    observed: Sequence[tuple[str, str]] = (),
) -> ClassifyReport:
    """Age and class the book of a date; keep the file in the lake and its summary as a row.

    Takes   engine    duckdb or spark; both give the same rows
            observed  (loan_ref, class): loans under observation after a restructuring, which have at least this class
    Gives   the file and its counts by class; a second call replaces the row with the same
    Stops   NotFound when no loans were taken in for the date
    """
    tenant = get_tenant(tenant_id=tenant_id)
    law_on = tenant.law_date or as_of
    with open_engine(engine, master=master) as opened:
        classed = class_book(
            engine=opened,
            home=home,
            tenant=tenant.code,
            as_of=as_of,
            jurisdiction=tenant.jurisdiction,
            law_on=law_on,
            settings=tenant.settings,
            observed=_observed_table(observed),
        )
    with lake_views.opened(now=classed.path) as connection, transaction.atomic():
        row = _keep_classification(connection, classed, home, tenant.code, as_of, engine)
    facts: dict[str, object] = {
        "path": row.path,
        "severities": row.severities,
        "classes": row.classes,
        "unclassified": row.unclassified_count,
        "days_unknown": row.unknown_days_count,
        "days_derived": row.derived_days_count,
        "law_on": law_on.isoformat(),
    }
    return ClassifyReport(
        classed.path, row.loans_count, row.overdue_count, row.unclassified_count, row.unknown_days_count, facts
    )


def _observed_table(observed: Sequence[tuple[str, str]]) -> pa.Table | None:
    """Return the observed loans as a table; None where there are none, so that files keep their names."""
    if not observed:
        return None
    refs, floors = zip(*sorted(observed), strict=True)
    return pa.table({"loan_id": pa.array(refs, pa.string()), "plan_floor": pa.array(floors, pa.string())})


def _keep_classification(
    connection: duckdb.DuckDBPyConnection, classed: ClassedBook, home: Path, tenant: str, as_of: date, engine: str
) -> Classification:
    live = "count(*) FILTER (is_live AND {})::BIGINT"
    loans, overdue, unknown, derived, unclassified = connection.execute(
        f"SELECT count(*)::BIGINT, {live.format('is_overdue')}, {live.format('NOT is_known')}, "  # noqa: S608
        f"{live.format(chr(39).join(['days_basis = ', 'DERIVED', '']))}, "
        f"{live.format(chr(39).join(['regulatory_class = ', 'UNCLASSIFIED', '']))} FROM now"
    ).fetchall()[0]
    reached = _write_reached(connection, home, tenant, as_of, classed.path)
    values = {
        "law_on": classed.law_on,
        "jurisdiction": classed.terms.jurisdiction,
        "shape": classed.shape,
        "engine": engine,
        "path": classed.path.relative_to(home).as_posix(),
        "reached_path": reached.relative_to(home).as_posix(),
        "sources": [part.relative_to(home).as_posix() for part in classed.sources],
        "loans_count": loans,
        "overdue_count": overdue,
        "unknown_days_count": unknown,
        "derived_days_count": derived,
        "unclassified_count": unclassified,
        "unverified_articles": unverified_articles(jurisdiction=classed.terms.jurisdiction, law_on=classed.law_on),
        "severities": _counts(connection, "severity", "is_live"),
        "classes": _counts(connection, "regulatory_class", "is_live"),
        "reasons_unclassified": _counts(
            connection, "regulatory_reason", "is_live AND regulatory_class = 'UNCLASSIFIED'"
        ),
    }
    row, _ = Classification.objects.update_or_create(as_of=as_of, defaults=values)
    return row


def _counts(connection: duckdb.DuckDBPyConnection, column: str, where: str) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT {column}, count(*)::BIGINT FROM now WHERE {where} GROUP BY 1 ORDER BY 1"  # noqa: S608
    ).fetchall()
    return {str(code): count for code, count in rows}


def _write_reached(
    connection: duckdb.DuckDBPyConnection, home: Path, tenant: str, as_of: date, classified: Path
) -> Path:
    """Carry the first dates of 30 and 90 days past due on from the date before."""
    earlier = Classification.objects.filter(as_of__lt=as_of).order_by("-as_of").first()
    previous = home / earlier.reached_path if earlier else None
    name = lake.part_name(_joined_digest(classified.name, previous.name if previous else ""))
    path = Places(home, tenant).partition("reached", as_of) / name
    statement = lake_views.reached_sql(as_of=as_of.isoformat(), previous=previous)
    with landing(path) as draft:
        connection.execute(f"COPY ({statement}) TO {lake_views.quoted(draft)} (FORMAT parquet)")
    return path


def _joined_digest(*names: str) -> str:
    from hashlib import sha256

    return sha256("\x00".join(names).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CompareReport:
    """How the loans of a date differ from those of the date before, by kind of movement."""

    previous_as_of: date | None
    counts: Mapping[str, int]
    written: int


def compare_days(*, tenant_id: UUID, as_of: date, home: Path) -> CompareReport:
    """Write what became of each loan since the as-of date before: entered, rolled, rolled back, cured, and so on.

    Gives   counts of every kind, STAYED too; rows are written for loans that are or were overdue and did not stay, and
            for changes of class. On a first date the loans already overdue are NEW
    Stops   NotFound when the date was not classed
    """
    get_tenant(tenant_id=tenant_id)
    now = _classification(as_of)
    previous = Classification.objects.filter(as_of__lt=as_of).order_by("-as_of").first()
    before = home / previous.path if previous else None
    with lake_views.opened(now=home / now.path, before=before) as connection, transaction.atomic():
        counts = dict(connection.execute("SELECT kind, count(*)::BIGINT FROM pair GROUP BY 1 ORDER BY 1").fetchall())
        Movement.objects.filter(as_of=as_of).delete()
        rows = connection.sql(_movements_sql(tenant_id, as_of, previous.as_of if previous else None))
        written = upsert(model=Movement, rows=rows.to_arrow_reader(65_536), key=("tenant_id", "as_of", "loan_ref"))
    return CompareReport(previous.as_of if previous else None, counts, written.inserted)


def _movements_sql(tenant_id: UUID, as_of: date, previous: date | None) -> str:
    kinds = ", ".join(f"'{kind}'" for kind in MOVEMENTS)
    base = f"DATE '{previous}'" if previous else "NULL::DATE"
    # a loan that was and is not overdue moves only when its class changes (contagion)
    touched = (
        "coalesce(severity_before, 'NONE') <> 'NONE' OR coalesce(severity_after, 'NONE') <> 'NONE' OR kind = 'CHANGED'"
    )
    return f"""
        SELECT '{tenant_id}' AS tenant_id, DATE '{as_of}' AS as_of, {base} AS previous_as_of, loan_id AS loan_ref,
               borrower_id AS borrower_ref, kind, bucket_before, bucket_after,
               coalesce(severity_before, '') AS severity_before, coalesce(severity_after, '') AS severity_after,
               coalesce(class_before, '') AS class_before, coalesce(class_after, '') AS class_after,
               balance_before, balance_after, overdue_days_after
        FROM pair WHERE kind IN ({kinds}) AND ({touched}) ORDER BY loan_id
    """  # noqa: S608


@dataclass(frozen=True, slots=True)
class FiguresReport:
    """How many figures were counted, and which dates the date was compared with."""

    base_dates: Sequence[date]
    written: int


def compute_figures(*, tenant_id: UUID, as_of: date, home: Path) -> FiguresReport:
    """Count the figures of the portfolio on a date, and against the date before, a month and three months before.

    Gives   figures in place of those of the date, all or none
    Stops   NotFound when the date was not classed; FiguresDoNotBalance, and then none is kept
    """
    get_tenant(tenant_id=tenant_id)
    now = _classification(as_of)
    bases = base_classifications(as_of)
    counts: list[tuple[date | None, counting.Count]] = []
    with lake_views.opened(now=home / now.path, reached=home / now.reached_path) as connection:
        counts += [(None, one) for one in counting.count_snapshot(connection)]
        counts += [(None, one) for one in counting.count_vintage(connection)]
    for base in bases:
        with lake_views.opened(now=home / now.path, before=home / base.path) as connection:
            counts += [(base.as_of, one) for one in counting.count_pair(connection)]
    with transaction.atomic():
        Figure.objects.filter(as_of=as_of).delete()
        written = upsert(
            model=Figure,
            rows=_figure_rows(tenant_id, as_of, counts),
            key=("tenant_id", "as_of", "base_date", "name", "key", "currency"),
        )
    return FiguresReport([base.as_of for base in bases], written.inserted)


def base_classifications(as_of: date) -> list[Classification]:
    """Return the dates a date is compared with: the one before, and those a month and three months back."""
    earlier = list(Classification.objects.filter(as_of__lt=as_of).order_by("-as_of"))
    found = earlier[:1]
    for months in MONTHS_COMPARED:
        target = months_before(as_of, months)
        near = (one for one in earlier if target - timedelta(days=BASE_SLACK_DAYS) <= one.as_of <= target)
        found += [one for one in near if one not in found][:1]
    return found


def months_before(day: date, months: int) -> date:
    """Return the date so many months back; a month-end stays a month-end."""
    moved = add_months(day, -months)
    return month_end(moved) if day == month_end(day) else moved


def _figure_rows(tenant_id: UUID, as_of: date, counts: Sequence[tuple[date | None, counting.Count]]) -> pa.Table:
    money = pa.decimal128(24, 3)
    columns: dict[str, tuple[pa.DataType, list[Any]]] = {
        "tenant_id": (pa.string(), [str(tenant_id)] * len(counts)),
        "as_of": (pa.date32(), [as_of] * len(counts)),
        "base_date": (pa.date32(), [base for base, _ in counts]),
        "name": (pa.string(), [one.name for _, one in counts]),
        "key": (pa.string(), [one.key for _, one in counts]),
        "loans_count": (pa.int64(), [one.loans_count for _, one in counts]),
        "amount": (money, [one.amount for _, one in counts]),
        "numerator": (money, [one.numerator for _, one in counts]),
        "denominator": (money, [one.denominator for _, one in counts]),
        "unknown_count": (pa.int64(), [one.unknown_count for _, one in counts]),
        "currency": (pa.string(), [one.currency for _, one in counts]),
    }
    return pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})


def _classification(as_of: date) -> Classification:
    row = Classification.objects.filter(as_of=as_of).first()
    if row is None:
        raise NotFound(f"The book of {as_of} was not classed yet: run the day first.", as_of=as_of.isoformat())
    return row
