"""Sending a file, and watching it being taken in."""

import re
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.edges import clock
from qingshou.features.book import column_words as words
from qingshou.features.book import listing
from qingshou.features.book.intake.guess import guess_mapping
from qingshou.features.book.intake.mapping import load_raw, shipped_names
from qingshou.features.book.intake.profile import sniff
from qingshou.features.book.intake.source_spec import SourceSpec
from qingshou.features.book.mapping_versions import mapping_document
from qingshou.features.book.rejects import document_of_import
from qingshou.features.book.uploads import DONE, FAILED, Upload, Uploads
from qingshou.features.book.views.imports import import_or_hidden
from qingshou.features.book.views.shared import asker, upload_or_hidden, uploads_of
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant


@require_http_methods(["GET", "POST"])
@requires("imports.run")
def send(request: HttpRequest) -> HttpResponse:
    """Take a file and its date; a refusal says why on the same page."""
    corrects = _corrected(request)
    if request.method == "POST":
        try:
            upload = _keep(request, corrects)
        except QingshouError as error:
            return render(request, "book/send.html", _form(request, corrects, problem=error.message), status=422)
        return redirect("book:map", upload_id=upload.id)
    return render(request, "book/send.html", _form(request, corrects))


def _form(request: HttpRequest, corrects: Any, problem: str = "") -> dict[str, Any]:
    as_of = request.POST.get("as_of") or (corrects.as_of if corrects else clock.today(current_tenant().time_zone))
    return {
        "problem": problem,
        "corrects": corrects,
        "as_of": as_of.isoformat() if isinstance(as_of, date) else as_of,
        "chosen": request.POST.get("mapping", ""),
        "own": listing.list_mappings(),
        "shipped": shipped_names(),
    }


def _corrected(request: HttpRequest) -> Any:
    given = request.POST.get("corrects") or request.GET.get("corrects") or ""
    try:
        return import_or_hidden(UUID(given)) if given else None
    except ValueError:
        return None


def _keep(request: HttpRequest, corrects: Any) -> Upload:
    uploads, file = uploads_of(), request.FILES.get("file")
    as_of = _date(request.POST.get("as_of", ""))
    if file is None or as_of is None:
        raise _Incomplete(_("Choose a file and the date it speaks of."))
    upload = uploads.keep(
        chunks=file.chunks(),
        file_name=file.name or "file",
        sent_by=asker(request).name,
        now=clock.now(),
        corrects=str(corrects.id) if corrects else "",
    )
    try:
        return _drawn_up(uploads, replace(upload, as_of=as_of.isoformat()), request.POST.get("mapping", ""), corrects)
    except QingshouError:
        uploads.forget(upload)
        raise


def _drawn_up(uploads: Uploads, upload: Upload, mapping: str, corrects: Any) -> Upload:
    """Look at the file and draw up its mapping: the one named, that of the import it corrects, or a guess."""
    known = document_of_import(corrects) if corrects else None
    if known is None and mapping:
        known = load_raw(mapping_document(name=mapping))
    spec = SourceSpec(**known.get("source", {})) if known else None
    profile = sniff(uploads.source(upload), spec=spec)
    document = known or {**guess_mapping(profile).raw, "name": _name(upload.file_name)}
    return uploads.save(replace(upload, mapping=document, headers=profile.headers, has_header=profile.has_header))


@require_GET
@requires("imports.run")
def sending(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show how far a file is on its way in."""
    context = _progress(upload_id)
    if context["upload"].state == DONE:
        return redirect("book:import", import_id=context["upload"].import_id)
    return render(request, "book/sending.html", context)


@require_GET
@requires("imports.run")
def progress(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Return the part of that page that changes; when it is done, send the browser on."""
    context = _progress(upload_id)
    reply = render(request, "book/sending_body.html", context)
    if context["upload"].state == DONE:
        reply["HX-Redirect"] = reverse("book:import", args=[context["upload"].import_id])
    return reply


def _progress(upload_id: UUID) -> dict[str, Any]:
    upload = upload_or_hidden(upload_id)
    noted = uploads_of().progress(upload)
    return {
        "upload": upload,
        "doing": words.STEPS.get(noted["step"], noted["step"]),
        "done": noted["done"],
        "total": noted["total"],
        "is_over": upload.state in (DONE, FAILED),
        "is_failed": upload.state == FAILED,
    }


@require_POST
@requires("imports.run")
def forget(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Remove a file that was sent and is not to be imported."""
    upload = upload_or_hidden(upload_id)
    uploads_of().forget(upload)
    messages.success(request, _("%(file)s is forgotten: nothing of it was imported.") % {"file": upload.file_name})
    return redirect("book:imports")


class _Incomplete(QingshouError):
    """The form lacks something."""

    code = "INCOMPLETE"
    http_status = 422


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(file_name: str) -> str:
    """Return a mapping's name made from a file's."""
    plain = re.sub(r"[^a-z0-9]+", "-", PurePath(file_name).name.split(".")[0].lower()).strip("-")
    return plain[:60] or "mapping"
