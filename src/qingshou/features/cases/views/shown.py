"""What the case pages share: the signed-in person, the working day, and refusals in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from qingshou.access.actors import actor_of
from qingshou.access.guards import ensure
from qingshou.access.predicates import CaseFacts
from qingshou.audit.actors import Actor
from qingshou.edges import clock
from qingshou.edges.products import product_words
from qingshou.edges.words import settings_words
from qingshou.features.cases.errors import MoveRefused
from qingshou.features.cases.phrases import CHECKLIST, MOVE_REASONS
from qingshou.features.cases.queries import get_case
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.lender_settings import SettingsUnfit
from qingshou.tenancy.queries import current_tenant


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works here, as whom, on which day."""

    user: Any
    actor: Actor
    role: str
    now: datetime
    today: date
    is_demo: bool
    currency: str
    jurisdiction: str
    law_date: date | None
    lender: str
    product_words: Mapping[str, object]

    def day_of(self, case: Any) -> date:
        """Return the day a case is worked on: the book's own day where the book is of the past, else today."""
        return case.as_of if self.is_demo else self.today


def desk_of(request: HttpRequest) -> Desk:
    """Return the desk of whoever asks."""
    user: Any = request.user
    tenant = current_tenant()
    return Desk(
        user=user,
        actor=actor_of(user),
        role=user.role,
        now=clock.now(),
        today=clock.today(tenant.time_zone),
        is_demo=tenant.is_demo,
        currency=tenant.currency,
        jurisdiction=tenant.jurisdiction,
        law_date=tenant.law_date,
        lender=tenant.name,
        product_words=product_words(tenant.settings),
    )


def facts_of(case: Any) -> CaseFacts:
    """Return what decides who may see and work a case."""
    return CaseFacts(owner_id=case.owner_id, owner_team_id=case.owner.team_id if case.owner else None)


def case_of(request: HttpRequest, case_id: UUID, permission: str = "cases.view") -> Any:
    """Return the case where this person has the permission for it; stops as if it were not there where not."""
    case = get_case(case_id=case_id)
    ensure(cast(Any, request.user), permission, facts_of(case), name="case")
    return case


def refusal_words(refusal: QingshouError) -> str:
    """Return why something was refused, in the reader's language."""
    if isinstance(refusal, MoveRefused):
        reasons: Any = refusal.fields.get("reasons", ())
        said = [str(MOVE_REASONS.get(one["code"], one["code"])) + _missing(one) for one in reasons]
        if said:
            return " ".join(said)
    if isinstance(refusal, SettingsUnfit):
        return settings_words(refusal)
    return gettext(refusal.message)


def _missing(fields: Any) -> str:
    items = fields.get("items", ())
    return " " + "; ".join(str(CHECKLIST.get(item, item)) for item in items) if items else ""


def tell_refusal(request: HttpRequest, refusal: QingshouError) -> None:
    """Say on the page why something was refused; what is not there or not one's own stops the page instead."""
    if refusal.http_status in (403, 404):
        raise refusal
    messages.error(request, refusal_words(refusal))


def act(view: Callable[..., str]) -> Callable[..., HttpResponse]:
    """Turn a function that changes one case and says what was done into a view: back to the case with a message."""

    @wraps(view)
    def acting(request: HttpRequest, case_id: UUID) -> HttpResponse:
        try:
            done = view(request, case_id)
        except QingshouError as refusal:
            tell_refusal(request, refusal)
        else:
            messages.success(request, done)
        return redirect("cases:case", case_id=case_id)

    return acting


def day_given(text: str) -> date | None:
    """Read a date of a form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def uuid_given(text: str) -> UUID | None:
    """Read an id of a form."""
    try:
        return UUID(text)
    except ValueError:
        return None


def nothing_chosen() -> str:
    """Return the words for an empty choice."""
    return _("Choose at least one case.")
