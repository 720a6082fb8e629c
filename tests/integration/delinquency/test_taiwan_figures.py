"""What the queries say of the real book equals what the file says when counted by hand."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest
from tests.integration.delinquency.taiwan_by_hand import DATES, Taiwan, bill, months_late, moves, severity

from qingshou.features.delinquency import queries
from qingshou.features.delinquency.models import Classification, Figure, Movement

pytestmark = pytest.mark.django_db


def test_overdue_rate_of_every_month_end_equals_the_file(taiwan: Taiwan) -> None:
    trend = dict(queries.list_overdue_trend(currency="TWD"))
    assert list(trend) == DATES
    for day in DATES:
        for key, months_min in (("D1", 1), ("D30", 1), ("D90", 3)):
            late = [row for row in taiwan.tape if months_late(row, day) >= months_min]
            share = trend[day][f"{key}|COUNT"]
            assert (share.part, share.whole, share.loans_count) == (len(late), 30_000, len(late))
            owed = trend[day][f"{key}|BALANCE"]
            assert owed.part == sum(bill(row, day) for row in late)
            assert owed.whole == sum(bill(row, day) for row in taiwan.tape)
            assert owed.value == Decimal(owed.part) / Decimal(owed.whole)


@pytest.mark.parametrize("place", range(1, 6))
def test_roll_matrix_equals_the_file(taiwan: Taiwan, place: int) -> None:
    then, now = DATES[place - 1], DATES[place]
    portfolio = queries.get_portfolio(as_of=now, base_date=then)
    assert {cell: int(count) for cell, count in portfolio.roll_matrix().items()} == dict(moves(taiwan.tape, then, now))
    owed: Counter[tuple[str, str]] = Counter()
    for row in taiwan.tape:
        owed[f"M{months_late(row, then)}", f"M{months_late(row, now)}"] += bill(row, then)
    assert portfolio.roll_matrix("BALANCE") == dict(owed)
    for measure in ("COUNT", "BALANCE"):
        for shares in portfolio.roll_shares(measure).values():
            assert sum(shares.values()) == pytest.approx(Decimal(1), abs=Decimal("1e-20"))


def test_three_month_matrix_is_direct_and_the_chain_promises_more_cures(taiwan: Taiwan) -> None:
    portfolio = queries.get_portfolio(as_of=DATES[5])
    found = queries.get_three_months(portfolio=portfolio)
    assert found is not None
    assert found.base_date == DATES[2]
    assert found.chain_dates == tuple(DATES[2:6])
    direct = moves(taiwan.tape, DATES[2], DATES[5])
    two_late = sum(count for (before, _after), count in direct.items() if before == "M2")
    assert found.direct["M2"]["M0"] == Decimal(direct["M2", "M0"]) / two_late
    by_hand = {"M2": Decimal(1)}
    for then, now in pairwise(DATES[2:6]):
        step = moves(taiwan.tape, then, now)
        moved: Counter[str] = Counter()
        for state, share in by_hand.items():
            row = {after: count for (before, after), count in step.items() if before == state}
            for after, count in row.items():
                moved[after] += share * Decimal(count) / sum(row.values())  # type: ignore[assignment]
        by_hand = dict(moved)  # type: ignore[assignment]
    assert found.chain["M2"]["M0"] == pytest.approx(by_hand["M0"], abs=Decimal("1e-15"))
    assert found.chain["M2"]["M0"] > found.direct["M2"]["M0"]


@pytest.mark.parametrize("place", range(1, 6))
def test_waterfall_of_each_class_adds_up_and_equals_the_file(taiwan: Taiwan, place: int) -> None:
    then, now = DATES[place - 1], DATES[place]
    for group, lines in queries.get_portfolio(as_of=now, base_date=then).waterfall().items():
        before = [row for row in taiwan.tape if severity(months_late(row, then)) == group]
        after = [row for row in taiwan.tape if severity(months_late(row, now)) == group]
        assert lines["OPENING"] == (len(before), Decimal(sum(bill(row, then) for row in before)))
        assert lines["CLOSING"] == (len(after), Decimal(sum(bill(row, now) for row in after)))
        cured = [row for row in before if months_late(row, now) == 0]
        assert lines["CURED"] == (len(cured), Decimal(sum(bill(row, then) for row in cured)))
        entered = [row for row in after if months_late(row, then) == 0]
        assert lines["ENTERED"] == (len(entered), Decimal(sum(bill(row, now) for row in entered)))
        came = ("OPENING", "NEW", "ENTERED", "ROLLED_IN", "ROLLED_BACK_IN", "REASSESSED_IN")
        left = ("CURED", "ROLLED_OUT", "ROLLED_BACK_OUT", "REASSESSED_OUT", "WRITTEN_OFF", "PAID_OFF", "GONE")
        assert sum(lines[one][0] for one in came) - sum(lines[one][0] for one in left) == lines["CLOSING"][0]
        amounts = {line: amount or Decimal(0) for line, (_loans, amount) in lines.items()}
        assert (
            sum(amounts[one] for one in (*came, "BALANCE_CHANGE")) - sum(amounts[one] for one in left)
            == amounts["CLOSING"]
        )


def test_rates_equal_the_file(taiwan: Taiwan) -> None:
    then, now = DATES[4], DATES[5]
    step = moves(taiwan.tape, then, now)
    portfolio = queries.get_portfolio(as_of=now, base_date=then)
    then_in = Counter(f"M{months_late(row, then)}" for row in taiwan.tape)
    now_in = Counter(f"M{months_late(row, now)}" for row in taiwan.tape)
    for months in (2, 3):
        here, worse = f"M{months}", f"M{months + 1}"
        assert portfolio.share("cure_rate", here).value == Decimal(step[here, "M0"]) / then_in[here]
        assert portfolio.share("roll_rate", f"{here}>{worse}").value == Decimal(step[here, worse]) / then_in[here]
        assert portfolio.share("flow_rate", f"{here}>{worse}").value == Decimal(now_in[worse]) / then_in[here]
    entered = sum(count for (before, after), count in step.items() if before == "M0" and after != "M0")
    assert portfolio.share("entry_rate", "ALL").value == Decimal(entered) / then_in["M0"]
    owed_now = sum(bill(row, now) for row in taiwan.tape if months_late(row, then) == 0 and months_late(row, now) > 0)
    owed_then = sum(bill(row, then) for row in taiwan.tape if months_late(row, then) == 0)
    assert portfolio.share("entry_rate", "ALL", "BALANCE").value == Decimal(owed_now) / owed_then


def test_movements_equal_the_file(taiwan: Taiwan) -> None:
    then, now = DATES[1], DATES[2]
    kinds: Counter[str] = Counter()
    for (before, after), count in moves(taiwan.tape, then, now).items():
        if before == after:
            continue
        kinds[
            "ENTERED" if before == "M0" else "CURED" if after == "M0" else "ROLLED" if after > before else "ROLLED_BACK"
        ] += count
    held = Counter(Movement.objects.filter(as_of=now).values_list("kind", flat=True))
    assert held == kinds
    assert taiwan.taken[now][1].counts == {**kinds, "STAYED": 30_000 - sum(kinds.values())}
    assert Movement.objects.filter(as_of=DATES[0]).values("kind").distinct().get() == {"kind": "NEW"}


def test_what_the_file_does_not_say_stays_unknown(taiwan: Taiwan) -> None:
    arrears = Figure.objects.get(as_of=DATES[5], name="arrears_by")
    assert (arrears.amount, arrears.unknown_count) == (None, arrears.loans_count)
    assert arrears.numerator is not None  # the balance of the same loans is known
    assert not Figure.objects.filter(name="vintage").exists()  # no date of origination
    assert queries.list_vintages(as_of=DATES[5], currency="TWD") == {30: [], 90: []}


def test_a_date_no_text_covers_is_unclassified_and_says_why(taiwan: Taiwan) -> None:
    uncovered = Classification.objects.get(as_of=DATES[0])
    assert uncovered.reasons_unclassified == {"NOT_COVERED": 30_000}
    assert uncovered.classes == {"UNCLASSIFIED": 30_000}
    assert Figure.objects.get(as_of=DATES[0], name="unclassified").key == "NOT_COVERED"


def test_figures_are_the_same_when_counted_again(taiwan: Taiwan) -> None:
    from qingshou.features.delinquency.operations import classify_day, compare_days, compute_figures

    day = DATES[5]
    columns = [field.name for field in Figure._meta.fields if field.name != "id"]
    before = sorted(map(str, Figure.objects.filter(as_of=day).values_list(*columns)))
    moved = sorted(Movement.objects.filter(as_of=day).values_list("loan_ref", "kind"))
    classed = classify_day(tenant_id=taiwan.tenant.id, as_of=day, home=taiwan.home)
    assert classed.path == taiwan.taken[day][0].path
    compare_days(tenant_id=taiwan.tenant.id, as_of=day, home=taiwan.home)
    compute_figures(tenant_id=taiwan.tenant.id, as_of=day, home=taiwan.home)
    assert sorted(map(str, Figure.objects.filter(as_of=day).values_list(*columns))) == before
    assert sorted(Movement.objects.filter(as_of=day).values_list("loan_ref", "kind")) == moved


def test_summary_has_a_row_a_date(taiwan: Taiwan) -> None:
    table = queries.summary_table()
    assert [row["as_of"] for row in table] == DATES
    late = Counter(severity(months_late(row, DATES[5])) for row in taiwan.tape)
    assert Counter(table[5]["severities"]) == late
    assert table[5]["overdue"] == 30_000 - late["NONE"]
    assert table[5]["moved"]["CURED"] == taiwan.taken[DATES[5]][1].counts["CURED"]
