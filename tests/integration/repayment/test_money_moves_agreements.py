"""Money taken, reversed and moved by the ledger looks at promises and plans again, in the same transaction."""

import threading
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from tests.conftest import make_users
from tests.integration.repayment.agreement_rows import DAY, NOW, actions, at, make_debtor
from tests.integration.repayment.test_plans import DUES, accepted, offered, penalty_of

from qingshou.access.actors import actor_of
from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import Counted, Plan, Promise
from qingshou.features.repayment.operations import following, promises
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.operations.receipts import take_receipt
from qingshou.tenancy.context import using

D = Decimal


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("m1", owner=users["COLLECTOR"], overdue_days=40)


def paid(case, amount, on=DAY):
    return take_receipt(
        borrower_id=case.borrower_id, source="API", external_ref=uuid4().hex, amount=D(amount), currency="CNY",
        value_date=on, actor=SYSTEM, now=at(on),
    ).receipt  # fmt: skip


def promised(case, me, amount="500"):
    return promises.record_promise(case_id=case.id, amount=D(amount), due_on=DAY + timedelta(days=5), actor=me, now=NOW)


def test_a_receipt_keeps_a_promise_and_its_reversal_opens_it(case, me):
    promise = promised(case, me)
    receipt = paid(case, "450")
    promise.refresh_from_db()
    assert (promise.state, promise.paid_amount) == ("KEPT", D(450))
    reverse_receipt(receipt_id=receipt.id, reversal_ref="back", reason="BANK", actor=SYSTEM, now=NOW)
    promise.refresh_from_db()
    assert (promise.state, promise.paid_amount, Counted.objects.count()) == ("OPEN", D(0), 0)


def test_a_plan_is_kept_in_the_payment_s_own_transaction_and_what_it_gives_up_is_waived(case, me):
    before = penalty_of(case)
    plan = accepted(case, me, offered(case, waivers={"INTEREST": "20"}))
    paid(case, "300")
    receipt = paid(case, "100", DAY + timedelta(days=1))
    plan.refresh_from_db()
    assert (plan.state, plan.loans.get().waiver_event_id is not None) == ("KEPT", True)
    reverse_receipt(receipt_id=receipt.id, reversal_ref="back", reason="BANK", actor=SYSTEM, now=at(DUES[0]))
    plan.refresh_from_db()
    assert (plan.state, plan.loans.get().waiver_event_id) == ("ACTIVE", None)
    assert penalty_of(case) <= before


def test_what_following_stops_with_takes_the_payment_back(case, me, monkeypatch):
    promised(case, me)

    def fails(*_given, **_more):
        raise RuntimeError

    monkeypatch.setattr(following, "count_money", fails)
    with pytest.raises(RuntimeError):
        paid(case, "450")
    assert (Promise.objects.get().state, actions(case.id)) == ("OPEN", ["PROMISE_RECORDED"])


def test_a_debtor_without_agreements_costs_one_question(case, django_assert_num_queries):
    with django_assert_num_queries(1):
        following.follow(borrower_ids=[case.borrower_id], on=DAY, actor=SYSTEM, now=NOW)


def test_eight_payments_and_reversals_at_once_leave_every_cent_counted_once(committed):
    people = make_users(committed, prefix=f"{committed.code}-")
    case = make_debtor("storm", owner=people["COLLECTOR"], overdue_days=40)
    me = actor_of(people["COLLECTOR"])
    promise, plan = promised(case, me, "300"), None
    plan = accepted(case, me, offered(case, amounts=("100", "100", "100", "900")))
    begin, failures = threading.Barrier(8), []

    def work(number):
        try:
            with using(committed.id):
                begin.wait()
                for turn in range(4):
                    receipt = paid(case, str(20 + number))
                    if turn % 2:
                        reverse_receipt(receipt_id=receipt.id, reversal_ref=f"{number}-{turn}", reason="BANK",
                                        actor=SYSTEM, now=NOW)  # fmt: skip
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    stands = sum(2 * (20 + number) for number in range(8))
    counted = sum(Counted.objects.filter(instalment__plan=plan.id).values_list("amount", flat=True))
    instalments = sum(plan.instalments.values_list("paid_amount", flat=True))
    assert (counted, instalments, Plan.objects.get(id=plan.id).state) == (stands, stands, "ACTIVE")
    promise.refresh_from_db()
    assert promise.state == "INVALIDATED"
