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
from qingshou.features.repayment.incoming.errors import FileRejected, ScannerUnreachable
from qingshou.features.repayment.incoming.judging import Judged, judge_file
from qingshou.features.repayment.incoming.kinds import KINDS
from qingshou.features.repayment.models import FiledDocument
from qingshou.features.repayment.rules.document_kinds import BYTES_MAX, DOCUMENT_KINDS, media_type_of
from qingshou.privacy.sealing import seal
from qingshou.tenancy.queries import current_tenant

OURS = "SYSTEM"
NAME_PLACE = "repayment_fileddocument.file_name"
_NAME_LENGTH_MAX = 200


def store_document(
    *, case_id: UUID, kind: str, content: bytes, file_name: str, actor: Actor, now: datetime, source: str = "DESK",
    media_types: tuple[str, ...] = KINDS,
) -> FiledDocument:  # fmt: skip
    """Seal a document and file it with its case; the same document of the kind again changes nothing.

    From outside it is judged by its content (incoming.judging): a PDF is kept byte for byte, a picture drawn anew,
    so that `document_hash` is that of what is kept; the hash of what was sent stands in the record.

    Takes   kind         a code of rules.document_kinds.DOCUMENT_KINDS
            content      read up to one byte beyond BYTES_MAX; of ours (source SYSTEM) a Word file as well
            media_types  those taken here
    Stops   DocumentRefused  `why`: what judge_file says, UNKNOWN_KIND, or NO_SCAN: the scanner does not answer
            NoSuchCase
    """
    if kind not in DOCUMENT_KINDS:
        raise DocumentRefused(f"'{kind[:20]}' is no kind of document: use one of {', '.join(DOCUMENT_KINDS)}.",
                              why="UNKNOWN_KIND")  # fmt: skip
    kept = _judged(content, file_name, source, media_types)
    digest = hashlib.sha256(kept.content).hexdigest()
    sent = hashlib.sha256(content).hexdigest()
    _seal_file(kept.content, digest)
    with transaction.atomic():
        lock_case(case_id, live=False)
        held = FiledDocument.objects.filter(case=case_id, kind=kind, document_hash=digest).first()
        if held is not None:
            return held
        row = FiledDocument(
            id=uuid4(), case_id=case_id, kind=kind, content_type=kept.media_type, size_bytes=len(kept.content),
            document_hash=digest, source=source, stored_by=actor.name[:60], stored_at=now,
        )  # fmt: skip
        name = Path(kept.file_name.replace("\\", "/")).name[:_NAME_LENGTH_MAX] or kind.lower()
        row.file_name = seal(name, place=NAME_PLACE, row_id=row.id)  # type: ignore[assignment]
        row.save(force_insert=True)
        record(
            subject_kind="CASE", subject_id=case_id, action="DOCUMENT_FILED", actor=actor, now=now,
            facts={"document": row.id, "kind": kind, "size_bytes": row.size_bytes, "source": source}
            | ({"sent_hash": sent} if sent != digest else {}),
            document_hash=digest,
        )  # fmt: skip
    return row


def _judged(content: bytes, file_name: str, source: str, media_types: tuple[str, ...]) -> Judged:
    """Judge what comes from outside; what we made ourselves is told by how it begins alone."""
    if source == OURS:
        return Judged(content, media_type_of(content, is_ours=True), file_name)
    try:
        return judge_file(content=content, file_name=file_name, bytes_max=BYTES_MAX, media_types=media_types,
                          scanner=settings.QINGSHOU_SCANNER)  # fmt: skip
    except FileRejected as refused:
        raise DocumentRefused(refused.message, why=refused.why) from None
    except ScannerUnreachable as silent:
        raise DocumentRefused(silent.message, why="NO_SCAN") from None


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
