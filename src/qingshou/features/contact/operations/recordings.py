"""Recordings of calls: sealed files named by the hash of the sound, stored once, opened only by who may."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.book.intake.atomic import publish, storage_errors
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.sealed import SealedWriter
from qingshou.features.book.operations import installation_vault_keys
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.models import Recording
from qingshou.features.contact.operations.call_rows import lock_call, record_call
from qingshou.features.contact.queries.recordings import path_of, purpose_of
from qingshou.features.contact.scripts.reading import offer_policy
from qingshou.tenancy.queries import current_tenant

BYTES_MAX = 200 << 20
# how a kind of sound begins, at which byte: what a file says of itself is not believed
_KINDS = (
    ("audio/wav", 8, b"WAVE"),
    ("audio/ogg", 0, b"OggS"),
    ("audio/mpeg", 0, b"ID3"),
    ("audio/mpeg", 0, b"\xff\xfb"),
    ("audio/mpeg", 0, b"\xff\xf3"),
    ("audio/mp4", 4, b"ftyp"),
    ("audio/webm", 0, b"\x1a\x45\xdf\xa3"),
    ("audio/flac", 0, b"fLaC"),
)


def store_recording(*, call_id: UUID, chunks: Iterable[bytes], actor: Actor, now: datetime) -> Recording:
    """Seal a recording and attach it to its call; the same sound sent again changes nothing.

    Takes   chunks  the sound: WAV, Ogg, MP3, MP4, WebM or FLAC, told by how it begins
    Stops   NoSuchContact
            NotNow           the call has another recording
            BadContactInput  empty, larger than 200 MB, or no sound
    """
    tenant = current_tenant().code
    folder = Places(Path(settings.QINGSHOU_HOME), tenant).home / "recordings" / tenant
    temporary = folder / f".{uuid4().hex}.new"
    try:
        digest, size, kind = _sealed(temporary, chunks, tenant)
        publish(temporary, path_of(tenant, digest))
    finally:
        temporary.unlink(missing_ok=True)
    with transaction.atomic():
        call = lock_call(call_id, unsaved=False)
        held = Recording.objects.filter(call=call).first()
        if held is not None:
            if held.document_hash != digest:
                raise NotNow("This call has a recording already: another one is not put in its place.")
            return held
        recording = Recording.objects.create(
            id=uuid4(), call=call, document_hash=digest, size_bytes=size, content_type=kind, stored_at=now,
            keep_until=now.date() + timedelta(days=offer_policy().keep_days),
        )  # fmt: skip
        record_call(call, "CALL_RECORDING_STORED", actor=actor, now=now,
                    facts={"size_bytes": size, "hash": digest, "keep_until": recording.keep_until})  # fmt: skip
    return recording


def _sealed(path: Path, chunks: Iterable[bytes], tenant: str) -> tuple[str, int, str]:
    """Write the sealed file; gives hash and size of the sound, and its kind."""
    digest, size, kind = hashlib.sha256(), 0, ""
    with storage_errors(), SealedWriter(path, keys=installation_vault_keys(), purpose=purpose_of(tenant)) as writer:
        for chunk in chunks:
            if not chunk:
                continue
            if not size:
                kind = next((name for name, at, begins in _KINDS if chunk[at : at + len(begins)] == begins), "")
            size += len(chunk)
            if not kind or size > BYTES_MAX:
                break
            digest.update(chunk)
            writer.write(chunk)
    if not size:
        raise BadContactInput("The recording is empty: choose another file.")
    if not kind:
        raise BadContactInput("This is no sound we know: give WAV, Ogg, MP3, MP4, WebM or FLAC.")
    if size > BYTES_MAX:
        raise BadContactInput(f"The recording is larger than {BYTES_MAX >> 20} MB: give a smaller one.")
    return digest.hexdigest(), size, kind
