"""Agreements of plans: the same in Word and PDF, in three languages, filed with the case."""

from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from tests.fakes.papers import pdf
from tests.integration.repayment.agreement_rows import NOW, actions, make_debtor
from tests.integration.repayment.test_plans import DUES, offered, proposed

from qingshou.access.actors import actor_of
from qingshou.features.repayment.documents import word_template
from qingshou.features.repayment.documents.agreement import lines_of
from qingshou.features.repayment.documents.files import page_of, pdf_file
from qingshou.features.repayment.errors import BadAgreementInput
from qingshou.features.repayment.models import Plan
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
        ("zh-hans", ["还款协议", "人民币肆佰元整", "诉讼时效中断", "第一百九十五条", "王小明"]),
        ("zh-hant", ["還款協議", "人民幣肆佰元整", "訴訟時效", "王小明"]),
        ("en", ["Repayment agreement", "limitation", "Given up when kept", "王小明"]),
    ],
)
def test_an_agreement_says_everything_in_both_files(case, me, monkeypatch, language, told):
    pages = []

    def printed(given, code):
        pages.append(page_of(lines_of(given, code)))
        return pdf_file(given, code)

    monkeypatch.setattr(agreements, "pdf_file", printed)
    plan = proposed(case, me, offered(case, waivers={"PENALTY": "5"}))
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


def test_the_same_plan_gives_the_same_pdf(case, me):
    plan = proposed(case, me)
    first = make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW)
    assert make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW).pdf.id == first.pdf.id


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
