"""What the benchmarks of the engine share: one child process a measurement, its time and its peak memory."""

import atexit
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

MIB = 1024 * 1024


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder under the system's temporary directory, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="qingshou-bench-") as folder:
        yield Path(folder)


def scratch_until_exit() -> Path:
    """Give a folder removed when the process ends, after whatever was started later: a server may live in it."""
    folder = Path(tempfile.mkdtemp(prefix="qingshou-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def in_child(script: str, part: str, *arguments: str) -> dict[str, Any]:
    """Run one part of a script in a process of its own; give what it printed, its seconds and its peak memory."""
    done = subprocess.run(
        [sys.executable, script, "--part", part, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def report_part(work: Callable[[], dict[str, Any]]) -> None:
    """In the child: do the work, print its figures with the peak memory of the process."""
    figures = work()
    peak = _peak_bytes()
    print(json.dumps({**figures, "peak_mib": round(peak / MIB)}))


def _peak_bytes() -> int:
    """The highest resident size of this process so far (Linux), else the present one."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(psutil.Process().memory_info().rss)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    load = os.getloadavg()[0]
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 1024 / MIB),
        "python": platform.python_version(),
        "load_before": round(load, 1),
    }


def tell(result: dict[str, Any], *, as_json: bool) -> None:
    """Print a result: one JSON line for the runner, or a line a figure."""
    if as_json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name}: {value}")
