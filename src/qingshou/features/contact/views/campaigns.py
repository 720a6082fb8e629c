"""Campaigns: the list, a new one, and what may be done with one; its page is in campaign_page.py."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.contrib.django import app as jobs

from qingshou.access.actors import actor_of
from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.audit.actors import Actor
from qingshou.edges import clock, figures
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState, page_of, with_words
from qingshou.edges.words import actor_words
from qingshou.features.contact.errors import NoSuchCampaign
from qingshou.features.contact.operations import campaign_judging, campaigns
from qingshou.features.contact.phrases.campaigns import STATUSES
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.templates import CODES as TEMPLATE_CODES
from qingshou.features.contact.queries.campaigns import funnel_of, list_campaigns
from qingshou.features.contact.queries.segments import count_segment
from qingshou.features.contact.rules.segments import read_segment
from qingshou.features.contact.views.campaign_form import CampaignForm, SegmentForm
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import current_tenant_id

TONES = {"RUNNING": "note", "PREPARING": "note", "READY": "good", "DONE": "good", "STOPPED": "bad", "PAUSED": "bad"}

COLUMNS = (
    Column(key="name", label=gettext_lazy("Campaign"), sort=True,
           href=lambda row: reverse("contact:campaign", args=[row.id])),
    Column(key="status", label=gettext_lazy("Status"), kind="state", words=STATUSES, sort=True,
           tone=lambda row: TONES.get(row.status, "")),
    Column(key="channel", label=gettext_lazy("Channel"), words=CHANNELS),
    Column(key="template_code", label=gettext_lazy("What is said"), words=TEMPLATE_CODES),
    Column(key="chosen", label=gettext_lazy("Chosen"), kind="count", value=lambda row: row.progress.get("chosen")),
    Column(key="holdout_share", label=gettext_lazy("Left alone by lot"), kind="percent", digits=1),
    Column(key="made_at", label=gettext_lazy("Made"), kind="instant", sort=True),
    Column(key="made_by", label=gettext_lazy("Made by")),
    Column(key="started_at", label=gettext_lazy("Started"), kind="instant", sort=True),
    Column(key="ended_at", label=gettext_lazy("Ended"), kind="instant", shown=False),
)  # fmt: skip


@require_GET
@requires("contact.campaigns")
def campaign_list(request: HttpRequest) -> HttpResponseBase:
    """List the campaigns, the latest first."""
    state = TableState.of(request, COLUMNS, sort="-made_at")
    found = list_campaigns()
    rows = page_of(found, state, COLUMNS)
    people = names_of_users(usernames=[one.made_by for one in rows])
    table = Table(
        id="campaigns", caption=_("Campaigns"),
        columns=with_words(COLUMNS, {"made_by": partial(actor_words, people=people)}), rows=rows, state=state,
        total=len(found),
        empty_title=_("No campaign yet"),
        empty_text=_("A campaign writes to many debtors at once, each cleared first. Some are left alone by lot, so "
                     "that you can see what it was worth."),
        empty_href=reverse("contact:new_campaign"), empty_action=_("Make a campaign"),
    )  # fmt: skip
    if state.export:
        return export_response(columns=table.shown, rows=rows, form=state.export, file_name="campaigns")
    return render(request, "contact/campaigns.html", {"table": table})


@require_http_methods(["GET", "POST"])
@requires("contact.campaigns")
def new_campaign(request: HttpRequest) -> HttpResponse:
    """Make a campaign and have it prepared: nothing is sent by that."""
    form = CampaignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = campaigns.make_campaign(**form.asked, actor=_actor(request), now=clock.now())
        except QingshouError as refusal:
            form.add_error(None, _(refusal.message))
        else:
            return _prepare(request, made.id)
    return render(request, "contact/campaign_new.html", {"form": form, "size": _size(form)})


@require_GET
@requires("contact.campaigns")
def segment_size(request: HttpRequest) -> HttpResponse:
    """Return how many debtors a segment is, as the form stands."""
    return render(request, "contact/campaign_size.html", {"size": _size(SegmentForm(request.GET))})


def _size(form: SegmentForm) -> dict[str, Any] | None:
    if form.is_bound:
        if not form.is_valid() and any(name in form.errors for name in SegmentForm.base_fields):
            return None
        segment, _wrong = read_segment(form.segment)
    else:
        segment, _wrong = read_segment({"severity": "MILD", "stage": "FIRST_CONTACT"})
    size = count_segment(segment)
    sums = [f"{figures.money(amount, currency)} {currency}" for currency, amount in size.arrears if amount]
    return {"debtors": size.debtors, "arrears": ", ".join(sums)}


def _actor(request: HttpRequest) -> Actor:
    user: Any = request.user
    return actor_of(user)


def _hand_over(task: str, campaign_id: UUID, actor: Actor) -> None:
    """Hand a campaign to the worker; two jobs of one campaign are done one after the other."""
    jobs.configure_task(task, queue="contact", lock=f"campaign-{campaign_id}").defer(
        tenant_id=str(current_tenant_id()), campaign_id=str(campaign_id), actor_kind=str(actor.kind),
        actor_name=actor.name, actor_id=str(actor.user_id) if actor.user_id else None,
    )  # fmt: skip


def _prepare(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    campaign_judging.begin_preparing(campaign_id=campaign_id, now=clock.now())
    _hand_over("contact.prepare_campaign", campaign_id, _actor(request))
    return redirect("contact:campaign", campaign_id=campaign_id)


def _act(view: Callable[[HttpRequest, UUID], str]) -> Callable[..., HttpResponse]:
    """Turn a function that does something to a campaign and says what into a view."""

    @wraps(view)
    def acting(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        try:
            messages.success(request, view(request, campaign_id))
        except NoSuchCampaign:
            raise
        except QingshouError as refusal:
            messages.error(request, _(refusal.message))
        return redirect("contact:campaign", campaign_id=campaign_id)

    return acting


@require_POST
@requires("contact.campaigns")
@_act
def prepare(request: HttpRequest, campaign_id: UUID) -> str:
    """Judge everyone of a campaign anew."""
    _prepare(request, campaign_id)
    return _("Everyone is being judged anew. Nothing is sent.")


@require_POST
@requires("contact.campaigns")
@_act
def start(request: HttpRequest, campaign_id: UUID) -> str:
    """Start a campaign whose numbers were confirmed."""
    told = request.POST.get("count", "")
    expected = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    actor = _actor(request)
    campaigns.start_campaign(campaign_id=campaign_id, expected_count=expected, actor=actor, now=clock.now())
    _hand_over("contact.run_campaign", campaign_id, actor)
    return ngettext(
        "Started: %(count)s debtor is written to.", "Started: %(count)s debtors are written to.", expected
    ) % {"count": figures.count(expected)}


@require_POST
@requires("contact.campaigns")
@_act
def pause(request: HttpRequest, campaign_id: UUID) -> str:
    """Hold a campaign."""
    campaigns.pause_campaign(campaign_id=campaign_id, actor=_actor(request), now=clock.now())
    return _("Paused: nothing more leaves until you let it go on.")


@require_POST
@requires("contact.campaigns")
@_act
def resume(request: HttpRequest, campaign_id: UUID) -> str:
    """Let a campaign go on."""
    actor = _actor(request)
    campaigns.resume_campaign(campaign_id=campaign_id, actor=actor, now=clock.now())
    _hand_over("contact.run_campaign", campaign_id, actor)
    return _("Going on.")


@require_POST
@requires("contact.campaigns")
@_act
def stop(request: HttpRequest, campaign_id: UUID) -> str:
    """Stop a campaign for good."""
    actor = _actor(request)
    campaigns.stop_campaign(campaign_id=campaign_id, actor=actor, now=clock.now())
    waiting = funnel_of(campaign_id=campaign_id).waiting
    _hand_over("contact.run_campaign", campaign_id, actor)
    return ngettext(
        "Stopped for good: %(count)s waiting message is being cancelled.",
        "Stopped for good: %(count)s waiting messages are being cancelled.",
        waiting,
    ) % {"count": figures.count(waiting)}
