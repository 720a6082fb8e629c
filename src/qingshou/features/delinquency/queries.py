"""Reads of the portfolio: its figures on a date, their course over dates, and the loans behind each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db.models import Count as RowCount

from qingshou.features.delinquency import drilling
from qingshou.features.delinquency.cells import VINTAGE_DAYS, WATERFALL_LINES, WATERFALLS
from qingshou.features.delinquency.forecasting import Shares, chained, shares_of
from qingshou.features.delinquency.lake_views import ENDS, STATES
from qingshou.features.delinquency.models import Classification, Figure, Movement
from qingshou.kernel.errors import NotFound

NAMES_OF_THE_DATE = (
    "book", "overdue_rate", "structure_severity", "structure_class", "structure_stage", "structure_bucket",
    "provision_class", "arrears_by", "days_basis", "days_unknown", "unclassified", "non_performing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its part and whole; None where either is unknown or the whole is nothing."""

    part: Decimal | None
    whole: Decimal | None
    loans_count: int = 0

    @property
    def value(self) -> Decimal | None:
        if self.part is None or not self.whole:
            return None
        return self.part / self.whole


@dataclass(slots=True)
class Portfolio:
    """All figures of one date in one currency, compared with one base date: one read, many looks."""

    as_of: date
    base_date: date | None
    currency: str
    currencies: tuple[str, ...]
    bases: tuple[date, ...]
    figures: Mapping[tuple[str, str], Figure]
    compared: Mapping[tuple[str, str], Figure] = field(default_factory=dict)

    def figure(self, name: str, key: str = "ALL") -> Figure | None:
        """Return a figure; None where there is none, which for a count means zero loans."""
        return self.figures.get((name, key)) or self.compared.get((name, key))

    def named(self, name: str) -> dict[str, Figure]:
        """Return key -> figure of one name."""
        return {
            key: one for source in (self.figures, self.compared) for (held, key), one in source.items() if held == name
        }

    def share(self, name: str, key: str, measure: str = "COUNT") -> Share:
        """Return a share by loans (COUNT) or by balance (BALANCE)."""
        one = self.figure(name, f"{key}|{measure}")
        return Share(one.numerator, one.denominator, one.loans_count or 0) if one else Share(None, None)

    def structure(self, name: str) -> dict[str, tuple[int, Decimal | None]]:
        """Return code -> (loans, balance) of a structure figure."""
        return {key: (one.loans_count or 0, one.amount) for key, one in self.named(name).items()}

    def roll_matrix(self, measure: str = "COUNT") -> dict[tuple[str, str], Decimal]:
        """Return (state before, state after) -> loans or opening balance; empty without a base date."""
        cells: dict[tuple[str, str], Decimal] = {}
        for key, one in self.named("roll_matrix").items():
            before, after = key.split(">")
            value = Decimal(one.loans_count or 0) if measure == "COUNT" else one.amount
            if value is not None:
                cells[before, after] = value
        return cells

    def roll_shares(self, measure: str = "COUNT") -> dict[str, dict[str, Decimal]]:
        """Return the roll matrix as shares; each row adds up to 1, cure, pay-off, write-off and going included."""
        return shares_of(self.roll_matrix(measure))

    def waterfall(self, name: str = "waterfall") -> dict[str, dict[str, tuple[int, Decimal | None]]]:
        """Return group -> line -> (loans, amount), every line there; groups without any loan left out."""
        found: dict[str, dict[str, tuple[int, Decimal | None]]] = {}
        for key, one in self.named(name).items():
            group, line = key.split("|")
            found.setdefault(group, {})[line] = (one.loans_count or 0, one.amount)
        known = any(amount is not None for lines in found.values() for _, amount in lines.values())
        nothing = (0, Decimal(0) if known else None)
        return {
            group: {line: found[group].get(line, nothing) for line in WATERFALL_LINES}
            for group in WATERFALLS[name]
            if group in found
        }


def list_dates() -> list[date]:
    """Return every as-of date that was classed, the newest first."""
    return list(Classification.objects.order_by("-as_of").values_list("as_of", flat=True))


def get_classification(*, as_of: date) -> Classification:
    """Return what was classed on a date; stops with NotFound."""
    row = Classification.objects.filter(as_of=as_of).first()
    if row is None:
        raise NotFound(f"The book of {as_of} was not classed: choose a date from the list.", as_of=as_of.isoformat())
    return row


def get_classified_path(*, as_of: date, home: Path) -> Path:
    """Return the lake file with the classes of a date; stops with NotFound."""
    path: str = get_classification(as_of=as_of).path
    return home / path


def get_portfolio(
    *, as_of: date, base_date: date | None = None, currency: str = "", preferred_currency: str = ""
) -> Portfolio:
    """Return the figures of a date.

    Takes   base_date           one of the dates it was compared with; by default about a month before, else the nearest
            currency            by default `preferred_currency` when the book has it, else the one with most loans
    """
    rows = list(Figure.objects.filter(as_of=as_of).exclude(name="vintage"))
    loans = {one.currency: one.loans_count or 0 for one in rows if one.name == "book"}
    if currency not in loans:
        currency = preferred_currency if preferred_currency in loans else max(loans, key=loans.__getitem__, default="")
    bases = tuple(sorted({one.base_date for one in rows if one.base_date is not None}, reverse=True))
    base = base_date if base_date in bases else _month_base(as_of, bases)
    mine = [one for one in rows if one.currency == currency]
    return Portfolio(
        as_of=as_of,
        base_date=base,
        currency=currency,
        currencies=tuple(sorted(loans)),
        bases=bases,
        figures={(one.name, one.key): one for one in mine if one.base_date is None},
        compared={(one.name, one.key): one for one in mine if base is not None and one.base_date == base},
    )


def _month_base(as_of: date, bases: Sequence[date]) -> date | None:
    """Return the base date closest to a month back."""
    return min(bases, key=lambda base: abs((as_of - base).days - 30), default=None)


def roll_matrix(*, as_of: date, base_date: date | None = None, currency: str = "") -> dict[tuple[str, str], int]:
    """Return (state before, state after) -> loans."""
    portfolio = get_portfolio(as_of=as_of, base_date=base_date, currency=currency)
    return {cell: int(count) for cell, count in portfolio.roll_matrix().items()}


def waterfall(*, as_of: date, currency: str = "") -> dict[str, dict[str, tuple[int, Decimal | None]]]:
    """Return severity -> line -> (loans, amount) against the base date of a month."""
    return get_portfolio(as_of=as_of, currency=currency).waterfall()


def structure(
    *, as_of: date, name: str = "structure_class", currency: str = ""
) -> dict[str, tuple[int, Decimal | None]]:
    """Return code -> (loans, balance) by severity, regulatory class, stage or bucket."""
    return get_portfolio(as_of=as_of, currency=currency).structure(name)


def list_overdue_trend(*, currency: str) -> list[tuple[date, dict[str, Share]]]:
    """Return (as-of date, key -> share) for every date, the oldest first; keys as D1|COUNT, D30|BALANCE."""
    rows = Figure.objects.filter(name="overdue_rate", currency=currency, base_date=None).order_by("as_of", "key")
    found: dict[date, dict[str, Share]] = {}
    for one in rows:
        found.setdefault(one.as_of, {})[one.key] = Share(one.numerator, one.denominator, one.loans_count or 0)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class VintagePoint:
    """One origination month so many months later: the share that had been late by then."""

    cohort: str
    months: int
    as_of: date
    share: Share


def list_vintages(*, as_of: date, currency: str) -> dict[int, list[VintagePoint]]:
    """Return 30 and 90 days -> the points of the vintage curves up to a date; of several dates in a month the last."""
    points: dict[tuple[int, str, int], VintagePoint] = {}
    rows = Figure.objects.filter(name="vintage", currency=currency, as_of__lte=as_of).order_by("as_of", "key")
    for one in rows:
        cohort, days, _measure = one.key.split("|")
        year, month = (int(part) for part in cohort.split("-"))
        months = (one.as_of.year - year) * 12 + one.as_of.month - month
        share = Share(one.numerator, one.denominator, one.loans_count or 0)
        points[int(days), cohort, months] = VintagePoint(cohort, months, one.as_of, share)
    return {days: [points[key] for key in sorted(points) if key[0] == days] for days in VINTAGE_DAYS}


@dataclass(frozen=True, slots=True)
class ThreeMonths:
    """Three months by a chain of one-month matrices, and as they were; shares by from-state and to-state."""

    base_date: date
    chain: Shares
    chain_dates: tuple[date, ...]
    direct: Shares


def get_three_months(*, portfolio: Portfolio) -> ThreeMonths | None:
    """Return the direct three-month matrix beside the product of the one-month matrices of the same time.

    None without a date about three months back, or when a month between was not compared with the one before.
    """
    base = min(portfolio.bases, default=None)
    if base is None or (portfolio.as_of - base).days < 80:
        return None
    rows = Figure.objects.filter(
        name="roll_matrix", currency=portfolio.currency, as_of__gt=base, as_of__lte=portfolio.as_of, base_date__gte=base
    )
    counts: dict[tuple[date, date | None], dict[tuple[str, str], Decimal]] = {}
    for one in rows:
        before, after = one.key.split(">")
        counts.setdefault((one.as_of, one.base_date), {})[before, after] = Decimal(one.loans_count or 0)
    direct = counts.pop((portfolio.as_of, base), None)
    dates = _chain_of(portfolio.as_of, base, counts)
    if direct is None or len(dates) < 3:
        return None
    steps = [shares_of(counts[later, earlier]) for earlier, later in pairwise(dates)]
    return ThreeMonths(base, chained(steps), tuple(dates), shares_of(direct))


def _chain_of(as_of: date, base: date, compared: Iterable[tuple[date, date | None]]) -> list[date]:
    """Return dates from base to as_of, each compared with the one about a month before; empty if there are none."""
    earlier = {later: before for later, before in compared if before is not None and 25 <= (later - before).days <= 38}
    dates = [as_of]
    while dates[-1] in earlier and dates[-1] > base:
        dates.append(earlier[dates[-1]])
    return dates[::-1] if dates[-1] == base else []


def drill(
    *,
    name: str,
    key: str,
    as_of: date,
    home: Path,
    base_date: date | None = None,
    currency: str,
    order_by: str = "loan_id",
    descending: bool = False,
    page: int = 1,
    page_size: int | None = 50,
) -> drilling.Drill:
    """Return the loans behind a figure, from the lake; as many as the figure counts.

    Takes   page_size  None returns all rows, for an export
    Stops   NotFound on a figure, a date or a base date there is none of
    """
    now = get_classification(as_of=as_of)
    before = get_classification(as_of=base_date) if base_date and drilling.needs_base(name) else None
    return drilling.list_rows(
        name=name,
        key=key,
        currency=currency,
        now=home / now.path,
        before=home / before.path if before else None,
        reached=home / now.reached_path if now.reached_path else None,
        order_by=order_by,
        descending=descending,
        offset=(page - 1) * (page_size or 0),
        limit=page_size,
    )


def get_figure(*, name: str, key: str, as_of: date, base_date: date | None, currency: str) -> Figure | None:
    """Return one figure as it was counted."""
    return Figure.objects.filter(name=name, key=key, as_of=as_of, base_date=base_date, currency=currency).first()


def list_figures(*, as_of: date) -> list[Figure]:
    """Return every figure of a date, by name."""
    return list(Figure.objects.filter(as_of=as_of).order_by("name", "-base_date", "currency", "key"))


def list_movements(*, loan_refs: Sequence[str]) -> list[Movement]:
    """Return the movements of some loans, the newest first: a case's history of entering and leaving."""
    return list(Movement.objects.filter(loan_ref__in=loan_refs).order_by("-as_of", "loan_ref"))


def summary_table(*, dates: Sequence[date] | None = None) -> list[dict[str, Any]]:
    """Return a row a date for a terminal: loans, overdue by class, shares, and what moved."""
    rows = Classification.objects.order_by("as_of")
    if dates is not None:
        rows = rows.filter(as_of__in=dates)
    moved: dict[date, dict[str, int]] = {}
    for day, kind, count in (
        Movement.objects.filter(as_of__in=[row.as_of for row in rows])
        .values_list("as_of", "kind")
        .annotate(loans=RowCount("id"))
        .order_by("as_of", "kind")
    ):
        moved.setdefault(day, {})[kind] = count
    cure = _shares_by_date("cure_rate", [row.as_of for row in rows])
    roll = _shares_by_date("roll_rate", [row.as_of for row in rows])
    return [
        {
            "as_of": row.as_of,
            "loans": row.loans_count,
            "overdue": row.overdue_count,
            "severities": dict(row.severities),
            "classes": dict(row.classes),
            "unclassified": row.unclassified_count,
            "days_unknown": row.unknown_days_count,
            "days_derived": row.derived_days_count,
            "law_on": row.law_on,
            "moved": moved.get(row.as_of, {}),
            "cure_rates": cure.get(row.as_of, {}),
            "roll_rates": roll.get(row.as_of, {}),
        }
        for row in rows
    ]


def _shares_by_date(name: str, dates: Sequence[date]) -> dict[date, dict[str, Decimal | None]]:
    """Return date -> bucket -> share by loans, against the nearest base date, all currencies together."""
    sums: dict[date, dict[date, dict[str, tuple[Decimal, Decimal]]]] = {}
    for one in Figure.objects.filter(name=name, as_of__in=dates, key__endswith="|COUNT"):
        if one.base_date is None:
            continue
        bucket = one.key.removesuffix("|COUNT")
        held = sums.setdefault(one.as_of, {}).setdefault(one.base_date, {})
        part, whole = held.get(bucket, (Decimal(0), Decimal(0)))
        held[bucket] = part + (one.numerator or 0), whole + (one.denominator or 0)
    return {
        day: {bucket: (part / whole if whole else None) for bucket, (part, whole) in by_base[max(by_base)].items()}
        for day, by_base in sums.items()
    }


__all__ = ["ENDS", "STATES", "Portfolio", "Share"]
