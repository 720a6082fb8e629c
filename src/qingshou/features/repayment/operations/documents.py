"""Documents of a case: sealed files named by the hash of what is in them; agreements drawn up and filed."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.intake.atomic import publish, storage_errors
from qingshou.features.book.intake.errors import VaultClosed
from qingshou.features.book.intake.sealed import SealedWriter, read_sealed
from qingshou.features.book.operations import installation_vault_keys
from qingshou.features.cases.operations.locked import hold_cases
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.queries.values import details_of
from qingshou.features.repayment.documents.agreement import AgreedLoan, Agreement
from qingshou.features.repayment.documents.files import PDF, WORD, pdf_file, word_file
from qingshou.features.repayment.documents.words import WORDS
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPlan
from qingshou.features.repayment.models import FiledDocument, Plan
from qingshou.features.repayment.operations.locks import plan_of
from qingshou.features.repayment.operations.plan_accepting import loan_facts_of
from qingshou.features.repayment.operations.plan_acts import needs_stop, plan_entry
from qingshou.features.repayment.rules.plan_law import limitation_of
from qingshou.kernel.money import ZERO
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields
from qingshou.privacy.sealing import seal
from qingshou.tenancy.queries import current_tenant

BYTES_MAX = 20 << 20
KINDS = ("INCOME_PROOF", "AGREEMENT", "SIGNED_AGREEMENT", "HARDSHIP_PROOF", "DISPUTE", "OTHER")
_NAME_PLACE = "repayment_fileddocument.file_name"
# how a kind of file begins: what a file says of itself is not believed
_BEGINS = (
    (PDF, b"%PDF-"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    (WORD, b"PK\x03\x04"),
)


@dataclass(frozen=True, slots=True)
class MadeAgreement:
    """An agreement drawn up: both files filed with the case."""

    pdf: FiledDocument
    word: FiledDocument


def store_document(
    *, case_id: UUID, kind: str, file_name: str, chunks: Iterable[bytes], actor: Actor, now: datetime,
    source: str = "DESK",
) -> FiledDocument:  # fmt: skip
    """Seal a document and file it with a case; the same file of the same kind again changes nothing.

    Takes   chunks  PDF, PNG, JPEG or Word, told by how it begins; at most 20 MB
            source  DESK, PORTAL or SYSTEM
    Stops   NoSuchPlan         no such case
            BadAgreementInput  an unknown kind, empty, too large, or another form of file
    """
    if kind not in KINDS:
        raise BadAgreementInput(f"A document is one of {', '.join(KINDS)}.")
    tenant = current_tenant().code
    temporary = _folder(tenant) / f".{uuid4().hex}.new"
    try:
        digest, size, content_type = _sealed(temporary, chunks, tenant)
        publish(temporary, _path(tenant, digest))
    finally:
        temporary.unlink(missing_ok=True)
    with transaction.atomic():
        if case_id not in hold_cases([case_id]):
            raise NoSuchPlan("There is no such case. It may belong to someone else.")
        held = FiledDocument.objects.filter(case=case_id, kind=kind, document_hash=digest).first()
        if held is not None:
            return held
        row = FiledDocument(
            id=uuid4(), case_id=case_id, kind=kind, content_type=content_type, size_bytes=size, document_hash=digest,
            source=source, stored_by=actor.name[:60], stored_at=now,
        )  # fmt: skip
        row.file_name = seal(file_name.strip()[:200] or kind, place=_NAME_PLACE, row_id=row.id)  # type: ignore[assignment]
        row.save(force_insert=True)
        record(subject_kind="CASE", subject_id=case_id, action="DOCUMENT_FILED", actor=actor, now=now,
               facts={"document": row.id, "kind": kind, "size_bytes": size, "source": source},
               document_hash=digest)  # fmt: skip
    return row


def open_document(*, document_id: UUID, case_id: UUID) -> tuple[FiledDocument, Iterator[bytes]]:
    """Give a document of a case and its content in chunks; the whole file is held against its hash before the first.

    Stops   NoSuchPlan   no such document of this case, or its file is gone
            VaultClosed  wrong key, or the file was changed, cut or swapped
    """
    row = FiledDocument.objects.filter(id=document_id, case=case_id).first()
    tenant = current_tenant().code
    path = _path(tenant, row.document_hash) if row is not None else None
    if row is None or path is None or not path.exists():
        raise NoSuchPlan("There is no such document. It may belong to someone else.")
    keys, digest = installation_vault_keys(), hashlib.sha256()
    for chunk in read_sealed(path, keys=keys, purpose=_purpose(tenant)):
        digest.update(chunk)
    if digest.hexdigest() != row.document_hash:
        raise VaultClosed(f"{path.name} holds another document than its name says: it was swapped.")
    return row, read_sealed(path, keys=keys, purpose=_purpose(tenant))


def make_agreement(*, plan_id: UUID, language: str, actor: Actor, now: datetime) -> MadeAgreement:
    """Draw up a plan's agreement as PDF and Word, file both, and note the PDF's hash on the plan.

    Stops   NoSuchPlan         no such plan
            BadAgreementInput  a language that is not en, zh-hans or zh-hant
            Misconfigured      the system lacks Pango
    """
    if language not in WORDS:
        raise BadAgreementInput(f"Agreements are written in {', '.join(WORDS)}.")
    plan = plan_of(plan_id)
    agreement = _agreement(plan, actor, now)
    made = {}
    for kind, content in (("pdf", pdf_file(agreement, language)), ("docx", word_file(agreement, language))):
        made[kind] = store_document(
            case_id=plan.case_id, kind="AGREEMENT", file_name=f"{plan.number}-{language}.{kind}", chunks=[content],
            actor=actor, now=now, source="SYSTEM",
        )  # fmt: skip
    with transaction.atomic():
        hold_cases([plan.case_id])
        plan = Plan.objects.select_for_update(no_key=True).get(id=plan_id)
        digest = made["pdf"].document_hash
        if plan.agreement_hash != digest:
            plan.agreement_hash = digest
            plan.save(update_fields=["agreement_hash"])
            entry = plan_entry(plan, "AGREEMENT_MADE", language=language)
            record(subject_kind=entry.subject_kind, subject_id=entry.subject_id, action=entry.action, actor=actor,
                   now=now, facts=entry.facts, rule=entry.rule, document_hash=digest)  # fmt: skip
    return MadeAgreement(made["pdf"], made["docx"])


def _agreement(plan: Plan, actor: Actor, now: datetime) -> Agreement:
    tenant, case = current_tenant(), plan.case
    on = working_day(case, now)
    shown = reveal_many(
        subject_kind="BORROWER", rows={plan.borrower_id: sealed_fields(plan.borrower, ["name"])}, reader=actor,
        role=SENDER, purpose="AGREEMENT", now=now,
    )  # fmt: skip
    instalments = list(plan.instalments.order_by("position"))
    loans = []
    for loan, facts in loan_facts_of(plan, on=on):
        effect = limitation_of(jurisdiction=tenant.jurisdiction, loan=facts, on=on)
        loans.append(
            AgreedLoan(
                loan.ledger.loan.loan_ref, loan.owed, sum((Decimal(one) for one in loan.waivers.values()), ZERO),
                effect.effect.value if effect else "NOT_COVERED", effect.new_last_date if effect else None,
            )
        )  # fmt: skip
    return Agreement(
        number=plan.number, case_number=case.number, is_settlement=plan.kind == "SETTLEMENT",
        lender_name=details_of(tenant)["lender_name"] or tenant.name,
        debtor_name=shown[plan.borrower_id]["name"] or "", currency=plan.currency, made_on=on,
        open_until=plan.offered_until, loans=tuple(loans),
        schedule=tuple((one.position, one.due_on, one.amount) for one in instalments), total=plan.total,
        cost=sum((one.interest for one in instalments), ZERO), grace_days=plan.grace_days,
        missed_max=plan.missed_max, cure_days=plan.cure_days, stops_collection=needs_stop(plan, on=on),
    )  # fmt: skip


def _sealed(path: Path, chunks: Iterable[bytes], tenant: str) -> tuple[str, int, str]:
    """Write the sealed file; gives hash, size and kind of the content."""
    digest, size, kind = hashlib.sha256(), 0, ""
    with storage_errors(), SealedWriter(path, keys=installation_vault_keys(), purpose=_purpose(tenant)) as writer:
        for chunk in chunks:
            if not chunk:
                continue
            if not size:
                kind = next((name for name, begins in _BEGINS if chunk.startswith(begins)), "")
            size += len(chunk)
            if not kind or size > BYTES_MAX:
                break
            digest.update(chunk)
            writer.write(chunk)
    if not size:
        raise BadAgreementInput("The document is empty: choose another file.")
    if not kind:
        raise BadAgreementInput("This form of file is not taken: give PDF, PNG, JPEG or Word.")
    if size > BYTES_MAX:
        raise BadAgreementInput(f"The document is larger than {BYTES_MAX >> 20} MB: give a smaller one.")
    return digest.hexdigest(), size, kind


def _folder(tenant: str) -> Path:
    return Path(settings.QINGSHOU_HOME) / "documents" / tenant


def _path(tenant: str, digest: str) -> Path:
    return _folder(tenant) / digest[:2] / f"{digest}.sealed"


def _purpose(tenant: str) -> str:
    return f"document:{tenant}"
