"""An upload becomes an import: begun as a job in the caller's transaction, carried out by the worker."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from qingshou.audit.actors import Actor
from qingshou.features.book.intake.mapping import load_mapping
from qingshou.features.book.operations import record_import
from qingshou.features.book.uploads import DONE, FAILED, QUEUED, RUNNING, Upload, Uploads
from qingshou.kernel.errors import Conflict, QingshouError
from qingshou.tenancy.queries import get_tenant


class UploadBusy(Conflict):
    """The upload is being imported, or was."""

    code = "UPLOAD_BUSY"


def queue(*, uploads: Uploads, upload: Upload) -> Upload:
    """Mark an upload as waiting for the worker.

    Stops   MappingWrong  the mapping drawn up does not hold
            UploadBusy    it waits or runs already
    """
    if upload.state in (QUEUED, RUNNING, DONE):
        raise UploadBusy("This file is being imported already: its page shows how far it is.")
    load_mapping(upload.mapping, as_of=date.fromisoformat(upload.as_of))
    return uploads.save(replace(upload, state=QUEUED, error=""))


def hand_to_worker(*, tenant_id: UUID, upload_id: str, actor: Actor) -> None:
    """Hand the import of an upload to the worker, in the caller's transaction."""
    jobs.configure_task("book.take_in", queue="imports", lock=f"take-in-{upload_id}").defer(
        tenant_id=str(tenant_id),
        upload_id=upload_id,
        actor_kind=str(actor.kind),
        actor_name=actor.name,
        actor_id=str(actor.user_id) if actor.user_id else None,
    )


def take_in(*, tenant_id: UUID, upload_id: str, home: Path, actor: Actor, now: datetime) -> Upload:
    """Import an upload, noting how far it is; a refusal is kept with the upload, to be mended and sent again."""
    uploads = Uploads(home, get_tenant(tenant_id=tenant_id).code)
    upload = uploads.save(replace(uploads.get(upload_id), state=RUNNING, error=""))
    try:
        imported = record_import(
            tenant_id=tenant_id,
            source_path=uploads.source(upload),
            source_name=upload.file_name,
            mapping=upload.mapping,
            as_of=date.fromisoformat(upload.as_of),
            home=home,
            actor=actor,
            now=now,
            progress=uploads.noting(upload),
        )
    except QingshouError as error:
        return uploads.save(replace(upload, state=FAILED, error=f"{error.code}: {error.message}"[:1000]))
    done = uploads.save(replace(upload, state=DONE, import_id=str(imported.row.id)))
    uploads.drop_source(done)
    return done
