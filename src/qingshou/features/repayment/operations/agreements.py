"""Agreements drawn up: a plan's words as PDF and Word, filed sealed with its case."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.operations.locked import hold_cases
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.queries.values import details_of
from qingshou.features.repayment.documents.agreement import AgreedLoan, Agreement
from qingshou.features.repayment.documents.files import pdf_file, word_file
from qingshou.features.repayment.documents.words import WORDS
from qingshou.features.repayment.errors import BadAgreementInput
from qingshou.features.repayment.models import FiledDocument, Plan
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.operations.locks import plan_of
from qingshou.features.repayment.operations.plan_accepting import loan_facts_of
from qingshou.features.repayment.operations.plan_acts import needs_stop, plan_entry
from qingshou.features.repayment.rules.plan_law import limitation_of
from qingshou.kernel.money import ZERO
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields
from qingshou.tenancy.queries import current_tenant


@dataclass(frozen=True, slots=True)
class MadeAgreement:
    """An agreement drawn up: both files filed with the case."""

    pdf: FiledDocument
    word: FiledDocument


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
            case_id=plan.case_id, kind="AGREEMENT", file_name=f"{plan.number}-{language}.{kind}", content=content,
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
        unpaid_max=plan.unpaid_max, rate=plan.offer.apr if plan.kind == "PLAN" else None,
        is_partial=bool(plan.offer.terms.get("is_partial")),
    )  # fmt: skip
