"""The page of best time: what stands on it, for whom, and how learning is asked for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.integration.contact.rows import NOW, make_debtor
from tests.integration.contact.test_choosing import ARMS, at_hour, contact, known

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Decision
from qingshou.features.contact.operations import choosing, fitting

MAX_QUERIES = 14


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.QINGSHOU_HOME = tmp_path


@pytest.fixture
def learnt():
    case = make_debtor("P001")
    known(case)
    for ago in range(5, 25):
        contact(case, at_hour(ago, 19), "CONVERSATION" if ago % 4 else "NO_ANSWER")
    fitting.fit(now=NOW)
    return case


def choose(case):
    (made,) = choosing.choose(borrower_ids=[case.borrower_id], open_arms={case.borrower_id: ARMS}, now=NOW,
                              actor=SYSTEM, draw=lambda: Decimal("0.99"))  # fmt: skip
    return made


def test_before_anything_was_learnt_the_page_says_so(client_for):
    page = client_for("RISK_OFFICER").get("/contact/timing/")
    assert page.status_code == 200
    assert "learn" not in page.content.decode().split("<main")[1].split("</main")[0].replace("learnt", "")
    assert "/contact/timing/learn" in client_for("TEAM_LEAD").get("/contact/timing/").content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("TEAM_LEAD", 200), ("RISK_OFFICER", 200), ("ADMINISTRATOR", 200), ("COLLECTOR", 403), ("AGENCY_USER", 403)],
)
def test_who_may_see_it(client_for, role, status):
    assert client_for(role).get("/contact/timing/").status_code == status


@pytest.mark.parametrize(("role", "status"), [("TEAM_LEAD", 302), ("RISK_OFFICER", 403), ("COLLECTOR", 403)])
def test_who_may_have_it_learn(client_for, role, status):
    assert client_for(role).post("/contact/timing/learn").status_code == status
    assert ProcrastinateJob.objects.filter(task_name="contact.learn_timing").count() == int(status == 302)


def test_asked_twice_it_waits_once(client_for):
    client = client_for("TEAM_LEAD")
    for _time in range(2):
        client.post("/contact/timing/learn")
    assert ProcrastinateJob.objects.filter(task_name="contact.learn_timing").count() == 1


def test_rates_policy_and_choices_stand_on_the_page(client_for, learnt):
    made = choose(learnt)
    text = client_for("RISK_OFFICER").get("/contact/timing/", headers={"accept-language": "en"}).content.decode()
    assert made.policy in text
    assert 'id="timing-phone-rate-data"' in text
    assert 'id="timing-phone-count-data"' in text
    assert "Too few choices of known end" in text
    assert "10.00 %" in text  # exploration
    assert "Text message" in text  # the arm the draw chose
    export = client_for("RISK_OFFICER").get("/contact/timing/?export=csv")
    assert len(b"".join(export.streaming_content if export.streaming else [export.content]).splitlines()) == 2


def test_queries_do_not_grow_with_choices(client_for, learnt, django_assert_max_num_queries):
    client = client_for("RISK_OFFICER")
    for count in (1, 3):
        while Decision.objects.count() < count:
            choose(learnt)
        with django_assert_max_num_queries(MAX_QUERIES):
            client.get("/contact/timing/")


def test_the_worker_counts_answers_and_learns(tenant, learnt):
    from qingshou.features.contact.tasks import learn_timing

    made = choose(learnt)
    attempt = contact(learnt, NOW - timedelta(days=10), "CONVERSATION")
    choosing.tie(attempts={made.id: attempt.id}, actor=SYSTEM, now=NOW)
    learn_timing(tenant_id=str(tenant.id), actor_kind="USER", actor_name="lead", actor_id=None)
    assert Decision.objects.get(id=made.id).reward == 1
