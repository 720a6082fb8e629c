"""What the debtor may ask for, one page each: a wrong debt, a hard time, a complaint, a call; and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qingshou.edges.products import product_words
from qingshou.features.cases.views.shown import uuid_given
from qingshou.features.portal.errors import BadAsk, NoSuchPage
from qingshou.features.portal.operations.asks import (
    ANSWER_PLACE,
    SAID_PLACE,
    ask_call,
    complain,
    dispute_debt,
    tell_hardship,
)
from qingshou.features.portal.phrases.pages import ASKS, DISPUTES, HARDSHIPS, NEXT, STATES
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.asks import asks_of, own_ask
from qingshou.features.portal.queries.calls import call_times, zone_of
from qingshou.features.portal.queries.owing import owing_of
from qingshou.features.portal.views.forms import Field, optional, set_problem
from qingshou.features.portal.views.visiting import PURPOSE, Visitor, inside
from qingshou.features.repayment.rules.hardship import BREATHING_SPACE, HardshipUnfit, hardship_kinds
from qingshou.privacy.clearance import SUBJECT
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed

_BOTH = ["GET", "HEAD", "POST"]
_ALL = "ALL"


def form_page(
    request: HttpRequest, visitor: Visitor, *, title: str, lead: object, fields: list[Field], button: str,
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    """Return the page of one form."""
    wrong = [one for one in fields if one.problem]
    return visitor.page(request, "form", status=status, title=title, lead=lead, fields=fields, button=button,
                        problems=wrong, **more)  # fmt: skip


def confirmed(visitor: Visitor, ask: Any) -> HttpResponse:
    """Lead to the page that confirms what was asked for."""
    return redirect("portal:ask", lender=visitor.tenant.code, ask_id=ask.id)


@require_http_methods(_BOTH)
@inside
def dispute(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take what is wrong with a debt."""
    owing = owing_of(borrower_id=visitor.borrower_id, on=visitor.today)
    post = request.POST
    named = product_words(visitor.tenant.settings)
    loans = [(str(one.id), f"{named.get(one.product, one.product)} {one.number}", "") for one in owing.loans]
    every = [(_ALL, _("All of it"), "")] if len(loans) > 1 else []
    only = loans[0][0] if len(loans) == 1 and request.method != "POST" else ""  # nothing to choose: it is chosen
    which = Field("loan", _("Which loan is it about?"), "radio", options=[*loans, *every],
                  value=post.get("loan", "") or request.GET.get("loan", "") or only)  # fmt: skip
    reason = Field("reason", _("What is wrong?"), "radio", value=post.get("reason", ""),
                   options=[(code, words, "") for code, words in DISPUTES.items()])  # fmt: skip
    said = Field("said", optional(_("In your own words")), "area", value=post.get("said", ""))
    fields = [which, reason, said]
    if request.method == "POST":
        loan_id = uuid_given(which.value)
        if which.value != _ALL and loan_id is None:
            set_problem(fields, "loan", "CHOOSE")
        elif loan_id is not None and loan_id not in owing.ids:
            raise NoSuchPage("There is no such loan of this debtor.")
        if reason.value not in DISPUTES:
            set_problem(fields, "reason", "CHOOSE")
        if not any(one.problem for one in fields):
            return confirmed(visitor, dispute_debt(borrower_id=visitor.borrower_id, loan_id=loan_id, now=visitor.now,
                                                   reason=reason.value, said=said.value))  # fmt: skip
    return form_page(
        request, visitor, title=_("Something is wrong with the debt"), fields=fields, button=_("Send"),
        lead=_("Tell us what is wrong. We stop asking you for this money while we look into it."),
        status=_status(fields),
    )  # fmt: skip


@require_http_methods(_BOTH)
@inside
def hardship(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the news of a hard time."""
    kinds = [one for one in hardship_kinds(visitor.tenant.settings) if one != BREATHING_SPACE]
    kind = Field("kind", _("What has happened?"), "radio", value=request.POST.get("kind", ""),
                 options=[(code, HARDSHIPS.get(code, code), "") for code in kinds])  # fmt: skip
    said = Field("said", optional(_("In your own words")), "area", value=request.POST.get("said", ""),
                 hint=_("Only what you want to say. You can send papers later."))  # fmt: skip
    fields = [kind, said]
    if request.method == "POST":
        if kind.value not in kinds:
            set_problem(fields, "kind", "CHOOSE")
        else:
            try:
                return confirmed(visitor, tell_hardship(borrower_id=visitor.borrower_id, kind=kind.value,
                                                        said=said.value, now=visitor.now))  # fmt: skip
            except BadAsk as refusal:
                set_problem(fields, "kind", str(refusal.fields.get("problem", "")))
            except HardshipUnfit as refusal:
                kind.problem = _(refusal.message)
    return form_page(
        request, visitor, title=_("A hard time"), fields=fields, button=_("Send"), status=_status(fields),
        lead=_("If life makes it hard to pay just now, tell us. We do not press you while we look into it."),
    )  # fmt: skip


@require_http_methods(_BOTH)
@inside
def complaint(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take a complaint."""
    said = Field("said", _("What went wrong?"), "area", value=request.POST.get("said", ""),
                 hint=_("When it was, who it was, and what you want us to do."))  # fmt: skip
    if request.method == "POST":
        try:
            return confirmed(visitor, complain(borrower_id=visitor.borrower_id, said=said.value, now=visitor.now))
        except BadAsk as refusal:
            set_problem([said], "said", str(refusal.fields.get("problem", "")))
    days = visitor.policy.answer_days["COMPLAINT"]
    return form_page(
        request, visitor, title=_("A complaint"), fields=[said], button=_("Send"), status=_status([said]),
        lead=_("Somebody who did not work on your case looks into it and answers you within %(days)s days. We leave "
               "you in peace meanwhile.") % {"days": days},
    )  # fmt: skip


@require_http_methods(_BOTH)
@inside
def call(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the time at which the debtor wants to be called: only times the door would allow are offered."""
    zone = zone_of(borrower_id=visitor.borrower_id, now=visitor.now)
    times = call_times(borrower_id=visitor.borrower_id, case_id=visitor.case.id, zone=zone, policy=visitor.policy,
                       now=visitor.now)  # fmt: skip
    offered = {one.isoformat(): one for day in times.values() for one in day}
    at = Field("at", _("When may we call you?"), "select", value=request.POST.get("at", ""),
               hint=_("By the clock where you are."),
               options=[(code, one.strftime("%Y-%m-%d %H:%M"), "") for code, one in offered.items()])  # fmt: skip
    said = Field("said", optional(_("What is it about?")), "area", value=request.POST.get("said", ""))
    fields = [at, said]
    if request.method == "POST":
        chosen: datetime | None = offered.get(at.value)
        if chosen is not None:
            return confirmed(visitor, ask_call(borrower_id=visitor.borrower_id, at=chosen, said=said.value,
                                               now=visitor.now))  # fmt: skip
        set_problem(fields, "at", "NOT_OFFERED" if at.value else "CHOOSE")
    return form_page(
        request, visitor, title=_("Ask for a call"), fields=fields, button=_("Ask for this call"),
        lead=_("Choose a time that suits you. Only times at which we may call are shown."), status=_status(fields),
        is_closed=not offered,
        closed_words=_("Just now no time can be offered. Write to us instead, or call us."),
    )  # fmt: skip


@require_safe
@inside
def ask(request: HttpRequest, visitor: Visitor, ask_id: UUID) -> HttpResponse:
    """Confirm what was asked for: its number, what happens next, by when; later also the answer."""
    row = own_ask(borrower_id=visitor.borrower_id, ask_id=ask_id)
    shown = _opened([row], visitor)[row.id]
    at = row.facts.get("at")
    return visitor.page(
        request, "ask", ask=row, said=shown["said"], answer=shown["answer"], what=ASKS.get(row.kind, row.kind),
        next=NEXT.get(row.kind, ""), state=STATES.get(row.state, row.state),
        call_at=datetime.fromisoformat(at) if at else None,
        zone=zone_of(borrower_id=visitor.borrower_id, now=visitor.now) if at else "",
    )  # fmt: skip


@require_safe
@inside
def history(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show everything the debtor asked for here, and what became of it."""
    rows = asks_of(borrower_id=visitor.borrower_id)
    return visitor.page(request, "history", asks=rows, ask_words=ASKS, state_words=STATES)


def _opened(rows: list[Any], visitor: Visitor) -> dict[UUID, dict[str, str | None]]:
    shown = {}
    for row in rows:
        fields = {
            "said": Sealed(SAID_PLACE, row.id, PersonalKind.NOTE, row.said),
            "answer": Sealed(ANSWER_PLACE, row.id, PersonalKind.NOTE, row.answer),
        }
        shown[row.id] = reveal(subject_kind="BORROWER", subject_id=visitor.borrower_id, fields=fields, reader=DEBTOR,
                               role=SUBJECT, purpose=PURPOSE, now=visitor.now)  # fmt: skip
    return shown


def _status(fields: list[Field]) -> int:
    return 422 if any(one.problem for one in fields) else 200
