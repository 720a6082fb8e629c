"""Pages of the outbox: who sees which messages, what a person may do, and a literal number of queries."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.contact.messages import NOW, asked_of, version_of
from tests.integration.contact.rows import make_debtor
from tests.told import told

from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.contact.models import Attempt, LetterBatch, Message
from qingshou.features.contact.operations import outbox
from qingshou.law.contact.terms import Channel
from qingshou.privacy.models import PersonalDataRead


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages tell the time by this clock: half past ten in Shanghai."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def queued(users: Any, role: str = "COLLECTOR", *, channel: Channel = Channel.SMS, **more: Any) -> Message:
    case = make_debtor(owner=users[role])
    to_send = outbox.ToSend(asked=asked_of(case, channel=channel), body="请回电 4001。", subject="请联系", **more)
    return outbox.queue(to_send=to_send, actor=SYSTEM, now=NOW)


def test_a_collector_lists_their_own_and_an_agency_nothing_of_others(client_for, users):
    mine, other = queued(users), queued(users, "LEGAL_OFFICER")
    text = client_for("COLLECTOR").get("/contact/messages/?whose=mine").content.decode()
    assert mine.attempt.case.number in text
    assert other.attempt.case.number not in text
    assert other.attempt.case.number in client_for("COMPLIANCE_OFFICER").get("/contact/messages/").content.decode()
    assert mine.attempt.case.number not in client_for("AGENCY_USER").get("/contact/messages/").content.decode()
    assert client_for("AGENCY_USER").get(f"/contact/messages/{mine.id}/").status_code == 404
    assert client_for("RISK_OFFICER").get("/contact/messages/").status_code == 403


def test_the_list_takes_the_same_queries_at_one_and_at_many_rows(client_for, users):
    version = version_of("请回电。")
    page = client_for("COMPLIANCE_OFFICER")

    def count() -> int:
        page.get("/contact/messages/")
        with CaptureQueriesContext(connection) as captured:
            assert page.get("/contact/messages/").status_code == 200
        return len([one for one in captured if "set_config" not in one["sql"] and "SAVEPOINT" not in one["sql"]])

    queued(users)
    few = count()
    for _ in range(3):
        case = make_debtor(owner=users["COLLECTOR"])
        outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), version=version), actor=SYSTEM, now=NOW)
    assert count() == few
    assert few <= 15


def test_filters_and_pages(client_for, users):
    for _ in range(3):
        queued(users)
    Message.objects.filter(id=Message.objects.first().id).update(state="FAILED", error_code="30003")
    page = client_for("COMPLIANCE_OFFICER")
    text = page.get("/contact/messages/?state=FAILED").content.decode()
    assert text.count("<tr data-row") == 1
    assert "30003" in text
    assert page.get("/contact/messages/?after=nonsense&campaign=x&template=y").status_code == 200
    export = page.get("/contact/messages/?export=csv&state=FAILED")
    assert b"".join(export.streaming_content).decode("utf-8-sig").count("\n") == 2


def test_what_it_says_is_opened_on_demand_and_the_reading_is_logged(client_for, users):
    row = queued(users)
    page = client_for("COLLECTOR")
    assert "4001" not in told(page.get(f"/contact/messages/{row.id}/").content)
    before = PersonalDataRead.objects.count()
    assert "请回电 4001。" in page.post(f"/contact/messages/{row.id}/words").content.decode()
    assert PersonalDataRead.objects.count() == before + 1
    assert PersonalDataRead.objects.latest("id").purpose == "CONTACT_WORDS"


def test_taken_back_once_and_told_why_not_twice(client_for, users):
    row = queued(users)
    page = client_for("COLLECTOR")
    assert page.post(f"/contact/messages/{row.id}/cancel").status_code == 302
    row.refresh_from_db()
    assert row.state == "CANCELLED"
    answer = page.post(f"/contact/messages/{row.id}/cancel", follow=True)
    assert "toast-line is-error" in answer.content.decode()
    assert client_for("COMPLIANCE_OFFICER").post(f"/contact/messages/{row.id}/cancel").status_code == 403


def test_sent_once_more_as_a_new_message_reserved_anew(client_for, users):
    row = queued(users)
    Message.objects.filter(id=row.id).update(state="FAILED")
    Attempt.objects.filter(id=row.attempt_id).update(outcome="FAILED")
    page = client_for("COLLECTOR")
    first = page.post(f"/contact/messages/{row.id}/retry")
    second = page.post(f"/contact/messages/{row.id}/retry")
    assert first["Location"] == second["Location"]
    made = Message.objects.get(id=first["Location"].rstrip("/").rpartition("/")[2])
    assert (made.state, made.attempt.key) == ("QUEUED", f"retry:{row.id}")
    assert Message.objects.count() == 2


def test_a_person_decides_and_says_how_they_know(client_for, users):
    row = queued(users)
    Message.objects.filter(id=row.id).update(state="UNCERTAIN", adapter="smtp", error_code="ANSWER_LOST", tries=1)
    page = client_for("COLLECTOR")
    assert f'data-dialog="decide-{row.id}"' in page.get("/contact/messages/uncertain/").content.decode()
    page.post(f"/contact/messages/{row.id}/decide", {"was_sent": "yes", "reason": "", "to": "uncertain"})
    row.refresh_from_db()
    assert row.state == "UNCERTAIN"
    answer = page.post(f"/contact/messages/{row.id}/decide", {"was_sent": "no", "reason": "not in its log"})
    assert answer["Location"] == f"/contact/messages/{row.id}/"
    row.refresh_from_db()
    assert row.state == "QUEUED"


def test_letters_are_printed_downloaded_and_posted_from_their_pages(client_for, users, settings, tmp_path):
    settings.QINGSHOU_HOME = tmp_path
    settings.QINGSHOU_CHANNELS = {"alpha": {}}
    queued(users, channel=Channel.POST)
    lead = client_for("TEAM_LEAD")
    assert 'data-dialog="make-batch"' in lead.get("/contact/letters/").content.decode()
    made = lead.post("/contact/letters/make", {})
    batch = LetterBatch.objects.get()
    assert made["Location"] == f"/contact/letters/{batch.id}/"
    assert batch.number in lead.get(made["Location"]).content.decode()
    pdf = lead.post(f"/contact/letters/{batch.id}/download")
    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    lead.post(f"/contact/letters/{batch.id}/posted")
    assert Message.objects.get().state == "SENT"
    assert client_for("COLLECTOR").post(f"/contact/letters/{batch.id}/download").status_code == 403


def test_every_page_stands_with_nothing_on_it(client_for):
    lead = client_for("TEAM_LEAD")
    for path in ("/contact/messages/", "/contact/messages/uncertain/", "/contact/letters/"):
        assert lead.get(path).status_code == 200
