"""Classing in columns: severity, bucket, regulatory class with contagion, IFRS 9 stage and provision of every loan."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import narwhals as nw
from narwhals.dtypes import DType

from qingshou.engine.plan import MONEY, RATE, Frame
from qingshou.features.delinquency.ageing import same
from qingshou.features.delinquency.rules import BUCKET_DAYS, BUCKET_MAX, MODERATE_DAYS_MIN, SEVERE_DAYS_MIN, Severity
from qingshou.features.delinquency.severity import Level, OverrideRow, SeverityTable
from qingshou.features.delinquency.terms import CARD, PLAN_OBSERVED, UNCLASSIFIED, WRITTEN_OFF, ClassTerms, Spread, Step

# What classing reads of a loan: its type, and what stands for a column the frame does not have.
READ_COLUMNS: dict[str, tuple[DType, str | bool | None]] = {
    "borrower_id": (nw.String(), None),
    "borrower_kind": (nw.String(), "RETAIL"),
    "product": (nw.String(), "OTHER"),
    "currency": (nw.String(), "CNY"),
    "balance": (MONEY, None),
    "arrears": (MONEY, None),
    "overdue_days": (nw.Int32(), None),
    "credit_standing": (nw.String(), None),
    "is_secured": (nw.Boolean(), None),
    "restructured_date": (nw.Date(), None),
    "is_impaired": (nw.Boolean(), None),
    "is_written_off": (nw.Boolean(), False),
    "is_closed": (nw.Boolean(), False),
    "plan_floor": (nw.String(), None),
}
CLASSIFIED_COLUMNS = (
    "severity_base",
    "severity",
    "severity_reason",
    "bucket",
    "regulatory_class",
    "regulatory_reason",
    "is_non_performing",
    "is_contaminated",
    "stage",
    "provision_rate",
    "provision",
)
days = nw.col("overdue_days")
UNKNOWN_RANK = -1
ZERO = nw.lit(0).cast(MONEY)


def classify_frame(
    *, loans: Frame, terms: ClassTerms, table: SeverityTable, keep: Callable[[Frame], Frame] = same
) -> Frame:
    """Return the loans with what classification adds.

    Takes   loans   loan_id, and of READ_COLUMNS what is known; others travel along
            terms   the law of one jurisdiction on one date
            table   the severity override table
            keep    the engine's keep(), for the few borrowers with a bad loan
    Frame   out: the loans + CLASSIFIED_COLUMNS, see docs/reference/frames.md. Rows kept, no order.
    Law     the jurisdiction's text in force on terms.as_of
    """
    given = loans.collect_schema().names()
    ranked = with_own_class(with_read_columns(loans), terms)
    spread = terms.contagion if terms.is_covered else None
    spreading = keep(spreading_borrowers(ranked, terms, spread)) if spread is not None else None
    ranked = _with_contagion(ranked, spread, spreading)
    ranked = ranked.with_columns(_severity_base().alias("severity_base"))
    ranked = ranked.with_columns(*_severity(table))
    ranked = ranked.with_columns(_provision_rate(terms).alias("provision_rate"))
    return ranked.select(
        *given,
        "severity_base",
        "severity",
        "severity_reason",
        _bucket().alias("bucket"),
        _class_name(terms).alias("regulatory_class"),
        nw.col("reason").alias("regulatory_reason"),
        _is_non_performing(terms).alias("is_non_performing"),
        "is_contaminated",
        _stage(terms).alias("stage"),
        "provision_rate",
        _provision().alias("provision"),
    )


def with_read_columns(loans: Frame) -> Frame:
    """Add the columns classing reads and the frame lacks."""
    names = loans.collect_schema().names()
    missing = [
        nw.lit(default, kind).alias(name) if default is not None else nw.lit(None, kind).alias(name)
        for name, (kind, default) in READ_COLUMNS.items()
        if name not in names and name != "borrower_id"
    ]
    if "borrower_id" not in names:
        missing.append(nw.col("loan_id").alias("borrower_id"))
    return loans.with_columns(*missing) if missing else loans


def _ladder_rank(steps: tuple[Step, ...]) -> nw.Expr:
    rank: nw.Expr = nw.lit(0)
    for step in steps[1:]:
        rank = nw.when(days >= step.overdue_days_min).then(nw.lit(step.rank)).otherwise(rank)
    return rank


def _days_rank(terms: ClassTerms) -> nw.Expr:
    """Rank by days alone: the ladder of the product and of the security, and what is not material left out."""
    ladders = terms.ladders
    by_key = {key: ladders[key] for key in ladders}
    plain = _by_security(by_key[False, False], by_key[False, True])
    if by_key[True, False] != by_key[False, False] or by_key[True, True] != by_key[False, True]:
        card = _by_security(by_key[True, False], by_key[True, True])
        plain = nw.when(nw.col("product") == CARD).then(card).otherwise(plain)
    if terms.material_amounts is not None:
        plain = nw.when(_is_immaterial(terms, terms.material_amounts)).then(nw.lit(0)).otherwise(plain)
    return nw.when(days.is_null()).then(nw.lit(UNKNOWN_RANK)).otherwise(plain)


def _by_security(unsecured: tuple[Step, ...], secured: tuple[Step, ...]) -> nw.Expr:
    if unsecured == secured:
        return _ladder_rank(unsecured)
    is_secured = nw.col("is_secured").fill_null(value=False)
    return nw.when(is_secured).then(_ladder_rank(secured)).otherwise(_ladder_rank(unsecured))


def _is_immaterial(terms: ClassTerms, amounts: tuple[Decimal, Decimal]) -> nw.Expr:
    """Arrears at or under one of the two limits; unknown amounts count as material, the stricter reading."""
    retail, other = (nw.lit(amount).cast(MONEY) for amount in amounts)
    limit = nw.when(nw.col("borrower_kind") == "RETAIL").then(retail).otherwise(other)
    share = nw.col("balance") * nw.lit(terms.material_share).cast(RATE)
    is_known = ~nw.col("arrears").is_null() & ~nw.col("balance").is_null() & (nw.col("currency") == "EUR")
    return is_known & ((nw.col("arrears") <= limit) | (nw.col("arrears") <= share))


def _is_observed(terms: ClassTerms) -> nw.Expr:
    start = terms.observed_from_date
    if start is None:
        return nw.lit(value=False)
    if start == date.min:
        return ~nw.col("restructured_date").is_null()
    return (nw.col("restructured_date") >= nw.lit(start)).fill_null(value=False)


def _floors(terms: ClassTerms) -> list[tuple[nw.Expr, int, str]]:
    """What is not days: when it holds, the rank it calls for at least, and its code."""
    impaired = nw.col("is_impaired").fill_null(value=False)
    observed = _is_observed(terms)
    overdue = (days > 0).fill_null(value=False)
    by_plan = [
        ((nw.col("plan_floor") == code).fill_null(value=False), rank, PLAN_OBSERVED)
        for rank, code in enumerate(terms.classes)
    ]
    return [
        *by_plan,
        (observed, terms.restructured_rank, "RESTRUCTURED"),
        (observed & overdue, terms.restructured_overdue_rank, "RESTRUCTURED"),
        (impaired, terms.impaired_rank, "CREDIT_IMPAIRED"),
        (nw.col("is_written_off").fill_null(value=False), terms.written_off_rank, WRITTEN_OFF),
    ]


def with_own_class(loans: Frame, terms: ClassTerms) -> Frame:
    """Add the rank each loan has by itself (own_rank, -1 unknown) and the code of what decided (own_reason)."""
    if not terms.is_covered:
        return loans.with_columns(own_rank=nw.lit(UNKNOWN_RANK), own_reason=nw.lit("NOT_COVERED"))
    ranked = loans.with_columns(days_rank=_days_rank(terms))
    by_days = nw.col("days_rank")
    reason = nw.when(days.is_null()).then(nw.lit("DAYS_UNKNOWN")).otherwise(nw.lit("OVERDUE_DAYS"))
    if terms.material_amounts is not None:
        small = _is_immaterial(terms, terms.material_amounts) & (days > 0)
        reason = nw.when(small).then(nw.lit("BELOW_MATERIALITY")).otherwise(reason)
    floors = []
    # The worst comes last and so decides; among equals the last named.
    for holds, floor, code in sorted(_floors(terms), key=lambda one: one[1]):
        if floor > 0:
            floors.append(nw.when(holds).then(nw.lit(floor)).otherwise(nw.lit(UNKNOWN_RANK)))
            reason = nw.when(holds & (by_days < floor)).then(nw.lit(code)).otherwise(reason)
    return ranked.with_columns(own_rank=nw.max_horizontal(by_days, *floors), own_reason=reason)


def spreading_borrowers(ranked: Frame, terms: ClassTerms, spread: Spread) -> Frame:
    """Borrowers whose bad share is over the limit: only those with a bad loan are added up.

    Shares are taken currency by currency, for amounts in several cannot be added; one over the limit is enough.
    """
    bound = ranked.filter(_is_bound(spread))
    is_bad = nw.col("own_rank") >= terms.non_performing_rank
    if spread.counts_overdue_over_90:
        # What is not material neither counts nor spreads.
        is_bad = days > 90
        if terms.material_amounts is not None:
            is_bad = is_bad & ~_is_immaterial(terms, terms.material_amounts).fill_null(value=False)
    bound = bound.select("borrower_id", "currency", "balance", is_bad=is_bad.fill_null(value=False))
    with_bad = bound.filter(nw.col("is_bad")).select("borrower_id").unique()
    owed = nw.when(nw.col("balance") > 0).then(nw.col("balance")).otherwise(ZERO)
    sums = (
        bound.join(with_bad, on="borrower_id", how="semi")
        .select("borrower_id", "currency", owed=owed, bad=nw.when(nw.col("is_bad")).then(owed).otherwise(ZERO))
        .group_by("borrower_id", "currency")
        .agg(nw.col("owed").sum().cast(MONEY), nw.col("bad").sum().cast(MONEY))
    )
    share = nw.col("owed") * nw.lit(spread.share_over).cast(RATE)
    return sums.filter(nw.col("bad") > share).select("borrower_id").unique()


def _is_bound(spread: Spread) -> nw.Expr:
    """Open loans of the kinds of borrower that contagion holds for."""
    is_open = ~nw.col("is_closed").fill_null(value=False)
    kinds = list(spread.exempt_borrower_kinds)
    return is_open & ~nw.col("borrower_kind").is_in(kinds) if kinds else is_open


def _with_contagion(ranked: Frame, spread: Spread | None, spreading: Frame | None) -> Frame:
    if spread is None or spreading is None:
        none = nw.lit(value=False).alias("is_contaminated")
        return ranked.with_columns(none, nw.col("own_rank").alias("rank"), nw.col("own_reason").alias("reason"))
    marked = ranked.join(spreading.with_columns(is_hit=nw.lit(value=True)), on="borrower_id", how="left")
    caught = nw.col("is_hit").fill_null(value=False) & _is_bound(spread) & (nw.col("own_rank") < spread.rank)
    marked = marked.with_columns(is_contaminated=caught)
    is_caught = nw.col("is_contaminated")
    return marked.with_columns(
        rank=nw.when(is_caught).then(nw.lit(spread.rank)).otherwise(nw.col("own_rank")),
        reason=nw.when(is_caught).then(nw.lit(spread.reason)).otherwise(nw.col("own_reason")),
    )


def _class_name(terms: ClassTerms) -> nw.Expr:
    name: nw.Expr = nw.lit(UNCLASSIFIED)
    for rank, class_code in enumerate(terms.classes):
        name = nw.when(nw.col("rank") == rank).then(nw.lit(class_code)).otherwise(name)
    return name


def _is_non_performing(terms: ClassTerms) -> nw.Expr:
    """True, false, or null where the class is unknown."""
    known = nw.when(nw.col("rank") != UNKNOWN_RANK)
    return known.then(nw.col("rank") >= terms.non_performing_rank).otherwise(nw.lit(None, nw.Boolean))


def _severity_base() -> nw.Expr:
    return (
        nw.when(days.is_null())
        .then(nw.lit(Severity.UNKNOWN.value))
        .when(days >= SEVERE_DAYS_MIN)
        .then(nw.lit(Severity.SEVERE.value))
        .when(days >= MODERATE_DAYS_MIN)
        .then(nw.lit(Severity.MODERATE.value))
        .when(days >= 1)
        .then(nw.lit(Severity.MILD.value))
        .otherwise(nw.lit(Severity.NONE.value))
    )


def _severity(table: SeverityTable) -> list[nw.Expr]:
    """Severity and reason after the table: written from the last row to the first, so that the first that fits wins."""
    severity: nw.Expr = nw.col("severity_base")
    reason: nw.Expr = nw.lit(None, nw.String)
    for row in reversed(table.rows):
        for base in row.base:
            moved = row.moved(base)
            fits = (nw.col("severity_base") == base.value) & _fits(row)
            severity = nw.when(fits).then(nw.lit(moved.value)).otherwise(severity)
            code = nw.lit(row.code) if moved != base else nw.lit(None, nw.String)
            reason = nw.when(fits).then(code).otherwise(reason)
    return [severity.alias("severity"), reason.alias("severity_reason")]


def _fits(row: OverrideRow) -> nw.Expr:
    fits: nw.Expr = nw.lit(value=True)
    if row.credit_standing is not None:
        fits = fits & nw.col("credit_standing").is_in(list(row.credit_standing))
    for name, level, is_from in (
        ("arrears", row.arrears_from, True),
        ("arrears", row.arrears_below, False),
        ("balance", row.balance_from, True),
        ("balance", row.balance_below, False),
    ):
        if level is not None:
            limit = _level(level)
            fits = fits & ((nw.col(name) >= limit) if is_from else (nw.col(name) < limit))
    # A condition on what is unknown does not hold.
    return fits.fill_null(value=False)


def _level(level: Level) -> nw.Expr:
    limit: nw.Expr = nw.lit(None, MONEY)
    for currency, amount in level.items():
        limit = nw.when(nw.col("currency") == currency).then(nw.lit(amount).cast(MONEY)).otherwise(limit)
    return limit


def _bucket() -> nw.Expr:
    months = (days + (BUCKET_DAYS - 1)) // BUCKET_DAYS
    return nw.when(days > BUCKET_DAYS * BUCKET_MAX).then(nw.lit(BUCKET_MAX)).otherwise(months).cast(nw.Int32)


def _stage(terms: ClassTerms) -> nw.Expr:
    if terms.stage_2_days_min is None or terms.stage_3_days_min is None:
        return nw.lit(None, nw.Int32)
    impaired = nw.col("is_impaired").fill_null(value=False) | nw.col("is_written_off").fill_null(value=False)
    return (
        nw.when(days.is_null())
        .then(nw.lit(None, nw.Int32))
        .when(impaired | (days >= terms.stage_3_days_min))
        .then(nw.lit(3, nw.Int32))
        .when(days >= terms.stage_2_days_min)
        .then(nw.lit(2, nw.Int32))
        .otherwise(nw.lit(1, nw.Int32))
    )


def _provision_rate(terms: ClassTerms) -> nw.Expr:
    rate: nw.Expr = nw.lit(None, RATE)
    for rank, value in enumerate(terms.provision_rates):
        if value is not None:
            rate = nw.when(nw.col("rank") == rank).then(nw.lit(value).cast(RATE)).otherwise(rate)
    return rate


def _provision() -> nw.Expr:
    """Balance x rate at 2 decimals, half up; an overpaid account needs none."""
    owed = nw.when(nw.col("balance") < 0).then(ZERO).otherwise(nw.col("balance"))
    return (owed * nw.col("provision_rate")).round(2).cast(MONEY)
