"""The inbox and the page of a reply: who sees what, what is masked, what a person can do there."""

from typing import Any

import pytest
from django.test import Client
from tests.integration.contact.rows import make_debtor
from tests.integration.contact.test_replies import PHONE, sent, take

from qingshou.features.contact.models import Reply, StopPlaced
from qingshou.privacy.models import PersonalDataRead

INBOX = "/contact/inbox/"


@pytest.fixture
def collector(client_for: Any) -> Client:
    return client_for("COLLECTOR")  # type: ignore[no-any-return]


def page_of(reply: Reply) -> str:
    return f"{INBOX}{reply.id}/"


def test_a_collector_sees_replies_of_cases_he_may_see(users: Any, client_for: Any) -> None:
    users["LEGAL_OFFICER"].team = None  # of no desk the collector shares
    users["LEGAL_OFFICER"].save()
    mine = make_debtor(phone=PHONE, owner=users["COLLECTOR"])
    other = make_debtor(phone="13900000001", owner=users["LEGAL_OFFICER"])
    own, foreign = take("能分期吗"), take("能分期吗", sender="13900000001", ref="in-2")
    nobody = take("你好", sender="13700000000", ref="in-3")
    client = client_for("COLLECTOR")
    shown = client.get(INBOX).content.decode()
    assert str(own.id) in shown
    assert str(foreign.id) not in shown
    assert str(nobody.id) not in shown
    assert [client.get(page_of(one)).status_code for one in (own, foreign, nobody)] == [200, 404, 404]
    assert (own.case_id, foreign.case_id) == (mine.id, other.id)
    posted = client.post(f"{page_of(foreign)}confirm", {"reason": "OTHER"})
    assert posted.status_code == 404
    foreign.refresh_from_db()
    assert foreign.reason == ""


def test_a_lead_sees_what_belongs_to_nobody_and_assigns_it(users: Any, client_for: Any) -> None:
    case = make_debtor(phone="13900000001", owner=users["TEAM_LEAD"])
    reply = take("退订", sender="13700000000")
    client = client_for("TEAM_LEAD")
    assert str(reply.id) in client.get(f"{INBOX}?state=unassigned").content.decode()
    client.post(f"{page_of(reply)}assign", {"number": "no such"})
    reply.refresh_from_db()
    assert reply.case_id is None
    client.post(f"{page_of(reply)}assign", {"number": case.number})
    reply.refresh_from_db()
    assert reply.case_id == case.id
    assert StopPlaced.objects.get().channel == "SMS"


def test_a_collector_may_not_assign(users: Any, client_for: Any) -> None:
    case = make_debtor(phone=PHONE, owner=users["COLLECTOR"])
    reply = take("你好", sender="13700000000")
    assert client_for("COLLECTOR").post(f"{page_of(reply)}assign", {"number": case.number}).status_code == 403


def test_words_are_masked_by_role_and_the_reading_is_recorded(users: Any, client_for: Any) -> None:
    make_debtor(phone=PHONE, owner=users["COLLECTOR"], name="王小明")
    reply = take("我下个月发了工资就还清")
    shown = client_for("COLLECTOR").get(page_of(reply)).content.decode()
    assert "我下个月发了工资就还清" in shown
    assert PersonalDataRead.objects.filter(purpose="REPLY_PAGE", subject_kind="REPLY").count() == 1
    hidden = client_for("COMPLIANCE_OFFICER").get(page_of(reply))
    assert hidden.status_code == 200
    agent = make_debtor(phone="13900000009", owner=users["AGENCY_USER"])
    other = take("我下个月发了工资就还清", sender="13900000009", ref="in-2")
    assert other.case_id == agent.id
    masked = client_for("AGENCY_USER").get(page_of(other)).content.decode()
    assert "我下个月发了工资就还清" not in masked
    assert "****" in masked
    assert client_for("RISK_OFFICER").get(page_of(reply)).status_code == 403


def test_confirming_on_the_page(users: Any, client_for: Any) -> None:
    make_debtor(phone=PHONE, owner=users["COLLECTOR"])
    reply = take("我没借过这笔钱")
    client = client_for("COLLECTOR")
    assert 'value="DISPUTE" data-key="4" required checked' in client.get(page_of(reply)).content.decode()
    client.post(f"{page_of(reply)}confirm", {"reason": "DISPUTE", "effect-DISPUTE": "STOP_DISPUTE",
                                             "effect-HOSTILE": "STOP_CEASE"})  # fmt: skip
    reply.refresh_from_db()
    assert reply.reason == "DISPUTE"
    assert StopPlaced.objects.get().kind == "DISPUTE"
    assert "confirm-form" not in client.get(page_of(reply)).content.decode()
    client.post(f"{page_of(reply)}confirm", {"reason": "OTHER"})
    reply.refresh_from_db()
    assert reply.reason == "DISPUTE"


def test_the_thread_holds_what_went_out_and_came_in(users: Any, client_for: Any) -> None:
    case = make_debtor(phone=PHONE, owner=users["COLLECTOR"])
    message = sent(case)
    first, second = take("好的", in_reply_to=message.id), take("明天还", ref="in-2")
    shown = client_for("COLLECTOR").get(page_of(second)).content.decode()
    assert shown.index("请回电。") < shown.index("好的") < shown.index("明天还")
    assert page_of(first) in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 3), ("suggested=HOSTILE", 1), ("suggested=NONE", 0), ("channel=SMS", 3), ("channel=EMAIL", 0),
     ("state=confirmed", 0), ("state=unconfirmed", 3), ("whose=all", 3), ("state=unassigned", 3),
     ("after=nonsense", 3)],
)  # fmt: skip
def test_filters(users: Any, client_for: Any, query: str, found: int) -> None:
    make_debtor(phone=PHONE, owner=users["COLLECTOR"])
    for number, text in enumerate(("滚，再打我弄死你", "我失业了，没钱还", "能分期吗")):
        take(text, ref=f"in-{number}")
    shown = client_for("COLLECTOR").get(f"{INBOX}?{query}").content.decode()
    assert shown.count("data-row>") == found


def test_an_empty_inbox_teaches(client_for: Any) -> None:
    assert "/contact/inbox/" in client_for("COLLECTOR").get("/worklist/").content.decode()
    shown = client_for("COLLECTOR").get(INBOX, headers={"accept-language": "en"}).content.decode()
    assert "No replies yet" in shown


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_asks_the_same_number_of_queries(
    users: Any, client_for: Any, django_assert_num_queries: Any, number: int
) -> None:
    for turn in range(number):
        make_debtor(phone=f"1390000000{turn}", owner=users["COLLECTOR"])
        take("能分期吗", sender=f"1390000000{turn}", ref=f"in-{turn}")
    client = client_for("COLLECTOR")
    client.get(INBOX)
    with django_assert_num_queries(11):
        client.get(INBOX)
