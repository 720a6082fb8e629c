"""Batches of letters as files: sealed, readable by this installation alone, named by the hash of what is in them."""

import base64
from pathlib import Path
from uuid import UUID

from qingshou.features.book.intake.atomic import write_bytes
from qingshou.kernel.errors import NotFound
from qingshou.privacy.sealing import seal, unseal

_PLACE = "contact_letterbatch.file"


class LetterFiles:
    """One lender's folder under the home."""

    def __init__(self, home: Path, lender_code: str) -> None:
        self._folder = home / "letters" / lender_code

    def keep(self, pdf: bytes, *, sha256: str, row_id: UUID) -> Path:
        """Write a batch, whole or not at all; it is bound to its row."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(sha256)
        sealed = seal(base64.b64encode(pdf).decode(), place=_PLACE, row_id=row_id)
        write_bytes(path, sealed, mode=0o600)
        return path

    def read(self, *, sha256: str, row_id: UUID) -> bytes:
        """Return a batch's PDF; stops with NotFound when the file is gone, UnsealError when it was altered."""
        try:
            sealed = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound("The file of this batch is no longer there: restore it from a backup.") from None
        return base64.b64decode(unseal(sealed, place=_PLACE, row_id=row_id))

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.pdf"
