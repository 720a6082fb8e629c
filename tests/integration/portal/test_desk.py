"""The desk's side: links sent from a case, requests answered, each by who works the case."""

import pytest
from django.test import Client
from tests.integration.portal.rows import NOW, debtor, enter

from qingshou.audit.queries import list_events
from qingshou.features.contact.models import Message
from qingshou.features.portal.models import PortalAsk, PortalLink
from qingshou.features.portal.operations.asks import complain, place_ask
from qingshou.features.portal.rules.asks import AskKind


@pytest.fixture
def case(users):
    return debtor("d1", owner=users["COLLECTOR"])


def test_a_link_is_sent_and_taken_back_from_the_case(case, client_for):
    desk = client_for("COLLECTOR")
    assert (
        "No link was sent yet"
        in desk.get(f"/cases/{case.id}/portal-panel?", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    )
    desk.post(f"/cases/{case.id}/portal-link", {"channel": "SMS"})
    link = PortalLink.objects.get()
    assert Message.objects.get().id == link.message_id
    desk.post(f"/cases/{case.id}/portal-link/{link.id}/revoke")
    assert PortalLink.objects.get().revoked_at is not None
    actions = [one.action for one in list_events(subject_kind="CASE", subject_id=case.id, limit=20)]
    assert {"PORTAL_LINK_SENT", "PORTAL_LINK_REVOKED"} <= set(actions)


def test_a_link_to_hand_over_is_shown_once(case, client_for):
    desk = client_for("COLLECTOR")
    desk.post(f"/cases/{case.id}/portal-link", {"channel": "BY_HAND"})
    assert "/my/alpha/" in desk.get(f"/cases/{case.id}/portal-panel").content.decode()
    assert "/my/alpha/" not in desk.get(f"/cases/{case.id}/portal-panel").content.decode()
    assert Message.objects.count() == 0


def test_a_link_of_another_debtor_is_not_taken_back(case, client_for, users):
    other = debtor("d2", owner=users["COLLECTOR"])
    desk = client_for("COLLECTOR")
    desk.post(f"/cases/{other.id}/portal-link", {"channel": "SMS"})
    link = PortalLink.objects.get()
    assert desk.post(f"/cases/{case.id}/portal-link/{link.id}/revoke").status_code == 404
    assert PortalLink.objects.get().revoked_at is None


def test_requests_stand_by_the_day_an_answer_is_due_and_are_answered_once(case, client_for):
    late = complain(borrower_id=case.borrower_id, said="有人晚上打电话", now=NOW)
    soon = place_ask(borrower_id=case.borrower_id, kind=AskKind.PLAN, now=NOW)
    desk = client_for("COLLECTOR")
    page = desk.get("/requests/").content.decode()
    assert page.index(soon.number) < page.index(late.number)
    assert "有人晚上打电话" in desk.get(f"/requests/{late.id}/").content.decode()
    desk.post(f"/requests/{late.id}/answer", {"what": "done", "answer": "我们已核实并道歉。"})
    desk.post(f"/requests/{late.id}/answer", {"what": "decline", "answer": "第二次"})
    ask = PortalAsk.objects.get(id=late.id)
    assert (ask.state, ask.handled_by) == ("DONE", "collector")
    assert late.number not in desk.get("/requests/").content.decode()
    debtor_page = Client()
    home = enter(debtor_page, case)
    shown = debtor_page.get(f"{home}asks/{late.id}/").content.decode()
    assert "我们已核实并道歉。" in shown
    assert "第二次" not in shown


def test_a_request_is_not_answered_without_words(case, client_for):
    ask = complain(borrower_id=case.borrower_id, said="something", now=NOW)
    client_for("COLLECTOR").post(f"/requests/{ask.id}/answer", {"what": "decline", "answer": " "})
    assert PortalAsk.objects.get().state == "OPEN"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_asks_the_same_number_of_queries(case, client_for, rows, django_assert_num_queries):
    for _ in range(rows):
        place_ask(borrower_id=case.borrower_id, kind=AskKind.PLAN, now=NOW)
    desk = client_for("COLLECTOR")
    desk.get("/requests/")
    with django_assert_num_queries(QUEUE_QUERIES):
        desk.get("/requests/")


QUEUE_QUERIES = 9


def test_who_does_not_work_the_case_does_not_see_the_request(case, client_for, users):
    ask = complain(borrower_id=case.borrower_id, said="something", now=NOW)
    users["AGENCY_USER"].save()
    assert client_for("AGENCY_USER").get(f"/requests/{ask.id}/").status_code == 404
    assert client_for("COMPLIANCE_OFFICER").get(f"/requests/{ask.id}/").status_code == 200
    assert client_for("COMPLIANCE_OFFICER").post(f"/requests/{ask.id}/answer", {}).status_code == 403
