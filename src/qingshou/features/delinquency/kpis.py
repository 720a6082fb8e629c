"""Figures of the desk, each with what is above and below the line, by count and by amount, and how to find its loans.

The account-tracked rates stand on `moved`: one row a loan that was there at the earlier date, with its bucket then and
now. A rate is two predicates over that frame; the loans of either are `drill(...)`. Unknown amounts are left out of the
amount version and counted, never taken as zero. Names matter: a roll rate follows accounts, a flow rate divides two
snapshots; pages that mix them up are why each figure here says which it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import narwhals as nw

from qingshou.engine.plan import MONEY, Frame
from qingshou.kernel.errors import BadInput

was_in, is_in = nw.col("bucket_before"), nw.col("bucket_after")
PAID_OFF, WRITTEN_OFF, GONE = -1, -2, -3  # where a loan went that has no bucket now
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A figure as two predicates over `moved`; the amount is the balance at the earlier date on both sides."""

    code: str
    above: nw.Expr
    below: nw.Expr
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A rate measured. A share is None where nothing is below the line, the amount's also where no amount is known."""

    code: str
    meaning: str
    above_count: int
    below_count: int
    above_amount: Decimal | None
    below_amount: Decimal | None
    unknown_amounts: int

    @property
    def share(self) -> Decimal | None:
        """The rate by count of loans."""
        return Decimal(self.above_count) / self.below_count if self.below_count else None

    @property
    def amount_share(self) -> Decimal | None:
        """The rate by amount."""
        if not self.below_amount or self.above_amount is None:
            return None
        return self.above_amount / self.below_amount


def moved(*, before: Frame, after: Frame) -> Frame:
    """Follow every live loan of the earlier date to the later one.

    Takes   before, after  loan_id, bucket, balance, is_closed, is_written_off of two dates
    Frame   out: loan_id, bucket_before, balance_before, bucket_after (PAID_OFF, WRITTEN_OFF, GONE where it has none),
            balance_after; a loan that is not in the later frame is GONE, not cured
    """
    live = ~nw.col("is_closed") & ~nw.col("is_written_off")
    earlier = before.filter(live).select("loan_id", bucket_before="bucket", balance_before="balance")
    place = (
        nw.when(nw.col("is_written_off"))
        .then(nw.lit(WRITTEN_OFF))
        .when(nw.col("is_closed"))
        .then(nw.lit(PAID_OFF))
        .otherwise(nw.col("bucket"))
    )
    later = after.select("loan_id", place=place, balance_after="balance", is_there=nw.lit(value=True))
    joined = earlier.join(later, on="loan_id", how="left")
    return joined.with_columns(
        bucket_after=nw.when(nw.col("is_there").is_null()).then(nw.lit(GONE)).otherwise(nw.col("place"))
    ).select("loan_id", "bucket_before", "balance_before", "bucket_after", "balance_after")


def roll_rate(bucket: int) -> Rate:
    """Roll: of those in a bucket, who are in the next one now."""
    below = was_in == bucket
    return Rate(
        code=f"ROLL_{bucket}",
        above=below & (is_in == bucket + 1),
        below=below,
        meaning=f"bucket_before = {bucket}, of these bucket_after = {bucket + 1}",
    )


def stay_rate(bucket: int) -> Rate:
    """Stay: who are where they were."""
    below = was_in == bucket
    return Rate(
        code=f"STAY_{bucket}",
        above=below & (is_in == bucket),
        below=below,
        meaning=f"bucket_before = {bucket}, of these bucket_after = {bucket}",
    )


def back_roll_rate(bucket: int) -> Rate:
    """Back-roll: in a lower bucket, but not current."""
    below = was_in == bucket
    return Rate(
        code=f"BACK_ROLL_{bucket}",
        above=below & (is_in > 0) & (is_in < bucket),
        below=below,
        meaning=f"bucket_before = {bucket}, of these 0 < bucket_after < {bucket}",
    )


def cure_rate(bucket: int) -> Rate:
    """Cure: nothing past due any more, paid off included; written off, sold or lost from sight is no cure."""
    below = was_in == bucket
    return Rate(
        code=f"CURE_{bucket}",
        above=below & ((is_in == 0) | (is_in == PAID_OFF)),
        below=below,
        meaning=f"bucket_before = {bucket}, of these bucket_after = 0 or paid off",
    )


def entry_rate() -> Rate:
    """Entry: of those performing, who are past due now."""
    return Rate(
        code="ENTRY",
        above=(was_in == 0) & (is_in > 0),
        below=was_in == 0,
        meaning="bucket_before = 0, of these bucket_after > 0",
    )


def measure(rates: Sequence[Rate], frame: Frame, *, collect: Callable[[Frame], Any]) -> list[Figure]:
    """Measure rates in one pass over `moved`; collect is the engine's."""
    columns = []
    known = ~nw.col("balance_before").is_null()
    for rate in rates:
        for side, test in (("above", rate.above), ("below", rate.below)):
            hit = test.fill_null(value=False)
            name = f"{rate.code}_{side}"
            columns += [
                nw.when(hit).then(1).otherwise(0).sum().alias(f"{name}_count"),
                nw.when(hit & known).then(1).otherwise(0).sum().alias(f"{name}_known"),
                nw.when(hit).then(nw.col("balance_before")).otherwise(nw.lit(0).cast(MONEY)).sum().alias(f"{name}_sum"),
            ]
    row = collect(frame.select(*columns)).to_pylist()[0]
    return [_figure(rate, row) for rate in rates]


def _figure(rate: Rate, row: Mapping[str, Any]) -> Figure:
    counts = {side: int(row[f"{rate.code}_{side}_count"] or 0) for side in ("above", "below")}
    known = int(row[f"{rate.code}_below_known"] or 0)
    sums = {side: (row[f"{rate.code}_{side}_sum"] or Decimal(0)) if known else None for side in ("above", "below")}
    return Figure(
        code=rate.code,
        meaning=rate.meaning,
        above_count=counts["above"],
        below_count=counts["below"],
        above_amount=sums["above"],
        below_amount=sums["below"],
        unknown_amounts=counts["below"] - known,
    )


def drill(rate: Rate, frame: Frame, *, above: bool = True) -> Frame:
    """Return the loans above (or below) the line of a rate."""
    return frame.filter((rate.above if above else rate.below).fill_null(value=False))


def flow_rate(*, next_now: Decimal, bucket_before: Decimal) -> Decimal | None:
    """Flow: what is in the next bucket now over what was in this one then. Snapshots: stayers count, may exceed 1."""
    return next_now / bucket_before if bucket_before else None


def roll_to_loss(rates: Sequence[Decimal]) -> Decimal:
    """Multiply roll (or flow) rates from a bucket up to charge-off."""
    product = Decimal(1)
    for rate in rates:
        product *= rate
    return product


def vintage_default(*, originated: int, reached_by_month: Mapping[int, int]) -> dict[int, Decimal]:
    """Accumulate the share of one vintage that has reached default by each month on book; vintages are never mixed.

    Takes   originated        loans of the vintage, all of them, also those gone since
            reached_by_month  loans that reached it first in that month on book
    """
    if originated <= 0:
        raise BadInput("A vintage needs at least one loan: check the month of origination.")
    total, curve = 0, {}
    for month in sorted(reached_by_month):
        total += reached_by_month[month]
        curve[month] = Decimal(total) / originated
    return curve


def collection_effectiveness(
    *, beginning: Decimal, sales: Decimal, end_total: Decimal, end_current: Decimal
) -> Decimal:
    """CEI after NACM, in percent: (beginning + sales - end total) / (beginning + sales - end current) x 100.

    `sales` are those of the same period, not a monthly average; for loans, the dues newly billed in it. The denominator
    takes off what is current at the end, not what is past due.
    """
    possible = beginning + sales - end_current
    if possible <= 0:
        raise BadInput("Nothing was there to collect: beginning and sales do not exceed what is current at the end.")
    return (beginning + sales - end_total) / possible * HUNDRED


def liquidation(*, placed: Decimal, net_paid_by_month: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Accumulate net payments on one placed batch over its face value, by month since placement; batches never mix."""
    if placed <= 0:
        raise BadInput("A batch needs a face value above zero: check what was placed.")
    total, curve = Decimal(0), {}
    for month in sorted(net_paid_by_month):
        total += net_paid_by_month[month]
        curve[month] = total / placed
    return curve


def loss_given_default(*, exposure: Decimal, flows: Sequence[tuple[Decimal, Decimal]], rate: Decimal) -> Decimal:
    """Return 1 - present value of (recoveries less costs) / exposure at default.

    Takes   flows  (years since default, recovery less cost)
            rate   yearly, as a fraction: the contract or effective rate
    """
    if exposure <= 0:
        raise BadInput("The exposure at default must be above zero.")
    value = sum((amount / (1 + rate) ** years for years, amount in flows), Decimal(0))
    return 1 - value / exposure


def waterfall_gap(
    *,
    opening: Decimal,
    entries: Decimal,
    accruals: Decimal,
    cash: Decimal,
    cures: Decimal,
    write_offs: Decimal,
    sales: Decimal,
    closing: Decimal,
) -> Decimal:
    """Return what a bucket's waterfall does not explain: zero to the cent, every day, every bucket."""
    return opening + entries + accruals - cash - cures - write_offs - sales - closing
