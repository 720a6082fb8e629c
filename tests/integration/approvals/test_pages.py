"""The queue and the page on which a request is decided."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qingshou.access.actors import actor_of
from qingshou.approvals import kinds, operations, queries
from qingshou.audit.actors import SYSTEM
from qingshou.audit.operations import record

done: list = []


@pytest.fixture
def asked(users):
    done.clear()
    kinds.register_kind("TEST_KIND", permission="approvals.decide", phrase="Exception asked for",
                        on_approved=lambda *_: done.append(1))  # fmt: skip
    yield operations.request(
        kind="TEST_KIND", subject_kind="CASE", subject_id=uuid4(), subject_label="2026-00000001",
        actor=actor_of(users["TEAM_LEAD"]), reason="no other way", now=timezone.now(),  # noqa: TID251
        life=timedelta(days=1),
    )  # fmt: skip
    del kinds._kinds["TEST_KIND"]


def test_what_waits_is_listed_and_decided(client_for, asked):
    client = client_for("RISK_OFFICER")
    page = client.get("/approvals/").content.decode()
    assert "2026-00000001" in page
    assert '<option value="PENDING" selected>' in page
    assert "no other way" in client.get(f"/approvals/{asked.id}/").content.decode()
    client.post(f"/approvals/{asked.id}/decide/", {"decision": "approve"})
    assert (done, queries.get_request(request_id=asked.id).status) == ([1], "APPROVED")
    assert "2026-00000001" not in client.get("/approvals/").content.decode()
    assert "2026-00000001" in client.get("/approvals/?status=APPROVED").content.decode()


@pytest.mark.parametrize("role", ["TEAM_LEAD", "LEGAL_OFFICER", "COMPLIANCE_OFFICER"])
def test_who_may_not_is_told_why_and_changes_nothing(client_for, asked, role):
    client = client_for(role)
    page = client.get(f"/approvals/{asked.id}/", headers={"accept-language": "en"}).content.decode()
    assert 'value="approve"' not in page
    client.post(f"/approvals/{asked.id}/decide/", {"decision": "approve"})
    assert (done, queries.get_request(request_id=asked.id).status) == ([], "PENDING")


def test_a_rejection_needs_a_reason(client_for, asked):
    client = client_for("RISK_OFFICER")
    client.post(f"/approvals/{asked.id}/decide/", {"decision": "reject"})
    assert queries.get_request(request_id=asked.id).status == "PENDING"
    client.post(f"/approvals/{asked.id}/decide/", {"decision": "reject", "note": "no"})
    assert queries.get_request(request_id=asked.id).status == "REJECTED"


def test_withdrawing(client_for, asked):
    client_for("RISK_OFFICER").post(f"/approvals/{asked.id}/withdraw/")
    assert queries.get_request(request_id=asked.id).status == "PENDING"
    client_for("TEAM_LEAD").post(f"/approvals/{asked.id}/withdraw/")
    assert queries.get_request(request_id=asked.id).status == "WITHDRAWN"


def test_who_may_not_see_the_queue(client_for, asked):
    assert client_for("AGENCY_USER").get("/approvals/").status_code == 403
    assert client_for("COLLECTOR").post(f"/approvals/{asked.id}/decide/").status_code == 403
    assert client_for("RISK_OFFICER").get(f"/approvals/{uuid4()}/").status_code == 404


@pytest.mark.parametrize(("amount", "shown"), [("0", None), ("1234.5", "1,234.50 CNY")])
def test_a_request_shows_its_amount_as_money_and_its_record_in_words(client_for, users, amount, shown):
    kinds.register_kind("TEST_KIND", permission="approvals.decide", phrase="Exception asked for",
                        on_approved=lambda *_: None)  # fmt: skip
    subject, now = uuid4(), timezone.now()  # noqa: TID251
    record(action="CASE_OVERSTAYED", subject_kind="CASE", subject_id=subject, actor=SYSTEM, now=now, facts={})
    asked = operations.request(
        kind="TEST_KIND", subject_kind="CASE", subject_id=subject, actor=actor_of(users["TEAM_LEAD"]), reason="why",
        now=now, amount=Decimal(amount), currency="CNY",
    )  # fmt: skip
    page = client_for("RISK_OFFICER").get(f"/approvals/{asked.id}/", headers={"accept-language": "en"}).content.decode()
    assert (">Amount<" in page, shown is not None and shown in page) == (shown is not None, shown is not None)
    assert "Time allowed in the stage has passed" in page
    assert "CASE_OVERSTAYED" not in page
    assert "the system" in page
    del kinds._kinds["TEST_KIND"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_names_who_asked_in_one_question_however_long_it_is(client_for, users, asked, count):
    lead = users["TEAM_LEAD"]
    lead.display_name = "林组长"
    lead.save()
    for number in range(1, count):
        operations.request(
            kind="TEST_KIND", subject_kind="CASE", subject_id=uuid4(), subject_label=f"2026-1000000{number}",
            actor=actor_of(lead), reason="no other way", now=timezone.now(), life=timedelta(days=1),  # noqa: TID251
        )  # fmt: skip
    client = client_for("RISK_OFFICER")
    client.get("/approvals/")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/approvals/").content.decode()
    assert page.count("林组长") == count
    assert lead.username not in page
    assert len(captured) == 9
