"""Requests of debtors at the desk: the queue by the day an answer is due, one request, and its answer."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import ensure, requires
from qingshou.access.queries import names_of_users
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState, with_words
from qingshou.edges.words import actor_words
from qingshou.features.cases.views.shown import Desk, desk_of, facts_of, tell_refusal
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of
from qingshou.features.portal.operations.asks import ANSWER_PLACE, SAID_PLACE, answer_ask
from qingshou.features.portal.phrases.desk import FACT_WORDS, FACTS, KINDS, STATES
from qingshou.features.portal.queries.asks import AskFilter, count_asks, get_ask, list_asks
from qingshou.kernel.errors import QingshouError
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
_TONES = {"OPEN": "note", "DONE": "good"}


def _owner(case: Any) -> str:
    """Return whose case it is, by name."""
    owner = case.owner if case else None
    return str(owner.display_name or owner.username) if owner else ""


COLUMNS = (
    Column(key="number", label=gettext_lazy("Number"),
           href=lambda row: reverse("portal:desk_ask", args=[row.id])),
    Column(key="kind", label=gettext_lazy("Asked for"), words=KINDS),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=STATES,
           tone=lambda row: _TONES.get(row.state, "")),
    Column(key="answer_due_on", label=gettext_lazy("Answer by"), kind="date"),
    Column(key="case", label=gettext_lazy("Case"), value=lambda row: getattr(row.case, "number", ""),
           href=lambda row: reverse("cases:case", args=[row.case_id]) if row.case_id else ""),
    Column(key="owner", label=gettext_lazy("Case of"),
           value=lambda row: _owner(row.case)),
    Column(key="asked_at", label=gettext_lazy("Asked at"), kind="instant"),
    Column(key="handled_by", label=gettext_lazy("Answered by"), shown=False),
)  # fmt: skip


@require_GET
@requires("repayment.view")
def queue(request: HttpRequest) -> HttpResponseBase:
    """Show what debtors asked for, the nearest day first, or export it."""
    desk = desk_of(request)
    filters = Filters.reading(
        request.GET, _filters(desk), defaults={"whose": first_scope(desk.role), "state": "OPEN"}
    )  # fmt: skip
    owners: Any = owners_of(filters["whose"], desk)
    wanted = AskFilter(state=filters["state"], kind=filters["kind"], owner_ids=owners)
    state = TableState.of(request, COLUMNS)
    if state.export:
        rows = list_asks(wanted=wanted, limit=EXPORT_ROWS_MAX)
        columns = [column for column in _columns(rows) if column.key in state.columns]
        return export_response(columns=columns, rows=rows, form=state.export, file_name="requests")
    rows = list_asks(wanted=wanted, offset=(state.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    table = Table(
        id="requests", caption=_("Requests of debtors"), columns=_columns(rows), rows=rows, state=state,
        total=count_asks(wanted=wanted), page_size=PAGE_SIZE, empty_title=_("No request waits"),
        empty_text=_("What a debtor asks for on their own page stands here until somebody has answered it."),
        empty_href=reverse("portal:desk_asks") if filters.is_set else "", empty_action=_("Clear the filters"),
    )  # fmt: skip
    return render(request, "portal/desk_asks.html", {"table": table, "filters": filters})


def _columns(rows: Sequence[Any]) -> tuple[Column, ...]:
    """Return the columns with the people of these rows by their names."""
    people = names_of_users(usernames=[row.handled_by for row in rows])
    return with_words(COLUMNS, {"handled_by": partial(actor_words, people=people)})


def _filters(desk: Desk) -> list[Filter]:
    scopes = allowed_scopes(desk.role)
    return [
        Filter(name="whose", label=_("Whose"), choices=[(one, WHOSE[one]) for one in scopes], every=False),
        Filter(name="state", label=_("State"), choices=list(STATES.items())),
        Filter(name="kind", label=_("Asked for"), choices=list(KINDS.items())),
    ]


@require_GET
@requires("repayment.view")
def one(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Show one request with what was said, as far as the role may read it."""
    ask, desk = _ask_of(request, ask_id, "cases.view"), desk_of(request)
    fields = {
        "said": Sealed(SAID_PLACE, ask.id, PersonalKind.NOTE, ask.said),
        "answer": Sealed(ANSWER_PLACE, ask.id, PersonalKind.NOTE, ask.answer),
    }
    shown = reveal(subject_kind="BORROWER", subject_id=ask.borrower_id, fields=fields, reader=desk.actor,
                   role=desk.role, purpose="PORTAL_ASK", now=desk.now)  # fmt: skip
    may_answer = ask.state == "OPEN" and cast(Any, request.user).has_perm("repayment.work", facts_of(ask.case))
    facts = [(FACTS[key], FACT_WORDS.get(str(value), value)) for key, value in ask.facts.items()
             if key in FACTS and value]  # fmt: skip
    context = {
        "ask": ask, "kind": KINDS.get(ask.kind, ask.kind), "state": STATES.get(ask.state, ask.state), "facts": facts,
        "said": shown["said"], "answer": shown["answer"], "may_answer": may_answer,
        "is_late": ask.state == "OPEN" and ask.answer_due_on is not None and ask.answer_due_on < desk.today,
        "tone": _TONES.get(ask.state, ""), "names": names_of_users(usernames=[ask.handled_by]),
    }  # fmt: skip
    return render(request, "portal/desk_ask.html", context)


@require_POST
@requires("repayment.work")
def answer(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Answer a request: done, or declined with why."""
    ask, desk, post = _ask_of(request, ask_id, "repayment.work"), desk_of(request), request.POST
    try:
        answer_ask(ask_id=ask.id, is_done=post.get("what") == "done", answer=post.get("answer", ""),
                   actor=desk.actor, now=desk.now)  # fmt: skip
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Answered: the debtor reads it on their own page."))
    return redirect("portal:desk_ask", ask_id=ask_id)


def _ask_of(request: HttpRequest, ask_id: UUID, permission: str) -> Any:
    ask = get_ask(ask_id=ask_id)
    ensure(cast(Any, request.user), permission, facts_of(ask.case), name="request")
    return ask
