"""Documents of a case: sealed files named by their hash, kept once, opened only as a recorded act."""

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.intake.atomic import publish, storage_errors
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.sealed import SealedWriter, read_sealed
from qingshou.features.book.operations import installation_vault_keys
from qingshou.features.cases.operations.locked import lock_case
from qingshou.features.repayment.errors import DocumentRefused, NoSuchDocument
from qingshou.features.repayment.models import FiledDocument
from qingshou.features.repayment.rules.document_kinds import BYTES_MAX, DOCUMENT_KINDS, media_type_of
from qingshou.privacy.sealing import seal
from qingshou.tenancy.queries import current_tenant

NAME_PLACE = "repayment_fileddocument.file_name"
_NAME_LENGTH_MAX = 200


def store_document(
    *, case_id: UUID, kind: str, content: bytes, file_name: str, actor: Actor, now: datetime, source: str = "DESK",
) -> FiledDocument:  # fmt: skip
    """Seal a document and file it with its case; the same document of the kind again changes nothing.

    Takes   kind     a code of rules.document_kinds.DOCUMENT_KINDS
            content  a PDF or a picture, told by how it begins; of ours (source SYSTEM) a Word file as well
    Stops   DocumentRefused  empty, larger than 20 MB, of a kind we do not keep
            NoSuchCase
    """
    if kind not in DOCUMENT_KINDS:
        raise DocumentRefused(f"'{kind[:20]}' is no kind of document: use one of {', '.join(DOCUMENT_KINDS)}.")
    if not content:
        raise DocumentRefused("The file is empty: choose another one.")
    if len(content) > BYTES_MAX:
        raise DocumentRefused(f"The file is larger than {BYTES_MAX >> 20} MB: give a smaller one.")
    media_type = media_type_of(content, is_ours=source == "SYSTEM")
    if not media_type:
        raise DocumentRefused("We keep PDF files and pictures (JPEG, PNG, WebP, HEIC): save it as one of these.")
    digest = hashlib.sha256(content).hexdigest()
    _seal_file(content, digest)
    with transaction.atomic():
        lock_case(case_id, live=False)
        held = FiledDocument.objects.filter(case=case_id, kind=kind, document_hash=digest).first()
        if held is not None:
            return held
        row = FiledDocument(
            id=uuid4(), case_id=case_id, kind=kind, content_type=media_type, size_bytes=len(content),
            document_hash=digest, source=source, stored_by=actor.name[:60], stored_at=now,
        )  # fmt: skip
        name = Path(file_name.replace("\\", "/")).name[:_NAME_LENGTH_MAX] or kind.lower()
        row.file_name = seal(name, place=NAME_PLACE, row_id=row.id)  # type: ignore[assignment]
        row.save(force_insert=True)
        record(
            subject_kind="CASE", subject_id=case_id, action="DOCUMENT_FILED", actor=actor, now=now,
            facts={"document": row.id, "kind": kind, "size_bytes": row.size_bytes, "source": source},
            document_hash=digest,
        )  # fmt: skip
    return row


def open_document(*, document_id: UUID, case_id: UUID, actor: Actor, now: datetime) -> tuple[FiledDocument, bytes]:
    """Return a document of a case with its content; that it was opened, and by whom, is recorded.

    Stops   NoSuchDocument  not of this case, or its file is gone
            VaultClosed     altered, or sealed under a key that is not there
    """
    row = FiledDocument.objects.filter(id=document_id, case=case_id).first()
    if row is None:
        raise NoSuchDocument("There is no such document. It may belong to another case.")
    path = _path(row.document_hash)
    if not path.is_file():
        raise NoSuchDocument("The file of this document is no longer there: restore it from a backup.")
    content = b"".join(read_sealed(path, keys=installation_vault_keys(), purpose=_purpose()))
    if hashlib.sha256(content).hexdigest() != row.document_hash:
        raise NoSuchDocument("The file of this document is not what was filed: restore it from a backup.")
    record(
        subject_kind="CASE", subject_id=case_id, action="DOCUMENT_OPENED", actor=actor, now=now,
        facts={"document": row.id, "kind": row.kind}, document_hash=row.document_hash,
    )  # fmt: skip
    return row, content


def _seal_file(content: bytes, digest: str) -> None:
    path = _path(digest)
    if path.is_file():
        return
    temporary = path.with_name(f".{uuid4().hex}.new")
    try:
        with storage_errors(), SealedWriter(temporary, keys=installation_vault_keys(), purpose=_purpose()) as writer:
            writer.write(content)
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _path(digest: str) -> Path:
    tenant = current_tenant().code
    return Places(Path(settings.QINGSHOU_HOME), tenant).home / "documents" / tenant / digest[:2] / digest


def _purpose() -> str:
    return f"document/{current_tenant().code}"
