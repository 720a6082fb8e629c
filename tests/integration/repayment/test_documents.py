"""Documents of a case: sealed, named by their hash, opened whole or not at all; agreements in three languages."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from django.conf import settings
from tests.integration.repayment.agreement_rows import NOW, actions, make_debtor
from tests.integration.repayment.test_plans import DUES, offered, proposed

from qingshou.access.actors import actor_of
from qingshou.features.book.intake.errors import VaultClosed
from qingshou.features.repayment.documents import word_template
from qingshou.features.repayment.documents.agreement import lines_of
from qingshou.features.repayment.documents.files import page_of, pdf_file
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPlan
from qingshou.features.repayment.models import FiledDocument, Plan
from qingshou.features.repayment.operations import documents, plan_accepting
from qingshou.features.repayment.operations.documents import make_agreement, open_document, store_document
from qingshou.privacy.models import PersonalDataRead

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("d1", owner=users["COLLECTOR"], overdue_days=40)


def stored(case, me, *chunks, **more):
    given = {"kind": "INCOME_PROOF", "file_name": "工资单.png"} | more
    return store_document(case_id=case.id, chunks=chunks or [PNG], actor=me, now=NOW, **given)


def path_of(row):
    return documents._path("alpha", row.document_hash)


def test_a_document_is_sealed_and_comes_back_whole(case, me):
    row = stored(case, me, PNG[:50], PNG[50:])
    assert (row.content_type, row.size_bytes) == ("image/png", len(PNG))
    assert PNG not in path_of(row).read_bytes()
    assert "工资单" not in str(FiledDocument.objects.values())
    found, chunks = open_document(document_id=row.id, case_id=case.id)
    assert (found.id, b"".join(chunks)) == (row.id, PNG)
    assert actions(case.id, prefix=("DOCUMENT_",)) == ["DOCUMENT_FILED"]


def test_the_same_again_changes_nothing(case, me):
    assert stored(case, me).id == stored(case, me).id
    assert actions(case.id, prefix=("DOCUMENT_",)) == ["DOCUMENT_FILED"]


@pytest.mark.parametrize(
    "more", [{"chunks": [b""]}, {"chunks": [b"MZ" + b"0" * 50]}, {"chunks": [b"<html>"]}, {"kind": "PIGEON"}]
)
def test_what_is_not_taken_leaves_nothing(case, me, more):
    chunks = more.pop("chunks", [PNG])
    with pytest.raises(BadAgreementInput):
        stored(case, me, *chunks, **more)
    assert FiledDocument.objects.count() == 0
    folder = Path(settings.QINGSHOU_HOME) / "documents" / "alpha"
    assert not list(folder.glob(".*.new")) if folder.exists() else True


def test_a_document_too_large_is_not_taken(case, me, monkeypatch):
    monkeypatch.setattr(documents, "BYTES_MAX", 50)
    with pytest.raises(BadAgreementInput):
        stored(case, me)


def test_another_case_s_document_is_not_there(case, me, users):
    row = stored(case, me)
    other = make_debtor("d2", owner=users["COLLECTOR"])
    with pytest.raises(NoSuchPlan):
        open_document(document_id=row.id, case_id=other.id)
    with pytest.raises(NoSuchPlan):
        stored(type("Case", (), {"id": row.id}), me)


def test_a_changed_file_does_not_open(case, me):
    row = stored(case, me)
    path = path_of(row)
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)
    with pytest.raises(VaultClosed):
        open_document(document_id=row.id, case_id=case.id)
    path.unlink()


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

    monkeypatch.setattr(documents, "pdf_file", printed)
    plan = proposed(case, me, offered(case, waivers={"PENALTY": "5"}))
    made = make_agreement(plan_id=plan.id, language=language, actor=me, now=NOW)
    _row, chunks = open_document(document_id=made.word.id, case_id=case.id)
    word = words_of(b"".join(chunks))
    for text in [*told, plan.number, "400.00 CNY", "100.00 CNY", "5.00 CNY", DUES[3].isoformat(), "Ld1"]:
        assert text in word
        assert text in pages[0]
    assert "{{" not in word
    _row, chunks = open_document(document_id=made.pdf.id, case_id=case.id)
    assert b"".join(chunks).startswith(b"%PDF-")
    assert Plan.objects.get().agreement_hash == made.pdf.document_hash
    assert "AGREEMENT_MADE" in actions(case.id, prefix=("AGREEMENT_",))
    assert PersonalDataRead.objects.filter(purpose="AGREEMENT").count() == 1


def test_the_same_plan_gives_the_same_pdf(case, me):
    plan = proposed(case, me)
    first = make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW)
    assert make_agreement(plan_id=plan.id, language="en", actor=me, now=NOW).pdf.id == first.pdf.id


def test_a_signed_agreement_accepts_the_plan(case, me):
    plan = proposed(case, me)
    row = stored(case, me, b"%PDF-1.7 signed", kind="SIGNED_AGREEMENT", file_name="signed.pdf")
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
