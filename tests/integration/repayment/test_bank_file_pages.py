"""Banks' files on the pages and by command: sent, taken in by the job, counted, their refused rows exported."""

import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.repayment.bank_rows import HEAD, line, named_borrower, take, write
from tests.integration.repayment.ledger_rows import broken, make_loan
from typer.testing import CliRunner

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import BankFile, Receipt
from qingshou.features.repayment.operations.bank_uploads import bank_uploads, take_upload


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
    return tmp_path


def text(answer) -> str:
    return answer.content.decode()


def sent(client, *rows, name="day.csv", head=HEAD, **more):
    content = "\n".join((head, *rows)).encode()
    given = {"file": SimpleUploadedFile(name, content), "account": "6217", "currency": "CNY"} | more
    return client.post("/bank-files/send", given, follow=True)


def work(home, upload_id):
    from tests.integration.repayment.ledger_rows import NOW

    return take_upload(upload_id=upload_id, home=home, actor=SYSTEM, now=NOW)


def test_a_file_is_sent_watched_and_shown(client_for, tenant, home):
    lead = client_for("TEAM_LEAD")
    make_loan(named_borrower("王小明", tenant))
    answer = sent(lead, line("90.00", name="王小明", ref="A1"), line("x", ref="A2"), line("", "3", ref="A3"))
    assert "Waiting for the worker" in text(answer)
    upload_id = answer.redirect_chain[-1][0].split("/")[-2]
    done = work(home, upload_id)
    row = BankFile.objects.get()
    assert done.import_id == str(row.id)
    assert not bank_uploads(home).source(done).exists()
    assert lead.get(f"/bank-files/sent/{upload_id}/progress")["HX-Redirect"] == f"/bank-files/{row.id}/"
    assert lead.get(f"/bank-files/sent/{upload_id}/").status_code == 302
    page = text(lead.get(f"/bank-files/{row.id}/"))
    for said in ("day.csv", "rows balance", "balances", "This is no amount", "Money in"):
        assert said in page
    assert "NOT_A_NUMBER" not in page
    csv = b"".join(lead.get(f"/bank-files/{row.id}/?export=csv").streaming_content).decode("utf-8-sig")
    assert csv.splitlines() == ["Line,Column,Why it was refused", "3,Money in,This is no amount."]
    assert text(lead.get(f"/receipts/?file={row.id}")).count("<tr data-row") == 1
    assert broken(tenant.id) == {}


def test_a_file_that_is_refused_says_why_and_is_forgotten(client_for, home):
    lead = client_for("TEAM_LEAD")
    answer = sent(lead, "1,2", head="a,b")
    upload_id = answer.redirect_chain[-1][0].split("/")[-2]
    work(home, upload_id)
    assert "no column known as a day" in text(lead.get(f"/bank-files/sent/{upload_id}/"))
    assert "day.csv" in text(lead.get("/bank-files/"))
    lead.post(f"/bank-files/sent/{upload_id}/forget")
    assert lead.get(f"/bank-files/sent/{upload_id}/").status_code == 404
    assert "This kind of file is not taken" in text(sent(lead, "x", name="virus.exe"))
    assert "Choose a file" in text(lead.post("/bank-files/send", follow=True))


def test_who_may(client_for):
    assert client_for("COLLECTOR").get("/bank-files/").status_code == 403
    assert 'id="bank-file"' not in text(client_for("COMPLIANCE_OFFICER").get("/bank-files/"))
    assert client_for("COMPLIANCE_OFFICER").post("/bank-files/send").status_code == 403


def test_the_list_takes_the_same_queries_at_one_and_at_three_rows(client_for, tmp_path):
    compliance = client_for("COMPLIANCE_OFFICER")

    def count() -> int:
        compliance.get("/bank-files/")
        with CaptureQueriesContext(connection) as captured:
            assert compliance.get("/bank-files/").status_code == 200
        return len([one for one in captured if "set_config" not in one["sql"] and "SAVEPOINT" not in one["sql"]])

    take(write(tmp_path / "1.csv", line("1.00", name="甲", ref="1")))
    assert count() == 6
    take(write(tmp_path / "2.csv", line("1.00", name="甲", ref="2")))
    take(write(tmp_path / "3.csv", line("1.00", name="甲", ref="3")))
    assert count() == 6


def test_by_command(tenant, tmp_path):
    from qingshou.interfaces.commands.repayment import app

    path = write(tmp_path / "day.csv", line("5.00", name="甲", ref="1"), line("x", ref="2"))
    asked = ["bank-file", str(path), "--account", "6217", "--currency", "CNY", "--tenant", tenant.code]
    first = json.loads(CliRunner().invoke(app, [*asked, "--json"], catch_exceptions=False).stdout)
    assert first["rows"] == {"read": 2, "accepted": 1, "duplicate": 0, "no_credit": 0, "rejected": 1}
    assert (first["is_repeat"], first["rejects"][0]["line"]) == (False, 3)
    again = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert "nothing was changed" in again.stdout
    assert Receipt.objects.count() == 1
    matched = CliRunner().invoke(app, ["match", "--json", "--tenant", tenant.code], catch_exceptions=False)
    assert json.loads(matched.stdout) == {"lender": tenant.code, "applied": 0, "proposed": 0, "unmatched": 1}
