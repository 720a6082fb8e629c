"""The queue of requests and the page on which one is decided, with what it is about in view."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.actors import actor_of
from qingshou.access.guards import Hidden, requires
from qingshou.access.queries import names_of_users
from qingshou.approvals import kinds, operations, queries
from qingshou.approvals.phrases import REASONS, STATUSES
from qingshou.approvals.rules import MAY, Status
from qingshou.audit.phrases import action_words
from qingshou.audit.queries import list_events
from qingshou.edges import clock
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.edges.words import actor_words
from qingshou.kernel.errors import NotFound, QingshouError

_PAGE = 50
_EXPORT_MAX = 10_000
_PEOPLE = ("requested_by_name", "decided_by_name")
_TONES = {"APPROVED": "good", "REJECTED": "bad", "PENDING": "note"}


def _kind_words(code: str) -> Any:
    return next((kind.phrase for kind in kinds.all_kinds() if kind.code == code), code)


COLUMNS = (
    Column(key="kind", label=gettext_lazy("What is asked for"), words=_kind_words,
           href=lambda asked: reverse("approvals:request", args=[asked.id])),
    Column(key="subject_label", label=gettext_lazy("About")),
    Column(key="status", label=gettext_lazy("Status"), kind="state", words=STATUSES,
           tone=lambda asked: _TONES.get(asked.status, "")),
    Column(key="amount", label=gettext_lazy("Amount"), kind="money", currency=lambda asked: asked.currency),
    Column(key="currency", label=gettext_lazy("Currency"), value=lambda asked: asked.currency if asked.amount else ""),
    Column(key="reason", label=gettext_lazy("Reason"), kind="long"),
    Column(key="requested_by_name", label=gettext_lazy("Asked by")),
    Column(key="requested_at", label=gettext_lazy("Asked at"), kind="instant"),
    Column(key="expires_at", label=gettext_lazy("Lapses at"), kind="instant"),
    Column(key="decided_by_name", label=gettext_lazy("Decided by"), shown=False),
)  # fmt: skip


@require_GET
@requires("approvals.view")
def queue(request: HttpRequest) -> HttpResponseBase:
    """List the requests: what waits first."""
    state = TableState.of(request, COLUMNS)
    waiting = {} if "status" in request.GET else {"status": Status.PENDING.value}
    filters = Filters.reading(
        request.GET,
        [
            Filter(name="status", label=_("Status"), choices=list(STATUSES.items())),
            Filter(name="kind", label=_("What is asked for"), choices=[(k.code, k.phrase) for k in kinds.all_kinds()]),
        ],
        defaults=waiting,
    )
    found, total = queries.list_requests(
        status=filters["status"], kind=filters["kind"], limit=_EXPORT_MAX if state.export else _PAGE,
        offset=0 if state.export else (state.page - 1) * _PAGE,
    )  # fmt: skip
    people = names_of_users(usernames=[name for one in found for name in (one.requested_by_name, one.decided_by_name)])
    columns = [
        replace(column, words=lambda name: actor_words(name, people)) if column.key in _PEOPLE else column
        for column in COLUMNS
    ]
    table = Table(
        id="approvals", caption=_("Approvals"), columns=columns, rows=found, state=state, total=total, page_size=_PAGE,
        empty_title=_("Nothing waits for a decision"),
        empty_text=_("What needs a second person's consent is asked for on the page of the case and waits here."),
    )  # fmt: skip
    if state.export:
        return export_response(columns=table.shown, rows=found, form=state.export, file_name="approvals")
    return render(request, "approvals/queue.html", {"table": table, "filters": filters})


@require_GET
@requires("approvals.view")
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show one request with the record of what it is about; say why this person may not decide, where so."""
    user: Any = request.user
    asked = _found(request_id)
    kind = kinds.kind_of(asked.kind)
    verdict = operations.judge(request_id=request_id, decider=user, now=clock.now())
    reasons = [REASONS[reason.code] for reason in verdict.reasons]
    if not user.has_perm(kind.permission) and REASONS["ROLE_MAY_NOT"] not in reasons:
        reasons.append(REASONS["ROLE_MAY_NOT"])
    events = list_events(subject_kind=asked.subject_kind, subject_id=asked.subject_id, limit=20)
    context = {
        "asked": asked, "kind": kind, "statuses": STATUSES, "reasons": reasons,
        "may_decide": verdict.value == MAY and not reasons,
        "against": kind.against(asked.payload, user.role) if kind.against else "",
        "may_withdraw": asked.requested_by_id == user.id and asked.status == Status.PENDING,
        "href": kind.href(asked.subject_id) if kind.href else "",
        "panel": kind.panel(asked.payload) if kind.panel else "",
        "terms": kind.terms(asked.payload, asked.currency) if kind.terms else [],
        "people": names_of_users(usernames=[
            asked.requested_by_name, asked.decided_by_name, *(event.actor_name for event in events)
        ]),
        "events": [(event, action_words(event.action)) for event in events],
    }  # fmt: skip
    return render(request, "approvals/request.html", context)


@require_POST
@requires("approvals.decide")
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or reject."""
    _found(request_id)
    user: Any = request.user
    note = request.POST.get("note", "")
    try:
        if request.POST.get("decision") == "approve":
            operations.approve(request_id=request_id, decider=user, now=clock.now(), note=note)
            messages.success(request, _("Approved."))
        else:
            operations.reject(request_id=request_id, decider=user, now=clock.now(), note=note)
            messages.success(request, _("Rejected."))
    except operations.ApprovalRefused as refusal:
        codes: Any = refusal.fields.get("reasons", [])
        messages.error(request, " ".join(str(REASONS[code]) for code in codes))
    except operations.NotPending:
        messages.error(request, str(REASONS["NOT_PENDING"]))
    except operations.NoReason:
        messages.error(request, _("Say why you reject: the reason is kept and shown."))
    except QingshouError as error:  # what the approved act itself stops with; nothing was approved
        messages.error(request, _(error.message))
    return redirect("approvals:request", request_id)


@require_POST
@requires("approvals.view")
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    _found(request_id)
    user: Any = request.user
    try:
        operations.withdraw(request_id=request_id, actor=actor_of(user), now=clock.now())
    except operations.ApprovalRefused:
        messages.error(request, _("Only who asked can withdraw a request."))
    except operations.NotPending:
        messages.error(request, str(REASONS["NOT_PENDING"]))
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect("approvals:request", request_id)


def _found(request_id: UUID) -> Any:
    try:
        return queries.get_request(request_id=request_id)
    except NotFound as error:
        raise Hidden(error.message) from None
