"""Imports over REST: send a file with the name of a mapping; watch it being taken in; fetch what was refused."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status

from qingshou.features.book import listing, taking_in
from qingshou.features.book.intake.mapping import load_raw, shipped_names
from qingshou.features.book.mapping_versions import mapping_document
from qingshou.features.book.rejects import open_rejects
from qingshou.features.book.uploads import Upload, Uploads
from qingshou.kernel.errors import NotFound
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Code, Day, Page, Paging
from qingshou.tenancy.queries import get_tenant

imports = Router(tags=["imports"])


class AmountTotalsOut(Schema):
    """One amount column: read = accepted + rejected + duplicate."""

    read: Decimal
    accepted: Decimal
    rejected: Decimal
    duplicate: Decimal
    unreadable_rows: int


class ImportOut(Schema):
    """One file taken in. Rows read = accepted + rejected + duplicate, and so each amount."""

    id: UUID
    as_of: date
    frame: str = Field(examples=["loans"])
    file_name: str
    content_hash: str = Field(description="SHA-256 of the file.")
    mapping_name: str
    status: str = Field(description="RUNNING, DONE or FAILED", examples=["DONE"])
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    totals: dict[str, AmountTotalsOut]
    reasons: dict[str, int] = Field(description="Reason code -> faults.", examples=[{"NOT_A_DATE": 3}])
    error: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None = None


class JobOut(Schema):
    """A file on its way in."""

    id: UUID
    status: str = Field(description="QUEUED, RUNNING, DONE or FAILED", examples=["QUEUED"])
    step: str = Field("", description="What is being done now.", examples=["read"])
    rows_done: int = 0
    rows_total: int | None = None
    import_id: UUID | None = Field(None, description="The import, once it is done.")
    error: str = ""


class MappingOut(Schema):
    """A mapping that an import may name."""

    name: str = Field(examples=["taiwan"])
    version: int | None = Field(None, description="Null for those that come with Qingshou.")
    shape: str = Field(examples=["snapshot"])


class ImportFilters(Paging):
    """Filters of the list."""

    status: Code | None = Field(None, examples=["DONE"])
    as_of: Day | None = None


def _shown(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ImportOut.model_fields}


def _job(uploads: Uploads, upload: Upload) -> dict[str, Any]:
    noted = uploads.progress(upload)
    return {
        "id": upload.id,
        "status": upload.state,
        "step": noted["step"],
        "rows_done": noted["done"],
        "rows_total": noted["total"],
        "import_id": upload.import_id or None,
        "error": upload.error,
    }


def _uploads(request: HttpRequest) -> Uploads:
    return Uploads(settings.QINGSHOU_HOME, get_tenant(tenant_id=principal_of(request).tenant_id).code)


@imports.get("", response=Page[ImportOut], summary="List imports")
@permitted("imports.view")
def list_imports(request: HttpRequest, asked: Query[ImportFilters]) -> dict[str, Any]:
    """The latest first."""
    filters = asked.filters()
    after = decode_cursor(listing="imports", filters=filters, cursor=asked.cursor)
    rows = listing.list_imports(
        limit=asked.limit + 1,
        status=asked.status or "",
        as_of=asked.as_of,
        after=(after[0], after[1]) if after else None,
    )
    shown, following = page(
        rows, limit=asked.limit, listing="imports", filters=filters, position=lambda row: (row.started_at, row.id)
    )
    return {"items": [_shown(row) for row in shown], "next_cursor": following}


@imports.get("/mappings", response=list[MappingOut], summary="List mappings")
@permitted("imports.view")
def list_mappings(request: HttpRequest) -> list[dict[str, Any]]:
    """The lender's own, newest version each, and those that come with Qingshou."""
    own = [
        {"name": one.name, "version": one.version, "shape": one.document["shape"]} for one in listing.list_mappings()
    ]
    shipped = [{"name": name, "version": None, "shape": load_raw(name)["shape"]} for name in shipped_names()]
    return [*own, *shipped]


@imports.get("/jobs/{job_id}", response=JobOut, summary="Get how far a file is on its way in")
@permitted("imports.view")
def get_job(request: HttpRequest, job_id: UUID) -> dict[str, Any]:
    """Kept for two days after the file was sent."""
    uploads = _uploads(request)
    return _job(uploads, uploads.get(job_id))


@imports.post("", response={202: JobOut}, summary="Send a file to be taken in")
@permitted("imports.run")
def send_file(
    request: HttpRequest,
    response: HttpResponse,
    file: Annotated[UploadedFile, File(description="CSV (also .gz), XLSX or Parquet.")],
    mapping: Annotated[Code, Form(description="Name of one of the mappings.")],
    as_of: Annotated[Day, Form(description="The date the file speaks of.")],
) -> Status[dict[str, Any]]:
    """The file is written to disk as it comes in; the worker takes it in. `Location` names the job to watch."""
    caller, uploads = principal_of(request), _uploads(request)
    document = load_raw(mapping_document(name=mapping))
    upload = uploads.keep(
        chunks=file.chunks(), file_name=file.name or "file.csv", sent_by=caller.actor.name, now=request.now
    )
    try:
        upload = replace(upload, as_of=as_of.isoformat(), mapping=document)
        upload = taking_in.queue(uploads=uploads, upload=upload)
        taking_in.hand_to_worker(tenant_id=caller.tenant_id, upload_id=upload.id, actor=caller.actor)
    except BaseException:
        uploads.forget(upload)
        raise
    response["Location"] = reverse("api:get_job", kwargs={"job_id": upload.id})
    return Status(202, _job(uploads, upload))


@imports.get("/{import_id}", response=ImportOut, summary="Get an import")
@permitted("imports.view")
def get_import(request: HttpRequest, import_id: UUID) -> dict[str, Any]:
    """With its control totals and why rows were refused."""
    return _shown(listing.get_import(import_id=import_id))


@imports.get("/{import_id}/rejects", response={200: None}, summary="Download the rows that were refused")
@permitted("imports.run")
def download_rejects(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    """CSV in UTF-8: the file's own columns and five of ours (line, row, column, reason, rest). Correct it and send it
    again under the same mapping. It holds the lender's values; every download is recorded."""
    caller = principal_of(request)
    row = listing.get_import(import_id=import_id)
    if not row.rejects_path:
        raise NotFound("No row of this import was refused.")
    chunks: Iterator[bytes] = open_rejects(row=row, home=settings.QINGSHOU_HOME, actor=caller.actor, now=request.now)
    reply = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="rejects-{import_id}.csv"'
    return reply
