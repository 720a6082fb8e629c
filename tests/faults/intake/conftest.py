"""Imports run in processes of their own, so that they can be killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAD = "loan_id,borrower_id,borrower_kind,product,currency,balance,overdue_days,name\n"
SCRIPT = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from qingshou.features.book.intake.run import run_import
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.kernel.errors import QingshouError
print("ready", flush=True)
if len(sys.argv) > 3:
    sys.stdin.readline()
try:
    result = run_import(
        source_path=Path(sys.argv[1]), mapping="canonical", as_of=date(2026, 10, 31), tenant="bank",
        home=Path(sys.argv[2]), keys=VaultKeys(current="k", keys={"k": b"1" * 32}),
        now=datetime(2026, 11, 1, tzinfo=UTC),
    )
    print(result.to_json().replace(chr(10), " "), flush=True)
except QingshouError as error:
    print(error.code, flush=True)
    sys.exit(error.exit_code)
"""


def tape(rows: int) -> str:
    lines = [f"L{n},B{n % 70},RETAIL,CARD,CNY,{n}.{n % 100:02d},{n % 120},甲{n % 70}\n" for n in range(rows)]
    lines[3] = lines[3].replace("RETAIL", "PERSON")
    lines[7] = lines[6]
    return HEAD + "".join(lines)


class Runner:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "tape.csv"
        self.source.write_text(tape(3_000), "utf-8")

    def start(self, home: Path, *, fault: str = "", wait: bool = False, source: Path | None = None):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "QINGSHOU_FAULT_POINT": fault}
        command = [sys.executable, "-c", SCRIPT, str(source or self.source), str(home), *(["wait"] if wait else [])]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=environment, text=True, **pipes)

    def end(self, process):
        output, errors = process.communicate(timeout=120)
        last = output.strip().splitlines()[-1] if output.strip() else ""
        return process.returncode, (json.loads(last) if last.startswith("{") else last), errors

    def run(self, home: Path, *, fault: str = "", source: Path | None = None):
        return self.end(self.start(home, fault=fault, source=source))


def state(home: Path) -> dict[str, bytes | int]:
    """Return what lasts: every file byte by byte; of sealed files (fresh nonces) name and size."""
    found: dict[str, bytes | int] = {}
    for path in home.rglob("*"):
        if path.is_file() and path.suffix != ".lock":
            name = str(path.relative_to(home))
            found[name] = path.stat().st_size if path.suffix == ".sealed" else path.read_bytes()
    return found


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path)


KILLED = -signal.SIGKILL
