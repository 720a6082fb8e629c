"""Documents of a case: sealed on disk, kept once, opened as a recorded act, and nobody else's."""

import hashlib
from pathlib import Path

import pytest
from tests.fakes.papers import pdf
from tests.integration.repayment.agreement_rows import NOW, actions, make_debtor

from qingshou.access.actors import actor_of
from qingshou.features.book.intake.sealed import VaultClosed
from qingshou.features.repayment.errors import DocumentRefused, NoSuchDocument
from qingshou.features.repayment.models import FiledDocument
from qingshou.features.repayment.operations.documents import open_document, store_document
from qingshou.features.repayment.rules.document_kinds import BYTES_MAX
from qingshou.tenancy.context import using

PDF = pdf("a pay slip of October")


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def home(tmp_path, settings):
    settings.QINGSHOU_HOME = tmp_path
    return tmp_path


@pytest.fixture
def case(users):
    return make_debtor("d1", owner=users["COLLECTOR"])


def stored(case, me, content=PDF, **more):
    given = {"kind": "INCOME_PROOF", "file_name": "slip.pdf"} | more
    return store_document(case_id=case.id, content=content, actor=me, now=NOW, **given)


def files(home: Path) -> list[Path]:
    return [one for one in home.rglob("*") if one.is_file()]


def test_it_is_sealed_and_opens_again(case, me, home):
    row = stored(case, me)
    assert (row.content_type, row.size_bytes) == ("application/pdf", len(PDF))
    assert row.document_hash == hashlib.sha256(PDF).hexdigest()
    (path,) = files(home)
    assert b"pay slip" not in path.read_bytes()
    assert b"slip.pdf" not in bytes(row.file_name)
    assert open_document(document_id=row.id, case_id=case.id, actor=me, now=NOW) == (row, PDF)
    assert actions(case.id, prefix=("DOCUMENT_",)) == ["DOCUMENT_FILED", "DOCUMENT_OPENED"]


def test_the_same_again_changes_nothing(case, me, home):
    assert stored(case, me).id == stored(case, me, file_name="other.pdf").id
    assert len(files(home)) == 1
    assert actions(case.id, prefix=("DOCUMENT_",)) == ["DOCUMENT_FILED"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"MZ\x90\x00 a program", "PDF"), (b"PK\x03\x04 a zip", "PDF"), (b"<svg onload=x>", "PDF"),
     (b"%PDF-" + b"x" * BYTES_MAX, "larger")],
)  # fmt: skip
def test_what_we_do_not_keep_is_refused(case, me, home, content, words):
    with pytest.raises(DocumentRefused, match=words):
        stored(case, me, content)
    assert files(home) == []
    assert FiledDocument.objects.count() == 0


def test_a_name_cannot_climb(case, me, home):
    stored(case, me, file_name="../../etc/cron.d/x")
    assert [one.parent.parent.parent.name for one in files(home)] == ["documents"]


def test_altered_it_does_not_open(case, me, home):
    row = stored(case, me)
    (path,) = files(home)
    damaged = bytearray(path.read_bytes())
    damaged[-3] ^= 1
    path.chmod(0o600)
    path.write_bytes(damaged)
    with pytest.raises(VaultClosed):
        open_document(document_id=row.id, case_id=case.id, actor=me, now=NOW)


def test_of_another_case_or_lender_there_is_none(case, me, home, users, other_tenant):
    row, other = stored(case, me), make_debtor("d2", owner=users["COLLECTOR"])
    with pytest.raises(NoSuchDocument):
        open_document(document_id=row.id, case_id=other.id, actor=me, now=NOW)
    with using(other_tenant.id), pytest.raises(NoSuchDocument):
        open_document(document_id=row.id, case_id=case.id, actor=me, now=NOW)
