"""The debtor's pages: what is owed, what is asked for and acted on at once, wishes, documents, the data held."""

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pypdf import PdfReader
from tests.fakes import papers
from tests.fakes.clamd import FOUND, scanning
from tests.integration.portal.rows import DAY, NOW, debtor, enter

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.models import ContactPerson, StopPlaced
from qingshou.features.contact.operations.door import clear
from qingshou.features.portal.models import PortalAsk, PortalDraft
from qingshou.features.repayment.models import FiledDocument, Hardship, PaymentReference
from qingshou.features.repayment.operations.documents import open_document
from qingshou.features.repayment.operations.receipts import take_receipt
from qingshou.features.repayment.rules.references import is_reference
from qingshou.law.contact.terms import Channel, Purpose
from qingshou.privacy.models import PersonalDataRead

PDF = papers.pdf("工资单")


@pytest.fixture
def case():
    return debtor(national_id="11010519491231002X")


@pytest.fixture
def client(case):
    client = Client()
    client.home = enter(client, case)
    client.get(f"{client.home}?language=en")
    return client


def loan_of(case):
    return Loan.objects.get(borrower=case.borrower_id)


def answer_of(case):
    cleared = clear(person=case.borrower_id, channel=Channel.PHONE, purpose=Purpose.COLLECT, now=NOW)
    return cleared.value, {one.fields.get("stop") for one in cleared.reasons}


def asked(client, name, values):
    """Send a form; gives the ask that was made, after looking at the page that confirms it."""
    answer = client.post(f"{client.home}{name}/", values)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    ask = PortalAsk.objects.get(id=answer["Location"].rstrip("/").rsplit("/", 1)[1])
    assert ask.number in page
    return ask


def test_what_is_owed_stands_by_kind_and_to_the_cent(client, case):
    page = client.get(client.home).content.decode()
    for words in ("1,200.50 CNY", "1,100.50 CNY", "90.00 CNY", "10.00 CNY", "Hello, 王小明"):
        assert words in page
    loan = client.get(f"{client.home}loans/{loan_of(case).id}/").content.decode()
    assert "1,200.50 CNY" in loan


def test_where_the_books_do_not_say_what_is_due_nobody_is_told_that_nothing_is(client, case):
    loan = loan_of(case)
    told = {"arrears": None, "arrears_principal": None, "arrears_interest": None, "arrears_penalty": None,
            "arrears_fees": None}  # fmt: skip
    Loan.objects.filter(id=loan.id).update(**told)
    page = client.get(client.home).content.decode()
    assert "You owe in all" in page
    assert "You owe now" not in page
    assert page.count("24,010.00 CNY") == 2  # in all, and on the loan
    assert "<dd>Unknown</dd>" in page
    assert "do not tell us how much of it is due by today" in page
    pay = client.get(f"{client.home}pay/").content.decode()
    assert "0.00 CNY" not in pay
    copy = json.loads(client.post(f"{client.home}data/copy", {"form": "JSON"}).content)
    assert (copy["loans"][0]["due_now"], copy["loans"][0]["in_all"]) == (None, "24010.00")
    Loan.objects.filter(id=loan.id).update(balance=None)
    page = client.get(client.home).content.decode()
    assert "What you owe now is not known to us" in page
    assert "0.00 CNY" not in page


def test_a_payment_is_explained_line_by_line_with_its_article(client, case):
    take_receipt(
        borrower_id=case.borrower_id, source="API", external_ref="x1", amount=Decimal("150.00"), currency="CNY",
        value_date=DAY, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    page = client.get(client.home).content.decode()
    assert "1,050.50 CNY" in page
    payments = client.get(f"{client.home}payments/").content.decode()
    for words in ("150.00 CNY", "Interest", "90.00 CNY", "Penalty", "10.00 CNY", "50.00 CNY", "民法典", "561"):
        assert words in payments
    assert "150.00" in client.get(f"{client.home}loans/{loan_of(case).id}/").content.decode()


def test_paying_shows_reference_account_and_code(client, case, tenant):
    assert "has not given an account" in client.get(f"{client.home}pay/").content.decode()
    tenant.settings = {
        **tenant.settings,
        "portal": {"bank": {"account_name": "示例银行", "account_number": "6222 0001"}},
    }
    tenant.save()
    page = client.get(f"{client.home}pay/").content.decode()
    reference = PaymentReference.objects.get(loan=None).reference
    assert is_reference(reference)
    assert " ".join(reference[at : at + 4] for at in range(0, 16, 4)) in page
    assert "data:image/svg+xml;base64," in page
    client.get(f"{client.home}pay/?loan={loan_of(case).id}")
    client.get(f"{client.home}pay/?loan={loan_of(case).id}")
    assert PaymentReference.objects.filter(loan=loan_of(case)).count() == 1


def test_a_dispute_stops_contact_about_the_loan_at_once(client, case):
    assert answer_of(case) == ("ALLOWED", set())
    ask = asked(client, "dispute", {"loan": str(loan_of(case).id), "reason": "PAID_ALREADY", "said": "早就还清了"})
    stop = StopPlaced.objects.get()
    assert (stop.kind, stop.loan_id, stop.source) == ("DISPUTE", loan_of(case).id, "PORTAL")
    assert answer_of(case)[0] == "REFUSED"
    assert (ask.kind, ask.state, ask.facts["reason"]) == ("DISPUTE", "OPEN", "PAID_ALREADY")
    assert ask.answer_due_on == DAY + timedelta(days=15)
    assert "早就".encode() not in bytes(ask.said)
    assert get_case(case_id=case.id).next_action == "LOOK_INTO"


def test_a_complaint_and_a_hardship_pause_contact(client, case):
    assert asked(client, "complaint", {"said": "有人晚上打电话"}).answer_due_on == DAY + timedelta(days=15)
    assert answer_of(case)[1] == {"COMPLAINT"}
    ask = asked(client, "hardship", {"kind": "JOB_LOSS", "said": ""})
    row = Hardship.objects.get()
    assert (row.source, row.kind, ask.facts["hardship"]) == ("PORTAL", "JOB_LOSS", str(row.id))


def test_forms_keep_what_was_typed_and_name_the_problem(client):
    answer = client.post(f"{client.home}dispute/", {"said": "这不是我的", "reason": "NONSENSE"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这不是我的" in page
    assert 'href="#loan"' in page
    assert 'href="#reason"' in page
    assert client.post(f"{client.home}complaint/", {"said": "  "}).status_code == 422
    assert PortalAsk.objects.count() == 0


def test_only_times_the_door_allows_are_offered_for_a_call(client, case):
    page = client.get(f"{client.home}call/").content.decode()
    assert "2026-11-23T11:00:00+08:00" in page
    assert "T09:00:00+08:00" in page
    assert "2026-11-23T09:00" not in page
    ask = asked(client, "call", {"at": "2026-11-24T14:00:00+08:00", "said": ""})
    assert ask.facts == {"at": "2026-11-24T14:00:00+08:00"}
    held = get_case(case_id=case.id)
    assert (held.next_action, held.next_action_on) == ("CALL_BACK", date(2026, 11, 24))
    assert client.post(f"{client.home}call/", {"at": "2026-11-24T03:00:00+08:00"}).status_code == 422


def test_wishes_hold_at_once_and_can_be_taken_back(client, case):
    both = {"channels": ["EMAIL", "POST"], "from": "09:00", "until": "18:00", "chosen": "en", "preferred": "EMAIL"}
    ask = asked(client, "contact", both)
    assert (ask.state, ask.facts["stopped"]) == ("DONE", ["PHONE", "SMS"])
    assert {one.channel for one in StopPlaced.objects.filter(lifted_at=None)} == {"PHONE", "SMS"}
    person = ContactPerson.objects.get()
    assert (person.language, person.asked_from_minute, person.preferred_channel) == ("en", 540, "EMAIL")
    assert client.get(f"{client.home}contact/").content.decode().count("checked") == 2
    asked(client, "contact", {"channels": ["EMAIL", "POST", "PHONE", "SMS"]})
    assert StopPlaced.objects.filter(lifted_at=None).count() == 0
    asked(client, "contact", {"channels": ["EMAIL", "POST", "PHONE", "SMS"], "is_quiet": "1"})
    assert answer_of(case)[1] == {"CEASE"}
    assert client.post(f"{client.home}contact/", {"from": "18:00", "until": "09:00"}).status_code == 422


def test_a_proof_is_taken_by_its_content_and_sealed(client, case):
    sent = SimpleUploadedFile("工资单.pdf", PDF, content_type="text/html")
    assert client.post(f"{client.home}documents/", {"kind": "INCOME_PROOF", "document": sent}).status_code == 302
    row = FiledDocument.objects.get()
    assert (row.kind, row.content_type, row.source) == ("INCOME_PROOF", "application/pdf", "PORTAL")
    assert row.document_hash[:8] in client.get(f"{client.home}documents/?sent=1").content.decode()


def send(client, content, name="proof.pdf", kind="OTHER"):
    sent = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(f"{client.home}documents/", {"kind": kind, "document": sent})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 a program", "PDF files and photographs"),
        (b"<html><script>alert(1)</script>", "PDF files and photographs"),
        (b"PK\x03\x04 a Word file", "PDF files and photographs"),
        (b"GIF89a", "PDF files and photographs"),
        (papers.picture("WEBP"), "PDF files and photographs"),
        (papers.picture("PNG"), "ending of the file"),
        (papers.packed(OpenAction=papers.script()), "starts by itself"),
        (papers.packed(OpenAction=papers.launch()), "starts by itself"),
        (papers.locked(), "locked"),
        (b"%PDF-1.7 and no more", "broken"),
        (PDF + b" " * (8 << 20), "too large"),
    ],
    ids=range(12),
)
def test_files_that_are_not_what_they_should_be_are_refused(client, content, why):
    answer = send(client, content)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert FiledDocument.objects.count() == 0


def test_a_photograph_is_kept_without_the_place_it_was_taken_at(client, case, settings):
    sent = papers.picture("JPEG", with_place=True)
    assert send(client, sent, "IMG_1.jpg").status_code == 302
    row = FiledDocument.objects.get()
    _row, kept = open_document(document_id=row.id, case_id=case.id, actor=SYSTEM, now=NOW)
    assert dict(Image.open(BytesIO(kept)).getexif()) == {}
    events = list_events(subject_kind="CASE", subject_id=case.id, limit=50)
    facts = next(one.facts for one in events if one.action == "DOCUMENT_FILED")
    assert facts["sent_hash"] == hashlib.sha256(sent).hexdigest() != row.document_hash


def test_what_the_scanner_finds_or_cannot_look_at_is_not_kept(client, settings):
    with scanning() as scanner:
        settings.QINGSHOU_SCANNER = scanner.address
        assert "virus was found" in send(client, PDF + FOUND).content.decode()
        assert send(client, PDF).status_code == 302
    answer = send(client, papers.pdf("another"))
    assert (answer.status_code, "cannot be checked just now" in answer.content.decode()) == (422, True)
    assert FiledDocument.objects.count() == 1


def test_no_more_than_ten_files_a_day(client):
    codes = [send(client, papers.picture("PNG", size=(9 + number, 9)), "p.png").status_code for number in range(11)]
    assert codes == [302] * 10 + [422]


def test_one_address_may_send_sixty_files_an_hour_taken_or_not(client):
    codes = [send(client, b"").status_code for _ in range(60)]
    assert codes == [422] * 60
    assert "came from your network" in send(client, PDF).content.decode()
    assert FiledDocument.objects.count() == 0


def test_a_copy_of_the_data_is_the_debtors_own_and_is_logged(client, case):
    other = debtor("q9", name="李秘密", phone="13911112222")
    answer = client.post(f"{client.home}data/copy", {"form": "JSON"})
    assert answer["Content-Type"] == "application/json"
    assert "attachment" in answer["Content-Disposition"]
    data = json.loads(answer.content)
    assert data["person"]["name"] == "王小明"
    assert data["person"]["national_id"] == "11010519491231002X"
    assert data["loans"][0]["due_now"] == "1200.50"
    # the one who asked for the code was the debtor, and it is called that: nobody wrote to us
    assert "CODE_ASKED" in [one["outcome"] for one in data["contacts"] if one["direction"] == "IN"]
    text = answer.content.decode()
    assert "13911112222" not in text
    assert "李秘密" not in text
    assert str(other.number) not in text
    logged = PersonalDataRead.objects.filter(role="SUBJECT", purpose="OWN_DATA")
    assert {"name", "national_id"} <= set(logged.order_by("at", "id").first().clear_fields)
    assert all(one.subject_ids == [case.borrower_id] for one in logged)
    answer = client.post(f"{client.home}data/copy", {"form": "HTML"})
    assert "attachment" in answer["Content-Disposition"]
    readable = answer.content.decode()
    for words in ("王小明", "11010519491231002X", "1,200.50", "2026-11-23 10:30", "You asked for a one-time code"):
        assert words in readable
    assert "13911112222" not in readable
    actions = [one.action for one in list_events(subject_kind="CASE", subject_id=case.id, limit=50)]
    assert actions.count("PORTAL_DATA_GIVEN") == 2


PAPER_WORDS = {
    "zh-hans": ("您的资料", "本金", "未结清", "证件号码"),
    "zh-hant": ("您的資料", "本金", "未結清", "證件號碼"),
    "en": ("Your data", "Principal", "Open", "Identity number"),
}


@pytest.mark.parametrize("language", PAPER_WORDS)
def test_a_copy_on_paper_is_in_the_pages_language_and_shows_the_debtors_own_alone(client, case, language):
    debtor("q9", name="李秘密", phone="13911112222")
    client.get(f"{client.home}?language={language}")
    answer = client.post(f"{client.home}data/copy", {"form": "PDF"})
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment; ")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    own = ("王小明", "11010519491231002X", "1,200.50", "p1@debtor.example", "Lp1")
    assert [word for word in (*PAPER_WORDS[language], *own) if word not in text] == []
    assert [word for word in ("李秘密", "13911112222", "****", "OPEN", "PRINCIPAL") if word in text] == []
    ask = PortalAsk.objects.get()
    assert (ask.kind, ask.facts, ask.number in text) == ("DATA_COPY", {"form": "PDF"}, True)


def test_ten_copies_a_day_and_the_eleventh_tomorrow(client):
    def codes(count):
        return [client.post(f"{client.home}data/copy", {"form": "JSON"}).status_code for _ in range(count)]

    assert codes(11) == [200] * 10 + [429]
    assert PortalAsk.objects.count() == 10
    refused = client.post(f"{client.home}data/copy", {"form": "JSON"})
    assert "many copies today" in refused.content.decode()
    PortalAsk.objects.update(asked_at=NOW - timedelta(days=1) + timedelta(seconds=1))
    assert codes(1) == [429]
    PortalAsk.objects.update(asked_at=NOW - timedelta(days=1))
    assert codes(1) == [200]


def test_an_income_form_can_be_finished_later(client, case):
    assert client.post(f"{client.home}income/", {"INCOME_OWN": "5,000", "later": "1"}).status_code == 302
    assert b"5,000" not in bytes(PortalDraft.objects.get().values)
    assert 'value="5,000"' in client.get(f"{client.home}income/").content.decode()


def test_everything_asked_for_stands_in_the_history(client):
    assert "not asked for anything" in client.get(f"{client.home}asks/").content.decode()
    ask = asked(client, "complaint", {"said": "something"})
    assert ask.number in client.get(f"{client.home}asks/").content.decode()
