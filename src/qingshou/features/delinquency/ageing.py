"""Ageing in columns: days past due and arrears of every loan from its schedule, payments and pauses.

The obvious way joins every instalment to its loan's payments and walks a running total. Nine loans in ten owe nothing,
so here two plain sums come first and only the loans that owe are walked, over the running total kept at intake
(`cum_amount`) or, where there is none, over a window on those few.
"""

from collections.abc import Callable, Sequence
from datetime import date

import narwhals as nw

from qingshou.engine.plan import MONEY, Frame
from qingshou.features.delinquency.rules import AgeTerms

FAR_DATE = date(9999, 12, 31)
RESUMED = "RESUMED"
PART_COLUMNS = {part: f"arrears_{part}" for part in ("principal", "interest", "penalty", "fees")}
NOTHING = nw.lit(0).cast(MONEY)


def same(frame: Frame) -> Frame:
    """Keep nothing: the default where no engine is at hand."""
    return frame


def age_frame(
    *,
    instalments: Frame,
    payments: Frame,
    pauses: Frame | None = None,
    exposures: Frame | None = None,
    terms: AgeTerms,
    with_scheduled: bool = False,
    keep: Callable[[Frame], Frame] = same,
) -> Frame:
    """Return arrears and days past due of every loan that has a schedule.

    Takes   instalments  loan_id, due_date, amount; optional principal, interest, penalty, fees, cum_amount
            payments     loan_id, paid_date, amount; optional reverses; later than as_of are not counted
            pauses       loan_id, from_date, until_date (null: open-ended); optional kind
            exposures    loan_id, exposure; without it, what is scheduled and not paid
            with_scheduled  also add up what falls due later (scheduled_amount), for control totals
            keep         the engine's keep(), so that the sums are computed once
    Frame   out: loan_id str unique; oldest_due_date date null; overdue_days i32; arrears and its four parts
            decimal(18,3), the parts null where the schedule does not split; days_basis str;
            and for control totals due_amount, paid_amount (and scheduled_amount) decimal(18,3). No order.
    """
    wants_scheduled = with_scheduled or terms.materiality_share > 0
    totals = keep(_totals(instalments, payments, terms, with_scheduled=wants_scheduled))
    owing = _owing(totals, exposures, terms)
    walked = _walked(instalments, owing, terms)
    has_parts = all(part in instalments.collect_schema().names() for part in PART_COLUMNS)
    ages = _ages(walked, has_parts)
    # With pauses the ages are read twice.
    ages = _with_overdue_days(ages if pauses is None else keep(ages), pauses, terms)
    joined = totals.join(ages, on="loan_id", how="left")
    owed = nw.col("due_amount") - _counted_paid()
    arrears = nw.when(owed > 0).then(owed).otherwise(NOTHING).cast(MONEY)
    parts = [
        (nw.col(name).fill_null(0) if has_parts else nw.lit(None, MONEY)).cast(MONEY).alias(name)
        for name in PART_COLUMNS.values()
    ]
    if has_parts:
        unsplit = nw.col("is_unsplit").fill_null(value=False)
        parts = [
            nw.when(~unsplit).then(part).otherwise(nw.lit(None, MONEY)).alias(name)
            for part, name in zip(parts, PART_COLUMNS.values(), strict=True)
        ]
    return joined.select(
        "loan_id",
        "oldest_due_date",
        nw.col("overdue_days").fill_null(0).cast(nw.Int32).alias("overdue_days"),
        arrears.alias("arrears"),
        *parts,
        nw.lit("SCHEDULE").alias("days_basis"),
        *(["scheduled_amount"] if with_scheduled else []),
        "due_amount",
        "paid_amount",
    )


def _counted_paid() -> nw.Expr:
    """What covers instalments: reversals beyond what was ever paid do not make more fall due."""
    return nw.when(nw.col("paid_amount") > 0).then(nw.col("paid_amount")).otherwise(NOTHING)


def _signed_amount(payments: Frame) -> nw.Expr:
    amount = nw.col("amount")
    if "reverses" not in payments.collect_schema().names():
        return amount
    return nw.when(nw.col("reverses").is_null()).then(amount).otherwise(NOTHING - amount.abs())


def _totals(instalments: Frame, payments: Frame, terms: AgeTerms, *, with_scheduled: bool) -> Frame:
    """One row a loan of the schedule: what has fallen due, what was paid by then, and maybe all that is scheduled."""
    is_due = nw.col("due_date") <= nw.lit(terms.as_of)
    names = ["due_amount", *(["scheduled_amount"] if with_scheduled else [])]
    scheduled = (
        instalments.select(
            "loan_id", scheduled_amount="amount", due_amount=nw.when(is_due).then(nw.col("amount")).otherwise(NOTHING)
        )
        .group_by("loan_id")
        .agg(*(nw.col(name).sum() for name in names))
    )
    paid = (
        payments.filter(nw.col("paid_date") <= nw.lit(terms.as_of))
        .select("loan_id", paid_amount=_signed_amount(payments))
        .group_by("loan_id")
        .agg(nw.col("paid_amount").sum())
    )
    return scheduled.join(paid, on="loan_id", how="left").select(
        "loan_id",
        *(nw.col(name).cast(MONEY) for name in names),
        nw.col("paid_amount").fill_null(0).cast(MONEY),
    )


def _owing(totals: Frame, exposures: Frame | None, terms: AgeTerms) -> Frame:
    """The loans with arrears, with what covers their instalments and the arrears that do not yet count."""
    owing = totals.filter(nw.col("due_amount") > _counted_paid())
    amount = nw.lit(terms.materiality_amount).cast(MONEY)
    if terms.materiality_share == 0:
        return owing.select("loan_id", covered=_counted_paid().cast(MONEY), immaterial=amount.cast(nw.Decimal(28, 9)))
    exposure = (nw.col("scheduled_amount") - nw.col("paid_amount")).cast(MONEY)
    if exposures is not None:
        owing = owing.join(exposures.select("loan_id", given_exposure="exposure"), on="loan_id", how="left")
        exposure = nw.coalesce(nw.col("given_exposure"), exposure)
    share = exposure * nw.lit(terms.materiality_share).cast(nw.Decimal(9, 6))
    return owing.select(
        "loan_id",
        covered=_counted_paid().cast(MONEY),
        # Both limits must be exceeded, so the higher one decides; six decimals keep the share exact.
        immaterial=nw.max_horizontal(amount.cast(nw.Decimal(28, 9)), share.cast(nw.Decimal(28, 9))),
    )


def _walked(instalments: Frame, owing: Frame, terms: AgeTerms) -> Frame:
    """The due instalments of owing loans that are not fully covered, with the running total up to each.

    Instalments of one due date count as one: their order among themselves has no meaning.
    """
    names = instalments.collect_schema().names()
    parts = list(PART_COLUMNS) if all(part in names for part in PART_COLUMNS) else []
    has_total = "cum_amount" in names
    wanted = ["loan_id", "due_date", "amount", *parts, *(["cum_amount"] if has_total else [])]
    due = instalments.select(*wanted).filter(nw.col("due_date") <= nw.lit(terms.as_of))
    due = due.join(owing, on="loan_id", how="inner")
    if has_total and not parts:
        # The kept total says of each row alone whether it is covered.
        return due.filter(nw.col("cum_amount") > nw.col("covered"))
    if parts:
        split = sum((nw.col(part).fill_null(0) for part in parts), start=NOTHING)
        due = due.with_columns(unsplit=nw.when(split != nw.col("amount")).then(1).otherwise(0))
    sums = [nw.col(name).sum().cast(MONEY).alias(name) for name in ("amount", *parts)]
    totals = [nw.col("cum_amount").max()] if has_total else []
    flags = [nw.col("unsplit").max()] if parts else []
    by_date = due.group_by("loan_id", "due_date", "covered", "immaterial").agg(*sums, *totals, *flags)
    if not has_total:
        running = nw.col("amount").cum_sum().over("loan_id", order_by="due_date").cast(MONEY)
        by_date = by_date.with_columns(cum_amount=running)
    uncovered = by_date.filter(nw.col("cum_amount") > nw.col("covered"))
    if not parts:
        return uncovered
    # Of the date's instalments a payment covers what lies between the total before them and what was paid.
    before = nw.col("cum_amount") - nw.col("amount")
    reach = nw.when(nw.col("covered") > before).then(nw.col("covered") - before).otherwise(NOTHING).cast(MONEY)
    return _with_open_parts(uncovered.with_columns(left=reach), terms.parts_order)


def _with_open_parts(frame: Frame, order: Sequence[str]) -> Frame:
    """Let what is left of the payments cover the parts in order; what stays open is the arrears of that part."""
    for part in order:
        known = nw.col(part).fill_null(0).cast(MONEY)
        taken = nw.when(nw.col("left") < known).then(nw.col("left")).otherwise(known)
        frame = frame.with_columns(
            (known - taken).cast(MONEY).alias(PART_COLUMNS[part]), (nw.col("left") - taken).cast(MONEY).alias("left")
        )
    return frame


def _ages(walked: Frame, has_parts: bool) -> Frame:
    """One row an owing loan: its oldest open instalment, and the one from which arrears are material."""
    is_material = (nw.col("cum_amount") - nw.col("covered")) > nw.col("immaterial")
    marked = walked.with_columns(clock_date=nw.when(is_material).then(nw.col("due_date")))
    parts = [nw.col(name).sum() for name in PART_COLUMNS.values()] if has_parts else []
    flags = [nw.col("unsplit").max()] if has_parts else []
    ages = marked.group_by("loan_id").agg(
        nw.col("due_date").min().alias("oldest_due_date"), nw.col("clock_date").min(), *parts, *flags
    )
    return ages.with_columns(is_unsplit=nw.col("unsplit") > 0) if has_parts else ages


def _with_overdue_days(ages: Frame, pauses: Frame | None, terms: AgeTerms) -> Frame:
    elapsed = (nw.lit(terms.as_of) - nw.col("clock_date")).cast(nw.Int64)
    paused: nw.Expr = nw.lit(0)
    if pauses is not None:
        ages = ages.join(_paused_days(ages, pauses, terms.as_of), on="loan_id", how="left")
        paused = nw.col("paused_days").fill_null(0)
    days = elapsed - paused + (terms.day_one - terms.grace_days)
    overdue = nw.when(nw.col("clock_date").is_null() | (days < 0)).then(0).otherwise(days)
    return ages.with_columns(overdue_days=overdue.cast(nw.Int32))


def _paused_days(ages: Frame, pauses: Frame, as_of: date) -> Frame:
    """Days of [clock date, as_of) on which at least one pause held: each pause adds what earlier ones left."""
    spans = _spans(pauses).join(ages.select("loan_id", "clock_date"), on="loan_id", how="inner")
    start = nw.max_horizontal("from_date", "clock_date", "held_until")
    end = nw.min_horizontal("until_date", nw.lit(as_of))
    days = (end - start).cast(nw.Int64)
    added = nw.when(days > 0).then(days).otherwise(0)
    return spans.select("loan_id", paused_days=added).group_by("loan_id").agg(nw.col("paused_days").sum())


def _spans(pauses: Frame) -> Frame:
    """Pauses by their start, each with the day until which those before it held."""
    if "kind" in pauses.collect_schema().names():
        spans = _cut_by_resumption(pauses)
    else:
        spans = pauses.select("loan_id", "from_date", until_date=nw.col("until_date").fill_null(FAR_DATE))
    spans = spans.filter(nw.col("until_date") > nw.col("from_date"))
    order = ("from_date", "until_date")
    spans = spans.with_columns(held_until=nw.col("until_date").cum_max().over("loan_id", order_by=order))
    return spans.with_columns(held_until=nw.col("held_until").shift(1).over("loan_id", order_by=order))


def _cut_by_resumption(pauses: Frame) -> Frame:
    """A row of kind RESUMED ends, on its from_date, every pause of the loan that had begun by then."""
    is_resumption = nw.col("kind").fill_null("") == RESUMED
    ends = pauses.filter(is_resumption).select("loan_id", resumed_date="from_date")
    begun = pauses.filter(~is_resumption).select(
        "loan_id", "from_date", until_date=nw.col("until_date").fill_null(FAR_DATE)
    )
    ended = begun.join(ends, on="loan_id", how="left").with_columns(
        end_date=nw.when(nw.col("resumed_date") >= nw.col("from_date")).then(nw.col("resumed_date"))
    )
    first = ended.group_by("loan_id", "from_date", "until_date").agg(nw.col("end_date").min())
    return first.select("loan_id", "from_date", until_date=nw.min_horizontal("until_date", "end_date"))
