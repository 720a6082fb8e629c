"""Handing cases over, many at once: to one person, or dealt out by capacity and skill after a look at who gets what."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases import operations, queries
from qingshou.features.cases.dealing import Dealt
from qingshou.features.cases.operations.ownership import MANY
from qingshou.features.cases.phrases import DEALING_REASONS
from qingshou.features.cases.views.shown import Desk, desk_of, nothing_chosen, refusal_words, uuid_given
from qingshou.features.cases.views.worklist import filters_of, wanted_of
from qingshou.kernel.errors import QingshouError

_QUERY_LONGEST = 2000


@require_POST
@requires("cases.assign")
def assign(request: HttpRequest) -> HttpResponse:
    """Give the picked cases to one person."""
    desk, owner_id = desk_of(request), uuid_given(request.POST.get("owner", ""))
    picked = _picked(request, desk)
    back = _back(request)
    if not picked or owner_id is None:
        messages.error(request, nothing_chosen() if not picked else _("Choose who takes them."))
        return redirect(back)
    try:
        done = operations.reassign_many(
            case_ids=picked, owner_id=owner_id, actor=desk.actor, on=_day(desk, picked), now=desk.now,
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except QingshouError as refusal:
        messages.error(request, refusal_words(refusal))
    else:
        said = ngettext("%(count)s case has a new owner.", "%(count)s cases have a new owner.", len(done))
        messages.success(request, said % {"count": f"{len(done):,}"})
    return redirect(back)


@require_POST
@requires("cases.assign")
def deal(request: HttpRequest) -> HttpResponse:
    """Show who would get what and why; sent again with 'confirmed', hand the cases over."""
    desk = desk_of(request)
    picked = _picked(request, desk)
    back, reason = _back(request), request.POST.get("deal_reason", "")
    if not picked:
        messages.error(request, nothing_chosen())
        return redirect(back)
    try:
        with transaction.atomic():
            dealt = operations.deal_cases(
                case_ids=picked, actor=desk.actor, on=_day(desk, picked), now=desk.now, reason=reason
            )
            hands = _hands(dealt)
            if not request.POST.get("confirmed"):
                transaction.set_rollback(True)  # a look: dealt as it would be, and nothing kept
    except QingshouError as refusal:
        messages.error(request, refusal_words(refusal))
        return redirect(back)
    if request.POST.get("confirmed"):
        said = ngettext("%(count)s case is dealt out.", "%(count)s cases are dealt out.", len(dealt))
        messages.success(request, said % {"count": f"{len(dealt):,}"})
        return redirect(back)
    return render(
        request,
        "cases/deal.html",
        {
            "hands": hands,
            "picked": picked,
            "count": len(picked),
            "reason": reason,
            "back": back,
            "query": request.POST.get("query", ""),
        },
    )


def _hands(dealt: Sequence[Dealt]) -> list[dict[str, Any]]:
    people = {person.user_id: person for person in queries.list_people()}
    counted = Counter((one.owner_id, one.reason) for one in dealt)
    lines = [
        {
            "person": people[owner_id],
            "why": DEALING_REASONS.get(reason, reason),
            "count": count,
            "after": people[owner_id].load_cases + count,
        }
        for (owner_id, reason), count in counted.items()
    ]
    return sorted(lines, key=lambda line: (-line["count"], line["person"].username))


def _picked(request: HttpRequest, desk: Desk) -> list[UUID]:
    """Return the cases picked on the page, or all that the list's filters admit where that was asked."""
    if request.POST.get("everything"):
        query = QueryDict(request.POST.get("query", "")[:_QUERY_LONGEST])
        return queries.list_ids(filters=wanted_of(filters_of(query, desk), desk), limit=MANY + 1)
    given = [uuid_given(text) for text in request.POST.getlist("picked")[: MANY + 1]]
    return [one for one in given if one is not None]


def _back(request: HttpRequest) -> str:
    query = request.POST.get("query", "")[:_QUERY_LONGEST]
    return f"{reverse('cases:worklist')}?{query}" if query else reverse("cases:worklist")


def _day(desk: Desk, picked: Sequence[UUID]) -> Any:
    return desk.day_of(queries.get_case(case_id=picked[0])) if desk.is_demo else desk.today
