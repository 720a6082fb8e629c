"""Promises: taken on a call and elsewhere, kept, broken, taken back; what the case and the record say of them."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from tests.conftest import make_users
from tests.integration.repayment.agreement_rows import DAY, NOW, actions, add_receipt, at, look, make_debtor, take_back

from qingshou.access.actors import actor_of
from qingshou.audit.actors import SYSTEM
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.models import PromiseTaken
from qingshou.features.contact.operations import calls
from qingshou.features.contact.operations.calls import PromiseGiven
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPromise, PromiseEnded, PromiseRefused
from qingshou.features.repayment.models import Counted, Promise
from qingshou.features.repayment.operations import promises
from qingshou.features.repayment.operations.agreement_day import end_promises
from qingshou.law.contact.terms import Stop
from qingshou.tenancy.context import using

DUE = DAY + timedelta(days=5)


@pytest.fixture
def collector(users):
    return users["COLLECTOR"]


@pytest.fixture
def me(collector):
    return actor_of(collector)


@pytest.fixture
def case(collector):
    return make_debtor("p1", national_id="11010519491231002X", owner=collector)


def promised(case, me, *, amount="1000", due_on=DUE, now=NOW, **more):
    return promises.record_promise(
        case_id=case.id, amount=Decimal(amount), due_on=due_on, actor=me, now=now, pay_by="CARD", **more
    )


def state(promise):
    promise.refresh_from_db()
    return promise.state, promise.paid_amount, promise.ended_on


def test_a_promise_is_taken_and_the_case_waits_for_it(case, me):
    promise = promised(case, me)
    assert (promise.kind, promise.from_date, promise.grace_days) == ("PART", DAY, 3)
    held = get_case(case_id=case.id)
    assert (held.next_action, held.next_action_on, held.promise_due_on) == ("CHECK_PROMISE", DUE, DUE)
    assert actions(case.id) == ["PROMISE_RECORDED"]


def test_a_promise_of_all_that_is_overdue(case, me):
    assert promised(case, me, amount="1200.50").kind == "ARREARS"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"amount": "0"}, "AMOUNT_NOT_ABOVE_ZERO"),
        ({"due_on": DAY - timedelta(days=1)}, "DATE_PAST"),
        ({"due_on": DAY + timedelta(days=15)}, "DATE_TOO_LATE"),
    ],
)
def test_a_promise_that_does_not_fit_leaves_nothing(case, me, more, code):
    with pytest.raises(PromiseRefused) as refused:
        promised(case, me, **more)
    assert list(refused.value.fields["problems"].values()) == [code]
    assert (Promise.objects.count(), actions(case.id)) == (0, [])


def test_no_more_are_open_than_the_policy_allows(case, me):
    promised(case, me, amount="100")
    promised(case, me, amount="200")
    with pytest.raises(PromiseRefused) as refused:
        promised(case, me, amount="300")
    assert refused.value.fields["problems"] == {"": "TOO_MANY_OPEN"}


def test_a_promise_of_a_call_is_followed_from_its_own_transaction(case, me):
    point = case.borrower.contact_points.get(channel="PHONE", position=1)
    call = calls.begin_call(case_id=case.id, contact_point_id=point.id, actor=me, now=NOW).call
    said = {"NATIONAL_ID_LAST4": "002X"}
    assert calls.pass_identity(call_id=call.id, heard=["NAME"], said=said, actor=me, now=NOW).is_passed
    given = PromiseGiven(Decimal(600), DUE, "APP")
    calls.save_call(call_id=call.id, outcome="PROMISE", next_action="", next_action_on=None, actor=me,
                    now=NOW + timedelta(minutes=4), reason="FORGOT", promise=given)  # fmt: skip
    promise = Promise.objects.get()
    assert promise.taken_id == PromiseTaken.objects.get().id
    assert (promise.source, promise.amount, promise.due_on, promise.state) == ("CALL", Decimal(600), DUE, "OPEN")
    assert actions(case.id) == ["PROMISE_TAKEN", "PROMISE_RECORDED"]
    assert promises.take_over_taken(actor=SYSTEM, now=NOW) == 0


def test_promises_taken_before_they_were_followed_are_taken_over_once(case, me):
    attempt = calls.begin_call(
        case_id=case.id, contact_point_id=case.borrower.contact_points.get(channel="PHONE").id, actor=me, now=NOW
    ).call.attempt
    PromiseTaken.objects.create(attempt=attempt, case_id=case.id, amount=Decimal(50), currency="CNY", due_on=DUE,
                                pay_by="CARD", taken_by="collector", taken_at=NOW)  # fmt: skip
    report = end_promises(as_of=DAY, now=NOW, actor=SYSTEM)
    assert (report.taken_over, Promise.objects.get().from_date) == (1, DAY)
    assert end_promises(as_of=DAY, now=NOW, actor=SYSTEM).taken_over == 0


def test_money_keeps_a_promise_and_taking_it_back_unkeeps_it(case, me):
    promise = promised(case, me)
    add_receipt(case, "500", DAY)
    look(case, DAY)
    assert state(promise) == ("OPEN", Decimal(500), None)
    second = add_receipt(case, "450", DAY + timedelta(days=1))
    look(case, DAY + timedelta(days=1))
    assert state(promise) == ("KEPT", Decimal(950), DAY + timedelta(days=1))
    assert Counted.objects.filter(promise=promise).count() == 2
    take_back(second, DAY + timedelta(days=2))
    look(case, DAY + timedelta(days=2))
    assert state(promise) == ("OPEN", Decimal(500), None)
    look(case, DUE + timedelta(days=4))
    assert state(promise) == ("BROKEN", Decimal(500), DUE + timedelta(days=4))
    assert actions(case.id) == ["PROMISE_RECORDED", "PROMISE_KEPT", "PROMISE_REOPENED", "PROMISE_BROKEN"]


def test_looking_twice_changes_nothing(case, me):
    promised(case, me)
    add_receipt(case, "950", DAY)
    look(case, DAY)
    before = (actions(case.id), sorted(Counted.objects.values_list("id", flat=True)))
    assert look(case, DAY).promises == {}
    assert (actions(case.id), sorted(Counted.objects.values_list("id", flat=True))) == before


def test_news_that_comes_late_makes_a_broken_promise_kept(case, me):
    promise = promised(case, me)
    look(case, DUE + timedelta(days=5))
    assert state(promise)[0] == "BROKEN"
    add_receipt(case, "900", DUE + timedelta(days=3))
    look(case, DUE + timedelta(days=6))
    assert state(promise) == ("KEPT", Decimal(900), DUE + timedelta(days=3))


def test_a_broken_promise_is_not_judged_back_by_an_earlier_day(case, me):
    promise = promised(case, me)
    look(case, DUE + timedelta(days=4))
    look(case, DUE)
    assert state(promise)[0] == "BROKEN"


def test_two_promises_share_money_each_cent_once(case, me):
    later = promised(case, me, amount="300", due_on=DUE + timedelta(days=2))
    first = promised(case, me, amount="400")
    add_receipt(case, "500", DAY)
    look(case, DAY)
    assert (state(first)[:2], state(later)[:2]) == (("KEPT", Decimal(400)), ("OPEN", Decimal(100)))


def test_the_day_breaks_promises_and_moves_the_queue(case, me):
    promise = promised(case, me)
    day = DUE + timedelta(days=4)
    report = end_promises(as_of=DUE, now=at(DUE), actor=SYSTEM)
    held = get_case(case_id=case.id)
    assert (report.ended, held.queue_reason) == ({}, "PROMISE_DUE")
    assert end_promises(as_of=day, now=at(day), actor=SYSTEM).ended == {"BROKEN": 1}
    held = get_case(case_id=case.id)
    assert (held.queue_reason, held.promise_due_on, held.promise_broken_on) == ("PROMISE_BROKEN", None, day)
    assert (held.next_action, held.next_action_on) == ("CONTACT_DEBTOR", day)
    assert state(promise)[0] == "BROKEN"
    assert end_promises(as_of=day, now=at(day), actor=SYSTEM).ended == {}


def test_a_promise_is_taken_back_before_it_falls_due_only(case, me):
    promise = promised(case, me)
    with pytest.raises(PromiseEnded):
        promises.cancel_promise(promise_id=promise.id, reason="DEBTOR_WITHDREW", actor=me, now=at(DUE + timedelta(1)))
    promises.cancel_promise(promise_id=promise.id, reason="DEBTOR_WITHDREW", actor=me, now=at(DUE))
    assert state(promise) == ("CANCELLED", Decimal(0), DUE)
    add_receipt(case, "1000", DUE)
    look(case, DUE + timedelta(days=9))
    assert state(promise) == ("CANCELLED", Decimal(0), DUE)
    assert actions(case.id) == ["PROMISE_RECORDED", "PROMISE_CANCELLED"]
    with pytest.raises(PromiseEnded):
        promises.invalidate_promise(promise_id=promise.id, reason="WRONG_AMOUNT", actor=me, now=NOW)


def test_unknown_reasons_and_promises_stop(case, me):
    promise = promised(case, me)
    with pytest.raises(BadAgreementInput):
        promises.cancel_promise(promise_id=promise.id, reason="WHIM", actor=me, now=NOW)
    with pytest.raises(BadAgreementInput):
        promises.invalidate_promise(promise_id=promise.id, reason="WHIM", actor=me, now=NOW)
    with pytest.raises(NoSuchPromise):
        promises.cancel_promise(promise_id=case.id, reason="REPLACED", actor=me, now=NOW)


@pytest.mark.parametrize(("kind", "ends"), [(Stop.BANKRUPTCY, True), (Stop.BREATHING_SPACE, True), (Stop.CEASE, False)])
def test_a_stop_that_ends_collection_strikes_promises_out(case, me, kind, ends):
    promise = promised(case, me)
    place_stop(borrower_id=case.borrower_id, kind=kind, actor=me, now=NOW)
    promise.refresh_from_db()
    found = (promise.state, promise.ended_reason, get_case(case_id=case.id).promise_due_on)
    assert found == (("INVALIDATED", "STOP_PLACED", None) if ends else ("OPEN", "", DUE))


def test_what_stops_half_way_leaves_no_promise_and_no_record(case, me):
    def stopped() -> None:
        with transaction.atomic():
            promised(case, me)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()
    assert (Promise.objects.count(), actions(case.id)) == (0, [])
    assert get_case(case_id=case.id).next_action != "CHECK_PROMISE"


def race(tenant, monkeypatch=None):
    """Eight people take a promise each of a case where two may be open; gives how many are."""
    people = make_users(tenant, prefix=f"{tenant.code}-")
    case = make_debtor("race", owner=people["COLLECTOR"])
    begin, failures = threading.Barrier(8), []

    def work(number):
        try:
            with using(tenant.id):
                begin.wait()
                promised(case, SYSTEM, amount=str(100 + number))
        except PromiseRefused:
            pass
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    return Promise.objects.filter(case=case.id, state="OPEN").count()


def test_eight_at_once_open_no_more_than_two(committed):
    assert race(committed) == 2


def test_without_the_lock_more_are_open(committed, monkeypatch):
    from qingshou.features.cases.models import Case

    monkeypatch.setattr(promises, "lock_case", lambda case_id: Case.objects.get(id=case_id))
    monkeypatch.setattr(promises, "set_next_action", lambda **_given: None)
    monkeypatch.setattr(promises, "tell_cases", lambda _ids, **_given: None)
    monkeypatch.setattr(promises, "_record_made", lambda *_given: None)
    assert race(committed) > 2
