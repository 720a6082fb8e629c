"""Offers searched, worked out and put on file, with everything that is needed to make them again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.operations.locked import lock_case
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.repayment.errors import NoSuchBudget, NoSuchSearch
from qingshou.features.repayment.models import Budget, Offer, OfferSearch, Plan
from qingshou.features.repayment.operations.ledger_opening import open_missing
from qingshou.features.repayment.operations.locks import lock_ledgers_of
from qingshou.features.repayment.operations.negotiation import note_step
from qingshou.features.repayment.operations.plans import propose_plan
from qingshou.features.repayment.queries.negotiating import (
    NO_WISH,
    Negotiable,
    Wish,
    negotiable_of,
    setting_for,
    waivers_by_kind,
)
from qingshou.features.repayment.rules import offer_search as rules
from qingshou.features.repayment.rules.offer_building import Setting, plan_offer, settlement_offer, terms_at
from qingshou.features.repayment.rules.offer_inputs import inputs_row, search_again
from qingshou.features.repayment.rules.offer_policy import policy_data
from qingshou.features.repayment.rules.offer_record import loan_rows, schedule_rows
from qingshou.features.repayment.rules.offers import Offer as WorkedOut
from qingshou.features.repayment.rules.offers import OfferSet, OfferTerms, Stages, plain
from qingshou.features.repayment.rules.reason_record import limit_rows, reason_rows
from qingshou.tenancy.queries import current_tenant

RULE = "repayment.offers"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A search made again: whether its answer is the same byte for byte, and what it is now."""

    search_id: UUID
    is_same: bool
    was_hash: str
    now_hash: str
    answer: OfferSet


def search_offers(
    *, case_id: UUID, budget_id: UUID, actor: Actor, role: str, now: datetime, wish: Wish = NO_WISH
) -> OfferSearch:
    """Search the offers for a debtor and put them on file side by side.

    Takes   budget_id  what can be borne
            role       the asker's; DEBTOR where the debtor asks on their own page
            wish       pay day, rhythm, money at hand, which loans
    Gives   the search, with its offers; where there are none its reasons say why and what is left to do
    Stops   NoSuchCase, CaseClosed
            NoSuchBudget       not of this case
            OffersNotPossible  what is owed is not known
            BadInput           the policy gives the role no limits
    """
    with transaction.atomic():
        case, debt, budget = _held(case_id, budget_id, wish, actor, now)
        tenant = current_tenant()
        setting = setting_for(
            case=case, debt=debt, budget=budget, role=role, on=working_day(case, now), tenant=tenant, wish=wish
        )
        law = setting.limits.law
        answer = rules.search_offers(
            request=setting.request, policy=setting.limits.policy, model=setting.model, law=law
        )  # fmt: skip
        inputs = inputs_row(
            request=setting.request, policy_data=policy_data(tenant.settings), model=setting.model, law=law
        )  # fmt: skip
        search = OfferSearch.objects.create(
            id=uuid4(), case_id=case.id, budget=budget, policy=answer.policy[:80], role=role[:20],
            inputs=inputs | {"answer": answer.hash, "candidates": answer.candidates, "left_out": list(debt.left_out)}
            | _about(debt),
            reasons=reason_rows(answer.reasons), searched_by=actor.name[:60], searched_at=now,
        )  # fmt: skip
        Offer.objects.bulk_create(
            _row(one, debt, case.id, search, place, actor, now) for place, one in enumerate(answer.offers, start=1)
        )
        facts = {"search": search.id, "budget": budget.id, "role": role, "policy": search.policy,
                 "offers": len(answer.offers), "answer": answer.hash, "owed": debt.owed.total,
                 "currency": debt.owed.currency, "reasons": [one.code for one in answer.reasons]}  # fmt: skip
        record(subject_kind="CASE", subject_id=case.id, action="OFFERS_SEARCHED", actor=actor, now=now, facts=facts,
               rule=RULE)  # fmt: skip
    return search


def propose_own(
    *, case_id: UUID, budget_id: UUID, terms: OfferTerms | Stages, party: str, actor: Actor, role: str, now: datetime,
    wish: Wish = NO_WISH, reason: str = "", said: str = "", channel: str = "", call_id: UUID | None = None,
) -> Offer:  # fmt: skip
    """Work out terms that the debtor or the desk proposes instead, to the cent, and note them in the negotiation.

    Takes   party  DEBTOR: a counter-offer; LENDER: an offer of ours
    Gives   the offer, held to every limit; `needs_role` says who must agree, NOBODY that no role may
    Stops   as `search_offers`
            Unpayable, BadInput  no schedule of such terms
    """
    with transaction.atomic():
        case, debt, budget = _held(case_id, budget_id, wish, actor, now)
        setting = setting_for(
            case=case, debt=debt, budget=budget, role=role, on=working_day(case, now), tenant=current_tenant(),
            wish=wish,
        )  # fmt: skip
        worked = work_out(setting, terms)
        offer = _row(worked, debt, case.id, None, 0, actor, now)
        offer.save(force_insert=True)
        facts = {"offer": offer.id, "party": party, "total": offer.total, "currency": offer.currency,
                 "instalments": len(offer.schedule), "ends_on": offer.ends_on,
                 "needs_role": offer.needs_role}  # fmt: skip
        record(subject_kind="CASE", subject_id=case.id, action="OFFER_WORKED_OUT", actor=actor, now=now, facts=facts,
               rule=RULE)  # fmt: skip
        note_step(
            case_id=case.id, party=party, kind="COUNTERED" if party == "DEBTOR" else "OFFERED", offer_id=offer.id,
            reason=reason, said=said, channel=channel, call_id=call_id, actor=actor, now=now,
        )  # fmt: skip
    return offer


def work_out(setting: Setting, terms: OfferTerms | Stages) -> WorkedOut:
    """Return terms worked out to the cent, nothing kept: the rate is what the concession makes of the contract's.

    Stops   Unpayable, BadInput  no schedule of such terms
    """
    if isinstance(terms, Stages):
        return settlement_offer(setting=setting, stages=terms)
    return plan_offer(setting=setting, terms=terms_at(setting, terms))


def preview_own(
    *, case: Any, budget: Budget, terms: OfferTerms | Stages, role: str, actor: Actor, now: datetime,
    wish: Wish = NO_WISH,
) -> Offer:  # fmt: skip
    """Return own terms worked out as `propose_own` would, nothing locked and nothing kept.

    Stops   as `propose_own`
    """
    debt = negotiable_of(case=case, loan_ids=wish.loan_ids)
    setting = setting_for(
        case=case, debt=debt, budget=budget, role=role, on=working_day(case, now), tenant=current_tenant(), wish=wish
    )
    return _row(work_out(setting, terms), debt, case.id, None, 0, actor, now)


def agree_on(
    *, case_id: UUID, offer_id: UUID, actor: Actor, role: str, now: datetime, reason: str = "",
    is_accepted: bool = False, said: str = "", channel: str = "", call_id: UUID | None = None,
) -> Plan:  # fmt: skip
    """Make a plan of an offer, and note in the negotiation that the debtor said yes where so.

    Takes   reason       for the second person, where the offer lies beyond the role
            is_accepted  the debtor said yes; the plan still waits for a signature or a code
    Stops   as `propose_plan` and `note_step`
    """
    with transaction.atomic():
        if is_accepted:
            note_step(
                case_id=case_id, party="DEBTOR", kind="ACCEPTED", offer_id=offer_id, said=said, channel=channel,
                call_id=call_id, actor=actor, now=now,
            )  # fmt: skip
        return propose_plan(
            case_id=case_id, offer_id=offer_id, actor=actor, role=role, now=now, reason=reason
        )  # fmt: skip


def replay_search(*, search_id: UUID) -> Replayed:
    """Make a search again from what it kept, and tell whether the answer is the same byte for byte.

    Stops   NoSuchSearch
    """
    found = OfferSearch.objects.filter(id=search_id).first()
    if found is None:
        raise NoSuchSearch("There is no such search for offers.")
    answer = search_again(found.inputs)
    was = str(found.inputs["answer"])
    return Replayed(found.id, answer.hash == was, was, answer.hash, answer)


def _held(
    case_id: UUID, budget_id: UUID, wish: Wish, actor: Actor, now: datetime
) -> tuple[Any, Negotiable, Budget]:  # fmt: skip
    """Return the case, locked after the debtor's ledgers, which are opened where they are missing."""
    borrower_id = get_case(case_id=case_id).borrower_id
    open_missing(borrower_id=borrower_id, lender=current_tenant(), actor=actor, now=now)
    lock_ledgers_of([borrower_id])
    case = lock_case(case_id)
    budget = Budget.objects.filter(id=budget_id, case=case.id).first()
    if budget is None:
        raise NoSuchBudget("There is no such budget of this case: take income and spending first.")
    return case, negotiable_of(case=case, loan_ids=wish.loan_ids), budget


def _about(debt: Negotiable) -> dict[str, Any]:
    """Return which loans it is about where it is not about all: by number, with those it leaves as they are."""
    if not debt.is_partial:
        return {}
    return {
        "is_partial": True, "about": [one.loan_ref for one, _parts in debt.loans], "not_about": list(debt.not_chosen),
        "about_ids": [str(one.loan_id) for one, _parts in debt.loans],
    }  # fmt: skip


def _row(
    one: WorkedOut, debt: Negotiable, case_id: UUID, search: OfferSearch | None, place: int, actor: Actor,
    now: datetime,
) -> Offer:  # fmt: skip
    loans = loan_rows(waived=one.waived, loans=[(str(loan.loan_id), parts) for loan, parts in debt.loans])
    for row, (loan, _parts) in zip(loans, debt.loans, strict=True):
        row["waivers"] = waivers_by_kind(loan, row["waivers"])  # type: ignore[arg-type]
    kept: Any = plain(one.terms)
    terms = {
        **kept, "loans": loans, "also": [label.value for label in one.also], "facts": plain(one.facts),
        "waived": plain(one.waived), "is_in_band": one.is_in_band, "reasons": reason_rows(one.reasons),
        "new_interest": plain(one.new_interest), "value_share": plain(one.value_share), "observed": one.kept.observed,
        **_about(debt),
    }  # fmt: skip
    return Offer(
        id=uuid4(), search=search, case_id=case_id, position=place, label=one.label.value, kind=one.kind.value,
        currency=one.schedule.currency, terms=terms, schedule=schedule_rows(one.schedule), total=one.total,
        total_cost=one.total_cost, apr=one.apr, ends_on=one.ends_on, kept_chance=one.kept.mean, kept_low=one.kept.low,
        kept_high=one.kept.high, value=one.value, limits=limit_rows(one.measures), needs_role=one.needs_role,
        made_by=actor.name[:60], made_at=now,
    )  # fmt: skip
