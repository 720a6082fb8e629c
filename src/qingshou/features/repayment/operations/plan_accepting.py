"""A plan accepted by the debtor: by a one-time code or a signed agreement. What follows from it happens at once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.contact.operations.attempts import note_inbound
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.operations.campaign_wording import languages_of
from qingshou.features.repayment.errors import BadAgreementInput, CodeRefused, PlanNotNow, PlanRefused
from qingshou.features.repayment.models import FiledDocument, OneTimeCode, Plan, PlanInstalment, PlanLoan
from qingshou.features.repayment.operations.codes import count_codes_since, keep_code, new_code, use_code
from qingshou.features.repayment.operations.following import follow
from qingshou.features.repayment.operations.negotiation import note_step
from qingshou.features.repayment.operations.plan_acts import needs_stop, plan_entry, stop_collection, watch_next
from qingshou.features.repayment.operations.plan_messages import CODE, plan_values, queue_message
from qingshou.features.repayment.operations.plans import locked_plan, months_of, supersede_agreed
from qingshou.features.repayment.operations.promises import invalidate_open
from qingshou.features.repayment.rules.plan_law import (
    LoanFacts,
    judge_term,
    limitation_of,
    observation,
    restarted_by,
)
from qingshou.features.repayment.rules.plan_policy import plan_policy
from qingshou.features.repayment.rules.plan_states import PlanState
from qingshou.law.contact.terms import Channel, Purpose
from qingshou.tenancy.queries import current_tenant

ACCEPTANCE = "PLAN_ACCEPTANCE"
BY_CODE, BY_SIGNATURE = "CODE", "SIGNATURE"


def ask_code(
    *, plan_id: UUID, actor: Actor, now: datetime, channel: str = "", is_asked_by_debtor: bool = False
) -> OneTimeCode:
    """Send the code by which a plan is accepted to a known number or address of the debtor; earlier codes end.

    Takes   channel             the first choice; '' the lender's own order
            is_asked_by_debtor  on their own page, now: then the answer may come at any hour
    Gives   the code's row: the digits are in the message only
    Stops   NoSuchPlan
            PlanNotNow   it does not wait for acceptance, or its time is over; too many codes were asked for
            PlanRefused  no wording is approved, or the door lets none of the channels through
    """
    policy = plan_policy(settings=current_tenant().settings)
    with transaction.atomic():
        plan, case = locked_plan(plan_id, now)
        _ensure_open(plan, working_day(case, now))
        since = now - timedelta(days=1)
        if count_codes_since(purpose=ACCEPTANCE, subject_id=plan.id, since=since) >= policy.code.per_day:
            raise PlanNotNow("Too many codes were asked for today: try again tomorrow, or sign the agreement.")
        row, digits = new_code(
            purpose=ACCEPTANCE, subject_id=plan.id, borrower_id=plan.borrower_id, policy=policy.code, now=now
        )
        wanted = list(dict.fromkeys([*([channel] if channel else []), *policy.channels]))
        if is_asked_by_debtor:
            note_inbound(borrower_id=plan.borrower_id, channel=Channel(wanted[0]), at=now, actor=actor, now=now,
                         key=f"plan-code:{row.id}", case_id=plan.case_id)  # fmt: skip
        first = plan.instalments.order_by("position")[0]
        language = languages_of([plan.borrower_id]).get(plan.borrower_id, "")
        extra = plan_values(number=plan.number, amount=first.amount, currency=plan.currency, due_on=first.due_on,
                            language=language)  # fmt: skip
        extra |= {"one_time_code": digits, "code_minutes": str(policy.code.minutes)}
        queued, told = queue_message(
            template=CODE, case_id=plan.case_id, borrower_id=plan.borrower_id, channels=wanted, extra=extra,
            purpose=Purpose.SERVICE if is_asked_by_debtor else Purpose.ANSWER, key=f"code:{row.id}", actor=actor,
            now=now, not_after=row.expires_at,
        )  # fmt: skip
        if queued is None:
            raise PlanRefused(
                f"The code could not be sent: {told}. Let the debtor sign the agreement, or try another channel.",
                reasons=[{"code": told}],
            )
        keep_code(row, message_id=queued.message_id, now=now)
        entry = plan_entry(plan, "PLAN_CODE_SENT", code=row.id, channel=told, message=queued.message_id)
        record_many(entries=[entry], actor=actor, now=now)
    return row


def accept_by_code(*, plan_id: UUID, digits: str, actor: Actor, now: datetime, channel: str = "") -> Plan:
    """Accept a plan by the code that was sent.

    Takes   channel  of phrases.negotiation.CHANNELS: by which the debtor gave it; '' not told
    Gives   the plan, ACTIVE
    Stops   NoSuchPlan, PlanNotNow, PlanRefused  as `accept_by_signature`
            CodeRefused  wrong, used, too old or tried too often; the try is counted
    """
    with transaction.atomic():
        plan, case = locked_plan(plan_id, now)
        _ensure_open(plan, working_day(case, now))
        is_right = use_code(purpose=ACCEPTANCE, subject_id=plan.id, digits=digits.strip(), now=now)
        if is_right:
            _accept(plan, case, by=BY_CODE, document_hash="", actor=actor, now=now, channel=channel)
        else:
            record_many(entries=[plan_entry(plan, "PLAN_CODE_REFUSED")], actor=actor, now=now)
    if not is_right:
        raise CodeRefused("This code is not right, or no longer good: check it, or ask for a new one.")
    return plan


def accept_by_signature(*, plan_id: UUID, document_hash: str, actor: Actor, now: datetime) -> Plan:
    """Accept a plan by the signed agreement, which was filed with its case before.

    Gives   the plan, ACTIVE
    Stops   NoSuchPlan
            PlanNotNow         it does not wait for acceptance, its time is over, or its first date is
            PlanRefused        the law no longer allows its term
            BadAgreementInput  no such signed agreement is filed with the case
    """
    with transaction.atomic():
        plan, case = locked_plan(plan_id, now)
        _ensure_open(plan, working_day(case, now))
        filed = FiledDocument.objects.filter(case=plan.case_id, kind="SIGNED_AGREEMENT", document_hash=document_hash)
        if not filed.exists():
            raise BadAgreementInput("File the signed agreement with the case first: no such document is there.")
        _accept(plan, case, by=BY_SIGNATURE, document_hash=document_hash, actor=actor, now=now)
    return plan


def _ensure_open(plan: Plan, on: date) -> None:
    if plan.state != PlanState.AWAITING_ACCEPTANCE:
        raise PlanNotNow("This plan does not wait for acceptance.", state=plan.state)
    if on > plan.offered_until:
        raise PlanNotNow(f"This plan could be accepted until {plan.offered_until}: make a new one.",
                         offered_until=plan.offered_until)  # fmt: skip


def _accept(
    plan: Plan, case: Any, *, by: str, document_hash: str, actor: Actor, now: datetime, channel: str = ""
) -> None:
    tenant, on = current_tenant(), working_day(case, now)
    loans = list(PlanLoan.objects.filter(plan=plan.id).select_related("ledger__loan").order_by("ledger_id"))
    instalments = list(plan.instalments.order_by("position"))
    products = [one.ledger.loan.product for one in loans]
    term = judge_term(
        jurisdiction=tenant.jurisdiction, products=products, months=months_of(on, plan.ends_on), exceeds_ability=True,
        on=on,
    )  # fmt: skip
    if term.value != "ALLOWED":
        raise PlanRefused("The law does not allow a plan of this length: make a shorter one.",
                          reasons=[{"code": one.code, **one.fields} for one in term.reasons])  # fmt: skip
    before = supersede_agreed(plan, on=on, actor=actor, now=now)
    invalidate_open(borrower_ids=[plan.borrower_id], reason="PLAN_AGREED", actor=actor, now=now)
    facts = [_loan_facts(one, plan, on) for one in loans]
    for loan, known in zip(loans, facts, strict=True):
        loan.was_non_performing, loan.was_observed = known.is_non_performing, known.is_observed
    PlanLoan.objects.bulk_update(loans, ["was_non_performing", "was_observed"])
    effects = [_limitation(one, loan, tenant.jurisdiction, on) for one, loan in zip(facts, loans, strict=True)]
    plan.observed_until = _observed_until(plan, facts, instalments, tenant.jurisdiction, on)
    plan.state, plan.accepted_at, plan.accepted_by = PlanState.ACTIVE.value, now, by
    plan.signed_hash, plan.starts_on, plan.supersedes = document_hash, on, before
    if needs_stop(plan, on=on):
        plan.stop_id = stop_collection(plan, actor=actor, now=now)
    plan.save()
    watch_next(case, instalments, on=on, actor=actor, now=now)
    entry = plan_entry(
        plan, "PLAN_ACCEPTED", document_hash=document_hash, law=_cited(effects, term.reasons), by=by,
        limitation=effects, observed_until=plan.observed_until, supersedes=before.id if before else None,
        stop=plan.stop_id, term=[one.code for one in term.reasons], agreement=plan.agreement_hash,
    )  # fmt: skip
    record_many(entries=[entry], actor=actor, now=now)
    # the debtor's yes stands in the negotiation too, with what proves it
    note_step(case_id=plan.case_id, party="DEBTOR", kind="ACCEPTED", offer_id=plan.offer_id, actor=actor, now=now,
              document_hash=document_hash, channel=channel)  # fmt: skip
    # money of this day counts already
    follow(borrower_ids=[plan.borrower_id], on=on, actor=actor, now=now)
    plan.refresh_from_db()


def loan_facts_of(plan: Plan, *, on: date) -> list[tuple[PlanLoan, LoanFacts]]:
    """Return what the law looks at of each loan of a plan."""
    loans = PlanLoan.objects.filter(plan=plan.id).select_related("ledger__loan").order_by("ledger_id")
    return [(one, _loan_facts(one, plan, on)) for one in loans]


def _loan_facts(one: PlanLoan, plan: Plan, on: date) -> LoanFacts:
    loan = one.ledger.loan
    earlier = list(
        Plan.objects.filter(loans__ledger=one.ledger_id, accepted_at__isnull=False).exclude(id=plan.id)
        .order_by("starts_on").values_list("starts_on", "is_restructure", "observed_until")
    )  # fmt: skip
    last_due = max((day for day in (loan.maturity_date, loan.oldest_due_date) if day is not None), default=on)
    accepted = [starts for starts, _is_restructure, _until in earlier if starts is not None]
    return LoanFacts(
        product=loan.product, last_due_date=last_due,
        restarted_date=restarted_by(jurisdiction=current_tenant().jurisdiction, last_due_date=last_due,
                                    accepted=accepted),
        is_non_performing=loan.is_non_performing,
        is_observed=any(is_restructure and until and until > on for _starts, is_restructure, until in earlier),
    )  # fmt: skip


def _limitation(facts: LoanFacts, loan: PlanLoan, jurisdiction: str, on: date) -> Mapping[str, object]:
    found = limitation_of(jurisdiction=jurisdiction, loan=facts, on=on)
    if found is None:
        return {"ledger": loan.ledger_id, "effect": "NOT_COVERED"}
    articles = [f"{one.article.instrument} {one.article.article}" for one in found.reasons if one.article]
    return {"ledger": loan.ledger_id, "effect": found.effect.value, "was_expired": found.was_expired,
            "old_last_date": found.old_last_date, "new_last_date": found.new_last_date,
            "articles": list(dict.fromkeys(articles))}  # fmt: skip


def _observed_until(
    plan: Plan, facts: Sequence[LoanFacts], instalments: Sequence[PlanInstalment], jurisdiction: str, on: date
) -> date | None:
    if not plan.is_restructure:
        return None
    first = instalments[0].due_on
    period = months_of(first, instalments[1].due_on) if len(instalments) > 1 else 1
    found = [
        observation(jurisdiction=jurisdiction, loan=one, first_due_on=first, period_months=period, on=on)
        for one in facts
    ]
    return max((one.observed_until for one in found if one.observed_until is not None), default=None)


def _cited(effects: Sequence[Mapping[str, object]], reasons: Sequence[Any]) -> str:
    spelt = [str(one) for effect in effects for one in effect.get("articles", ())]  # type: ignore[attr-defined]
    spelt += [f"{one.article.instrument} {one.article.article}" for one in reasons if one.article]
    return "; ".join(dict.fromkeys(spelt))[:200]
