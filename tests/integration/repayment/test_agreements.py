"""Agreements of plans: the same in Word and PDF, in three languages, filed with the case."""

import time
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from pypdf import PdfReader
from tests.fakes.papers import pdf
from tests.integration.repayment.agreement_rows import NOW, actions, make_debtor
from tests.integration.repayment.test_plans import DUES, offered, proposed

from qingshou.access.actors import actor_of
from qingshou.features.repayment.documents import word_template
from qingshou.features.repayment.documents.agreement import AgreedLoan, Agreement, lines_of
from qingshou.features.repayment.documents.files import page_of, pdf_file, word_file
from qingshou.features.repayment.errors import BadAgreementInput
from qingshou.features.repayment.models import FiledDocument, Plan
from qingshou.features.repayment.operations import agreements, plan_accepting
from qingshou.features.repayment.operations.agreements import make_agreement
from qingshou.features.repayment.operations.documents import open_document, store_document
from qingshou.privacy.models import PersonalDataRead


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("d1", owner=users["COLLECTOR"], overdue_days=40)


def words_of(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh-hans",
            [
                "还款协议",
                "人民币肆佰元整",
                "诉讼时效中断",
                "第一百九十五条",
                "债务人：王小明",
                "超过 100.00 CNY 的",
                "年化利率（实际利率）：12.68 %",
            ],
        ),
        (
            "zh-hant",
            [
                "還款協議",
                "人民幣肆佰元整",
                "訴訟時效",
                "債務人：王小明",
                "超過 100.00 CNY 的",
                "年化利率（實際利率）：12.68 %",
            ],
        ),
        (
            "en",
            [
                "Repayment agreement",
                "limitation",
                "Given up when kept",
                "Debtor: 王小明",
                "more than 100.00 CNY of it",
                "missed in a row is more than 1;",
                "(effective): 12.68 %",
            ],
        ),
    ],
)
def test_an_agreement_says_everything_in_both_files(case, me, monkeypatch, language, told):
    pages = []

    def printed(given, code):
        pages.append(page_of(lines_of(given, code)))
        return pdf_file(given, code)

    monkeypatch.setattr(agreements, "pdf_file", printed)
    plan = proposed(case, me, offered(case, waivers={"PENALTY": "5"}, apr="0.126825"))
    made = make_agreement(plan_id=plan.id, language=language, actor=me, now=NOW)
    _row, content = open_document(document_id=made.word.id, case_id=case.id, actor=me, now=NOW)
    word = words_of(content)
    for text in [*told, plan.number, "400.00 CNY", "100.00 CNY", "5.00 CNY", DUES[3].isoformat(), "Ld1"]:
        assert text in word
        assert text in pages[0]
    assert "{{" not in word
    _row, content = open_document(document_id=made.pdf.id, case_id=case.id, actor=me, now=NOW)
    assert content.startswith(b"%PDF-")
    assert Plan.objects.get().agreement_hash == made.pdf.document_hash
    assert "AGREEMENT_MADE" in actions(case.id, prefix=("AGREEMENT_",))
    assert PersonalDataRead.objects.filter(purpose="AGREEMENT").count() == 1


def test_the_same_plan_gives_the_same_files(case, me, monkeypatch):
    plan = proposed(case, me)
    first = make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW)
    monkeypatch.setattr(time, "localtime", lambda *_given: time.struct_time((2031, 1, 2, 3, 4, 5, 3, 2, 0)))
    again = make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW)
    assert (again.pdf.id, again.word.id) == (first.pdf.id, first.word.id)
    assert FiledDocument.objects.filter(kind="AGREEMENT").count() == 2
    assert make_agreement(plan_id=plan.id, language="zh-hans", actor=me, now=NOW).word.id != first.word.id


@pytest.mark.parametrize("count", [27, 28, 29, 30])
def test_nobody_signs_on_a_page_of_its_own(count):
    agreed = Agreement(
        number="1-P1", case_number="1", is_settlement=False, lender_name="Bank", debtor_name="王小明", currency="CNY",
        made_on=DUES[0], open_until=DUES[0], total=Decimal(100 * count), cost=Decimal(0), grace_days=3, missed_max=1,
        loans=(AgreedLoan("L1", Decimal(100 * count), Decimal(0), "RESTARTS", DUES[3]),), cure_days=15,
        schedule=tuple((place, DUES[0], Decimal(100)) for place in range(1, count + 1)), stops_collection=True,
        unpaid_max=Decimal(100), rate=Decimal("0.1"),
    )  # fmt: skip
    last = PdfReader(BytesIO(pdf_file(agreed, "en"))).pages[-1].extract_text()
    assert "Debtor (name, signature, date)" in last
    assert "What acceptance does to limitation" in last
    document = docx.Document(BytesIO(word_file(agreed, "en")))
    texts = [one.text for one in document.paragraphs]
    tail = document.paragraphs[texts.index("What acceptance does to limitation") : -1]
    assert all(one.paragraph_format.keep_with_next for one in tail)


def test_a_settlement_tells_no_yearly_rate(case, me, monkeypatch):
    pages = []
    monkeypatch.setattr(
        agreements, "pdf_file", lambda given, code: pages.append(page_of(lines_of(given, code))) or b"%PDF-"
    )
    plan = proposed(case, me, offered(case, kind="SETTLEMENT"))
    make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW)
    assert "Yearly rate" not in pages[0]
    assert "Interest charged by this agreement: 0.00 CNY" in pages[0]


def test_a_signed_agreement_accepts_the_plan(case, me):
    plan = proposed(case, me)
    row = store_document(case_id=case.id, kind="SIGNED_AGREEMENT", content=pdf("signed"), file_name="signed.pdf",
                         actor=me, now=NOW)  # fmt: skip
    made = plan_accepting.accept_by_signature(plan_id=plan.id, document_hash=row.document_hash, actor=me, now=NOW)
    assert (made.state, made.accepted_by, made.signed_hash) == ("ACTIVE", "SIGNATURE", row.document_hash)


def test_an_unknown_language_stops(case, me):
    with pytest.raises(BadAgreementInput):
        make_agreement(plan_id=proposed(case, me).id, language="fr", actor=me, now=NOW)


def test_the_template_is_what_its_builder_makes(tmp_path):
    word_template.build(tmp_path / "built.docx")
    for name in ("word/document.xml", "word/styles.xml"):
        built = ZipFile(tmp_path / "built.docx").read(name)
        assert built == ZipFile(word_template.PLACE).read(name)
