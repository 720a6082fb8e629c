"""Templates: the list with its filters, the starting set, several handed in at once, a new one, words and details."""

from functools import partial
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

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.edges import clock
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState, with_words
from qingshou.edges.words import actor_words
from qingshou.features.contact.operations import template_set, templates
from qingshou.features.contact.phrases.templates import CHANNELS, CODES, STATES, TONES
from qingshou.features.contact.queries import templates as queries
from qingshou.features.contact.queries.values import details_of
from qingshou.features.contact.templating.starting_set import starting_set
from qingshou.features.contact.templating.variables import LANGUAGES
from qingshou.features.contact.templating.wording import own_words_of
from qingshou.features.contact.views.templates_shown import (
    LANGUAGE_WORDS,
    Wording,
    panel,
    refusal_words,
    who,
    words,
)
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

_PAGE = 50
_EXPORT_MAX = 10_000
STATE_TONES = {"APPROVED": "good", "PENDING": "note", "REJECTED": "bad"}

COLUMNS = (
    Column(key="code", label=gettext_lazy("What for"), sort=True, value=lambda row: row.template.code,
           words=lambda code: CODES.get(code, code), href=lambda row: reverse("contact:template", args=[row.id])),
    Column(key="channel", label=gettext_lazy("Channel"), value=lambda row: row.template.channel, words=CHANNELS),
    Column(key="language", label=gettext_lazy("Language"), value=lambda row: row.template.language,
           words=LANGUAGE_WORDS),
    Column(key="tone", label=gettext_lazy("Tone"), value=lambda row: row.template.tone, words=TONES),
    Column(key="version", label=gettext_lazy("Version"), kind="count"),
    Column(key="status", label=gettext_lazy("Status"), kind="state", words=STATES,
           tone=lambda row: STATE_TONES.get(row.status, "")),
    Column(key="made_by", label=gettext_lazy("Written by")),
    Column(key="made_at", label=gettext_lazy("Written at"), kind="instant", sort=True),
    Column(key="approved_by", label=gettext_lazy("Approved by")),
    Column(key="approved_at", label=gettext_lazy("Approved at"), kind="instant", sort=True, shown=False),
    Column(key="body", label=gettext_lazy("Text"), kind="long", shown=False),
)  # fmt: skip


@require_GET
@requires("contact.templates")
def template_list(request: HttpRequest) -> HttpResponseBase:
    """List the versions in use and in work; by request where `asked` names one."""
    state = TableState.of(request, COLUMNS, sort="code")
    filters = Filters.of(request, _filters())
    asked = _uuid(request.GET.get("asked", ""))
    shown = queries.TemplateFilter(
        **filters.values, version_ids=queries.versions_asked(subject_id=asked) if asked else None
    )
    rows, total = queries.list_versions(
        filters=shown, sort=state.sort, descending=state.descending, limit=_EXPORT_MAX if state.export else _PAGE,
        offset=0 if state.export else (state.page - 1) * _PAGE,
    )  # fmt: skip
    people = names_of_users(usernames=[name for row in rows for name in (row.made_by, row.approved_by)])
    by_name = partial(actor_words, people=people)
    table = Table(
        id="templates", caption=_("Templates"),
        columns=with_words(COLUMNS, {"made_by": by_name, "approved_by": by_name}), rows=rows, state=state, total=total,
        page_size=_PAGE,
        select=lambda row: str(row.id),
        empty_title=_("No template fits"), empty_text=_("Choose other filters, or write a new wording."),
        empty_href=reverse("contact:new_template"), empty_action=_("New wording"),
    )  # fmt: skip
    if state.export:
        return export_response(columns=table.shown, rows=rows, form=state.export, file_name="templates")
    context = {
        "table": table, "filters": filters, "asked": asked, "set_size": len(starting_set()),
        "is_empty": total == 0 and not filters.is_set and not asked and queries.count_versions() == 0,
    }  # fmt: skip
    return render(request, "contact/templates.html", context)


@require_http_methods(["GET", "POST"])
@requires("contact.templates")
def new_template(request: HttpRequest) -> HttpResponse:
    """Write the first or a further version of a template; what stands in use, or the starting text, is offered."""
    wording = Wording.of_form(request) if request.method == "POST" else _offered(request)
    problem = ""
    if request.method == "POST":
        try:
            made = templates.draft(
                code=request.POST.get("own_code", "").strip() or wording.code, channel=wording.channel,
                language=wording.language, tone=wording.tone, subject=wording.subject, body=wording.body,
                actor=who(request), now=clock.now(),
            )  # fmt: skip
        except QingshouError as refusal:
            problem = refusal_words(refusal)
        else:
            messages.success(request, _("The draft is kept. Ask for approval when it is ready."))
            return redirect("contact:template", version_id=made.id)
    context = {
        "wording": wording, "problem": problem, "panel": panel(request, wording), "is_new": True,
        "own_code": request.POST.get("own_code", ""), **words(),
    }  # fmt: skip
    return render(request, "contact/template_new.html", context)


@require_POST
@requires("contact.templates")
def preview(request: HttpRequest) -> HttpResponse:
    """Return what is said of a wording as the form stands."""
    made = panel(request, Wording.of_form(request), request.POST.get("case_number", ""))
    return render(request, "contact/template_panel.html", {"panel": made})


@require_POST
@requires("contact.templates")
def install(request: HttpRequest) -> HttpResponse:
    """Put in what the lender lacks of the starting set, and ask a second person for approval of all of it."""
    actor, now = who(request), clock.now()
    put_in = template_set.install_starting_set(actor=actor, now=now)
    if not put_in.version_ids:
        messages.info(request, _("Nothing was missing: the starting set is in."))
        return redirect("contact:templates")
    templates.ask_approval(version_ids=put_in.version_ids, actor=actor, now=now, reason=_("Starting set"))
    count = len(put_in.version_ids)
    messages.success(
        request,
        ngettext(
            "%(count)s wording is in and waits for a second person.",
            "%(count)s wordings are in and wait for a second person.",
            count,
        )
        % {"count": count},
    )
    return redirect(f"{reverse('contact:templates')}?status=PENDING")


@require_POST
@requires("contact.templates")
def ask_many(request: HttpRequest) -> HttpResponse:
    """Ask for approval of the drafts picked in the list."""
    picked = [one for text in request.POST.getlist("picked") if (one := _uuid(text))]
    try:
        templates.ask_approval(
            version_ids=picked, actor=who(request), now=clock.now(), reason=request.POST.get("reason", "")
        )
    except QingshouError as refusal:
        messages.error(request, refusal_words(refusal))
    else:
        messages.success(request, _("Asked for approval: a second person decides."))
    return redirect("contact:templates")


@require_http_methods(["GET", "POST"])
@requires("contact.templates")
def own_words(request: HttpRequest) -> HttpResponse:
    """Show and set the lender's own words, and what it says of itself in messages."""
    if request.method == "POST":
        try:
            _set_own(request)
        except QingshouError as refusal:
            messages.error(request, refusal_words(refusal))
        else:
            messages.success(request, _("Kept. Drafts and what is asked for are judged by it from now on."))
        return redirect("contact:template_words")
    tenant = current_tenant()
    lists = [(code, LANGUAGE_WORDS[code], own_words_of(tenant.settings, code)) for code in LANGUAGES]
    context = {"lists": lists, "details": details_of(tenant), "tenant_name": tenant.name}
    return render(request, "contact/template_words.html", context)


def _set_own(request: HttpRequest) -> None:
    actor, now = who(request), clock.now()
    if "language" in request.POST:
        given = {name: request.POST.get(name, "").splitlines() for name in ("extra", "allowed")}
        template_set.set_contact_words(language=request.POST["language"], actor=actor, now=now, **given)
    else:
        details = {name: request.POST.get(name, "") for name in template_set.DETAILS}
        template_set.set_contact_details(details=details, actor=actor, now=now)


def _filters() -> list[Filter]:
    codes = list(dict.fromkeys([*CODES, *queries.list_codes()]))
    return [
        Filter(name="code", label=_("What for"), choices=[(code, CODES.get(code, code)) for code in codes]),
        Filter(name="channel", label=_("Channel"), choices=list(CHANNELS.items())),
        Filter(name="language", label=_("Language"), choices=list(LANGUAGE_WORDS.items())),
        Filter(name="tone", label=_("Tone"), choices=list(TONES.items())),
        Filter(name="status", label=_("Status"), choices=list(STATES.items())),
    ]


def _offered(request: HttpRequest) -> Wording:
    """Return what a new wording begins with: the place the address names, and the words nearest to it."""
    place: dict[str, Any] = {
        "code": request.GET.get("code", "REMINDER"), "channel": request.GET.get("channel", "SMS"),
        "language": request.GET.get("language", queries.language_of_lender(current_tenant())),
        "tone": request.GET.get("tone", "FRIENDLY"),
    }  # fmt: skip
    used = queries.approved_version(**place)
    if used is not None:
        return Wording(**place, subject=used.subject, body=used.body)
    asked = (place["code"], place["channel"], place["language"])
    texts = starting_set(jurisdiction=current_tenant().jurisdiction)
    fits = [one for one in texts if (one.code, one.channel, one.language) == asked]
    nearest = next((one for one in fits if one.tone == place["tone"]), fits[0] if fits else None)
    return Wording(**place, subject=nearest.subject if nearest else "", body=nearest.body if nearest else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
