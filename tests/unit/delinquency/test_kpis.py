"""The formulas of the desk, and the traps public pages fall into."""

from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pytest

from qingshou.engine import Engine, Limits, open_engine
from qingshou.features.delinquency import kpis
from qingshou.kernel.errors import BadInput

MONEY = pa.decimal128(18, 3)


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with open_engine("duckdb", limits=Limits(memory_mib=256)) as engine:
        yield engine


def _snapshot(*rows: tuple[str, int | None, str | None, bool, bool]) -> pa.Table:
    ids, buckets, balances, closed, off = zip(*rows, strict=True)
    amounts = [Decimal(one) if one is not None else None for one in balances]
    return pa.table({
        "loan_id": ids, "bucket": pa.array(buckets, pa.int32()), "balance": pa.array(amounts, MONEY),
        "is_closed": closed, "is_written_off": off,
    })  # fmt: skip


BEFORE = _snapshot(
    ("rolls", 2, "600", False, False),
    ("stays", 2, "100", False, False),
    ("back", 2, "100", False, False),
    ("cures", 2, "50", False, False),
    ("paid off", 2, "25", False, False),
    ("written off", 2, "25", False, False),
    ("lost", 2, "100", False, False),
    ("current", 0, "1000", False, False),
    ("enters", 0, "500", False, False),
    ("unknown", 1, None, False, False),
    ("closed before", 2, "999", True, False),
)
AFTER = _snapshot(
    ("rolls", 3, "590", False, False),
    ("stays", 2, "100", False, False),
    ("back", 1, "90", False, False),
    ("cures", 0, "40", False, False),
    ("paid off", 0, "0", True, False),
    ("written off", 5, "25", False, True),
    ("current", 0, "990", False, False),
    ("enters", 1, "500", False, False),
    ("unknown", 2, None, False, False),
    ("closed before", 3, "999", False, False),
    ("new and late", 3, "7000", False, False),
)


def _figures(duck: Engine, *rates: kpis.Rate) -> list[kpis.Figure]:
    frame = kpis.moved(before=duck.frame(BEFORE), after=duck.frame(AFTER))
    return kpis.measure(rates, frame, collect=duck.collect)


def test_roll_rate_follows_accounts_and_is_sixty_percent(duck: Engine) -> None:
    """Printed elsewhere: 600 of 1,000 is '6 %'. It is 60 %, and a newcomer to the next bucket is not in it."""
    (figure,) = _figures(duck, kpis.roll_rate(2))
    assert (figure.above_amount, figure.below_amount) == (Decimal(600), Decimal(1000))
    assert figure.amount_share == Decimal("0.6")
    assert (figure.above_count, figure.below_count) == (1, 7)


def test_flow_rate_is_another_figure_and_may_exceed_one() -> None:
    assert kpis.flow_rate(next_now=Decimal(590 + 7000), bucket_before=Decimal(1000)) == Decimal("7.59")
    assert kpis.flow_rate(next_now=Decimal(1), bucket_before=Decimal(0)) is None


def test_every_account_of_a_bucket_goes_somewhere(duck: Engine) -> None:
    roll, stay, back, cure = _figures(
        duck, kpis.roll_rate(2), kpis.stay_rate(2), kpis.back_roll_rate(2), kpis.cure_rate(2)
    )
    moved_on = roll.above_count + stay.above_count + back.above_count + cure.above_count
    assert moved_on + 2 == roll.below_count  # written off and lost: neither cured nor rolled
    assert cure.above_amount == Decimal(75)  # cured and paid off; the one lost from sight is no cure


def test_entry_rate_over_performing_balance(duck: Engine) -> None:
    (entry,) = _figures(duck, kpis.entry_rate())
    assert entry.share == Decimal("0.5")
    assert entry.amount_share == Decimal(500) / 1500


def test_unknown_amounts_are_counted_and_never_zero(duck: Engine) -> None:
    (roll,) = _figures(duck, kpis.roll_rate(1))
    assert roll.share == 1
    assert (roll.above_amount, roll.below_amount, roll.amount_share) == (None, None, None)
    assert roll.unknown_amounts == 1


def test_a_figure_drills_down_to_its_loans(duck: Engine) -> None:
    frame = kpis.moved(before=duck.frame(BEFORE), after=duck.frame(AFTER))
    rate = kpis.cure_rate(2)
    assert sorted(duck.collect(kpis.drill(rate, frame))["loan_id"].to_pylist()) == ["cures", "paid off"]
    assert len(duck.collect(kpis.drill(rate, frame, above=False))) == 7


def test_nothing_below_the_line_is_none(duck: Engine) -> None:
    (roll,) = _figures(duck, kpis.roll_rate(6))
    assert (roll.share, roll.amount_share) == (None, None)


def test_cei_takes_the_sales_of_the_whole_period() -> None:
    """The page prints 55.9 % with a third of the sales; with the period's own sales it is 79.6 %."""
    sales = Decimal(3390 + 3610 + 3890)
    given = {"beginning": Decimal(6200), "end_total": Decimal(6340), "end_current": Decimal(3590)}
    assert round(kpis.collection_effectiveness(sales=sales, **given), 1) == Decimal("79.6")
    assert round(kpis.collection_effectiveness(sales=sales / 3, **given), 1) == Decimal("55.9")


def test_cei_with_nothing_to_collect_refuses() -> None:
    with pytest.raises(BadInput, match="Nothing was there to collect"):
        kpis.collection_effectiveness(
            beginning=Decimal(0), sales=Decimal(5), end_total=Decimal(5), end_current=Decimal(5)
        )


def test_lgd_worked_example() -> None:
    """EAD 100,000; 30,000 less 5,000 at year 1, 25,000 at year 2, 6 %: PV 45,834.82, LGD 54.17 %."""
    flows = [(Decimal(1), Decimal(25000)), (Decimal(2), Decimal(25000))]
    lgd = kpis.loss_given_default(exposure=Decimal(100000), flows=flows, rate=Decimal("0.06"))
    assert round((1 - lgd) * 100000, 2) == Decimal("45834.82")
    assert round(lgd * 100, 2) == Decimal("54.17")


def test_liquidation_is_by_batch_and_net_of_reversals() -> None:
    curve = kpis.liquidation(
        placed=Decimal(1000), net_paid_by_month={0: Decimal(100), 2: Decimal(-50), 1: Decimal(200)}
    )
    assert curve == {0: Decimal("0.1"), 1: Decimal("0.3"), 2: Decimal("0.25")}


def test_vintage_default_accumulates_over_all_originated() -> None:
    curve = kpis.vintage_default(originated=200, reached_by_month={12: 4, 6: 2, 9: 0})
    assert curve == {6: Decimal("0.01"), 9: Decimal("0.01"), 12: Decimal("0.03")}
    with pytest.raises(BadInput):
        kpis.vintage_default(originated=0, reached_by_month={})


def test_roll_to_loss_is_the_product() -> None:
    assert kpis.roll_to_loss([Decimal("0.5"), Decimal("0.8"), Decimal("0.9")]) == Decimal("0.36")


def test_waterfall_closes_to_the_cent() -> None:
    given = {
        "opening": Decimal("100.10"), "entries": Decimal("50"), "accruals": Decimal("1.23"), "cash": Decimal("20"),
        "cures": Decimal("10"), "write_offs": Decimal("5"), "sales": Decimal("1"),
    }  # fmt: skip
    assert kpis.waterfall_gap(**given, closing=Decimal("115.33")) == 0
    assert kpis.waterfall_gap(**given, closing=Decimal("115.32")) == Decimal("0.01")
