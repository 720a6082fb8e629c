"""Money on a case's page: what is owed by loan and kind, the last receipts, what stands on no debt."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import is_allowed, requires
from qingshou.features.cases.views.shown import act, case_of, desk_of, facts_of
from qingshou.features.repayment.operations.payment_references import give_reference
from qingshou.features.repayment.phrases.money import ACCOUNTS, LEDGER_STATES, SOURCES, STATE_TONES, STATES
from qingshou.features.repayment.queries.owed import owed_of_borrower
from qingshou.features.repayment.queries.receipt_list import last_receipts_of, unapplied_of
from qingshou.features.repayment.queries.receipts import references_of
from qingshou.features.repayment.rules.references import shown
from qingshou.features.repayment.views.statement import KINDS
from qingshou.kernel.money import ZERO

_RECEIPTS_SHOWN = 5


@require_GET
@requires("repayment.view")
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show how the debtor's money stands."""
    case, desk = case_of(request, case_id), desk_of(request)
    owed = owed_of_borrower(borrower_id=case.borrower_id)
    by_loan = [(one, one.by_kind(), one.standing(on=desk.today)) for one in owed]
    kinds = [kind for kind in KINDS if any(kind == found.value for _, parts, _s in by_loan for found in parts)]
    context = {
        "case": case,
        "kinds": [ACCOUNTS[kind] for kind in kinds],
        "loans": [
            {
                "loan": one, "state": LEDGER_STATES[one.state], "standing": standing, "is_known": one.parts is not None,
                "cells": [{part.value: amount for part, amount in parts.items()}.get(kind, ZERO) for kind in kinds],
            }
            for one, parts, standing in by_loan
        ],
        "receipts": [
            {"row": row, "state": STATES[row.state], "tone": STATE_TONES[row.state], "source": SOURCES[row.source]}
            for row in last_receipts_of(borrower_id=case.borrower_id, limit=_RECEIPTS_SHOWN)
        ],
        "unapplied": unapplied_of(borrower_id=case.borrower_id),
        "reference": references_of([case.borrower_id]).get(case.borrower_id, {}).get("payment_ref", ""),
        "may_give": cast(Any, request.user).has_perm("repayment.work", facts_of(case)) and case.closed_on is None,
        "may_see_receipts": is_allowed(request, "receipts.view"),
        "may_cash": is_allowed(request, "receipts.cash"),
        "is_unsplit": "UNSPLIT" in kinds,
    }  # fmt: skip
    return render(request, "repayment/money_panel.html", context)


@require_POST
@requires("repayment.work")
@act
def reference(request: HttpRequest, case_id: UUID) -> str:
    """Give the debtor a reference to pay under, for all debts; the same ever after."""
    case = case_of(request, case_id, "repayment.work")
    given = give_reference(borrower_id=case.borrower_id, now=desk_of(request).now)
    return _("The reference to pay under is %(reference)s.") % {"reference": shown(given)}
