"""Who did something stands by name on the pages of cases and contact; the sign-in name only where no name is told."""

import pytest
from tests.integration.contact.rows import DAY, NOW, make_debtor
from tests.told import told

from qingshou.access.actors import actor_of
from qingshou.access.models import User
from qingshou.edges import clock
from qingshou.features.cases.operations import give_evidence
from qingshou.features.cases.operations.locked import process_of
from qingshou.features.cases.queries import list_people
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.operations.template_set import install_starting_set
from qingshou.features.contact.queries.templates import TemplateFilter, list_versions
from qingshou.features.portal.operations.links import hand_over_link
from qingshou.law.contact.terms import Stop

NAME = "王雅婷"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)


@pytest.fixture
def me(users):
    User.objects.filter(id=users["COLLECTOR"].id).update(display_name=NAME, username="c-7731")
    users["COLLECTOR"].refresh_from_db()
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users, me):
    return make_debtor("n1", owner=users["COLLECTOR"], overdue_days=40)


def page(client, path):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, (path, answer.status_code)
    return told(answer.content)


def test_a_case_tells_who_did_what_by_name(case, me, client_for):
    item = next(one.item for one in process_of(case).stage(case.stage).checklist if one.evidence == "NOTE")
    give_evidence(case_id=case.id, item=item, actor=me, now=NOW, note="spoken about")
    place_stop(borrower_id=case.borrower_id, kind=Stop.CHANNEL, actor=me, now=NOW, note="asked", channel="SMS")
    client = client_for("TEAM_LEAD")  # one's own sign-in name stands in one's own menu
    text = page(client, f"/cases/{case.id}/")
    assert text.count(f"{NAME}</span>") >= 1  # the history
    assert f"· {NAME}" in text  # the checklist
    assert "c-7731" not in text
    text = page(client, f"/cases/{case.id}/contact-panel")
    assert f"· {NAME}</span>" in text
    assert "c-7731" not in text


def test_a_case_is_given_to_a_person_by_name(case, client_for):
    text = page(client_for("TEAM_LEAD"), f"/cases/{case.id}/")
    assert f">{NAME} · Collector · 1/" in text
    assert "c-7731" not in text


def test_two_of_one_name_are_told_apart_and_who_has_none_stands_by_the_sign_in_name(users, me):
    User.objects.filter(id=users["TEAM_LEAD"].id).update(display_name=NAME)
    User.objects.filter(id=users["ADMINISTRATOR"].id).update(display_name="")
    names = {one.username: one.name for one in list_people(with_loads=False)}
    assert names["c-7731"] == f"{NAME} (c-7731)"
    assert names["team_lead"] == f"{NAME} (team_lead)"
    assert names["administrator"] == "administrator"
    assert names["risk_officer"] == "Risk_Officer"


def test_templates_tell_who_wrote_and_who_approved_by_name(users, me, client_for):
    install_starting_set(actor=me, now=NOW, approved_by=actor_of(users["COMPLIANCE_OFFICER"]))
    client = client_for("COMPLIANCE_OFFICER")
    text = page(client, "/contact/templates/")
    assert f"<td>{NAME}</td>" in text.replace(' class="is-text"', "")
    assert "c-7731" not in text
    (first, *_more), _count = list_versions(filters=TemplateFilter(), sort="code", limit=1)
    text = page(client, f"/contact/templates/{first.id}/")
    assert f"<b>{NAME}</b>" in text
    assert "c-7731" not in text
    exported = client.get("/contact/templates/?export=csv", headers={"Accept-Language": "en"})
    body = b"".join(exported.streaming_content) if exported.streaming else exported.content
    assert NAME in body.decode()
    assert "c-7731" not in body.decode()


def test_the_debtor_s_page_at_the_desk_tells_who_sent_a_link_by_name(case, me, client_for):
    hand_over_link(case_id=case.id, actor=me, now=NOW, address="http://testserver/")
    text = page(client_for("COLLECTOR"), f"/cases/{case.id}/portal-panel")
    assert f"{NAME} · opened 0 times" in text
    assert "c-7731" not in text
