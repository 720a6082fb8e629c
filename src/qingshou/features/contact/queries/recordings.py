"""Recordings read back: found by their call, opened by the installation's keys, held against their hash."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from qingshou.features.book.intake.errors import VaultClosed
from qingshou.features.book.intake.sealed import read_sealed
from qingshou.features.book.operations import installation_vault_keys
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import Recording
from qingshou.tenancy.queries import current_tenant


def purpose_of(tenant: str) -> str:
    """Return what recordings of a lender are sealed for: another lender's file does not open."""
    return f"recording:{tenant}"


def path_of(tenant: str, digest: str) -> Path:
    """Return where the sound of a hash lies."""
    return Path(settings.QINGSHOU_HOME) / "recordings" / tenant / digest[:2] / f"{digest}.sealed"


def get_recording(*, call_id: UUID) -> Recording:
    """Return the recording of a call, with call, attempt and case; stops with NoSuchContact."""
    found = Recording.objects.select_related("call__attempt__case__owner").filter(call=call_id).first()
    if found is None:
        raise NoSuchContact("This call has no recording.")
    return found


def open_recording(*, recording: Recording) -> Iterator[bytes]:
    """Give the sound in chunks; the whole file is held against its hash before the first.

    Stops   VaultClosed  wrong key, or the file was changed, cut or swapped
    """
    tenant = current_tenant().code
    path = path_of(tenant, recording.document_hash)
    if not path.exists():
        raise NoSuchContact("The file of this recording is not there any more.")
    keys, purpose = installation_vault_keys(), purpose_of(tenant)
    digest = hashlib.sha256()
    for chunk in read_sealed(path, keys=keys, purpose=purpose):
        digest.update(chunk)
    if digest.hexdigest() != recording.document_hash:
        raise VaultClosed(f"{path.name} holds another sound than its name says: it was swapped.")
    return read_sealed(path, keys=keys, purpose=purpose)
