"""Money that only the core system's tape knows keeps promises and pays instalments: once, and until it is withdrawn."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.integration.repayment.agreement_rows import (
    DAY,
    NOW,
    actions,
    add_receipt,
    at,
    look,
    make_debtor,
    take_back,
)
from tests.integration.repayment.ledger_rows import add_tape_payment, make_loan
from tests.integration.repayment.test_plans import DUES, accepted

from qingshou.access.actors import actor_of
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.book.models import Loan, Payment
from qingshou.features.repayment.models import Counted
from qingshou.features.repayment.operations import promises
from qingshou.features.repayment.operations.agreement_day import end_plans, end_promises
from qingshou.features.repayment.operations.following import follow
from qingshou.features.repayment.queries.plans import get_plan
from qingshou.features.repayment.queries.promises import get_counted, list_booked_by_core

D = Decimal
DUE = DAY + timedelta(days=5)
LAST = DUE + timedelta(days=3)  # with the grace days
OVER = LAST + timedelta(days=1)


def days(number):
    return DAY + timedelta(days=number)


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("tp1", owner=users["COLLECTOR"], overdue_days=40)


@pytest.fixture
def loan(case):
    return Loan.objects.get(borrower=case.borrower_id)


@pytest.fixture
def promise(case, me):
    return promises.record_promise(case_id=case.id, amount=D(500), due_on=DUE, actor=me, now=NOW)


def state(row):
    row.refresh_from_db()
    return row.state, row.paid_amount, row.ended_on


def run_day(on):
    return end_promises(as_of=on, now=at(on), actor=SYSTEM)


@pytest.mark.parametrize(
    ("paid_on", "ends"),
    [
        (days(-1), ("BROKEN", D(0), OVER)),
        (DAY, ("KEPT", D(500), DAY)),
        (days(7), ("KEPT", D(500), days(7))),
        (LAST, ("KEPT", D(500), LAST)),
        (OVER, ("BROKEN", D(0), OVER)),
    ],
)
def test_a_payment_booked_by_the_core_system_keeps_a_promise_by_its_day(loan, promise, paid_on, ends):
    add_tape_payment(loan, "T1", "500", paid_on)
    run_day(OVER)
    assert state(promise) == ends
    counted = [(paid_on, D(500))] if ends[0] == "KEPT" else []
    assert list_booked_by_core(promise_ids=[promise.id]).get(promise.id, []) == counted
    assert get_counted(promise_id=promise.id) == [(None, *one) for one in counted]


def test_the_day_keeps_a_promise_that_is_not_due_yet_and_records_it(case, loan, promise):
    run_day(days(1))
    assert state(promise)[0] == "OPEN"
    add_tape_payment(loan, "T1", "500", days(1))
    run_day(days(2))
    assert (state(promise), actions(case.id)) == (("KEPT", D(500), days(1)), ["PROMISE_RECORDED", "PROMISE_KEPT"])
    before = list(Counted.objects.values_list("id", flat=True))
    assert run_day(days(3)).ended == {}
    assert list(Counted.objects.values_list("id", flat=True)) == before


def test_a_tape_that_tells_it_late_makes_a_broken_promise_kept(loan, promise):
    run_day(OVER)
    assert state(promise)[0] == "BROKEN"
    add_tape_payment(loan, "T1", "500", LAST)
    assert run_day(days(20)).ended == {"KEPT": 1}
    assert state(promise) == ("KEPT", D(500), LAST)


@pytest.mark.parametrize("ref", ["T1", "ours-77"])
@pytest.mark.parametrize("is_receipt_first", [True, False])
def test_a_payment_told_twice_counts_once_in_either_order(case, loan, promise, ref, is_receipt_first):
    def receipt():
        row = add_receipt(case, "300", days(1))
        row.external_ref = ref
        row.save(update_fields=["external_ref"])

    told = [receipt, lambda: add_tape_payment(loan, "T1", "300", days(1))]
    for tell in told if is_receipt_first else reversed(told):
        tell()
        look(case, days(1))
        assert state(promise) == ("OPEN", D(300), None)
    ((counted, on, amount),) = get_counted(promise_id=promise.id)
    assert (counted is not None, on, amount) == (True, days(1), D(300))


def test_a_receipt_taken_back_is_not_counted_again_by_the_tape_that_still_lists_it(case, loan, promise):
    receipt = add_receipt(case, "500", days(1))
    add_tape_payment(loan, receipt.external_ref, "500", days(1))
    look(case, days(1))
    assert state(promise)[0] == "KEPT"
    take_back(receipt, days(2))
    look(case, days(2))
    assert state(promise) == ("OPEN", D(0), None)


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize(("on", "ends"), [(days(2), ("OPEN", D(0), None)), (days(30), ("BROKEN", D(0), OVER))])
def test_a_later_tape_that_withdraws_it_takes_it_away_again(case, loan, promise, is_named, on, ends):
    add_tape_payment(loan, "T0", "1", days(-3))
    row = add_tape_payment(loan, "T1", "500", days(1))
    run_day(days(1))
    assert state(promise)[0] == "KEPT"
    if is_named:
        Payment.objects.create(loan=loan, payment_ref="R", amount=D(-500), paid_date=days(2), reverses_ref="T1")
    else:
        row.delete()
    run_day(on)
    assert state(promise) == ends
    assert Counted.objects.count() == 0
    opened = "PROMISE_REOPENED" if ends[0] == "OPEN" else "PROMISE_BROKEN"
    assert actions(case.id) == ["PROMISE_RECORDED", "PROMISE_KEPT", opened]


def test_a_tape_that_no_longer_reaches_back_to_it_withdraws_nothing(loan, promise):
    row = add_tape_payment(loan, "T1", "500", days(1))
    run_day(days(1))
    row.delete()
    add_tape_payment(loan, "T2", "10", days(40))
    run_day(days(60))
    assert state(promise) == ("KEPT", D(500), days(1))


def test_money_on_another_debtor_or_in_another_currency_counts_for_nothing(users, case, promise):
    add_tape_payment(make_loan(), "T1", "500", days(1))
    add_tape_payment(make_loan(case.borrower, currency="USD"), "T2", "500", days(1))
    run_day(days(2))
    assert (state(promise), Counted.objects.count()) == (("OPEN", D(0), None), 0)


def test_an_instalment_paid_to_the_core_system_is_paid_and_a_kept_plan_is_opened_when_it_is_withdrawn(case, me, loan):
    plan = accepted(case, me)
    add_tape_payment(loan, "T0", "1", days(-3))
    add_tape_payment(loan, "T1", "150", DUES[0])
    end_plans(as_of=DUES[0], now=at(DUES[0]), actor=SYSTEM)
    page = get_plan(plan_id=plan.id, on=DUES[0])
    assert [(one.paid_amount, one.state) for one in page.instalments][:2] == [(D(100), "PAID"), (D(50), "DUE")]
    assert [one.counted for one in page.instalments][:2] == [((None, DUES[0], D(100)),), ((None, DUES[0], D(50)),)]
    rest = add_tape_payment(loan, "T2", "250", DUES[1])
    end_plans(as_of=DUES[1], now=at(DUES[1]), actor=SYSTEM)
    plan.refresh_from_db()
    assert plan.state == "KEPT"
    rest.delete()
    end_plans(as_of=DUES[1] + timedelta(days=1), now=at(DUES[1]), actor=SYSTEM)
    plan.refresh_from_db()
    assert (plan.state, sum(Counted.objects.values_list("amount", flat=True))) == ("ACTIVE", D(150))


def test_what_stops_half_way_leaves_nothing_counted(case, loan, promise):
    def stopped():
        with transaction.atomic():
            look(case, days(1))
            raise RuntimeError

    add_tape_payment(loan, "T1", "500", days(1))
    with pytest.raises(RuntimeError):
        stopped()
    assert (state(promise)[0], Counted.objects.count(), actions(case.id)) == ("OPEN", 0, ["PROMISE_RECORDED"])


def test_what_counts_is_a_receipt_or_a_payment_of_a_tape_not_both(case, loan, promise):
    values = {"promise": promise, "amount": D(5)}
    of_core = {"loan": loan, "payment_ref": "T1", "paid_on": DAY, "paid_amount": D(5)}
    receipt = add_receipt(case, "5", DAY)
    for wrong in ({}, {"receipt": receipt, **of_core}, of_core | {"paid_amount": D(4)}, of_core | {"payment_ref": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Counted.objects.create(**values, **wrong)
    Counted.objects.create(**values, **of_core)
    with pytest.raises(IntegrityError), transaction.atomic():
        Counted.objects.create(**values, **of_core)


def test_following_asks_the_same_however_many_payments_there_are(case, loan, promise):
    def asked(on):
        with CaptureQueriesContext(connection) as seen:
            look(case, on)
        return sum(1 for one in seen if "SAVEPOINT" not in one["sql"])

    counts = [asked(DAY)]
    for number in (1, 2, 3, 4):
        add_tape_payment(loan, f"T{number}", "5", days(1))
        if number != 2:
            counts += [asked(days(1)), asked(days(1))]
    assert promise.counted.count() == 4
    # nothing listed; one payment that is new, one that is not; two that are new; one more
    assert counts == [10, 12, 10, 12, 10, 12, 10]


def test_a_debtor_without_agreements_is_not_asked_about(case, loan, django_assert_num_queries):
    add_tape_payment(loan, "T1", "5", days(1))
    with django_assert_num_queries(1):
        follow(borrower_ids=[case.borrower_id], on=DAY, actor=SYSTEM, now=NOW)


def test_the_pages_say_what_the_core_system_booked(client_for, case, me, loan, promise, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)
    client = client_for("COLLECTOR")

    def shown(path, language="en"):
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200
        text = answer.content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", text).split())

    pages = [f"/cases/{case.id}/agreements-panel", f"/cases/{case.id}/promise/"]
    assert all("booked by the core system" not in shown(page) for page in pages)
    add_tape_payment(loan, "T1", "123.45", days(1))
    look(case, days(1))
    assert all("booked by the core system 2026-11-24 123.45" in shown(page) for page in pages)
    plan = accepted(case, me)
    add_tape_payment(loan, "T2", "150", DUES[0])
    look(case, DUES[0])
    assert all("booked by the core system" not in shown(page) for page in pages)  # the promise is struck out
    said = [
        f"No. {one} · booked by the core system {text}"
        for one, text in (
            (1, "2026-11-24 100.00"),
            (2, "2026-11-24 23.45"),
            (2, "2026-12-23 76.55"),
            (3, "2026-12-23 73.45"),
        )
    ]
    assert " ".join(said) in shown(f"/plans/{plan.id}/")
    assert "核心系统已入账 2026-12-23 76.55" in shown(f"/plans/{plan.id}/", "zh-hans")
