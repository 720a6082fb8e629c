"""A full disk: a clear error, nothing half-published, and the import works once there is room."""

import subprocess

import pytest
from tests.faults.intake.conftest import state, tape

STORAGE_FULL = 74


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with room for a few hundred kilobytes."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("room_kb", [0, 40, 120, 200, 320])
def test_disk_full_then_room(runner, small_disk, room_kb):
    source = runner.folder / "big.csv"
    source.write_text(tape(20_000), "utf-8")
    filler = small_disk / "filler"
    with filler.open("wb") as out:
        out.write(b"x" * (6 * 2**20 - room_kb * 1024))
    home = small_disk / "home"
    code, said, errors = runner.run(home, source=source)
    assert (code, said) == (STORAGE_FULL, "STORAGE_FULL"), errors
    visible = [name for name in state(home) if "/_staging/" not in name] if home.exists() else []
    assert not any("part-" in name or "_imports" in name for name in visible)
    filler.unlink()
    code, result, errors = runner.run(home, source=source)
    assert code == 0, errors
    assert result["rows_accepted"] == 19_998
