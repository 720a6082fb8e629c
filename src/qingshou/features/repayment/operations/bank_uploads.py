"""A bank's file sent to us: kept until the worker has taken it in, then removed. What it held is sealed by then."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from qingshou.audit.actors import Actor
from qingshou.features.book.uploads import DONE, FAILED, QUEUED, RUNNING, Upload, Uploads
from qingshou.features.repayment.operations.bank_files import take_bank_file
from qingshou.features.repayment.statements.delivery import files_of, is_delivery
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.table_mapping import mapping_of_days
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xml", ".sta", ".mt940", ".940", ".gz", ".mt942", ".942", ".zip")

_KINDS = "CSV, XLSX, camt.052 to camt.054, MT940 or MT942 (also .gz and .zip)"


def bank_uploads(home: Path) -> Uploads:
    """Return the shelf of the lender in force."""
    return Uploads(home, current_tenant().code, "bank-files", _SUFFIXES, _KINDS)


def send_bank_file(
    *, chunks: Iterable[bytes], file_name: str, account: str, currency: str, home: Path, actor: Actor, now: datetime,
    days: str = "",
) -> Upload:  # fmt: skip
    """Keep a file and hand it to the worker, in the caller's transaction.

    Takes   account, currency  where a table names neither
            days               how a table writes its days, where looking does not tell: a key of DAY_ORDERS
    Stops   FileRefused  empty, too large, or of no known kind
    """
    uploads = bank_uploads(home)
    kept = uploads.keep(chunks=chunks, file_name=file_name, sent_by=actor.name, now=now)
    said = {"account": account, "currency": currency, "days": days}
    upload = uploads.save(replace(kept, state=QUEUED, mapping=said))
    jobs.configure_task("repayment.take_bank_file", queue="imports", lock=f"bank-file-{upload.id}").defer(
        tenant_id=str(current_tenant().id), upload_id=upload.id, actor_kind=str(actor.kind), actor_name=actor.name,
        actor_id=str(actor.user_id) if actor.user_id else None,
    )  # fmt: skip
    return upload


def take_upload(*, upload_id: UUID | str, home: Path, actor: Actor, now: datetime) -> Upload:
    """Take an upload in, noting how far it is; why a file was refused is kept with it. Run again, it goes on.

    A zip of statements becomes an upload for each of its files; run again, what was in is a repeat and changes nothing.
    """
    uploads = bank_uploads(home)
    upload = uploads.save(replace(uploads.get(upload_id), state=RUNNING, error=""))
    try:
        if is_delivery(uploads.source(upload)):
            return _unpack(uploads, upload, home, actor, now)
        done = take_bank_file(
            path=uploads.source(upload), name=upload.file_name, account=upload.mapping.get("account", ""),
            currency=upload.mapping.get("currency", ""), actor=actor, now=now, progress=uploads.noting(upload),
            mapping=mapping_of_days(upload.mapping.get("days", "")),
        )  # fmt: skip
    except QingshouError as refused:
        why = refused.why if isinstance(refused, StatementRefused) else refused.code
        uploads.drop_source(upload)
        return uploads.save(replace(upload, state=FAILED, error=f"{why}:{refused.message}"[:1000]))
    ended = uploads.save(replace(upload, state=DONE, import_id=str(done.row.id)))
    uploads.drop_source(ended)
    return ended


def _unpack(uploads: Uploads, upload: Upload, home: Path, actor: Actor, now: datetime) -> Upload:
    """Send each file of a zip on as an upload of its own; none of them where the zip as a whole is refused."""
    source = uploads.source(upload)
    with ExitStack() as sent:
        with transaction.atomic():
            for name, blocks in files_of(source):
                one = send_bank_file(
                    chunks=blocks, file_name=name, account=upload.mapping.get("account", ""),
                    currency=upload.mapping.get("currency", ""), home=home, actor=actor, now=now,
                    days=upload.mapping.get("days", ""),
                )  # fmt: skip
                sent.callback(uploads.forget, one)
        sent.pop_all()  # all of them are on their way: none is forgotten
    ended = uploads.save(replace(upload, state=DONE))
    uploads.drop_source(ended)
    return ended
