"""The pages of templates: who may open them, what the forms do, how many queries a list takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.access.actors import actor_of
from qingshou.features.contact.models import TemplateVersion
from qingshou.features.contact.operations import template_set, templates
from qingshou.privacy.models import PersonalDataRead

GOOD = "【{lender_name}】{debtor_name}您好，应付{amount_due}{currency}，请致电{contact_phone}。退订回{opt_out_words}"
PLACE = {"code": "REMINDER", "channel": "SMS", "language": "zh-hans", "tone": "FRIENDLY"}


@pytest.fixture
def version(users):
    template_set.set_contact_details(
        details={"contact_phone": "400-800-1234"}, actor=actor_of(users["TEAM_LEAD"]), now=NOW
    )
    return templates.draft(**PLACE, body=GOOD, actor=actor_of(users["TEAM_LEAD"]), now=NOW)


@pytest.fixture
def desk(client_for):
    client = client_for("TEAM_LEAD")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.mark.parametrize("role", ["COLLECTOR", "ASSET_MANAGER", "RISK_OFFICER", "AGENCY_USER", "ADMINISTRATOR"])
def test_who_may_not_write_templates(client_for, version, role):
    client = client_for(role)
    for path in ("", "new", "words", f"{version.id}/"):
        assert client.get(f"/contact/templates/{path}").status_code == 403
    for path in ("preview", "install", "ask", f"{version.id}/change", f"{version.id}/ask", f"{version.id}/retire"):
        assert client.post(f"/contact/templates/{path}").status_code == 403


def test_an_empty_list_teaches_and_the_starting_set_is_put_in(desk, client_for):
    assert "No template yet" in desk.get("/contact/templates/").content.decode()
    answer = desk.post("/contact/templates/install", follow=True)
    assert "309 wordings are in and wait for a second person." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/contact/templates/?status=PENDING"
    queue = client_for("COMPLIANCE_OFFICER").get("/approvals/").content.decode()
    request_id = queue.split("/approvals/")[-1].split("/")[0]
    assert TemplateVersion.objects.filter(status="PENDING").count() == 309
    officer = client_for("COMPLIANCE_OFFICER")
    page = officer.get(f"/approvals/{request_id}/").content.decode()
    listed = officer.get(page.split('href="/contact/templates/')[1].split('"')[0].join(["/contact/templates/", ""]))
    assert listed.context["table"].total == 309
    officer.post(f"/approvals/{request_id}/decide/", {"decision": "approve"})
    assert TemplateVersion.objects.filter(status="APPROVED").count() == 309
    again = desk.post("/contact/templates/install", follow=True).content.decode()
    assert "Nothing was missing" in again


def test_the_list_takes_as_many_queries_at_one_row_as_at_three(desk, users, version):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get("/contact/templates/?language=zh-hans").status_code == 200
        return len(queries)

    desk.get("/contact/templates/")
    at_one = cost()
    for tone in ("NEUTRAL", "FIRM"):
        templates.draft(**PLACE | {"tone": tone}, body=GOOD, actor=actor_of(users["TEAM_LEAD"]), now=NOW)
    assert cost() == at_one <= 15


def test_filters_and_export(desk, version):
    assert desk.get("/contact/templates/?tone=FIRM").context["table"].total == 0
    assert desk.get("/contact/templates/?tone=FRIENDLY&channel=SMS").context["table"].total == 1
    lines = b"".join(desk.get("/contact/templates/?export=csv")).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("First reminder,")


def test_written_changed_handed_in_and_followed(desk, version):
    answer = desk.post("/contact/templates/new", {**PLACE, "tone": "FIRM", "body": GOOD}, follow=True)
    made = answer.context["version"]
    assert (made.template.tone, made.version, made.status) == ("FIRM", 1, "DRAFT")
    desk.post(f"/contact/templates/{made.id}/change", {**PLACE, "body": GOOD + "谢谢"})
    assert TemplateVersion.objects.get(id=made.id).body == GOOD + "谢谢"
    answer = desk.post(f"/contact/templates/{made.id}/ask", {"reason": "new ladder"}, follow=True)
    assert answer.context["asked"].payload == {"versions": [str(made.id)]}
    page = answer.content.decode()
    assert "Open the request" in page
    answer = desk.post(f"/contact/templates/{made.id}/new", follow=True)
    second = answer.context["version"]
    assert (second.version, second.body) == (2, GOOD + "谢谢")
    desk.post(f"/contact/templates/{second.id}/change", {**PLACE, "body": GOOD})
    compared = desk.get(f"/contact/templates/{second.id}/?with={made.id}").content.decode()
    assert "<del>谢谢</del>" in compared
    answer = desk.post(f"/contact/templates/{second.id}/retire", {"reason": "not needed"}, follow=True)
    assert answer.context["version"].status == "RETIRED"
    assert "not needed" in answer.content.decode()


def test_refusals_are_said_in_words(desk, version):
    answer = desk.post("/contact/templates/new", {**PLACE, "body": "{debtor_name.__class__}"})
    assert "Line 1, character 1: In braces stands the name of a variable" in answer.context["problem"]
    answer = desk.post("/contact/templates/new", {**PLACE, "channel": "FAX", "body": GOOD})
    assert answer.context["problem"].startswith("Templates are written for")
    desk.post(f"/contact/templates/{version.id}/ask", {"reason": "x"})
    answer = desk.post(f"/contact/templates/{version.id}/change", {"body": "x"}, follow=True)
    assert "Only a draft can be changed" in answer.content.decode()
    assert desk.post(f"/contact/templates/{version.template_id}/retire", {"reason": "x"}).status_code == 404
    assert desk.get(f"/contact/templates/{version.template_id}/").status_code == 404


def test_the_check_as_one_types(desk, version):
    shown = desk.post("/contact/templates/preview", {**PLACE, "body": "再不还款就坐牢" + GOOD})
    panel = shown.context["panel"]
    assert [one.code for one in panel.findings if one.is_error] == ["ARREST"]
    assert panel.parts.count == 1
    assert "示例银行" not in panel.body  # the lender's own name, not the example's
    assert "王小明您好，应付1,200.50元，请致电400-800-1234" in panel.body
    page = shown.content.decode()
    assert "银行保险机构消费者权益保护管理办法 41" in page
    broken = desk.post("/contact/templates/preview", {**PLACE, "body": "{debtor_name"}).context["panel"]
    assert "Line 1, character 1" in broken.problem


def test_the_preview_with_a_real_case_shows_what_the_role_may_see(users, client_for, version, desk):
    case = make_debtor("P1", name="欧阳娜娜", arrears="3456.70", owner=users["TEAM_LEAD"])
    made = desk.post("/contact/templates/preview", {**PLACE, "body": GOOD, "case_number": case.number}).context["panel"]
    assert "欧阳娜娜您好，应付3,456.70元" in made.body
    read = PersonalDataRead.objects.get()
    assert (read.purpose, read.role, read.clear_fields) == ("TEMPLATE_PREVIEW", "TEAM_LEAD", ["name"])
    other = desk.post("/contact/templates/preview", {**PLACE, "body": GOOD, "case_number": "2026-99999999"})
    assert other.context["panel"].case_problem.startswith("There is no case of this number")
    missing = desk.post(
        "/contact/templates/preview", {**PLACE, "body": GOOD + "{promise_date}", "case_number": case.number}
    ).context["panel"]
    assert "Date promised" in missing.problem


def test_another_desks_case_is_not_shown(users, client_for, desk, version):
    from qingshou.access.models import Team

    other = Team.objects.create(name="Desk 2")
    users["COLLECTOR"].team = other
    users["COLLECTOR"].save()
    case = make_debtor("P2", name="欧阳娜娜", owner=users["COLLECTOR"])
    made = desk.post("/contact/templates/preview", {**PLACE, "body": GOOD, "case_number": case.number})
    assert "欧阳" not in made.content.decode()
    assert made.context["panel"].case_problem
    assert PersonalDataRead.objects.count() == 0


def test_own_words_and_details(desk, tenant):
    desk.post("/contact/templates/words", {"language": "zh-hans", "extra": "亲\n\n 老板 \n", "allowed": ""})
    desk.post("/contact/templates/words", {"lender_name": "小行", "contact_phone": "400", "pay_link": ""})
    tenant.refresh_from_db()
    assert tenant.settings["contact_words"] == {"zh-hans": {"extra": ["亲", "老板"], "allowed": []}}
    assert tenant.settings["contact"]["details"]["lender_name"] == "小行"
    page = desk.get("/contact/templates/words").content.decode()
    assert "老板" in page
    answer = desk.post("/contact/templates/words", {"pay_link": "http://plain"}, follow=True)
    assert "begins with https://" in answer.content.decode()
    found = desk.post("/contact/templates/preview", {**PLACE, "body": "亲，" + GOOD}).context["panel"].findings
    assert [(one.code, one.matched) for one in found if one.is_error] == [("OWN_WORD", "亲")]


def test_hostile_text_is_shown_as_text(desk, version):
    body = '<script>alert(1)</script><img src=x onerror="alert(1)">' + GOOD
    desk.post(f"/contact/templates/{version.id}/change", {**PLACE, "body": body})
    page = desk.get(f"/contact/templates/{version.id}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
