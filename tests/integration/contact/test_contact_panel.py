"""The panel of contact on a case: what stands, what may be done there, and by whom."""

import re

import pytest
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.access.actors import actor_of
from qingshou.edges import clock
from qingshou.features.contact.models import Attempt, Consent, ContactPerson, Message, PointState, StopPlaced
from qingshou.features.contact.operations import calls
from qingshou.features.contact.operations.template_set import install_starting_set
from qingshou.privacy.models import PersonalDataRead


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def case(users):
    return make_debtor("q1", owner=users["COLLECTOR"])


def read(client, case):
    return client.get(f"/cases/{case.id}/contact-panel", headers={"Accept-Language": "en"}).content.decode()


def post(client, case, name, **fields):
    return client.post(f"/cases/{case.id}/contact/{name}", fields, headers={"Accept-Language": "en"})


def phone(case):
    return case.borrower.contact_points.get(channel="PHONE", position=1)


def test_the_case_page_fetches_the_panel_and_offers_the_call(client_for, case):
    text = client_for("COLLECTOR").get(f"/cases/{case.id}/").content.decode()
    assert f'hx-get="/cases/{case.id}/contact-panel"' in text
    assert re.search(rf'href="/cases/{case.id}/call/" data-key="c"', text)


def test_lights_and_numbers_stand_masked(client_for, case):
    text = read(client_for("COLLECTOR"), case)
    assert "Allowed" in text
    assert "conversations a day" in text
    assert "****" in text
    assert "q1@debtor.example" not in text


@pytest.mark.parametrize(
    ("role", "status"),
    [("COLLECTOR", 200), ("TEAM_LEAD", 200), ("COMPLIANCE_OFFICER", 200), ("RISK_OFFICER", 403), ("AGENCY_USER", 404)],
)
def test_who_sees_the_panel(client_for, case, role, status):
    assert client_for(role).get(f"/cases/{case.id}/contact-panel").status_code == status


def test_who_only_looks_is_offered_no_acts(client_for, case):
    text = read(client_for("COMPLIANCE_OFFICER"), case)
    assert "stop-dialog" not in text
    assert post(client_for("COMPLIANCE_OFFICER"), case, "stop", kind="CEASE").status_code == 403


def test_a_stop_is_placed_and_lifted(client_for, case):
    client = client_for("COLLECTOR")
    post(client, case, "stop", kind="COMPLAINT", note="loud", until="2026-12-24")
    stop = StopPlaced.objects.get()
    assert (stop.kind, stop.placed_by) == ("COMPLAINT", "collector")
    text = read(client, case)
    assert "A stop is in force: Complaint being looked into." in text
    post(client, case, f"stop/{stop.id}/lift", reason="no")
    assert StopPlaced.objects.get().lifted_at is None
    post(client, case, f"stop/{stop.id}/lift", reason="answered in writing")
    assert StopPlaced.objects.get().lifted_by == "collector"
    assert "Nothing stops contact." in read(client, case)


def test_a_stop_of_another_debtor_is_not_lifted_from_here(client_for, case, users):
    other = make_debtor("q2", owner=users["COLLECTOR"])
    client = client_for("COLLECTOR")
    post(client, other, "stop", kind="CEASE")
    stop = StopPlaced.objects.get()
    assert post(client, case, f"stop/{stop.id}/lift", reason="not mine").status_code == 404
    assert StopPlaced.objects.get().lifted_at is None


@pytest.mark.parametrize("fields", [{}, {"kind": "BORED"}, {"kind": "CEASE", "until": "tomorrow"}])
def test_a_stop_that_cannot_be_is_refused(client_for, case, fields):
    assert post(client_for("COLLECTOR"), case, "stop", **fields).status_code == 302
    assert StopPlaced.objects.count() == 0


def test_consent_wishes_and_numbers(client_for, case):
    client = client_for("COLLECTOR")
    post(client, case, "consent", kind="CHANNEL", channel="SMS", word="WITHDRAWN")
    assert Consent.objects.get().is_given is False
    post(client, case, "preferences", preferred_channel="EMAIL", asked_from="10:00", asked_until="12:00",
         language="en", time_zone="Asia/Taipei")  # fmt: skip
    person = ContactPerson.objects.get()
    assert (person.asked_from_minute, person.asked_until_minute, person.time_zone) == (600, 720, "Asia/Taipei")
    post(client, case, "preferences", asked_from="ten", asked_until="12:00")
    post(client, case, "preferences", time_zone="Moon/Base")
    person.refresh_from_db()
    assert person.time_zone == "Asia/Taipei"
    post(client, case, f"point/{phone(case).id}", party="THIRD", place="WORK", employer_forbids="1")
    state = PointState.objects.get(point_index=phone(case).value_index)
    assert (state.party, state.place, state.employer_forbids) == ("THIRD", "WORK", True)
    post(client, case, f"point/{phone(case).id}", act="strike", reason="ASKED")
    assert phone(case).is_struck
    post(client, case, f"point/{phone(case).id}", act="unstrike")
    assert not phone(case).is_struck
    text = read(client, case)
    assert "withdrawn" in text
    assert "10:00–12:00" in text


def test_what_was_written_up_is_opened_on_demand_and_logged(client_for, case, users):
    me = actor_of(users["COLLECTOR"])
    call = calls.begin_call(case_id=case.id, contact_point_id=phone(case).id, actor=me, now=NOW).call
    calls.save_call(call_id=call.id, outcome="CALL_BACK", next_action="CALL_BACK", next_action_on=DAY, note="在火车上",
                    actor=me, now=NOW)  # fmt: skip
    client = client_for("COLLECTOR")
    assert "在火车上" not in read(client, case)
    answer = post(client, case, f"attempt/{call.attempt_id}/words")
    assert "在火车上" in answer.content.decode()
    assert PersonalDataRead.objects.get(purpose="CONTACT_WORDS").reader_name == "collector"
    other = make_debtor("q3", owner=users["COLLECTOR"])
    assert post(client, other, f"attempt/{call.attempt_id}/words").status_code == 404


@pytest.fixture
def wordings(users, tenant):
    tenant.settings = {"contact": {"details": {"contact_phone": "400-800-1234"}}}
    tenant.save()
    install_starting_set(actor=actor_of(users["TEAM_LEAD"]), now=NOW, approved_by=actor_of(users["COMPLIANCE_OFFICER"]))


def test_a_message_is_looked_at_and_queued(client_for, case, wordings):
    client = client_for("COLLECTOR")
    fields = {"channel": "EMAIL", "code": "MISSED_PAYMENT", "tone": "NEUTRAL"}
    seen = post(client, case, "message/preview", **fields).content.decode()
    assert "1,200.50" in seen
    assert "It may be sent" in seen
    assert Attempt.objects.count() == 0  # looking reserves nothing
    post(client, case, "message", **fields)
    message = Message.objects.get()
    assert (message.channel, message.state) == ("EMAIL", "QUEUED")
    assert "Queued" in client.get(f"/cases/{case.id}/", headers={"Accept-Language": "en"}).content.decode()


def test_a_message_the_door_refuses_says_why(client_for, case, wordings):
    client = client_for("COLLECTOR")
    post(client, case, "stop", kind="CEASE")
    fields = {"channel": "EMAIL", "code": "MISSED_PAYMENT", "tone": "NEUTRAL"}
    assert "It would be refused" in post(client, case, "message/preview", **fields).content.decode()
    post(client, case, "message", **fields)
    assert Message.objects.count() == 0
    text = client.get(f"/cases/{case.id}/", headers={"Accept-Language": "en"}).content.decode()
    assert "A stop is in force: Refuses further contact." in text


@pytest.mark.parametrize("fields", [{}, {"channel": "PHONE"}, {"channel": "EMAIL", "code": "POEM"}])
def test_a_message_without_approved_wording_is_not_sent(client_for, case, fields):
    client = client_for("COLLECTOR")
    assert post(client, case, "message/preview", **fields).status_code == 200
    post(client, case, "message", **fields)
    assert Message.objects.count() == 0
