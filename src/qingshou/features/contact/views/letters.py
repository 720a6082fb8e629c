"""Letters for the post: gather those that wait, download the pile, say that it was posted."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import desk_of
from qingshou.features.contact.channels.chosen import printer_of
from qingshou.features.contact.letter_files import LetterFiles
from qingshou.features.contact.operations import letters as operations
from qingshou.features.contact.phrases.messages import TONES, state_words
from qingshou.features.contact.queries import messages as queries
from qingshou.features.contact.views.refused import tell_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant


def _files() -> LetterFiles:
    return LetterFiles(settings.QINGSHOU_HOME, current_tenant().code)


@require_GET
@requires("contact.campaigns")
def batches(request: HttpRequest) -> HttpResponse:
    """Show the batches, and how many letters wait."""
    piles = queries.list_batches(now=desk_of(request).now)
    context = {
        "piles": piles, "most": operations.LETTERS_MOST,
        "names": names_of_users(usernames=[one.made_by for one in piles.batches]),
    }  # fmt: skip
    return render(request, "contact/letters.html", context)


@require_POST
@requires("contact.campaigns")
def make(request: HttpRequest) -> HttpResponse:
    """Print what waits into one batch."""
    desk, tenant = desk_of(request), current_tenant()
    try:
        batch = operations.make_letter_batch(
            printer=printer_of(settings.QINGSHOU_CHANNELS[tenant.code], lender_name=tenant.name), files=_files(),
            actor=desk.actor, now=desk.now, is_registered=request.POST.get("registered") == "yes",
        )  # fmt: skip
    except QingshouError as refusal:
        messages.error(request, _(refusal.message))
        return redirect("contact:letters")
    messages.success(request, _("Batch %(number)s is printed: download it.") % {"number": batch.number})
    return redirect("contact:letter_batch", batch_id=batch.id)


@require_GET
@requires("contact.campaigns")
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show one pile, letter by letter, and which of them must be taken out."""
    found, rows = queries.get_batch(batch_id=batch_id)
    out = () if found.posted_at else operations.places_stopped(batch_id=batch_id, now=desk_of(request).now)
    lines: list[dict[str, Any]] = [
        {"place": int(row.provider_ref.rpartition("/")[2] or 0), "row": row, "words": state_words(row),
         "tone": TONES.get(row.state, "")}
        for row in rows
    ]  # fmt: skip
    context = {"batch": found, "lines": lines, "out": out, "names": names_of_users(usernames=[found.made_by])}
    return render(request, "contact/letter_batch.html", context)


@require_POST
@requires("contact.campaigns")
def download(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Give the pile as a PDF; who downloaded it is recorded."""
    desk = desk_of(request)
    found, _rows = queries.get_batch(batch_id=batch_id)
    pdf = operations.open_batch(batch_id=batch_id, files=_files(), actor=desk.actor, now=desk.now)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="letters-{found.number}.pdf"'
    return answer


@require_POST
@requires("contact.campaigns")
def posted(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Say that the pile went to the post."""
    desk = desk_of(request)
    try:
        done = operations.mark_posted(batch_id=batch_id, actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("%(count)s letters are marked posted.") % {"count": done.posted})
        if done.taken_out:
            places = ", ".join(str(place) for place in done.taken_out)
            messages.warning(request, _("Taken out, not to be posted: %(places)s.") % {"places": places})
    return redirect("contact:letter_batch", batch_id=batch_id)
