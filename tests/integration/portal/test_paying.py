"""Paying by a provider: begun once whatever is lost, believed only when it was reported, signed."""

from decimal import Decimal

import pytest
from django.test import Client
from tests.fakes.payment_provider import BUSY, DROPPED, LOST, OK, REFUSED, FakeProvider
from tests.integration.portal.rows import NOW, at, debtor, enter

from qingshou.audit.queries import list_events
from qingshou.features.repayment.models import PaymentIntent, Receipt
from qingshou.features.repayment.queries.owed import owed_of_borrower


@pytest.fixture
def case():
    return debtor("pay1")


@pytest.fixture
def client(case):
    client = Client()
    client.home = enter(client, case)
    client.get(f"{client.home}?language=en")
    return client


@pytest.fixture
def provider(settings):
    with FakeProvider(day="2026-11-23") as fake:
        settings.QINGSHOU_PAYMENTS = {"alpha": {"payhub": fake.settings()}}
        yield fake


def begin(client, amount="200.00"):
    answer = client.post(f"{client.home}pay/online", {"provider": "payhub", "amount": amount})
    return answer, PaymentIntent.objects.order_by("-made_at").first()


def report(client, provider, intent, kind="PAID"):
    payment = provider.payments[str(intent.id)]
    body, headers = provider.report(payment, kind, now=NOW.timestamp())
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return Client().post("/hooks/payments/alpha/payhub/", body, content_type="application/json", **sent)


def acts(case):
    events = list_events(subject_kind="BORROWER", subject_id=case.borrower_id, limit=50)
    return [one.action for one in reversed(events) if one.action.startswith("PAYMENT_")]


def test_a_payment_waits_until_the_provider_reports_it(client, case, provider):
    assert "Pay with PayHub" in client.get(f"{client.home}pay/").content.decode()
    answer, intent = begin(client)
    assert answer["Location"] == f"{client.home}pay/{intent.id}/"
    page = client.get(answer["Location"]).content.decode()
    assert provider.url in page
    assert "wait a moment" in page
    assert PaymentIntent.objects.get().state == "PENDING"
    assert report(client, provider, intent).status_code == 200
    intent.refresh_from_db()
    assert (intent.state, intent.receipt.amount) == ("PAID", Decimal("200.00"))
    done = client.get(answer["Location"]).content.decode()
    assert "it has arrived" in done
    assert "Where each cent went" in done
    (owed,) = owed_of_borrower(borrower_id=case.borrower_id)
    assert owed.standing(on=NOW.date()).owed_now == Decimal("1000.50")
    assert report(client, provider, intent).json()["outcome"] == "REPEATED"
    assert Receipt.objects.count() == 1
    assert acts(case) == ["PAYMENT_BEGUN", "PAYMENT_SENT_TO_PROVIDER", "PAYMENT_ENDED"]


def test_a_failed_payment_says_so(client, provider):
    answer, intent = begin(client)
    report(client, provider, intent, "FAILED")
    assert "Did not come through" in client.get(answer["Location"]).content.decode()
    assert Receipt.objects.count() == 0


def test_money_that_comes_after_a_failed_try_is_no_failure(client, provider):
    """The first card was declined, the second was not: nobody is told to pay again what has arrived."""
    answer, intent = begin(client)
    report(client, provider, intent, "FAILED")
    report(client, provider, intent, "PAID")
    report(client, provider, intent, "FAILED")  # told again, and late
    intent.refresh_from_db()
    assert (intent.state, intent.receipt.amount) == ("PAID", Decimal("200.00"))
    assert "it has arrived" in client.get(answer["Location"]).content.decode()


def test_a_payment_that_was_taken_back_says_so(client, provider):
    answer, intent = begin(client)
    report(client, provider, intent)
    report(client, provider, intent, "REVERSED")
    page = client.get(answer["Location"]).content.decode()
    assert "This payment was taken back" in page
    assert "it has arrived" not in page


@pytest.mark.parametrize(
    ("course", "state"),
    [((LOST,), "PENDING"), ((DROPPED, OK), "MADE"), ((BUSY, OK), "MADE"), ((REFUSED,), "FAILED")],
)
def test_whatever_is_lost_a_payment_is_begun_once(client, provider, course, state):
    provider.behave = lambda number: course[min(number, len(course)) - 1]
    answer, intent = begin(client)
    intent.refresh_from_db()
    assert intent.state == state
    client.get(answer["Location"])
    client.get(answer["Location"])
    intent.refresh_from_db()
    assert intent.state == ("FAILED" if state == "FAILED" else "PENDING")
    assert max(provider.made.values(), default=0) == (0 if state == "FAILED" else 1)


def test_a_report_before_the_answer_still_ends_the_payment(client, provider):
    provider.behave = lambda _number: LOST
    answer, intent = begin(client)
    PaymentIntent.objects.update(state="MADE", provider_ref="", pay_url="")
    report(client, provider, intent)
    intent.refresh_from_db()
    assert intent.state == "PAID"
    assert "it has arrived" in client.get(answer["Location"]).content.decode()


def test_a_payment_nobody_finished_is_over_and_its_money_is_taken_all_the_same(client, provider, clock):
    answer, intent = begin(client)
    clock.move_to(at(15))
    client.get(client.home)
    PaymentIntent.objects.update(expires_at=at(16))
    clock.move_to(at(17))
    assert "Not paid in time" in client.get(answer["Location"]).content.decode()
    clock.move_to(NOW)
    report(client, provider, intent)
    intent.refresh_from_db()
    assert intent.state == "PAID"


@pytest.mark.parametrize(("amount", "words"), [("", "500"), ("0", "above zero"), ("999999", "more than is owed"),
                                               ("1.001", "500"), ("-5", "500")])  # fmt: skip
def test_amounts_that_cannot_be_paid_are_named_and_kept(client, provider, amount, words):
    answer = client.post(f"{client.home}pay/online", {"provider": "payhub", "amount": amount})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert PaymentIntent.objects.count() == 0


def test_an_address_that_is_not_safe_is_no_address(client, provider, settings):
    provider.behave = lambda _number: OK
    original = provider.take

    def take(told):
        done = original(told)
        provider.payments[told["key"]]["pay_url"] = "javascript:alert(1)"
        return done

    provider.take = take
    answer, _intent = begin(client)
    page = client.get(answer["Location"]).content.decode()
    assert "javascript:" not in page
    assert PaymentIntent.objects.get().state == "MADE"
