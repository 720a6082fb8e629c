"""Files sent to us and not yet taken in: kept on disk with the mapping drawn up so far, until imported or forgotten.

An upload holds the lender's values in the clear, since the reader needs a plain file: only this process's user may open
it, and it is removed as soon as the import is done, or by `forget_old` when nobody goes on with it.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from qingshou.features.book.intake.atomic import storage_errors
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.places import Places
from qingshou.kernel.errors import NotFound

BYTES_MAX = 4 << 30
KEPT = timedelta(days=2)
_NOTED_EVERY_SECONDS = 0.5
DRAFT, QUEUED, RUNNING, DONE, FAILED = "DRAFT", "QUEUED", "RUNNING", "DONE", "FAILED"
_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".gz", ".xlsx", ".parquet")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file on its way in."""

    id: str
    file_name: str
    bytes: int
    sent_by: str
    sent_at: str
    as_of: str = ""
    mapping: dict[str, Any] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    has_header: bool = True
    corrects: str = ""  # id of the import whose refused rows this file corrects
    state: str = DRAFT
    import_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Uploads:
    """The uploads of one lender; other features keep theirs on a shelf of their own."""

    home: Path
    tenant: str
    shelf: str = "uploads"
    suffixes: tuple[str, ...] = _SUFFIXES
    kinds: str = "CSV (also .gz), XLSX or Parquet"

    @property
    def folder(self) -> Path:
        return self.home / self.shelf / Places(self.home, self.tenant).tenant

    def source(self, upload: Upload) -> Path:
        """Return the path of the file itself."""
        return self._at(upload.id) / f"source{_suffix(upload.file_name, self.suffixes)}"

    def keep(
        self, *, chunks: Iterable[bytes], file_name: str, sent_by: str, now: datetime, corrects: str = ""
    ) -> Upload:
        """Write a file to disk as it comes in; FileRefused when it is empty, too large or of no known kind."""
        name = _CONTROL.sub("", Path(file_name.replace("\\", "/")).name)[:200] or "file"
        if _suffix(name, self.suffixes) is None:
            raise FileRefused(
                f"This kind of file is not taken: send {self.kinds}, ending in {', '.join(self.suffixes)}.",
                why="KIND",
            )
        upload = Upload(
            id=str(uuid4()), file_name=name, bytes=0, sent_by=sent_by, sent_at=now.isoformat(), corrects=corrects
        )
        with storage_errors():
            self._at(upload.id).mkdir(mode=0o700, parents=True)
            size = 0
            with os.fdopen(os.open(self.source(upload), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > BYTES_MAX:
                        break
                    file.write(chunk)
        if not 0 < size <= BYTES_MAX:
            self.forget(upload)
            what = "is empty" if size == 0 else f"is larger than {BYTES_MAX >> 30} GiB: split it"
            raise FileRefused(f"The file {what}.", why="EMPTY" if size == 0 else "TOO_LARGE")
        return self.save(replace(upload, bytes=size))

    def get(self, upload_id: UUID | str) -> Upload:
        """Return an upload; stops with NotFound when it is not there (any more)."""
        path = self._at(str(UUID(str(upload_id)))) / "draft.json"
        try:
            return Upload(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            raise NotFound("There is no such upload: it was imported, forgotten or never sent.") from None

    def save(self, upload: Upload) -> Upload:
        """Keep the upload's state; a reader sees the old or the new, never half."""
        path = self._at(upload.id) / "draft.json"
        scratch = path.with_suffix(f".{uuid4().hex}")
        with storage_errors():
            scratch.write_text(json.dumps(asdict(upload), ensure_ascii=False), "utf-8")
            scratch.replace(path)
        return upload

    def drafts(self) -> list[Upload]:
        """Return the uploads that wait for somebody to go on, the latest first."""
        found = [self.get(path.parent.name) for path in self.folder.glob("*/draft.json")]
        return sorted((one for one in found if one.state != DONE), key=lambda one: one.sent_at, reverse=True)

    def drop_source(self, upload: Upload) -> None:
        """Remove the file itself: what it held is in the lake and the vault now."""
        self.source(upload).unlink(missing_ok=True)

    def forget(self, upload: Upload) -> None:
        """Remove an upload and all that was drawn up for it."""
        shutil.rmtree(self._at(upload.id), ignore_errors=True)

    def forget_old(self, *, now: datetime) -> int:
        """Remove uploads nobody went on with; returns how many."""
        old = [one for one in self._all() if datetime.fromisoformat(one.sent_at) < now - KEPT]
        for upload in old:
            self.forget(upload)
        return len(old)

    def note_progress(self, upload: Upload, *, step: str, done: int, total: int | None) -> None:
        """Write how far the import is."""
        path = self._at(upload.id) / "progress.json"
        scratch = path.with_suffix(".new")
        scratch.write_text(json.dumps({"step": step, "done": done, "total": total}), "utf-8")
        scratch.replace(path)

    def noting(self, upload: Upload) -> Callable[[str, int, int | None], None]:
        """Return what may be told of every step: it is written twice a second at most."""
        noted = 0.0

        def note(step: str, done: int, total: int | None) -> None:
            nonlocal noted
            if time.monotonic() - noted > _NOTED_EVERY_SECONDS:
                noted = time.monotonic()
                self.note_progress(upload, step=step, done=done, total=total)

        return note

    def progress(self, upload: Upload) -> dict[str, Any]:
        """Return how far the import is: step, done, total."""
        path = self._at(upload.id) / "progress.json"
        try:
            return dict(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return {"step": "", "done": 0, "total": None}

    def _all(self) -> list[Upload]:
        return [self.get(path.parent.name) for path in self.folder.glob("*/draft.json")]

    def _at(self, upload_id: str) -> Path:
        return self.folder / upload_id


def _suffix(name: str, known: tuple[str, ...]) -> str | None:
    lowered = name.lower()
    return next((suffix for suffix in sorted(known, key=len, reverse=True) if lowered.endswith(suffix)), None)
