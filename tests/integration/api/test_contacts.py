"""Contacts over REST: the door's answers, reservations under one key, stops that act at once, whose case it is."""

import pytest
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.edges import clock
from qingshou.features.contact.models import Attempt, Consent, Refusal


@pytest.fixture
def case(users, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_debtor(owner=users["COLLECTOR"])


@pytest.fixture
def post(client_for, monkeypatch):
    def send(path, body=None, role="COLLECTOR", **headers):
        client = client_for(role)
        return client.post(f"/api/v1/contacts{path}", body or {}, content_type="application/json", headers=headers)

    return send


def reserve(post, case, **more):
    return post("/reservations", {"case_id": str(case.id), "channel": "PHONE", **more})


def test_a_reservation_settles_and_counts(post, case, client_for):
    made = reserve(post, case, key="dial-1").json()
    assert made["is_reserved"] is True
    attempt_id = made["attempt"]["id"]
    again = reserve(post, case, key="dial-1").json()
    assert again["attempt"]["id"] == attempt_id
    assert post(f"/{attempt_id}/outcome", {"outcome": "CONVERSATION"}).json()["outcome"] == "CONVERSATION"
    assert post(f"/{attempt_id}/release").status_code == 409
    listed = client_for("COLLECTOR").get(f"/api/v1/contacts/of-case/{case.id}").json()
    assert [one["outcome"] for one in listed] == ["CONVERSATION"]


def test_a_refusal_is_an_answer_and_is_kept_even_under_an_idempotency_key(post, case):
    assert post(f"/of-case/{case.id}/stops", {"kind": "CEASE"}).status_code == 200
    reply = post("/reservations", {"case_id": str(case.id), "channel": "PHONE"}, **{"Idempotency-Key": "k-1"})
    assert reply.status_code == 200
    assert reply.json()["is_reserved"] is False
    assert reply.json()["clearance"]["reasons"][0]["code"] == "STOPPED"
    assert Refusal.objects.count() == 1
    assert Attempt.objects.count() == 0


def test_a_stop_is_lifted_with_a_reason(post, case, client_for):
    stop = post(f"/of-case/{case.id}/stops", {"kind": "DISPUTE", "note": "says it is not hers"}).json()
    assert post(f"/stops/{stop['id']}/lift", {"reason": "x"}).status_code == 422
    assert post(f"/stops/{stop['id']}/lift", {"reason": "settled in writing"}).json()["lifted_by"] == "collector"
    listed = client_for("COLLECTOR").get(f"/api/v1/contacts/of-case/{case.id}/stops").json()
    assert [one["kind"] for one in listed] == ["DISPUTE"]
    assert "says it" not in str(listed)


def test_consent_and_struck_numbers(post, case, client_for):
    given = {"kind": "CHANNEL", "channel": "WHATSAPP", "is_given": True}
    assert post(f"/of-case/{case.id}/consents", given).status_code == 200
    assert Consent.objects.get().channel == "WHATSAPP"
    asked = client_for("COLLECTOR").get(f"/api/v1/contacts/clearance?case_id={case.id}&channel=PHONE").json()
    assert asked["value"] in ("ALLOWED", "REFUSED")
    made = reserve(post, case).json()
    point = made["attempt"]["contact_point_id"]
    struck = post(f"/of-case/{case.id}/points/{point}/strike", {"reason": "WRONG_PERSON"})
    assert struck.json()["is_struck"] is True
    assert reserve(post, case).json()["clearance"]["reasons"][0]["code"] == "NUMBER_STRUCK"


@pytest.mark.parametrize("path", ["/reservations", "/of-case/{case}/stops", "/of-case/{case}/consents"])
@pytest.mark.parametrize(("role", "status"), [("RISK_OFFICER", 403), ("AGENCY_USER", 404), ("COMPLIANCE_OFFICER", 403)])
def test_whose_case_it_is(post, case, path, role, status):
    body = {"case_id": str(case.id), "channel": "PHONE", "kind": "CEASE" if "stops" in path else "HOURS",
            "is_given": True}  # fmt: skip
    assert post(path.replace("{case}", str(case.id)), body, role=role).status_code == status


def test_what_does_not_exist_and_what_is_not_theirs_answer_alike(post, case, client_for):
    made = reserve(post, case).json()["attempt"]["id"]
    missing = post("/00000000-0000-0000-0000-00000000abcd/release", role="AGENCY_USER")
    others = post(f"/{made}/release", role="AGENCY_USER")
    assert missing.status_code == others.status_code == 404
    assert {**missing.json(), "instance": ""} == {**others.json(), "instance": ""}


def test_a_message_needs_an_approved_template(post, case):
    body = {"case_id": str(case.id), "channel": "SMS", "template_code": "REMINDER"}
    reply = post("/messages", body)
    assert reply.status_code == 404
    assert reply.json()["code"] == "NO_SUCH_TEMPLATE"


def test_refusals_are_for_those_who_watch(post, case, client_for):
    post(f"/of-case/{case.id}/stops", {"kind": "DEATH"})
    reserve(post, case)
    found = client_for("COMPLIANCE_OFFICER").get("/api/v1/contacts/refusals?code=STOPPED").json()["items"]
    assert [one["codes"] for one in found] == [["STOPPED"]]
    assert client_for("COLLECTOR").get("/api/v1/contacts/refusals").status_code == 403
