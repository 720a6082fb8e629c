"""One import from file to lake: idempotent, exclusive per frame and date, whole or not at all.

Order of effects, each atomic: sealed frames, lake parts, quarantine and refused list, then the manifest, which alone
says 'imported'. A pending manifest written before the first of them names every file to come, so that a run killed in
between is finished by the next one and never mistaken for someone else's rows.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from qingshou.features.book.intake import lake, vault
from qingshou.features.book.intake.atomic import storage_errors, sync_folder
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.faultpoints import reach
from qingshou.features.book.intake.mapping import Mapping, load_mapping
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.publishing import Publication, recover
from qingshou.features.book.intake.reading import open_source
from qingshou.features.book.intake.reasons import DUPLICATES
from qingshou.features.book.intake.result import AmountTotals, ImportResult, load_result
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.features.book.intake.settle import Settlement, desk
from qingshou.features.book.intake.staging import Opener, Progress, Staged, quarantine_settled, slim, stage
from qingshou.features.book.intake.table_source import TableSource
from qingshou.features.book.intake.targets import Frame

_FORM = "1"  # of the lake's content: a change of meaning makes old imports repeatable


def _silent(_step: str, _done: int, _total: int | None) -> None:
    """Nobody watches."""


def run_import(
    *,
    source_path: Path,
    mapping: Mapping | str | Path | dict[str, Any],
    as_of: date,
    tenant: str,
    home: Path,
    keys: VaultKeys,
    now: datetime,
    progress: Progress | None = None,
    dry_run: bool = False,
    source_name: str | None = None,
) -> ImportResult:
    """Import one file into the lake of one tenant on one as-of date.

    Takes   source_path  CSV (plain or gzip), XLSX or Parquet, or a corrected quarantine file of an earlier import
            mapping      a resolved Mapping, the name of a shipped one, a YAML file, or its dictionary
            keys         open and seal the vault
            now          recorded as the time of import
            progress     called with (step, rows done, rows in all or None)
            dry_run      judge everything, publish nothing
    Gives   ImportResult every row and cent accounted for; `duplicate_of` set when this file was imported before
    Stops   FileRefused, MappingWrong, StorageFull, VaultClosed, TotalsWrong; nothing is published then
    """
    bound = mapping if isinstance(mapping, Mapping) else load_mapping(mapping, as_of=as_of)
    if not source_path.is_file():
        raise FileRefused(f"There is no file {source_path.name}.", why="NO_FILE")
    job = _Job(
        opener=partial(open_source, path=source_path, spec=bound.source),
        name=source_name or source_path.name,
        digest=lake.file_digest(source_path),
        size=source_path.stat().st_size,
        mapping=bound,
        as_of=as_of,
        places=Places(home, tenant),
        keys=keys,
        now=now,
        watch=progress or _silent,
        dry_run=dry_run,
    )
    return _run(job)


def import_rows(
    *,
    source: TableSource,
    mapping: Mapping,
    as_of: date,
    tenant: str,
    home: Path,
    keys: VaultKeys,
    now: datetime,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> ImportResult:
    """Import rows a connector pulled, as `run_import` imports a file: same checks, same totals, same idempotence."""
    job = _Job(
        opener=source.open,
        name=source.name,
        digest=source.digest,
        size=source.size,
        mapping=mapping,
        as_of=as_of,
        places=Places(home, tenant),
        keys=keys,
        now=now,
        watch=progress or _silent,
        dry_run=dry_run,
    )
    return _run(job)


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One import: what is read, how it is mapped, and where it goes."""

    opener: Opener
    name: str
    digest: str
    size: int
    mapping: Mapping
    as_of: date
    places: Places
    keys: VaultKeys
    now: datetime
    watch: Progress
    dry_run: bool

    @property
    def import_id(self) -> str:
        seed = (_FORM, self.digest, self.mapping.digest, self.as_of.isoformat(), self.places.tenant)
        return sha256("\x00".join(seed).encode()).hexdigest()[:32]


def _run(job: _Job) -> ImportResult:
    places, import_id = job.places, job.import_id
    with _alone(places, job.mapping.frame, job.as_of) as folder:
        reach("intake.locked")
        recover(places, import_id)
        if places.manifest(import_id).exists():
            return replace(load_result(places.manifest(import_id)), duplicate_of=import_id)
        staged = stage(
            opener=job.opener,
            mapping=job.mapping,
            as_of=job.as_of,
            places=places,
            folder=folder,
            keys=job.keys,
            progress=job.watch,
        )
        reach("intake.staged")
        result = _begun(job, staged)
        try:
            publication = _settle(job, staged, result, folder)
        except BaseException:
            staged.close(failed=True)
            raise
        result.check()
        if not job.dry_run:
            publication.publish(result)
            job.watch("published", result.rows_accepted, result.rows_accepted)
        return result


def _begun(job: _Job, staged: Staged) -> ImportResult:
    return ImportResult(
        import_id=job.import_id,
        tenant=job.places.tenant,
        as_of=job.as_of.isoformat(),
        shape=job.mapping.frame.shape,
        frame=job.mapping.frame.name,
        source_name=job.name,
        source_sha256=job.digest,
        source_bytes=job.size,
        format=staged.format,
        encoding=staged.encoding,
        delimiter=staged.delimiter,
        mapping_name=job.mapping.name,
        mapping_digest=job.mapping.digest,
        imported_at=job.now.isoformat(),
        rows_filtered=staged.rows_filtered,
        rows_read=staged.rows_read,
        is_quarantine=staged.is_quarantine,
        dry_run=job.dry_run,
    )


@contextmanager
def _alone(places: Places, frame: Frame, as_of: date) -> Iterator[Path]:
    """Hold the lock of one frame and date; give its emptied staging folder. The kernel frees the lock of the dead."""
    lock = places.lock(frame.name, as_of)
    folder = places.staging(frame.name, as_of)
    with storage_errors():
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def _settle(job: _Job, staged: Staged, result: ImportResult, folder: Path) -> Publication:
    """Find repeats and contradictions, write the parts under temporary names, and fill the result."""
    places, as_of = job.places, job.as_of
    publication = Publication(places=places, import_id=result.import_id)
    own = publication.own_files()
    dropped: dict[int, str] = {}
    with desk(folder) as connection:
        job.watch("settle", 0, staged.rows_read)
        for stage_of in staged.frames.values():
            frame = stage_of.frame
            is_main = frame is job.mapping.frame
            if not stage_of.path.exists():
                result.rows_by_frame[frame.name] = 0
                continue
            settlement = Settlement(connection, stage_of)
            if frame.is_personal:
                settlement.against_rows(_sealed_rows(places, frame, as_of, job.keys, own))
            else:
                parts = lake.parts(home=places.home, tenant=places.tenant, table=frame.name, as_of=as_of)
                settlement.against([part for part in parts if part not in own])
            if not is_main:
                settlement.also_drop(sorted(dropped))
            differs = settlement.judge(refused_keys=staged.refused_keys if is_main else set(), first_wins=not is_main)
            if is_main:
                dropped = settlement.dropped()
                _totals(result, staged, settlement, dropped)
            elif differs:
                result.notes[f"{frame.name.upper()}_DIFFER"] = differs
            job.watch("write", 0, stage_of.rows)
            _write_frame(job, settlement, stage_of.sealed_path, publication, result, folder)
    _write_refusals(job, staged, result, publication, dropped, folder)
    reach("intake.settled")
    return publication


def _sealed_rows(places: Places, frame: Frame, as_of: date, keys: VaultKeys, own: set[Path]) -> pa.Table:
    """Return key and digest of the rows the vault already holds for this date."""
    key = keys.key(keys.current, purpose=f"rows:{places.tenant}:{frame.name}")
    table = vault.read_vault(
        home=places.home, tenant=places.tenant, frame=frame.name, as_of=as_of, keys=keys, leave_out=own
    )
    return slim(table.append_column("#seq", pa.nulls(table.num_rows, pa.int64())), frame, key)


def _totals(result: ImportResult, staged: Staged, settlement: Settlement, dropped: dict[int, str]) -> None:
    duplicates = sum(1 for reason in dropped.values() if reason in DUPLICATES)
    result.rows_duplicate = duplicates
    result.rows_rejected = staged.rows_refused + len(dropped) - duplicates
    for name in staged.read:
        kept, refused, repeated = settlement.sums(name)
        result.amounts[name] = AmountTotals(
            read=staged.read[name],
            accepted=kept,
            rejected=refused + staged.refused[name],
            duplicate=repeated,
            unreadable_rows=staged.unreadable[name],
        )
    if staged.stripped:
        result.notes["HIDDEN_CHARACTERS_STRIPPED"] = staged.stripped


def _write_frame(
    job: _Job,
    settlement: Settlement,
    sealed_path: Path,
    publication: Publication,
    result: ImportResult,
    folder: Path,
) -> None:
    """Write one frame's kept rows; what was written is counted from the file, not from what we meant to write."""
    places, as_of, keys = job.places, job.as_of, job.keys
    frame = settlement.frame
    if frame.is_personal:
        made, rows = vault.seal(sealed_path, keep=settlement.kept_seqs(), keys=keys, places=places, frame=frame)
        name = f"part-{made}.sealed"
        if rows:
            publication.add(
                sealed_path.with_suffix(".final"), places.vault_partition(frame.name, as_of) / name, frame.name
            )
    else:
        path = folder / f"{frame.name}.final.parquet"
        _counted, made = lake.write_parquet(settlement.rows_in_order(), path)
        rows = pq.read_metadata(path).num_rows
        if rows:
            publication.add(path, places.partition(frame.name, as_of) / lake.part_name(made), frame.name)
    result.rows_by_frame[frame.name] = rows
    if frame.name == result.frame:
        result.rows_accepted = rows


def _write_refusals(
    job: _Job,
    staged: Staged,
    result: ImportResult,
    publication: Publication,
    dropped: dict[int, str],
    folder: Path,
) -> None:
    """Seal the refused rows, list their places, count their reasons."""
    label = ", ".join(job.mapping.frame.key)
    if dropped:
        quarantine_settled(staged, dropped=dropped, label=label)
    staged.quarantine.close()
    places = staged.quarantine.places_table()
    for reason, column in zip(places.column("reason").to_pylist(), places.column("column").to_pylist(), strict=True):
        result.reasons[reason] = result.reasons.get(reason, 0) + 1
        by_reason = result.columns.setdefault(column or "(row)", {})
        by_reason[reason] = by_reason.get(reason, 0) + 1
    if staged.quarantine.rows:
        publication.add_refusals(folder / "quarantine.sealed", places, folder)
    reach("intake.quarantined")


def forget_staging(places: Places) -> None:
    """Remove what dead imports left in the staging folder; safe at any time an import is not running."""
    root = places.lake / "_staging"
    if root.exists():
        shutil.rmtree(root)
        sync_folder(places.lake)
