"""Nothing of another person: every id in every address, query and form replaced by another's is a missing id."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver
from tests.conftest import make_users
from tests.fakes.payment_provider import FakeProvider
from tests.integration.portal.rows import NOW, debtor, enter, ready
from tests.told import told

from qingshou.features.book.models import ContactPoint, Loan
from qingshou.features.portal.models import PortalAsk
from qingshou.features.repayment.models import Offer, PaymentIntent, Plan
from qingshou.tenancy.context import using

INCOME = {"INCOME_OWN": "9000", "LIVING": "2500", "adults": "1", "children": "0"}


def made_by(client, case):
    """Let a debtor make one of everything; gives the ids by the name of the gap they fit."""
    client.post(f"{client.home}complaint/", {"said": "something"})
    client.post(f"{client.home}income/", INCOME)
    offers = list(Offer.objects.filter(case=case.id, needs_role="").order_by("position"))
    client.post(f"{client.home}plan/choose", {"offer": str(offers[0].id)})
    client.post(f"{client.home}pay/online", {"provider": "payhub", "amount": "5.00"})
    loan = Loan.objects.get(borrower=case.borrower_id)
    return {
        "loan_id": loan.id, "ask_id": PortalAsk.objects.filter(borrower=case.borrower_id).first().id,
        "plan_id": Plan.objects.get(borrower=case.borrower_id).id, "offer_id": offers[-1].id,
        "intent_id": PaymentIntent.objects.get(borrower=case.borrower_id).id,
        "point_id": ContactPoint.objects.filter(borrower=case.borrower_id).first().id,
    }  # fmt: skip


@pytest.fixture
def everyone(tenant, other_tenant, users, settings):
    """Two debtors of one lender and one of another, each with one of everything, and the first one's browser."""
    with FakeProvider() as fake:
        settings.QINGSHOU_PAYMENTS = {"alpha": {"payhub": fake.settings()}, "beta": {"payhub": fake.settings()}}
        found = {}
        for name, ref in (("mine", "w1"), ("neighbour", "w2")):
            client, case = Client(), debtor(ref)
            client.home = enter(client, case)
            found[name] = (client, made_by(client, case))
        with using(other_tenant.id):
            ready(make_users(other_tenant, "beta_"))
            client, case = Client(), debtor("w3")
            client.home = enter(client, case)
            found["stranger"] = (client, made_by(client, case))
        yield found


def routes():
    """Return every address of the debtor's page with an id in it."""
    names = {}
    for pattern in get_resolver().url_patterns:
        for one in getattr(pattern, "url_patterns", ()):
            text = str(one.pattern)
            if text.startswith("my/<slug:lender>/") and "<uuid:" in text:
                names[text] = re.findall(r"<uuid:([a-z_]+)>", text)
    return names


def test_there_are_addresses_to_judge():
    assert {gap for gaps in routes().values() for gap in gaps} == {"loan_id", "ask_id", "plan_id", "intent_id"}
    assert len(routes()) >= 5


def answers(client, path, method):
    """Return status and body without the form's secret, which is new each time."""
    answer = getattr(client, method)(path)
    return answer.status_code, answer.content


def test_every_id_in_an_address_replaced_by_anothers_is_a_missing_id(everyone):
    mine, own = everyone["mine"]
    for text, gaps in routes().items():
        path = "/" + text.replace("<slug:lender>", "alpha")
        for gap in gaps:
            for method in ("get", "post"):
                whole = path.replace(f"<uuid:{gap}>", "{}")
                missing = answers(mine, whole.format(uuid4()), method)
                if missing[0] == 405:
                    continue
                assert missing[0] == 404, (text, method)
                for other in ("neighbour", "stranger"):
                    got = answers(mine, whole.format(everyone[other][1][gap]), method)
                    assert got == missing, (text, method, other)
                assert answers(mine, whole.format(own[gap]), method)[0] != 404, (text, method)


FORMS = [
    ("get", "pay/", "loan", "loan_id", {}),
    ("post", "pay/online", "loan", "loan_id", {"provider": "payhub", "amount": "5.00"}),
    ("post", "dispute/", "loan", "loan_id", {"reason": "NOT_MINE"}),
    ("post", "plan/choose", "offer", "offer_id", {}),
]


@pytest.mark.parametrize(("method", "path", "name", "gap", "more"), FORMS)
def test_every_id_in_a_query_or_form_replaced_by_anothers_is_a_missing_id(everyone, method, path, name, gap, more):
    mine, own = everyone["mine"]
    send = getattr(mine, method)

    def sent(value):
        answer = send(f"{mine.home}{path}", {**more, name: str(value)})
        return answer.status_code, answer.content

    missing = sent(uuid4())
    assert missing[0] == 404
    for other in ("neighbour", "stranger"):
        assert sent(everyone[other][1][gap]) == missing
    assert sent(own[gap])[0] != 404


def test_a_number_of_another_debtor_gets_no_code(everyone):
    from tests.integration.portal.rows import address_of

    _client, own = everyone["mine"]
    case = Plan.objects.get(id=own["plan_id"]).case
    path = address_of(case)
    fresh = Client()
    missing = fresh.post(path, {"way": str(uuid4())})
    for other in ("neighbour", "stranger"):
        got = fresh.post(path, {"way": str(everyone[other][1]["point_id"])})
        assert (got.status_code, got.content) == (missing.status_code, missing.content) == (404, missing.content)


def test_no_page_names_another_debtor(everyone):
    mine, _own = everyone["mine"]
    others = [str(one) for name in ("neighbour", "stranger") for one in everyone[name][1].values()]
    for path in ("", "payments/", "pay/", "plan/", "asks/", "documents/", "contact/", "data/", "dispute/"):
        page = mine.get(f"{mine.home}{path}").content.decode()
        assert [one for one in others if one in page] == [], path
        assert [one for one in ("Lw2", "Lw3") if one in told(page)] == [], path
    copy = mine.post(f"{mine.home}data/copy", {"form": "JSON"}).content.decode()
    assert [one for one in others if one in copy] == []
    assert [one for one in ("Lw2", "Lw3", "w2@debtor", "w3@debtor") if one in told(copy)] == []
    assert NOW.isoformat()[:10] in copy
