"""The moment an import becomes true: files renamed into place, then the manifest. Finishes what a killed run began."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from qingshou.features.book.intake import lake
from qingshou.features.book.intake.atomic import publish, storage_errors, sync_folder, write_bytes
from qingshou.features.book.intake.faultpoints import reach
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.result import ImportResult, result_from_dict


@dataclass
class Publication:
    """The files of one import, still under temporary names, with the names they will have."""

    places: Places
    import_id: str
    files: list[tuple[Path, Path]] = field(default_factory=list)
    frames: dict[str, list[str]] = field(default_factory=dict)
    has_refusals: bool = False

    def own_files(self) -> set[Path]:
        """Return the final names an earlier, killed run of this very import announced."""
        pending = self.places.pending(self.import_id)
        if not pending.exists():
            return set()
        return {self.places.home / name for name in json.loads(pending.read_text("utf-8"))["files"]}

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.places.home).as_posix()

    def add(self, temporary: Path, final: Path, frame: str) -> None:
        self.files.append((temporary, final))
        self.frames.setdefault(frame, []).append(self._relative(final))

    def add_refusals(self, sealed: Path, table: pa.Table, folder: Path) -> None:
        """Add the quarantine file and the list of places without values."""
        listed = folder / "refused.parquet"
        lake.write_parquet(table.to_reader(), listed)
        self.files.append((sealed, self.places.quarantine(self.import_id)))
        self.files.append((listed, self.places.refused(self.import_id)))
        self.has_refusals = True

    def publish(self, result: ImportResult) -> None:
        """Make the import true: announce, rename, declare."""
        result.parts = self.frames
        if self.has_refusals:
            result.quarantine = self._relative(self.places.quarantine(self.import_id))
            result.refused = self._relative(self.places.refused(self.import_id))
        names = [self._relative(final) for _temporary, final in self.files]
        announced = {"files": names, "result": result.as_dict()}
        pending = self.places.pending(self.import_id)
        write_bytes(pending, json.dumps(announced, ensure_ascii=False, sort_keys=True).encode())
        reach("intake.pending")
        for temporary, final in self.files:
            publish(temporary, final)
        reach("intake.vaulted")
        declare(self.places, self.import_id, result)


def declare(places: Places, import_id: str, result: ImportResult) -> None:
    """Write the manifest and take the announcement away."""
    write_bytes(places.manifest(import_id), result.to_json().encode())
    reach("intake.published")
    pending = places.pending(import_id)
    with storage_errors():
        pending.unlink(missing_ok=True)
        sync_folder(pending.parent)


def recover(places: Places, import_id: str) -> None:
    """Finish this import if a killed run had already put every announced file in place; else leave it to run again."""
    pending = places.pending(import_id)
    for scrap in pending.parent.glob(f".{import_id}.*.tmp"):  # a manifest half-written when its run was killed
        scrap.unlink()
    if not pending.exists():
        return
    if places.manifest(import_id).exists():
        pending.unlink()
        return
    announced = json.loads(pending.read_text("utf-8"))
    if all((places.home / name).exists() for name in announced["files"]):
        declare(places, import_id, result_from_dict(announced["result"]))
