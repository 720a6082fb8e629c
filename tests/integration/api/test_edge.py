"""What surrounds every endpoint: sign-in by token or session, problems for every refusal, the methods a path takes."""

import json

import pytest
from django.test import Client

from qingshou.rest.problem import MEDIA_TYPE

ME = "/api/v1/tenants/me"


def assert_problem(reply, status, code):
    assert (reply.status_code, reply["Content-Type"]) == (status, MEDIA_TYPE)
    said = json.loads(reply.content)
    assert (said["status"], said["code"], said["type"]) == (status, code, f"urn:qingshou:problem:{code}")
    assert all(said[part] for part in ("title", "detail", "remedy", "instance"))
    return said


@pytest.mark.django_db
def test_nobody_is_asked_to_sign_in():
    reply = Client().get(ME)
    assert_problem(reply, 401, "NOT_SIGNED_IN")
    assert reply["WWW-Authenticate"] == 'Bearer realm="qingshou"'


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer qs_abc", "Bearer ", "Basic Zm9v", "Bearer é", "x"])
def test_an_unknown_token_is_refused_even_beside_a_session(client_for, header):
    assert_problem(client_for("COLLECTOR").get(ME, headers={"Authorization": header}), 401, "NOT_SIGNED_IN")


def test_a_session_says_who_and_whose(client_for, tenant):
    said = client_for("COLLECTOR").get(ME).json()
    assert (said["code"], said["caller"]) == (
        tenant.code,
        {"kind": "USER", "name": "collector", "role": "COLLECTOR", "scopes": []},
    )


def test_a_path_that_names_nothing(client_for):
    assert_problem(client_for("COLLECTOR").get("/api/v1/nothing/at/all"), 404, "NOT_FOUND")
    assert_problem(client_for("COLLECTOR").get("/api/v1/"), 404, "NOT_FOUND")


def test_another_method_is_told_which_ones_there_are(client_for):
    reply = client_for("COLLECTOR").delete(ME)
    assert_problem(reply, 405, "METHOD_NOT_ALLOWED")
    assert reply["Allow"] == "GET"


def test_what_does_not_fit_is_named_by_its_place(client_for):
    reply = client_for("COLLECTOR").get("/api/v1/law/classification?jurisdiction=china&on=nonsense")
    said = assert_problem(reply, 422, "INVALID")
    assert said["errors"][0]["loc"] == ["query", "on"]


def test_a_rule_that_does_not_cover_the_date_refuses(client_for):
    reply = client_for("COLLECTOR").get("/api/v1/law/classification?jurisdiction=china&on=1901-01-01&overdue_days=91")
    assert_problem(reply, 422, "NOT_COVERED")


def test_the_law_answers_with_class_reasons_and_articles(client_for):
    reply = client_for("COLLECTOR").get("/api/v1/law/classification?jurisdiction=china&on=2024-01-01&overdue_days=91")
    said = reply.json()
    assert (said["class_code"], said["is_non_performing"]) == ("SUBSTANDARD", True)
    assert {"instrument", "article", "confidence"} == set(said["articles"][0])


def test_a_failure_of_ours_is_a_problem_without_details(client_for, monkeypatch, caplog):
    def fail(**_):
        raise RuntimeError("13800138000 is a phone number")

    monkeypatch.setattr("qingshou.interfaces.api.tenants.get_tenant", fail)
    reply = client_for("COLLECTOR").get(ME)
    assert_problem(reply, 500, "INTERNAL")
    assert "13800138000" not in reply.content.decode()
    assert "GET" in caplog.text


def test_words_come_in_the_language_asked(client_for):
    reply = client_for("COLLECTOR").get("/api/v1/none", headers={"Accept-Language": "zh-Hans"})
    assert reply.json()["title"] == "没有找到"
