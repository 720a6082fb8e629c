"""Files that appear whole or not at all: temporary name, sync, rename, sync of the folder."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from qingshou.features.book.intake.errors import StorageFull
from qingshou.features.book.intake.faultpoints import reach

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
    """Turn 'no space left' into an error a user can act on; other faults of the disk pass through."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL and "No space left" not in str(error):
            raise
        raise StorageFull(
            "There is no room left on the disk: nothing was published; make room and do it again."
        ) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the file's bytes survive a power cut."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def publish(temporary: Path, final: Path) -> None:
    """Give a finished temporary file its lasting name; an existing file of that name (same content) stays."""
    with storage_errors():
        sync_file(temporary)
        final.parent.mkdir(parents=True, exist_ok=True)
        reach("lake.written")
        if final.exists():
            temporary.unlink()
        else:
            temporary.rename(final)
        reach("lake.renamed")
        sync_folder(final.parent)


def write_bytes(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a small file atomically, replacing an older one; `mode` is narrowed by the process's umask."""
    with storage_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
