"""`qingshou demo` from nothing: six month-ends, pages served, Ctrl-C, and a second start that changes nothing."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO

import psutil

from qingshou.interfaces.serving import free_port

START_LIMIT_S = 600  # of a slow machine with others at work


def begin(home: Path) -> tuple[subprocess.Popen[bytes], Path]:
    out = home.parent / f"demo-{time.monotonic_ns()}.out"
    ours = ("QINGSHOU", "DATABASE_URL", "DJANGO")
    kept = {key: value for key, value in os.environ.items() if not any(part in key for part in ours)}
    with out.open("wb") as messages:
        process = _started(home, kept, messages)
    return process, out


def _started(home: Path, kept: dict[str, str], messages: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "qingshou.interfaces.cli", "demo", "--port", str(free_port(8310, strict=False))],
        stdout=messages,
        stderr=subprocess.STDOUT,
        env=kept | {"QINGSHOU_MODE": "demo", "QINGSHOU_HOME": str(home), "COLUMNS": "120"},
    )  # fmt: skip


def address(process: subprocess.Popen[bytes], out: Path) -> str:
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        found = re.search(r"Serving on (http://[0-9.:]+/)", out.read_text(errors="replace"))
        if found:
            return found[1]
        assert process.poll() is None, out.read_text(errors="replace")[-3000:]
        time.sleep(0.2)
    raise AssertionError(f"not served within {START_LIMIT_S} s")


def stop(process: subprocess.Popen[bytes], home: Path) -> list[str]:
    """Interrupt the demo; gives what of it is still running when there was time enough to end."""
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 0
    until = time.monotonic() + 30
    while (left := _running(home)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def _running(home: Path) -> list[str]:
    return [
        " ".join(found.info["cmdline"])
        for found in psutil.process_iter(["cmdline"])
        if any(str(home) in part for part in found.info["cmdline"] or ())
    ]


def table(out: Path) -> list[str]:
    return [line for line in out.read_text().splitlines() if re.search(r"│ 2005-0", line)]


def test_demo_starts_twice_and_stops_cleanly(tmp_path: Path):
    home = tmp_path / "home"
    began = time.monotonic()
    process, out = begin(home)
    try:
        url = address(process, out)
        first_s = time.monotonic() - began
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - loopback
            assert (answer.status, "accounts/login" in answer.url) == (200, True)
        first = table(out)
        assert len(first) == 12
        # counted straight from the tape: 6,818 accounts with a September status of 1 or more
        assert "6,818" in first[5]
        for role in ("COLLECTOR", "TEAM_LEAD", "ADMINISTRATOR"):
            assert role in out.read_text()
        assert stop(process, home) == []
        began = time.monotonic()
        process, out = begin(home)
        address(process, out)
        assert time.monotonic() - began < max(60, first_s / 2)  # nothing is made anew
        assert table(out) == first
        assert stop(process, home) == []
    finally:
        if process.poll() is None:
            process.kill()
