"""Payments begun with a provider and never finished: over by the clock, each once, and never in money's way."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from tests.integration.repayment.agreement_rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.repayment.models import PaymentIntent
from qingshou.features.repayment.operations.intents import (
    GOOD_MINUTES,
    begin_payment,
    expire_payments,
    follow_report,
)
from qingshou.features.repayment.rules.payment_events import EventKind, PaymentEvent
from qingshou.features.repayment.tasks import tend_payments
from qingshou.tenancy.context import using

OVER = NOW + timedelta(minutes=GOOD_MINUTES)


def begin(case, *, state="PENDING", amount="50.00"):
    row = begin_payment(
        borrower_id=case.borrower_id, loan_id=None, amount=Decimal(amount), currency="CNY", reference="R1",
        provider="loopback", actor=SYSTEM, now=NOW,
    )  # fmt: skip
    PaymentIntent.objects.filter(id=row.id).update(state=state, provider_ref=uuid4().hex)
    return row


def recorded(case):
    found = list_events(subject_kind="BORROWER", subject_id=case.borrower_id, limit=20)
    return [one.facts["state"] for one in found if one.action == "PAYMENT_ENDED"]


@pytest.fixture
def case(users):
    return make_debtor("in1", owner=users["COLLECTOR"])


@pytest.mark.parametrize(("state", "before", "after"), [
    ("MADE", "MADE", "EXPIRED"), ("PENDING", "PENDING", "EXPIRED"), ("PAID", "PAID", "PAID"),
    ("FAILED", "FAILED", "FAILED"),
])  # fmt: skip
def test_what_is_open_ends_at_its_minute_and_not_before(case, state, before, after):
    row = begin(case, state=state)
    assert expire_payments(now=OVER - timedelta(microseconds=1), actor=SYSTEM) == 0
    assert PaymentIntent.objects.get(id=row.id).state == before
    is_over = int(after == "EXPIRED")
    assert expire_payments(now=OVER, actor=SYSTEM) == is_over
    row = PaymentIntent.objects.get(id=row.id)
    assert (row.state, row.ended_at) == (after, OVER if is_over else None)
    assert recorded(case) == ["EXPIRED"] * is_over
    assert expire_payments(now=OVER, actor=SYSTEM) == 0  # once
    assert recorded(case) == ["EXPIRED"] * is_over


def test_the_clocks_job_ends_them_for_every_lender(case, tenant, other_tenant):
    from tests.conftest import make_users

    mine = begin(case)
    with using(other_tenant.id):
        owner = make_users(other_tenant, prefix="i")["COLLECTOR"]
        theirs = begin(make_debtor("in2", owner=owner))
    tend_payments(timestamp=int(OVER.timestamp()))
    for lender, row in ((tenant, mine), (other_tenant, theirs)):
        with using(lender.id):
            assert PaymentIntent.objects.get(id=row.id).state == "EXPIRED"


def test_nothing_ends_without_its_record(case, monkeypatch):
    from qingshou.features.repayment.operations import intents

    row = begin(case)
    monkeypatch.setattr(intents, "record", lambda **_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        expire_payments(now=OVER, actor=SYSTEM)
    assert PaymentIntent.objects.get(id=row.id).state == "PENDING"


def test_money_that_comes_after_all_still_ends_it_as_paid(case):
    row = begin(case)
    tend_payments(timestamp=int(OVER.timestamp()))
    sent = PaymentIntent.objects.get(id=row.id).provider_ref
    event = PaymentEvent(
        id="e1", kind=EventKind.PAID, payment=sent, amount=Decimal("50.00"), currency="CNY", reference="R1",
        value_date=NOW.date(),
    )  # fmt: skip
    follow_report("loopback", event, None, SYSTEM, OVER + timedelta(minutes=1))
    assert PaymentIntent.objects.get(id=row.id).state == "PAID"
    assert recorded(case) == ["PAID", "EXPIRED"]


def begun_at(case, now, **other):
    given = {"borrower_id": case.borrower_id, "loan_id": None, "amount": Decimal("50.00"), "currency": "CNY",
             "reference": "R1", "provider": "loopback", "actor": SYSTEM, "now": now}  # fmt: skip
    return begin_payment(**(given | other)).id


def test_a_button_pressed_twice_is_one_payment(case):
    first = begun_at(case, NOW)
    assert begun_at(case, NOW + timedelta(minutes=2) - timedelta(microseconds=1)) == first
    assert begun_at(case, NOW + timedelta(minutes=2)) != first
    told = [one.action for one in list_events(subject_kind="BORROWER", subject_id=case.borrower_id, limit=20)]
    assert told.count("PAYMENT_BEGUN") == 2


@pytest.mark.parametrize("other", [{"amount": Decimal("50.01")}, {"reference": "R2"}, {"provider": "another"}])
def test_what_differs_is_another_payment(case, other):
    assert begun_at(case, NOW) != begun_at(case, NOW, **other)


@pytest.mark.parametrize("state", ["PAID", "FAILED", "EXPIRED"])
def test_what_has_ended_is_begun_anew(case, state):
    first = begun_at(case, NOW)
    PaymentIntent.objects.filter(id=first).update(state=state)
    assert begun_at(case, NOW) != first
