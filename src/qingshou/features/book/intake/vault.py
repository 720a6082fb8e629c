"""Personal frames, sealed: written at intake, read back for the borrowers of the working set only."""

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from qingshou.features.book.intake.atomic import storage_errors
from qingshou.features.book.intake.errors import VaultClosed
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.raw_rows import SEQ
from qingshou.features.book.intake.sealed import SealedWriter, VaultKeys, read_sealed
from qingshou.features.book.intake.targets import FRAMES, Frame


def _purpose(tenant: str, frame: str) -> str:
    return f"vault:{tenant}:{frame}"


def _packed(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _unpacked(chunk: bytes) -> pa.Table:
    return pa.ipc.open_stream(pa.BufferReader(chunk)).read_all()


class VaultWriter:
    """Seals tables of one frame into one file as they come; nothing is written in the clear."""

    def __init__(self, path: Path, *, keys: VaultKeys, tenant: str, frame: str) -> None:
        self._writer = SealedWriter(path, keys=keys, purpose=_purpose(tenant, frame))
        self.rows = 0

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            with storage_errors():
                self._writer.write(_packed(table))
            self.rows += table.num_rows

    def close(self, *, failed: bool = False) -> None:
        kind = RuntimeError if failed else None
        with storage_errors():
            self._writer.__exit__(kind, None, None)


def read_tables(path: Path, *, keys: VaultKeys, tenant: str, frame: str) -> Iterator[pa.Table]:
    """Give the tables of a vault file as they were sealed."""
    for chunk in read_sealed(path, keys=keys, purpose=_purpose(tenant, frame)):
        yield _unpacked(chunk)


def digests(table: pa.Table, frame: Frame, key: bytes) -> pa.Array:
    """Return a keyed digest of each row's meaning: equal rows compare equal, and nobody without the key learns more."""
    columns = [table.column(target.name).to_pylist() for target in frame.targets]
    made = (hmac.new(key, repr(row).encode(), hashlib.sha256).digest()[:16] for row in zip(*columns, strict=True))
    return pa.array(list(made), pa.binary(16))


def seal(staged: Path, *, keep: pa.Array, keys: VaultKeys, places: Places, frame: Frame) -> tuple[str, int]:
    """Turn a staged vault file into `<staged>.final` with only the rows kept; return keyed hash and count."""
    key = keys.key(keys.current, purpose=f"names:{places.tenant}:{frame.name}")
    content = hmac.new(key, b"", hashlib.sha256)
    writer = VaultWriter(staged.with_suffix(".final"), keys=keys, tenant=places.tenant, frame=frame.name)
    try:
        for table in read_tables(staged, keys=keys, tenant=places.tenant, frame=frame.name):
            kept = table.filter(pc.is_in(table.column(SEQ), keep))
            lasting = kept.select([target.name for target in frame.targets]).combine_chunks()
            for digest in digests(lasting, frame, key).to_pylist():
                content.update(digest)
            writer.write(lasting)
    except BaseException:
        writer.close(failed=True)
        raise
    writer.close()
    return content.hexdigest()[:32], writer.rows


def read_vault(
    *,
    home: Path,
    tenant: str,
    frame: str,
    as_of: date,
    keys: VaultKeys,
    ids: Iterable[str] | None = None,
    by: str | None = None,
    leave_out: Collection[Path] = (),
) -> pa.Table:
    """Return rows of a personal frame on one as-of date.

    Takes   frame    people, guarantors or collaterals
            ids      only rows whose `by` column is among these; None: all
            by       borrower_id for people, loan_id for the others, unless given
    Gives   Table    columns of the frame in frames.md; empty when nothing was sealed for that date
    Stops   VaultClosed on a wrong key or a changed file
    """
    shape = FRAMES[frame]
    column = by or ("borrower_id" if frame == "people" else "loan_id")
    wanted = None if ids is None else pa.array(sorted(set(ids)), pa.string())
    found = [
        table if wanted is None else table.filter(pc.is_in(table.column(column), wanted))
        for path in sorted(Places(home, tenant).vault_partition(frame, as_of).glob("part-*.sealed"))
        if path not in leave_out
        for table in read_tables(path, keys=keys, tenant=tenant, frame=frame)
    ]
    return pa.concat_tables(found) if found else shape.schema.empty_table()


def keys_from_text(text: str) -> VaultKeys:
    """Return the keys of 'id=<32 bytes in base64>,...' as QINGSHOU_DATA_KEYS has them: the first seals, all open."""
    keys = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        key_id, _equals, encoded = entry.partition("=")
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise VaultClosed(f"Key '{key_id}' is not written in base64.") from None
    return VaultKeys(current=next(iter(keys), ""), keys=keys)


def keys_of_home(home: Path) -> VaultKeys:
    """Return the keys an installation made for itself in this home, or those of a home used without one."""
    secrets = home / "secrets.json"
    if secrets.is_file():
        return keys_from_text(json.loads(secrets.read_text("utf-8")).get("data_keys", ""))
    return keys_from_file(home / "keys" / "vault.hex")


def keys_from_file(path: Path) -> VaultKeys:
    """Return the keys of a stand-alone home, made on first use and readable by the owner alone.

    An installation hands keys in instead; this is for the command line on files alone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(os.urandom(32).hex().encode())
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):  # another process made it first: its key counts
            os.link(temporary, path)
        temporary.unlink()
    return VaultKeys(current="local-1", keys={"local-1": bytes.fromhex(path.read_text("ascii").strip())})
