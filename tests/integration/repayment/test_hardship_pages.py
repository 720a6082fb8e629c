"""The pages of hardship: the queue, the panel of a case, programmes of relief; who may do what, and what is said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fakes.papers import packed, pdf, script
from tests.integration.repayment.agreement_rows import DAY, NOW, make_debtor

from qingshou.access.actors import actor_of
from qingshou.edges import clock
from qingshou.features.repayment.models import FiledDocument, Hardship, ReliefProgramme
from qingshou.features.repayment.operations.promises import record_promise

PDF = pdf("a letter of the hospital")


@pytest.fixture
def client_for(client_for):
    """Sign in, and read pages in English."""

    def sign_in(role):
        client = client_for(role)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "QINGSHOU_HOME", tmp_path)


@pytest.fixture
def case(users):
    return make_debtor("hp1", owner=users["COLLECTOR"])


def told(client, case, **more):
    given = {"kind": "JOB_LOSS", "note": "<b>lost</b> the job"} | more
    return client.post(f"/cases/{case.id}/hardship", given, follow=True)


def text(answer) -> str:
    return answer.content.decode()


def test_what_is_not_filled_in_and_why_a_promise_ended_are_said_in_words(client_for, case, users):
    collector = client_for("COLLECTOR")
    assert "Choose what the hardship is." in text(told(collector, case, kind=""))
    assert Hardship.objects.count() == 0
    record_promise(
        case_id=case.id, amount=Decimal(500), due_on=case.as_of + timedelta(days=3), pay_by="TRANSFER",
        actor=actor_of(users["COLLECTOR"]), now=NOW,
    )  # fmt: skip
    told(collector, case, kind="ILLNESS")
    page = text(collector.get(f"/cases/{case.id}/"))
    assert "Promise struck out" in page
    assert "Collection was stopped" in page
    assert "STOP_PLACED" not in page


def test_a_hardship_is_told_decided_and_ended(client_for, case):
    collector = client_for("COLLECTOR")
    assert "contact pauses until" in text(told(collector, case))
    row = Hardship.objects.get()
    panel = text(collector.get(f"/cases/{case.id}/hardship-panel"))
    assert "Lost the job" in panel
    assert "&lt;b&gt;lost&lt;/b&gt;" in panel
    assert "A proof is still missing." in panel
    last = clock.today("Asia/Shanghai") + timedelta(days=40)
    proof = SimpleUploadedFile("letter.pdf", PDF, content_type="application/pdf")
    answer = collector.post(
        f"/cases/{case.id}/hardship/{row.id}",
        {"what": "accept", "until_on": last.isoformat(), "proof": proof},
        follow=True,
    )
    assert f"contact pauses until {last}" in text(answer)
    row.refresh_from_db()
    assert (row.state, row.document_hash) == ("ACCEPTED", FiledDocument.objects.get().document_hash)
    ended = {"what": "end", "reason": "found work again"}
    assert "Ended; contact may go on." in text(
        collector.post(f"/cases/{case.id}/hardship/{row.id}", ended, follow=True)
    )


def test_what_is_missing_is_said_and_nothing_is_done(client_for, case):
    collector = client_for("COLLECTOR")
    assert "is no kind of hardship" in text(told(collector, case, kind="LAZY"))
    told(collector, case)
    row = Hardship.objects.get()
    assert "add it first" in text(
        collector.post(f"/cases/{case.id}/hardship/{row.id}", {"what": "accept"}, follow=True)
    )
    assert "Say why" in text(
        collector.post(f"/cases/{case.id}/hardship/{row.id}", {"what": "decline", "reason": ""}, follow=True)
    )
    row.refresh_from_db()
    assert row.state == "REPORTED"


def test_a_last_day_that_is_none_is_not_taken_for_an_empty_one(client_for, case):
    collector = client_for("COLLECTOR")
    told(collector, case)
    row = Hardship.objects.get()
    answer = collector.post(
        f"/cases/{case.id}/hardship/{row.id}", {"what": "accept", "until_on": "31/12/2026"}, follow=True
    )
    assert "Write the last day as YYYY-MM-DD" in text(answer)
    assert Hardship.objects.get().state == "REPORTED"


def test_a_hardship_of_another_case_is_not_there(client_for, case, users):
    collector = client_for("COLLECTOR")
    told(collector, case)
    other, row = make_debtor("hp2", owner=users["COLLECTOR"]), Hardship.objects.get()
    answer = collector.post(f"/cases/{other.id}/hardship/{row.id}", {"what": "end", "reason": "not mine"})
    assert answer.status_code == 404
    row.refresh_from_db()
    assert row.state == "REPORTED"


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_of_the_database_however_long(client_for, users, count, django_assert_num_queries):
    lead = client_for("TEAM_LEAD")
    for number in range(count):
        told(client_for("COLLECTOR"), make_debtor(f"q{number}", owner=users["COLLECTOR"]))
    lead = client_for("TEAM_LEAD")
    lead.get("/hardship/?whose=team")
    with django_assert_num_queries(10):
        page = text(lead.get("/hardship/?whose=team"))
    assert page.count("#hardship-panel") == count


def test_an_empty_queue_teaches(client_for):
    assert "No hardship to look at" in text(client_for("COLLECTOR").get("/hardship/"))


def test_the_queue_is_exported_as_shown(client_for, case):
    told(client_for("COLLECTOR"), case)
    answer = client_for("COLLECTOR").get("/hardship/?export=csv")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert case.number in rows[1]


def test_a_programme_is_asked_for_and_waits(client_for):
    lead = client_for("TEAM_LEAD")
    given = {
        "code": "flood-2026", "name-zh-hans": "洪水救助", "name-zh-hant": "洪水救助", "name-en": "Flood relief",
        "from_on": DAY.isoformat(), "until_on": (DAY + timedelta(days=60)).isoformat(), "regions": "GD，GX",
        "pauses_contact": "yes", "reason": "the river rose",
    }  # fmt: skip
    assert "once a second person agrees" in text(lead.post("/hardship/relief/ask", given, follow=True))
    row = ReliefProgramme.objects.get()
    assert (row.state, row.regions, row.freezes_charges) == ("AWAITING_APPROVAL", ["GD", "GX"], False)
    assert "Flood relief" in text(lead.get("/hardship/relief/"))
    assert "in every language" in text(
        lead.post("/hardship/relief/ask", given | {"code": "x", "name-en": ""}, follow=True)
    )


@pytest.mark.parametrize(
    ("role", "queue", "relief"),
    [("COLLECTOR", 200, 403), ("AGENCY_USER", 200, 403), ("TEAM_LEAD", 200, 200), ("COMPLIANCE_OFFICER", 200, 200),
     ("ADMINISTRATOR", 403, 200)],
)  # fmt: skip
def test_who_may_look(client_for, role, queue, relief):
    client = client_for(role)
    assert (client.get("/hardship/").status_code, client.get("/hardship/relief/").status_code) == (queue, relief)


def test_a_proof_that_acts_is_refused_in_the_readers_language_and_contact_pauses_all_the_same(client_for, case):
    collector = client_for("COLLECTOR")
    collector.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    proof = SimpleUploadedFile("letter.pdf", packed(OpenAction=script()))
    assert "PDF 含有会自动运行的内容" in text(told(collector, case, proof=proof))
    assert FiledDocument.objects.count() == 0
    row = Hardship.objects.get()
    assert (row.state, row.document_hash, row.stop_id is not None) == ("REPORTED", "", True)
