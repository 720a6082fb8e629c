"""Every column that can hold text, of every model: sealed, or listed here as not personal with its reason.

A new text column that is neither fails the test in tests/integration/privacy: forgetting is not possible.
"""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from qingshou.privacy.fields import BlindIndexField, SealedField

_TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)

# Models of other people's applications, each with why it holds nothing of a debtor.
OTHERS = {
    "auth": "unused",
    "contenttypes": "names of models",
    "sessions": "opaque keys; what is in a session is ours and holds no debtor",
    "account": "addresses of our own people",
    "mfa": "second factors of our own people",
    "procrastinate": "opaque ids and dates",
    "pghistory": "times of changes",
}

# Columns that hold no personal data of a debtor, by kind of name: the reason stands for all of that name.
BY_NAME = {
    "code": "a code of ours", "kind": "a code of ours", "status": "a code of ours", "currency": "ISO 4217",
    "product": "a code", "branch": "a code or name of a branch", "channel": "a code", "jurisdiction": "a code",
    "time_zone": "IANA name", "language": "a code", "role": "a code of ours", "frame": "a code of ours",
    "severity": "a code of ours", "severity_base": "a code of ours", "severity_reason": "a code of ours",
    "severity_before": "a code of ours", "severity_after": "a code of ours", "regulatory_class": "a code of ours",
    "regulatory_reason": "a code of ours", "class_before": "a code of ours", "class_after": "a code of ours",
    "days_basis": "a code of ours", "stage": "a code of ours", "credit_standing": "a code",
    "loan_ref": "the lender's own number", "borrower_ref": "the lender's own number",
    "payment_ref": "the lender's own number", "reverses_ref": "the lender's own number",
    "guarantor_ref": "the lender's own number", "collateral_ref": "the lender's own number",
    "region": "a province or city, as the lender codes it", "source": "a code of ours",
    "username": "one of our own people", "started_by": "one of our own people", "created_by": "one of our own people",
    "given_by": "one of our own people", "runner": "host and process", "error": "our own message, without data",
    "content_hash": "a hash", "document_hash": "a hash", "mapping_hash": "a hash", "action": "a code of ours",
    "rule": "name of a rule", "law": "name of a law", "next_action": "a code of ours", "queue_reason": "a code of ours",
    "closed_reason": "a code of ours", "process_code": "a code of ours", "item": "a code of ours",
    "subject_kind": "a code of ours", "purpose": "a code of ours", "direction": "a code of ours",
    "party": "a code of ours", "place": "a code of ours", "outcome": "a code of ours", "adapter": "a code of ours",
    "tone": "a code of ours", "step": "a code of ours", "placed_by": "one of our own people or systems",
    "made_by": "one of our own people", "lifted_by": "one of our own people", "changed_by": "one of our own people",
    "asked_by": "one of our own people or systems", "confirmed_by": "one of our own people",
    "approved_by": "one of our own people", "taken_by": "one of our own people", "reason": "a code of ours",
    "provider_ref": "the provider's own opaque id", "event_ref": "the provider's own opaque id, or a hash",
    "error_code": "a code of the provider", "point_index": "a keyed hash", "from_index": "a keyed hash",
    "stored_by": "one of our own people or systems", "searched_by": "one of our own people",
    "ended_reason": "a code of ours",
    "collector": "a code of the lender or of an agency", "codes": "codes of ours",
}  # fmt: skip

# The rest, one by one.
NOT_PERSONAL = {
    "tenancy.Tenant.name": "name of a lender",
    "tenancy.Tenant.settings": "settings of a lender",
    "access.Team.name": "name of a desk",
    "access.User.email": "one of our own people",
    "access.User.display_name": "one of our own people",
    "access.User.password": "a hash",
    "access.User.skills": "codes",
    "access.ApiClient.name": "name of a system",
    "access.ApiClient.prefix": "part of a token",
    "access.ApiClient.secret_hash": "a hash",
    "access.ApiClient.scopes": "codes",
    "audit.AuditHead.hash": "a hash",
    "audit.AuditEvent.actor_kind": "a code of ours",
    "audit.AuditEvent.actor_name": "one of our own people",
    "audit.AuditEvent.facts": "codes, amounts and dates; personal facts enter as commitments only",
    "audit.AuditEvent.prev_hash": "a hash",
    "audit.AuditEvent.hash": "a hash",
    "audit.AuditOpening.name": "name of a fact",
    "audit.AuditOpening.salt": "random bytes",
    "audit.AuditOpening.sealed": "sealed by the caller",
    "audit.AuditAnchor.prev_root": "a hash",
    "audit.AuditAnchor.root": "a hash",
    "privacy.PersonalDataRead.reader_kind": "a code of ours",
    "privacy.PersonalDataRead.reader_name": "one of our own people",
    "privacy.PersonalDataRead.subject_ids": "opaque ids",
    "privacy.PersonalDataRead.clear_fields": "names of columns",
    "privacy.PersonalDataRead.masked_fields": "names of columns",
    "approvals.ApprovalRequest.subject_label": "number of a case or the like",
    "approvals.ApprovalRequest.reason": "why, in our people's words; the form asks for no names",
    "approvals.ApprovalRequest.payload": "codes and ids",
    "approvals.ApprovalRequest.requested_by_name": "one of our own people",
    "approvals.ApprovalRequest.decided_by_name": "one of our own people",
    "approvals.ApprovalRequest.decision_note": "why, in our people's words",
    "rest.IdempotencyKey.principal": "kind and id of a client or user",
    "rest.IdempotencyKey.key": "chosen by the caller, opaque",
    "rest.IdempotencyKey.method": "a code",
    "rest.IdempotencyKey.path": "an address: ids only",
    "rest.IdempotencyKey.body_hash": "a hash",
    "rest.IdempotencyKey.content_type": "a code",
    "rest.IdempotencyKey.location": "an address: ids only",
    "rest.IdempotencyKey.body": "the reply to a POST: states and ids; personal values are read by GET only",
    "book.Borrower.personal_digest": "a keyed hash",
    "book.Guarantee.personal_digest": "a keyed hash",
    "book.Collateral.personal_digest": "a keyed hash",
    "book.Mapping.name": "name of a mapping",
    "book.Mapping.document": "names of columns and value codes",
    "book.Import.file_name": "name of a file",
    "book.Import.intake_id": "opaque",
    "book.Import.mapping_name": "name of a mapping",
    "book.Import.totals": "sums",
    "book.Import.columns": "names of columns",
    "book.Import.notes": "codes and counts",
    "book.Import.reasons": "codes and counts",
    "book.Import.lake_path": "a path; the lake holds no personal columns in the clear",
    "book.Import.rejects_path": "a path",
    "delinquency.Classification.shape": "a code of ours",
    "delinquency.Classification.engine": "a code of ours",
    "delinquency.Classification.path": "a path",
    "delinquency.Classification.reached_path": "a path",
    "delinquency.Classification.sources": "paths and hashes",
    "delinquency.Classification.severities": "codes and counts",
    "delinquency.Classification.classes": "codes and counts",
    "delinquency.Classification.reasons_unclassified": "codes and counts",
    "delinquency.Classification.unverified_articles": "articles",
    "delinquency.Figure.name": "a code of ours",
    "delinquency.Figure.key": "codes of ours and of the lender",
    "cases.Case.number": "a number of ours",
    "cases.StageEvidence.note": "what was met, in our people's words; the form asks for no names",
    "cases.SavedView.name": "chosen by one of our own people",
    "cases.SavedView.query": "filters of a list; a search for a person is never saved",
    "contact.ContactPerson.key": "a keyed hash or an opaque id",
    "contact.ContactPerson.preferred_channel": "a code of ours",
    "contact.StopPlaced.lifted_reason": "why, in our people's words; the form asks for no names",
    "contact.PointState.struck_reason": "a code of ours",
    "contact.PointState.zones": "IANA names",
    "contact.Attempt.key": "ids of ours",
    "contact.Attempt.debts": "opaque ids",
    "contact.Refusal.reasons": "codes, articles and instants",
    "contact.LetterBatch.number": "a number of ours",
    "contact.Message.state": "a code of ours",
    "contact.Message.registered_number": "the post's own number",
    "contact.DeliveryEvent.state": "a code of ours",
    "contact.TemplateVersion.subject": "wording with variables, before any name is in it",
    "contact.TemplateVersion.body": "wording with variables, before any name is in it",
    "contact.Reply.suggested": "a code of ours",
    "contact.Reply.classifier_version": "a version",
    "contact.Call.identity_checked_by": "codes of ours",
    "contact.Call.path": "codes of ours",
    "contact.Call.script_version": "a version",
    "contact.Call.options_offered": "codes of ours",
    "contact.PromiseTaken.pay_by": "a code of ours",
    "contact.Recording.content_type": "a media type",
    "contact.Campaign.name": "chosen by one of our own people",
    "contact.Campaign.template_code": "a code of ours",
    "contact.Campaign.segment": "filters: codes and numbers",
    "contact.Campaign.progress": "codes and counts",
    "contact.CampaignMember.state": "a code of ours",
    "contact.Decision.policy": "a name and a hash",
    "contact.Decision.context": "codes and numbers",
    "contact.Decision.arms": "codes and numbers",
    "contact.Decision.arm": "a code of ours",
    "contact.CaseStep.ladder": "a code of ours",
    "contact.CaseStep.asked_state": "a code of ours",
    "repayment.LoanLedger.state": "a code of ours",
    "repayment.LoanLedger.order_kinds": "codes of ours",
    "repayment.LoanLedger.order_sequence": "a code of ours",
    "repayment.LoanLedger.order_future": "a code of ours",
    "repayment.TapeDifference.state": "a code of ours",
    "repayment.TapeDifference.amounts": "codes and amounts",
    "repayment.TapeDifference.acted_by": "one of our own people",
    "repayment.TapeDifference.settled_by": "one of our own people, or the tape",
    "repayment.LedgerEvent.facts": "codes, amounts and dates",
    "repayment.LedgerEvent.actor_name": "one of our own people",
    "repayment.Transaction.actor_name": "one of our own people",
    "repayment.BankFile.file_name": "name of a file",
    "repayment.BankFile.format": "a code of ours",
    "repayment.BankFile.totals": "sums",
    "repayment.BankFile.rejects": "places and codes; no values of the file",
    "repayment.BankFile.warnings": "codes and amounts",
    "repayment.Receipt.external_ref": "the bank's or provider's own opaque id",
    "repayment.Receipt.source_ref": "the bank's own opaque number, or a key of ours",
    "repayment.Receipt.body_hash": "a hash",
    "repayment.Receipt.reversal_ref": "the bank's or provider's own opaque id",
    "repayment.Receipt.payer_account_index": "a keyed hash",
    "repayment.Receipt.state": "a code of ours",
    "repayment.Receipt.matched_by": "a rule's code or one of our own people",
    "repayment.Receipt.proposals": "ids, scores and codes",
    "repayment.PaymentReference.reference": "a number of ours",
    "repayment.Counted.payment_ref": "the core system's own opaque number",
    "repayment.Promise.pay_by": "a code of ours",
    "repayment.Promise.state": "a code of ours",
    "repayment.Budget.form": "a code of ours",
    "repayment.Budget.floor_place": "name of a place in a table of living floors",
    "repayment.Budget.willingness": "a code of ours",
    "repayment.Budget.reasons": "codes, figures and articles",
    "repayment.BudgetLine.heading": "a code of ours",
    "repayment.BudgetLine.told_every": "a code of ours",
    "repayment.FiledDocument.content_type": "a media type",
    "repayment.OfferSearch.policy": "a name, a version and a hash",
    "repayment.OfferSearch.inputs": "amounts, dates and codes",
    "repayment.OfferSearch.reasons": "codes and figures",
    "repayment.Offer.label": "a code of ours",
    "repayment.Offer.terms": "amounts, dates and codes",
    "repayment.Offer.schedule": "amounts and dates",
    "repayment.Offer.limits": "codes, figures and articles",
    "repayment.Offer.needs_role": "a code of ours",
    "repayment.Plan.number": "a number of ours",
    "repayment.Plan.state": "a code of ours",
    "repayment.Plan.policy": "a name, a version and a hash",
    "repayment.Plan.accepted_by": "a code of ours",
    "repayment.Plan.agreement_hash": "a hash",
    "repayment.Plan.signed_hash": "a hash",
    "repayment.PlanLoan.waivers": "codes and amounts",
    "repayment.PlanInstalment.state": "a code of ours",
    "repayment.OneTimeCode.code_hash": "a keyed hash",
    "repayment.ReliefProgramme.names": "names of a programme",
    "repayment.ReliefProgramme.regions": "codes of places",
    "repayment.ReliefProgramme.products": "codes",
    "repayment.ReliefProgramme.state": "a code of ours",
    "repayment.Hardship.state": "a code of ours",
    "repayment.Hardship.register_ref": "the register's own opaque number",
    "repayment.Hardship.decided_by": "one of our own people",
    "repayment.Hardship.reported_by": "one of our own people or systems",
    "repayment.PaymentIntent.pay_url": "an address at the provider, with its own opaque id",
    "repayment.PaymentIntent.state": "a code of ours",
    "portal.PortalLink.token_hash": "a hash",
    "portal.PortalVisit.secret_hash": "a hash",
    "portal.PortalVisit.channel": "a code of ours",
    "portal.PortalAsk.number": "a random number of ours",
    "portal.PortalDraft.form": "a code of ours",
    "portal.PortalAsk.facts": "codes, amounts and dates",
    "portal.PortalAsk.state": "a code of ours",
    "portal.PortalAsk.handled_by": "one of our own people",
    "oversight.DayStep.name": "a code of ours",
    "oversight.DayStep.facts": "counts and totals",
}


def text_columns() -> Iterator[tuple[str, models.Field]]:
    """Return ("app.Model.field", field) for every column of ours that can hold text."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OTHERS:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, _TEXT) and not field.primary_key:
                yield f"{model._meta.label}.{field.name}", field


def is_sealed(field: models.Field) -> bool:
    """Whether the column holds sealed bytes or a blind index, and says of what kind."""
    return isinstance(field, (SealedField, BlindIndexField)) and field.personal_kind is not None


def undeclared() -> list[str]:
    """Return the columns that are neither sealed nor listed as not personal."""
    return [
        name
        for name, field in text_columns()
        if not is_sealed(field) and name not in NOT_PERSONAL and field.name not in BY_NAME
    ]


def personal_columns() -> dict[str, str]:
    """Return "app.Model.field" -> kind of every sealed column."""
    return {
        name: field.personal_kind.value
        for name, field in text_columns()
        if isinstance(field, SealedField) and field.personal_kind is not None
    }
