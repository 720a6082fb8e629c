"""Plans from the debtor's side: offers searched within what a debtor may agree to alone, their own proposal, a choice.

What is beyond that goes to the desk as a request, with the offer on file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.features.portal.errors import NoSuchPage
from qingshou.features.portal.models import PortalDraft
from qingshou.features.portal.operations.asks import NEGOTIATE, place_ask
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.offers import own_offer
from qingshou.features.portal.rules.asks import AskKind
from qingshou.features.repayment.operations.budgets import record_budget
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.offers import propose_own, search_offers, work_out
from qingshou.features.repayment.operations.plans import propose_plan
from qingshou.features.repayment.queries.negotiating import negotiable_of, setting_for
from qingshou.features.repayment.rules.kept_model import prior_model
from qingshou.features.repayment.rules.offers import OfferTerms
from qingshou.features.repayment.rules.pay_days import first_pay_day
from qingshou.features.repayment.rules.schedule import Kind, Terms
from qingshou.features.repayment.rules.told_budget import ToldBudget
from qingshou.tenancy.queries import current_tenant

ROLE, PARTY, SOURCE = "DEBTOR", "DEBTOR", "PORTAL"
PERIODS_MAX = 120
GAP_DAYS = 3
INCOME = "INCOME"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a proposal comes to: shown as it is typed, and kept to the cent when it is sent."""

    count: int
    amount: Decimal
    last_amount: Decimal
    first_on: date
    ends_on: date
    total: Decimal
    new_interest: Decimal
    currency: str
    needs_desk: bool


def tell_income(*, case_id: UUID, borrower_id: UUID, told: ToldBudget, now: datetime) -> Any:
    """Take what the debtor earns and spends, and search what could be offered on it; the draft is gone then.

    Stops   BudgetRefused, NoSuchCase, CaseClosed, OffersNotPossible
    """
    with transaction.atomic():
        budget = record_budget(case_id=case_id, told=told, actor=DEBTOR, now=now, source=SOURCE)
        PortalDraft.objects.filter(borrower=borrower_id, form=INCOME).delete()
    search_offers(case_id=case_id, budget_id=budget.id, actor=DEBTOR, role=ROLE, now=now)
    return budget


def figures_of(*, case: Any, budget: Any, amount: Decimal, day: int, on: date) -> Figures:
    """Work out a proposal; nothing is kept.

    Stops   Unpayable, BadInput, OffersNotPossible
    """
    setting = setting_for(case=case, debt=negotiable_of(case=case), budget=budget, role=ROLE, on=on,
                          tenant=current_tenant(), model=prior_model())  # fmt: skip
    worked = work_out(setting, _terms(amount, day, on))
    rows = worked.schedule.instalments
    return Figures(
        count=len(rows), amount=rows[0].amount, last_amount=rows[-1].amount, first_on=rows[0].due_date,
        ends_on=worked.ends_on, total=worked.total, new_interest=worked.new_interest,
        currency=worked.schedule.currency, needs_desk=bool(worked.needs_role),
    )  # fmt: skip


def propose(
    *, case: Any, borrower_id: UUID, budget: Any, amount: Decimal, day: int, on: date, now: datetime
) -> Any:  # fmt: skip
    """Put the debtor's own proposal on file: a plan to accept where a debtor may agree to it, else a request.

    Stops   as `figures_of`; PlanRefused, PlanNotNow (another plan waits)
    """
    with transaction.atomic():
        # ledgers, the person, the case: that is the order in which everybody locks
        lock_books(borrower_id=borrower_id, lender=current_tenant(), actor=DEBTOR, now=now)
        lock_person_of(borrower_id, now)
        offer = propose_own(case_id=case.id, budget_id=budget.id, terms=_terms(amount, day, on), party=PARTY,
                            actor=DEBTOR, role=ROLE, now=now, channel=SOURCE)  # fmt: skip
        if not offer.needs_role:
            return propose_plan(case_id=case.id, offer_id=offer.id, actor=DEBTOR, role=ROLE, now=now)
        facts = {"offer": str(offer.id), "amount": str(amount), "day": day}
        return place_ask(borrower_id=borrower_id, kind=AskKind.PLAN, now=now, facts=facts, action=NEGOTIATE)


def choose_offer(*, case_id: UUID, offer_id: UUID, now: datetime) -> Any:
    """Make a plan of an offer the debtor was shown.

    Stops   NoSuchPage  not one of those shown
            PlanRefused, PlanNotNow
    """
    offer = own_offer(case_id=case_id, offer_id=offer_id)
    if offer is None:
        raise NoSuchPage("There is no such offer for this debtor.")
    return propose_plan(case_id=case_id, offer_id=offer.id, actor=DEBTOR, role=ROLE, now=now)


def _terms(amount: Decimal, day: int, on: date) -> OfferTerms:
    first = first_pay_day(after=on, pay_day=day, gap_days=GAP_DAYS)
    schedule = Terms(first_due_date=first, periods=PERIODS_MAX, kind=Kind.FIXED_AMOUNT, amount=amount, pay_day=day)
    return OfferTerms(schedule=schedule)
