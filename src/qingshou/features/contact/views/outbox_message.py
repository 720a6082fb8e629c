"""One message: what happened to it, what it says to who may read it, and what a person may still do."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import ensure, requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import Desk, desk_of, facts_of
from qingshou.features.contact.operations import asking
from qingshou.features.contact.operations import outbox as operations
from qingshou.features.contact.operations.letters import note_registered_number
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.messages import STATES, TONES, state_words
from qingshou.features.contact.phrases.templates import CODES
from qingshou.features.contact.queries import messages as queries
from qingshou.features.contact.views.inbox import sees_unassigned
from qingshou.features.contact.views.outbox import error_words
from qingshou.features.contact.views.refused import tell_refusal
from qingshou.kernel.errors import NotFound, QingshouError
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import sealed_fields


def _page(request: HttpRequest, message_id: UUID, permission: str = "cases.view") -> queries.MessagePage:
    """Return the message where this person has the permission for its case."""
    page = queries.get_message(message_id=message_id)
    case = page.message.attempt.case
    if case is not None:
        ensure(cast(Any, request.user), permission, facts_of(case), name="message")
    elif not sees_unassigned(desk_of(request)):
        raise NotFound("There is no such message. It may belong to someone else.")
    return page


@require_GET
@requires("contact.view")
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show one message."""
    page = _page(request, message_id)
    row = page.message
    case = row.attempt.case
    may_act = (
        cast(Any, request.user).has_perm("contact.work", facts_of(case))
        if case is not None
        else cast(Any, request.user).has_perm("contact.work")
    )
    happened = sorted(_happened(page), key=lambda line: line["at"])
    context = {
        "row": row,
        "case": case,
        "page": page,
        "channel": CHANNELS.get(row.channel, row.channel),
        "state_words": state_words(row),
        "tone": TONES.get(row.state, ""),
        "why": error_words(row.error_code) if row.error_code else "",
        "template": _template(row),
        "happened": happened,
        "names": names_of_users(usernames=[line["by"] for line in happened]),
        "may_act": may_act,
        "may_cancel": may_act and row.state == "QUEUED",
        "may_retry": may_act and row.state in ("FAILED", "BOUNCED"),
        "may_decide": may_act and row.state == "UNCERTAIN",
        "may_number": may_act and row.channel == "POST" and not (row.letter_batch and row.letter_batch.is_registered),
    }
    return render(request, "contact/outbox_message.html", context)


def _template(row: Any) -> str:
    if row.template_version is None:
        return ""
    code = row.template_version.template.code
    version = _("Version %(number)s") % {"number": row.template_version.version}
    return f"{CODES.get(code, code)} · {version}"


def _happened(page: queries.MessagePage) -> Iterator[dict[str, Any]]:
    """Give what happened, as the house and the provider saw it."""
    row = page.message
    yield {"at": row.queued_at, "what": _("Put into the outbox"), "by": row.attempt.placed_by, "why": ""}
    if row.sent_at is not None:
        yield {"at": row.sent_at, "what": _("Handed to the provider"), "by": row.adapter, "why": ""}
    elif row.state not in ("QUEUED", "DELIVERED", "READ", "REPLIED"):
        yield {"at": row.state_at, "what": STATES.get(row.state, row.state), "by": row.adapter,
               "why": error_words(row.error_code)}  # fmt: skip
    for one in page.events:
        yield {"at": one.at, "what": STATES.get(one.state, one.state), "by": one.adapter,
               "why": error_words(one.error_code)}  # fmt: skip
    if row.replied_at is not None:
        yield {"at": row.replied_at, "what": STATES["REPLIED"], "by": "", "why": ""}


@require_POST
@requires("contact.view")
def words(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Return what the message says, as far as the role may read it; the reading is logged."""
    row, desk = _page(request, message_id).message, desk_of(request)
    shown = reveal(subject_kind="BORROWER", subject_id=row.attempt.borrower_id,
                   fields=sealed_fields(row, ["subject", "body"]), reader=desk.actor, role=desk.role,
                   purpose="CONTACT_WORDS", now=desk.now)  # fmt: skip
    return render(request, "contact/panel_words.html", {"shown": shown, "language": row.language})


@require_POST
@requires("contact.work")
def cancel(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Take a message back."""
    _page(request, message_id, "contact.work")
    desk = desk_of(request)
    return _done(request, message_id, _("The message is taken back: it will not be sent."),
                 lambda: operations.cancel(message_id=message_id, actor=desk.actor, now=desk.now))  # fmt: skip


@require_POST
@requires("contact.work")
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a failed message once more, as a new one."""
    _page(request, message_id, "contact.work")
    desk = desk_of(request)
    try:
        made = operations.retry(message_id=message_id, actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_refusal(request, refusal)
        return redirect("contact:message", message_id=message_id)
    messages.success(request, _("Queued once more, as a new message."))
    return redirect("contact:message", message_id=made.id)


@require_POST
@requires("contact.work")
def decide(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say whether an uncertain message arrived."""
    _page(request, message_id, "contact.work")
    desk = desk_of(request)
    was_sent = request.POST.get("was_sent") == "yes"
    said = _("Noted: it arrived.") if was_sent else _("Noted: it did not arrive, and is queued again.")
    return _done(
        request, message_id, said,
        lambda: asking.decide(message_id=message_id, was_sent=was_sent, reason=request.POST.get("reason", ""),
                              actor=desk.actor, now=desk.now),
        to=request.POST.get("to", ""),
    )  # fmt: skip


@require_POST
@requires("contact.work")
def number(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Keep the number that the post gave a letter."""
    _page(request, message_id, "contact.work")
    desk = desk_of(request)
    return _done(
        request, message_id, _("The number is kept."),
        lambda: note_registered_number(message_id=message_id, number=request.POST.get("number", ""),
                                       actor=desk.actor, now=desk.now),
    )  # fmt: skip


def _done(request: HttpRequest, message_id: UUID, said: str, act: Any, *, to: str = "") -> HttpResponse:
    try:
        act()
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, said)
    return redirect("contact:uncertain") if to == "uncertain" else redirect("contact:message", message_id=message_id)


@require_GET
@requires("contact.work")
def uncertain(request: HttpRequest) -> HttpResponse:
    """Show the messages of which nobody knows whether they arrived."""
    desk = desk_of(request)
    rows = [
        {"row": row, "channel": CHANNELS.get(row.channel, row.channel), "why": error_words(row.error_code),
         "is_asked": row.lease_until is not None}
        for row in queries.list_uncertain()
        if _may_work(request, desk, row)
    ]  # fmt: skip
    return render(request, "contact/uncertain.html", {"rows": rows})


def _may_work(request: HttpRequest, desk: Desk, row: Any) -> bool:
    case = row.attempt.case
    if case is None:
        return sees_unassigned(desk)
    return bool(cast(Any, request.user).has_perm("contact.work", facts_of(case)))
