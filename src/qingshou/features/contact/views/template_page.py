"""One wording: read, changed while it is a draft, handed in, followed by a new version, retired; its history."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import Hidden, requires
from qingshou.access.queries import names_of_users
from qingshou.audit.phrases import action_words
from qingshou.edges import clock
from qingshou.features.contact.errors import NoSuchTemplate
from qingshou.features.contact.operations import templates
from qingshou.features.contact.phrases.templates import STATES
from qingshou.features.contact.queries import templates as queries
from qingshou.features.contact.templating.differences import Stretch, differences
from qingshou.features.contact.views.templates import STATE_TONES
from qingshou.features.contact.views.templates_shown import Wording, name_of, panel, refusal_words, who, words
from qingshou.kernel.errors import QingshouError


@require_GET
@requires("contact.templates")
def template(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show one version; with `with` in the address, what changed since another version of the same template."""
    version = _found(version_id)
    wording = Wording.of_version(version)
    history = queries.list_history(template_id=version.template_id)
    other = next((one for one in history if str(one.id) == request.GET.get("with", "")), None)
    acts = queries.list_acts(version_id=version.id)
    context = {
        "version": version, "wording": wording, "name": name_of(wording), "states": STATES,
        "state_tone": STATE_TONES.get(version.status, ""), "is_draft": version.status == "DRAFT",
        "panel": panel(request, wording, request.GET.get("case", "")),
        "asked": queries.pending_request_of(version),
        "history": [(one, STATE_TONES.get(one.status, ""), one.id == version.id) for one in history],
        "other": other,
        "changes": _changes(other, version) if other else [],
        "acts": [(event, action_words(event.action)) for event in acts],
        "names": names_of_users(usernames=[
            *(name for one in history for name in (one.made_by, one.approved_by)), *(one.actor_name for one in acts)
        ]),
        **words(),
    }  # fmt: skip
    return render(request, "contact/template.html", context)


def _changes(other: Any, version: Any) -> list[tuple[str, list[Stretch]]]:
    """Return what turns the older of two versions into the newer, part by part."""
    older, newer = sorted((other, version), key=lambda one: one.version)
    parts = ((_("Subject"), older.subject, newer.subject), (_("Text"), older.body, newer.body))
    return [(label, list(differences(before, after))) for label, before, after in parts if before or after]


def _act(view: Callable[[HttpRequest, UUID], tuple[str, UUID]]) -> Callable[..., HttpResponse]:
    """Turn a function that does something to a version into a view: back to a version with what was done."""

    @wraps(view)
    def acting(request: HttpRequest, version_id: UUID) -> HttpResponse:
        try:
            said, shown_id = view(request, version_id)
        except NoSuchTemplate as error:
            raise Hidden(error.message) from None
        except QingshouError as refusal:
            messages.error(request, refusal_words(refusal))
            return redirect("contact:template", version_id=version_id)
        messages.success(request, said)
        return redirect("contact:template", version_id=shown_id)

    return acting


@require_POST
@requires("contact.templates")
@_act
def change(request: HttpRequest, version_id: UUID) -> tuple[str, UUID]:
    """Keep a draft's new words."""
    wording = Wording.of_form(request)
    templates.change_draft(
        version_id=version_id, subject=wording.subject, body=wording.body, actor=who(request), now=clock.now()
    )
    return _("The draft is kept."), version_id


@require_POST
@requires("contact.templates")
@_act
def ask(request: HttpRequest, version_id: UUID) -> tuple[str, UUID]:
    """Ask for a second person's consent."""
    templates.ask_approval(
        version_ids=[version_id], actor=who(request), now=clock.now(), reason=request.POST.get("reason", "")
    )
    return _("Asked for approval: a second person decides."), version_id


@require_POST
@requires("contact.templates")
@_act
def retire(request: HttpRequest, version_id: UUID) -> tuple[str, UUID]:
    """Take a version out of use, or drop a draft."""
    templates.retire(version_id=version_id, actor=who(request), now=clock.now(), reason=request.POST.get("reason", ""))
    return _("The wording is retired: nothing is sent by it any more."), version_id


@require_POST
@requires("contact.templates")
@_act
def write_anew(request: HttpRequest, version_id: UUID) -> tuple[str, UUID]:
    """Begin a new version with the words of this one."""
    version = _found(version_id)
    of = version.template
    made = templates.draft(
        code=of.code, channel=of.channel, language=of.language, tone=of.tone, subject=version.subject,
        body=version.body, actor=who(request), now=clock.now(),
    )  # fmt: skip
    return _("A new draft with the words of version %(version)s.") % {"version": version.version}, made.id


def _found(version_id: UUID) -> Any:
    try:
        return queries.get_version(version_id=version_id)
    except NoSuchTemplate as error:
        raise Hidden(error.message) from None
