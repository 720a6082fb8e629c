"""Writes over REST: an operation each, with idempotency, CSRF and the record."""

import uuid
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from tests.conftest import NOW
from tests.integration.api.test_edge import assert_problem
from tests.integration.api.test_lists import bearer

from qingshou.audit.queries import list_events


@pytest.fixture(autouse=True)
def _day():
    """The days named here lie ahead, whenever the tests run."""
    with time_machine.travel(NOW, tick=True):
        yield


def owned(cases, users, role="TEAM_LEAD"):
    """Give the first case to a person."""
    from qingshou.features.cases.models import Case

    Case.objects.filter(id=cases[0].id).update(owner=users[role])
    return cases[0]


def post(client, path, body, **headers):
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def test_a_next_action_is_set_once_however_often_it_is_sent(cases, users, client_for):
    case, client, key = owned(cases, users), client_for("TEAM_LEAD"), str(uuid.uuid4())
    path, body = f"cases/{case.id}/next-action", {"action": "CALL_BACK", "due_on": "2026-12-01"}
    first = post(client, path, body, **{"Idempotency-Key": key})
    again = post(client, path, body, **{"Idempotency-Key": key})
    assert (first.status_code, first.json()["next_action"]) == (200, "CALL_BACK")
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    actions = [event.action for event in list_events(subject_kind="CASE", subject_id=case.id)]
    assert actions.count("CASE_ACTION_SET") == 1
    other = post(client, path, {**body, "due_on": "2026-12-02"}, **{"Idempotency-Key": key})
    assert_problem(other, 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_move_that_lacks_something_says_all_that_is_missing(cases, users, client_for):
    case = owned(cases, users)
    reply = post(client_for("TEAM_LEAD"), f"cases/{case.id}/moves", {"to": "LEGAL", "reason": "the debtor refuses"})
    assert_problem(reply, 409, "MOVE_REFUSED")


def test_evidence_is_given_once(cases, users, client_for):
    case, client = owned(cases, users), client_for("TEAM_LEAD")
    item = client.get(f"/api/v1/cases/{case.id}").json()["checklist"][0]["item"]
    reply = post(client, f"cases/{case.id}/evidence", {"item": item, "note": "spoke to him"})
    assert reply.status_code == 200, reply.content
    assert {one["item"]: one["is_done"] for one in reply.json()["checklist"]}[item] is True
    assert_problem(post(client, f"cases/{case.id}/evidence", {"item": item, "note": "again"}), 422, "BAD_CASE_INPUT")


def test_a_case_is_given_to_a_person(cases, users, client_for):
    case, client = owned(cases, users), client_for("TEAM_LEAD")
    body = {"owner_id": str(users["COLLECTOR"].id), "reason": "knows the debtor"}
    reply = post(client, f"cases/{case.id}/assignment", body)
    assert (reply.status_code, reply.json()["owner"]) == (200, "collector")


def test_a_session_writes_only_with_the_token_of_our_page(cases, users):
    case = owned(cases, users)
    client = Client(enforce_csrf_checks=True)
    client.force_login(users["TEAM_LEAD"], backend="allauth.account.auth_backends.AuthenticationBackend")
    body = {"action": "CALL_BACK", "due_on": "2026-12-01"}
    assert_problem(post(client, f"cases/{case.id}/next-action", body), 403, "CSRF_FAILED")


def test_a_token_needs_no_csrf(cases, users, tokens):
    owned(cases, users)
    client = Client(enforce_csrf_checks=True)
    reply = client.post(
        f"/api/v1/users/{users['COLLECTOR'].id}/presence",
        {"is_present": False},
        content_type="application/json",
        headers=bearer(tokens["TEAM_LEAD"]),
    )
    assert (reply.status_code, reply.json()["is_present"]) == (200, False)


def test_a_day_is_handed_to_the_worker_once(tenant, client_for):
    client = client_for("RISK_OFFICER")
    reply = post(client, "day-runs", {"as_of": "2026-11-20"})
    assert (reply.status_code, reply["Location"]) == (202, "/api/v1/day-runs/2026-11-20")
    assert_problem(post(client, "day-runs", {"as_of": "2026-11-20"}), 409, "RUN_QUEUED")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1]"])
def test_a_body_that_cannot_be_read(cases, users, client_for, body):
    case = owned(cases, users)
    reply = client_for("TEAM_LEAD").post(f"/api/v1/cases/{case.id}/next-action", body, content_type="application/json")
    assert reply.status_code in (400, 422)
    assert reply["Content-Type"] == "application/problem+json"


def test_a_file_is_queued_and_taken_in(tenant, users, client_for, settings, tmp_path):
    from tests.conftest import NOW

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.taking_in import take_in

    settings.QINGSHOU_HOME = tmp_path
    head = b"loan_id,borrower_id,borrower_kind,product,currency,balance,overdue_days\n"
    file = BytesIO(head + b"L1,B1,RETAIL,CARD,CNY,100.00,45\n,B2,RETAIL,CARD,CNY,1,2\n")
    file.name = "tape.csv"
    client = client_for("ADMINISTRATOR")
    reply = client.post("/api/v1/imports", {"file": file, "mapping": "canonical", "as_of": "2026-11-20"})
    assert reply.status_code == 202, reply.content
    job = client.get(reply["Location"]).json()
    assert (job["status"], job["import_id"]) == ("QUEUED", None)
    take_in(tenant_id=tenant.id, upload_id=job["id"], home=tmp_path, actor=SYSTEM, now=NOW)
    job = client.get(reply["Location"]).json()
    assert (job["status"], job["error"]) == ("DONE", "")
    taken = client.get(f"/api/v1/imports/{job['import_id']}").json()
    assert (taken["rows_read"], taken["rows_accepted"], taken["rows_rejected"]) == (2, 1, 1)
    refused = b"".join(client.get(f"/api/v1/imports/{job['import_id']}/rejects").streaming_content).decode("utf-8-sig")
    assert refused.splitlines()[0].startswith("loan_id,borrower_id,borrower_kind")
    assert "REQUIRED_MISSING" in refused
    assert not list((tmp_path / "uploads").rglob("source*"))


@pytest.mark.parametrize(("name", "content"), [("tape.exe", b"MZ"), ("tape.csv", b"")])
def test_a_file_that_is_no_table_is_refused_and_not_kept(tenant, client_for, settings, tmp_path, name, content):
    settings.QINGSHOU_HOME = tmp_path
    file = BytesIO(content)
    file.name = name
    reply = client_for("ADMINISTRATOR").post(
        "/api/v1/imports", {"file": file, "mapping": "canonical", "as_of": "2026-11-20"}
    )
    assert reply.status_code == 422
    assert not list((tmp_path / "uploads").rglob("draft.json"))
