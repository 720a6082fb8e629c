"""What promises and plans hook into, made known when the application starts."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from qingshou.approvals.kinds import register_kind
from qingshou.features.contact.operations.promise_effects import on_promise
from qingshou.features.contact.operations.stops import on_stop
from qingshou.features.repayment.operations.following import follow_money
from qingshou.features.repayment.operations.plans import KIND, PERMISSION, is_beyond, let_go, use_as_approved
from qingshou.features.repayment.operations.promises import invalidate_for_stop, take_over_said
from qingshou.features.repayment.operations.received import on_money
from qingshou.features.repayment.phrases import negotiation as negotiation  # words of what is recorded
from qingshou.features.repayment.phrases.agreements import APPROVALS
from qingshou.features.repayment.phrases.offers import beyond_words


def register_agreements() -> None:
    """Follow promises of calls, stops and money; let plans be approved with their case in view."""
    on_promise(take_over_said)
    on_stop(invalidate_for_stop)
    on_money(follow_money)
    register_kind(
        KIND, permission=PERMISSION, on_approved=use_as_approved, on_declined=let_go, phrase=APPROVALS[KIND],
        href=_plan_href, panel=_terms_href, against=_against,
    )  # fmt: skip


def _plan_href(case_id: UUID) -> str:
    return reverse("repayment:waiting_plan", args=[case_id])


def _against(payload: dict[str, Any], role: str) -> str:
    needed = str(payload["needs_role"])
    return beyond_words(needed) if is_beyond(needed, role) else ""


def _terms_href(payload: dict[str, Any]) -> str:
    return reverse("repayment:plan_terms", args=[payload["plan"]])
