"""Agreements for the demo's desk: budgets, plans that run, promises kept, broken and due today, one plan to be decided.

Invented, as the names are; every piece goes through the same operations as a lender's own. Nothing is sent.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from qingshou.access.actors import actor_of
from qingshou.access.queries import list_active_users
from qingshou.access.tenants import change_tenant
from qingshou.audit.actors import SYSTEM, Actor
from qingshou.features.cases.queries import WorklistFilter, list_worklist
from qingshou.features.repayment.documents.files import printed_page
from qingshou.features.repayment.operations.budgets import record_budget
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.operations.offers import agree_on, propose_own, search_offers
from qingshou.features.repayment.operations.plan_accepting import accept_by_signature
from qingshou.features.repayment.operations.promises import record_promise
from qingshou.features.repayment.operations.receipts import apply_receipt, record_receipt
from qingshou.features.repayment.queries.offers import get_search
from qingshou.features.repayment.queries.plans import get_plan
from qingshou.features.repayment.queries.promises import count_promises
from qingshou.features.repayment.rules.offers import OfferTerms
from qingshou.features.repayment.rules.schedule import Terms
from qingshou.features.repayment.rules.told_budget import ToldBudget, ToldLine
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

COLLECTOR = "collector"
_SIGNED = "<p>A page signed by nobody: the demo's</p>"
_DAYS_TO_PAY = 10
_ALLOCATION = {"kinds": ["COSTS", "INTEREST", "PENALTY", "PRINCIPAL"], "between": "OLDEST_DUE"}
# what is told of a month, as shares of what is owed: so that a plan of one to two years fits
_SHARES = {"INCOME_OWN": "0.30", "HOUSING": "0.08", "LIVING": "0.10", "OTHER_DEBTS": "0.03"}
_INCOME_MIN = Decimal(38_000)


def agree_early(*, now: datetime) -> bool:
    """Agree a month before the book's last day, once: what follows is judged by the days that come.

    Gives   whether anything was done now
    """
    cases, me = _cases(), _collector()
    if not cases or _has_any(cases[0].as_of):
        return False
    with transaction.atomic():  # all of it or nothing: a start that is interrupted begins again
        _order(now)
        for place, case in enumerate(cases[:3]):
            # the third begins soon, and nobody pays: by the last day it is at risk
            plan = _plan(case, me, now, first_days=_DAYS_TO_PAY if place == 2 else None)
            if plan is not None and place < 2:
                first = get_plan(plan_id=plan.id, on=case.as_of).instalments[0]
                _pay(case, first.amount, case.as_of, f"plan-{place}", now)
        for place, case in enumerate(cases[3:9]):
            amount = _promised(case)
            due_on = case.as_of + timedelta(days=_DAYS_TO_PAY + place)
            record_promise(case_id=case.id, amount=amount, due_on=due_on, pay_by="TRANSFER", actor=me, now=now)
            if place % 2:
                _pay(case, amount, due_on, f"promise-{place}", now)
    return True


def agree_today(*, now: datetime) -> bool:
    """Agree on the book's last day, once: promises due today, offers to look at, a plan that waits for the lead."""
    cases, me = _cases(skip=40), _collector()
    if not cases or count_promises(on=cases[0].as_of)["DUE_TODAY"]:
        return False
    with transaction.atomic():
        for case in cases[:3]:
            record_promise(case_id=case.id, amount=_promised(case), due_on=case.as_of, pay_by="APP", actor=me, now=now)
        for case in cases[3:6]:
            _search(case, me, now)
        _beyond(cases[6], me, now)
    return True


def _order(now: datetime) -> None:
    """Say in which order money is put on debts: no law on it is entered for the demo's place."""
    tenant = current_tenant()
    settings = dict(tenant.settings) | {"allocation": _ALLOCATION}
    change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=now, settings=settings)


def _collector() -> Actor:
    return actor_of(next(user for user in list_active_users() if user.username == COLLECTOR))


def _cases(*, skip: int = 0) -> Sequence[Any]:
    """Return moderately overdue cases of the demo's collector, in the order of the queue."""
    user = next(user for user in list_active_users() if user.username == COLLECTOR)
    filters = WorklistFilter(owner_ids=(user.pk,), severity="MODERATE")
    return [one for one in list_worklist(filters=filters, limit=skip + 20).rows if one.balance][skip:]


def _has_any(on: date) -> bool:
    return any(count_promises(on=on).values())


def _promised(case: Any) -> Decimal:
    return max(Decimal(1000), (case.arrears or Decimal(3000)).quantize(Decimal(1)))


def _budget(case: Any, me: Actor, now: datetime) -> Any:
    income = max(_INCOME_MIN, case.balance * Decimal(_SHARES["INCOME_OWN"]))
    lines = [ToldLine(heading="INCOME_OWN", amount=income.quantize(Decimal(100)))]
    for heading, share in list(_SHARES.items())[1:]:
        told = income * Decimal(share) / Decimal(_SHARES["INCOME_OWN"])
        lines.append(ToldLine(heading=heading, amount=told.quantize(Decimal(100))))
    told_budget = ToldBudget(form="SHORT", lines=tuple(lines), place="TW", willingness="WILLING")
    return record_budget(case_id=case.id, told=told_budget, actor=me, now=now, source="CALL")


def _search(case: Any, me: Actor, now: datetime) -> Any:
    budget = _budget(case, me, now)
    found = search_offers(case_id=case.id, budget_id=budget.id, actor=me, role="COLLECTOR", now=now)
    return get_search(search_id=found.id)


def _plan(case: Any, me: Actor, now: datetime, *, first_days: int | None = None) -> Any:
    """Make a plan of the best offer, or of its number of payments begun early, and let it be accepted.

    Gives   the plan; None where nothing fits
    """
    offer = next((one for one in _search(case, me, now).offers if not one.needs_role), None)
    if offer is None:
        return None
    if first_days is not None:
        begin = case.as_of + timedelta(days=first_days)
        terms = OfferTerms(schedule=Terms(first_due_date=begin, periods=len(offer.schedule)))
        offer = propose_own(case_id=case.id, budget_id=offer.search.budget_id, terms=terms, party="LENDER", actor=me,
                            role="COLLECTOR", now=now, channel="CALL")  # fmt: skip
    plan = agree_on(case_id=case.id, offer_id=offer.id, actor=me, role="COLLECTOR", now=now, is_accepted=True,
                    channel="CALL")  # fmt: skip
    signed = store_document(case_id=case.id, kind="SIGNED_AGREEMENT", content=printed_page(_SIGNED),
                            file_name="signed.pdf", actor=me, now=now)  # fmt: skip
    return accept_by_signature(plan_id=plan.id, document_hash=signed.document_hash, actor=me, now=now)


def _beyond(case: Any, me: Actor, now: datetime) -> None:
    """Propose terms beyond a collector's limits: the lead finds them among the approvals."""
    budget = _budget(case, me, now)
    terms = OfferTerms(schedule=Terms(first_due_date=case.as_of + timedelta(days=20), periods=48))
    try:
        offer = propose_own(case_id=case.id, budget_id=budget.id, terms=terms, party="DEBTOR", actor=me,
                            role="COLLECTOR", now=now, reason="TOO_HIGH", channel="CALL")  # fmt: skip
        agree_on(case_id=case.id, offer_id=offer.id, actor=me, role="COLLECTOR", now=now,
                 reason="家中有人住院，四年才還得起")  # fmt: skip
    except QingshouError:  # a debt too small for so long a plan: the queue of approvals is then empty
        return


def _pay(case: Any, amount: Decimal, on: date, ref: str, now: datetime) -> None:
    receipt = record_receipt(
        source="API", external_ref=f"demo-{ref}", amount=amount, currency=case.currency, value_date=on, actor=SYSTEM,
        now=now,
    ).receipt  # fmt: skip
    apply_receipt(receipt_id=receipt.id, borrower_id=case.borrower_id, actor=SYSTEM, now=now)
