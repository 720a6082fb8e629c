"""What is owed and why, and everything that can be done about it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from qingshou.features.portal.errors import NoSuchPage
from qingshou.features.portal.phrases.pages import (
    ASKS,
    INSTALMENT_STATES,
    KINDS,
    MOVEMENTS,
    PLAN_STATES,
    STATES,
    WHY,
)
from qingshou.features.portal.queries.asks import asks_of
from qingshou.features.portal.queries.owing import last_payments, owing_of
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.queries.plans import get_plan, plan_of_debtor
from qingshou.features.repayment.queries.statement import statement_of_loan

_ASKS_SHOWN = 3


@require_safe
@inside
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what is owed and what can be done."""
    plan = plan_of_debtor(borrower_id=visitor.borrower_id)
    return visitor.page(
        request, "home",
        owing=owing_of(borrower_id=visitor.borrower_id, on=visitor.today),
        payments=last_payments(borrower_id=visitor.borrower_id, limit=2),
        plan=get_plan(plan_id=plan.id, on=visitor.today) if plan else None,
        asks=asks_of(borrower_id=visitor.borrower_id, limit=_ASKS_SHOWN),
        **WORDS,
    )  # fmt: skip


@require_safe
@inside
def loan(request: HttpRequest, visitor: Visitor, loan_id: UUID) -> HttpResponse:
    """Show one loan: what is due, by kind, and every movement with its reason."""
    found = owing_of(borrower_id=visitor.borrower_id, on=visitor.today).of(loan_id)
    if found is None:
        raise NoSuchPage("There is no such loan of this debtor.")
    lines = list(reversed(statement_of_loan(loan_id=loan_id)))
    return visitor.page(request, "loan", loan=found, lines=lines, **WORDS)


@require_safe
@inside
def payments(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the last payments with where each cent went and under which article."""
    return visitor.page(
        request, "payments", payments=last_payments(borrower_id=visitor.borrower_id, limit=20), **WORDS
    )  # fmt: skip


WORDS: dict[str, Any] = {
    "kind_words": KINDS, "why_words": WHY, "ask_words": ASKS, "state_words": STATES,
    "plan_words": PLAN_STATES, "instalment_words": INSTALMENT_STATES, "movement_words": MOVEMENTS,
}  # fmt: skip
