"""The wizard: which column fills what, and what the first rows become. Drafts are kept with the file."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.edges import clock
from qingshou.features.book import column_words as words
from qingshou.features.book import wizard
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.guess import guess_mapping
from qingshou.features.book.intake.mapping import load_raw, shipped_names, validate_mapping
from qingshou.features.book.intake.mapping_text import dump_yaml, parse_yaml
from qingshou.features.book.intake.profile import sniff
from qingshou.features.book.intake.source_spec import SourceSpec
from qingshou.features.book.mapping_versions import save_mapping
from qingshou.features.book.previewing import look
from qingshou.features.book.taking_in import hand_to_worker, queue
from qingshou.features.book.uploads import DONE, QUEUED, RUNNING, Upload
from qingshou.features.book.views.shared import asker, upload_or_hidden, uploads_of
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import current_tenant_id

_SELECT_COLUMNS_MAX = 150


@require_http_methods(["GET", "POST"])
@requires("imports.run")
def map_columns(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show the wizard; a form sent is kept as a draft, then saved or imported as its button says."""
    upload = upload_or_hidden(upload_id)
    if upload.state in (QUEUED, RUNNING, DONE):
        return redirect("book:sending", upload_id=upload.id)
    if request.method == "GET":
        return _page(request, upload)
    try:
        upload = _edited(request, upload)
        return _acted(request, upload)
    except QingshouError as error:
        return _page(request, uploads_of().get(upload.id), problem=error.message, status=422)


@require_POST
@requires("imports.run")
def preview_columns(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Keep the form as a draft and show what the first rows become under it."""
    upload = upload_or_hidden(upload_id)
    try:
        upload = _edited(request, upload)
    except QingshouError as error:
        return render(request, "book/preview.html", {"problem": error.message})
    context = _preview(request, upload) | {"is_part": True, "without_days": _is_without_days(upload)}
    return render(request, "book/preview.html", context)


def _edited(request: HttpRequest, upload: Upload) -> Upload:
    """Return the upload with the mapping as the form has it; kept even where it is not right yet."""
    action, post = request.POST.get("action", ""), request.POST
    if action == "shape":
        return _guessed_anew(upload, post.get("shape", ""))
    if action == "yaml":
        document = parse_yaml(post.get("yaml", ""))
        faults = validate_mapping(document)
        if faults:
            raise MappingWrong("; ".join(faults[:10]))
    else:
        document = wizard.document_of(post, upload.mapping, headers=upload.headers, has_header=upload.has_header)
    if document.get("source") != upload.mapping.get("source"):
        upload = _read_anew(replace(upload, mapping=document))
    return uploads_of().save(replace(upload, mapping=document))


def _acted(request: HttpRequest, upload: Upload) -> HttpResponse:
    action = request.POST.get("action", "")
    if action in ("save", "import"):
        kept = None if upload.mapping["name"] in shipped_names() and _is_shipped(upload) else _saved(request, upload)
        if action == "import":
            return _imported(request, upload)
        said = {"name": upload.mapping["name"], "version": kept.version if kept else 1}
        messages.success(request, _("Mapping %(name)s is saved as version %(version)s.") % said)
    return redirect("book:map", upload_id=upload.id)


def _saved(request: HttpRequest, upload: Upload) -> Any:
    return save_mapping(document=upload.mapping, actor=asker(request), now=clock.now())


def _is_shipped(upload: Upload) -> bool:
    """Whether the draft is a mapping that comes with Qingshou, unchanged."""
    return load_raw(upload.mapping["name"]) == upload.mapping


def _imported(request: HttpRequest, upload: Upload) -> HttpResponse:
    with transaction.atomic():
        queue(uploads=uploads_of(), upload=upload)
        hand_to_worker(tenant_id=current_tenant_id(), upload_id=upload.id, actor=asker(request))
    return redirect("book:sending", upload_id=upload.id)


def _guessed_anew(upload: Upload, shape: str) -> Upload:
    profile = sniff(uploads_of().source(upload), spec=SourceSpec(**upload.mapping.get("source", {})))
    document = {**guess_mapping(profile, shape).raw, "name": upload.mapping["name"]}
    return uploads_of().save(replace(upload, mapping=document))


def _read_anew(upload: Upload) -> Upload:
    """Look at the file again after its encoding, delimiter, sheet or first line was said to be another."""
    profile = sniff(uploads_of().source(upload), spec=SourceSpec(**upload.mapping.get("source", {})))
    return replace(upload, headers=profile.headers, has_header=profile.has_header)


def _page(request: HttpRequest, upload: Upload, problem: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "upload": upload,
        "document": upload.mapping,
        "problem": problem or upload.error,
        "shapes": words.SHAPES,
        "columns": words.COLUMNS,
        "frames": words.FRAMES,
        "units": wizard.UNITS,
        "headers": list(enumerate(upload.headers)),
        "many_columns": len(upload.headers) > _SELECT_COLUMNS_MAX,
        "yaml": dump_yaml(upload.mapping),
        "without_days": _is_without_days(upload),
    }
    try:
        profile = sniff(uploads_of().source(upload), spec=SourceSpec(**upload.mapping.get("source", {})), rows=500)
        proposal = guess_mapping(profile, upload.mapping["shape"])
        guesses = {(one.frame, one.target): one for one in proposal.columns}
        context |= {"profile": profile} | _preview(request, upload)
    except QingshouError as error:
        context["problem"] = context["problem"] or error.message
        guesses = {}
    context["groups"] = wizard.groups_of(upload.mapping, headers=upload.headers, guesses=guesses)
    return render(request, "book/map.html", context, status=status)


def _is_without_days(upload: Upload) -> bool:
    """Whether a file of loans on one date says in no column since when they are overdue."""
    said = {"overdue_days", "oldest_due_date"} & upload.mapping["columns"].keys()
    return upload.mapping["shape"] == "snapshot" and not said


def _preview(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    role: str = request.user.role  # type: ignore[union-attr]
    try:
        seen = look(
            path=uploads_of().source(upload), document=upload.mapping, as_of=date.fromisoformat(upload.as_of), role=role
        )
    except QingshouError as error:
        return {"preview_problem": error.message}
    return {"seen": seen, "reason_words": words.REASONS, "columns": words.COLUMNS}
