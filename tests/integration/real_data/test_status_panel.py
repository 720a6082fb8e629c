"""A tape with statuses and no amounts, month after month: figures equal a plain count, amounts stay unknown."""

from collections import Counter
from datetime import date

import pytest
from tests.integration.real_data import panel as made
from tests.integration.real_data.conftest import Taken

from qingshou.features.book.models import Import, Loan
from qingshou.features.cases.models import Case
from qingshou.features.delinquency.models import Figure, Movement
from qingshou.features.delinquency.queries import drill, get_portfolio, list_vintages

MONTHS = list(made.months())
AFTER_A_QUARTER = [(month, as_of) for month, as_of in MONTHS if month >= made.FIRST + 3]


@pytest.mark.parametrize(("month", "as_of"), MONTHS)
def test_movements_are_those_of_a_plain_count(taken: Taken, month: int, as_of: date) -> None:
    report = taken.reports[as_of]
    late = made.late_in(taken.panel, month)
    assert report.status == "DONE"
    assert report.steps["classes"].rows_in == len(late)
    assert report.steps["classes"].facts["overdue"] == sum(1 for months in late.values() if months)
    kinds = {kind: count for kind, count in report.steps["difference"].facts["kinds"].items() if count}
    assert kinds == made.movements(taken.panel, month)
    assert set(report.steps["checks"].facts["checks"].values()) == {0}


def test_the_panel_holds_every_movement_there_is(taken: Taken) -> None:
    found = sum((made.movements(taken.panel, month) for month, _ in MONTHS), Counter[str]())
    assert set(found) == {"NEW", "ENTERED", "ROLLED", "ROLLED_BACK", "CURED", "GONE", "STAYED"}
    assert min(found.values()) >= 10


@pytest.mark.parametrize(("month", "as_of"), AFTER_A_QUARTER)
@pytest.mark.parametrize("apart", [1, 3])
def test_roll_matrices_equal_a_plain_count(taken: Taken, month: int, as_of: date, apart: int) -> None:
    portfolio = get_portfolio(as_of=as_of, base_date=dict(MONTHS)[month - apart])
    assert portfolio.roll_matrix() == made.matrix(taken.panel, month, apart)
    assert portfolio.roll_matrix("BALANCE") == {}


@pytest.mark.parametrize(("month", "as_of"), MONTHS)
def test_vintages_count_from_the_month_an_account_is_first_seen(taken: Taken, month: int, as_of: date) -> None:
    shown = {
        (point.cohort, days): (point.share.part, point.share.whole)
        for days, points in list_vintages(as_of=as_of, currency="CNY").items()
        for point in points
        if point.as_of == as_of
    }
    assert shown == made.vintages(taken.panel, month)
    assert bool(shown) == (month > made.FIRST)


def test_a_vintage_drills_down_to_the_accounts_behind_it(taken: Taken) -> None:
    cohort, days = next(key for key, (late, _) in made.vintages(taken.panel, 0).items() if late > 1)
    part, _whole = made.vintages(taken.panel, 0)[cohort, days]
    found = drill(
        name="vintage", key=f"{cohort}|{days}|COUNT", as_of=made.LATEST, home=taken.home, currency="CNY", page_size=None
    )
    assert found.total == part


def test_an_amount_the_tape_does_not_give_is_unknown_everywhere(taken: Taken) -> None:
    assert Loan.objects.exists()
    assert not Loan.objects.exclude(balance=None, arrears=None, provision=None, credit_limit=None).exists()
    assert not Case.objects.exclude(balance=None, arrears=None).exists()
    assert not Movement.objects.exclude(balance_before=None, balance_after=None).exists()
    assert not Figure.objects.exclude(amount=None).exists()
    assert not Figure.objects.filter(key__endswith="|BALANCE").exclude(numerator=None, denominator=None).exists()
    assert [row.totals for row in Import.objects.all()] == [{}] * len(MONTHS)
    book = get_portfolio(as_of=made.LATEST).figure("book")
    assert book is not None
    assert (book.amount, book.unknown_count) == (None, book.loans_count)


def test_days_taken_from_a_band_are_marked_so(taken: Taken) -> None:
    assert set(Loan.objects.values_list("days_basis", flat=True)) == {"DERIVED"}
    latest = made.late_in(taken.panel, 0)
    held = dict(Loan.objects.filter(as_of=made.LATEST).values_list("loan_ref", "overdue_days"))
    assert held == {ref: max(0, latest[int(ref)] * 30 - 15) for ref in held}


def test_whoever_is_late_has_one_live_case_and_whoever_cured_none(taken: Taken) -> None:
    live = Counter(Case.objects.filter(closed_on=None).values_list("borrower__borrower_ref", flat=True))
    latest = made.late_in(taken.panel, 0)
    assert {ref for ref in live if int(ref) in latest} == {str(one) for one, late in latest.items() if late}
    assert set(live.values()) == {1}
    cured = {str(one) for one, late in latest.items() if not late}
    assert set(Case.objects.filter(borrower__borrower_ref__in=cured).values_list("closed_reason", flat=True)) == {
        "CURED"
    }


def test_an_account_that_left_the_tape_late_keeps_its_case_with_its_last_day(taken: Taken) -> None:
    latest = made.late_in(taken.panel, 0)
    gone = Case.objects.filter(closed_on=None).exclude(borrower__borrower_ref__in=[str(one) for one in latest])
    refs = list(gone.values_list("borrower__borrower_ref", flat=True))
    assert refs
    for ref in refs:
        last = max(month for month in taken.panel[int(ref)] if taken.panel[int(ref)][month] != "X")
        assert Loan.objects.get(loan_ref=ref).as_of == dict(MONTHS)[last] < made.LATEST


def test_who_is_late_again_after_a_cure_gets_a_new_case(taken: Taken) -> None:
    cases = Counter(Case.objects.values_list("borrower__borrower_ref", flat=True))
    wanted = Counter[str]()
    for account, statuses in taken.panel.items():
        is_open = False
        for month, _as_of in MONTHS:
            late = made.LATE.get(statuses.get(month, "X"))
            wanted[str(account)] += bool(late) and not is_open
            is_open = is_open if late is None else bool(late)
    assert cases == +wanted
    assert max(cases.values()) >= 2
