"""A negotiation on file: who offered, countered, accepted or refused what, why, by which channel and call."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.operations.locked import lock_case
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.queries.calls import calls_of, last_attempts
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPlan
from qingshou.features.repayment.models import FiledDocument, NegotiationStep, Offer
from qingshou.features.repayment.operations.plan_acts import give_if_asked
from qingshou.features.repayment.phrases.negotiation import CHANNELS, PARTIES, REASONS, STEPS
from qingshou.privacy.sealing import seal

SAID_LENGTH_MAX = 2000
_CALLS_MAX = 500
_SAID_PLACE = "repayment_negotiationstep.said"
_OF_AN_OFFER = frozenset({"OFFERED", "COUNTERED", "ACCEPTED", "REFUSED", "WITHDRAWN"})


def note_step(
    *, case_id: UUID, party: str, kind: str, actor: Actor, now: datetime, offer_id: UUID | None = None,
    reason: str = "", said: str = "", channel: str = "", call_id: UUID | None = None, document_hash: str = "",
    at: datetime | None = None,
) -> NegotiationStep:  # fmt: skip
    """Put one step of a negotiation on file. Nothing on file is changed: what was wrong is said in a new step.

    Takes   party     LENDER or DEBTOR; `kind` OFFERED, COUNTERED, ACCEPTED, REFUSED, WITHDRAWN or SAID
            offer_id  the offer it is about; every kind but SAID names one
            reason    a code of phrases.negotiation.REASONS; a refusal gives one
            said      the words, kept sealed; the record keeps a commitment to them
            call_id   of contact: its recording is the proof
            at        when it was said; None: now
    Stops   NoSuchCase, CaseClosed
            NoSuchPlan         no such offer of this case
            BadAgreementInput  an unknown code, a step without its offer, a refusal without reason, said in the future
    """
    _check(party, kind, reason, channel, said)
    if kind in _OF_AN_OFFER and offer_id is None:
        raise BadAgreementInput("Name the offer this step is about.")
    if kind == "REFUSED" and not reason:
        raise BadAgreementInput("Say why it was refused: choose a reason.")
    if at is not None and at > now:
        raise BadAgreementInput("A step cannot be in the future: give the time it was said.")
    with transaction.atomic():
        case = lock_case(case_id)
        if offer_id is not None and not Offer.objects.filter(id=offer_id, case=case.id).exists():
            raise NoSuchPlan("There is no such offer for this case.")
        if document_hash and not FiledDocument.objects.filter(case=case.id, document_hash=document_hash).exists():
            raise BadAgreementInput("File the document with the case first: no such document is there.")
        if call_id is not None and not is_call_with(call_id, case.borrower_id):
            raise BadAgreementInput("There is no such call with this debtor: choose one of theirs.")
        step = NegotiationStep(
            id=uuid4(), case_id=case.id, offer_id=offer_id, party=party, kind=kind, reason=reason, channel=channel,
            call_id=call_id, document_hash=document_hash, made_by=actor.name[:60], at=at or now,
        )  # fmt: skip
        words = said.strip()
        if words:
            step.said = seal(words, place=_SAID_PLACE, row_id=step.id)  # type: ignore[assignment]
        step.save(force_insert=True)
        if kind == "REFUSED":
            give_if_asked(case, "PLAN_REFUSED_OR_BROKEN", note=f"{working_day(case, now)}", actor=actor, now=now)
        record(
            subject_kind="CASE", subject_id=case.id, action=f"NEGOTIATION_{kind}", actor=actor, now=now,
            facts={"step": step.id, "party": party, "offer": offer_id, "reason": reason, "channel": channel,
                   "call": call_id, "at": step.at},
            rule="repayment.negotiation", document_hash=document_hash, personal={"said": words} if words else None,
            seal=seal,
        )  # fmt: skip
    return step


def is_call_with(call_id: UUID, borrower_id: UUID) -> bool:
    """Tell whether a call was one with this debtor, of this debt or another of the same person."""
    call = calls_of(call_ids=[call_id]).get(call_id)
    if call is None:
        return False
    return any(call.attempt_id == one.id for one in last_attempts(borrower_id=borrower_id, limit=_CALLS_MAX))


def _check(party: str, kind: str, reason: str, channel: str, said: str) -> None:
    for what, given, known in (("party", party, PARTIES), ("kind", kind, STEPS)):
        if given not in known:
            raise BadAgreementInput(f"'{given[:20]}' is no {what} of a negotiation: use one of {', '.join(known)}.")
    for what, given, known in (("reason", reason, REASONS), ("channel", channel, CHANNELS)):
        if given and given not in known:
            raise BadAgreementInput(f"'{given[:20]}' is no {what} of a negotiation: use one of {', '.join(known)}.")
    if len(said) > SAID_LENGTH_MAX:
        raise BadAgreementInput(f"What was said has at most {SAID_LENGTH_MAX} characters: shorten it.")
