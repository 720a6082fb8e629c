"""Speaking to the forking process."""

import json
import os
import subprocess
import sys
import uuid
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
DAYS = (date(2026, 11, 1), date(2026, 11, 2))
LOANS = 2000


class Zygote:
    """Asks the forking process, and waits for its answers."""

    def __init__(self, environment: dict[str, str], *, module: str = "tests.faults.day.zygote") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, env=os.environ | environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._kept: dict[str, dict[str, Any]] = {}
        assert self._read() == {"ready": True}

    def send(self, do: str, *, fault_point: str = "", kill_after_s: float | None = None, **given: Any) -> str:
        """Ask without waiting; gives the name of the answer."""
        number = uuid.uuid4().hex
        asked = {"id": number, "do": do, "with": given, "fault_point": fault_point, "kill_after_s": kill_after_s}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return number

    def take(self, number: str) -> dict[str, Any]:
        """Wait for an answer."""
        while number not in self._kept:
            answer = self._read()
            self._kept[answer.pop("id")] = answer
        return self._kept.pop(number)

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """Ask and wait."""
        return self.take(self.send(do, **given))

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the forking process ended by itself")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        assert self._process.stdout is not None
        self._process.stdout.close()


def new_lender(zygote: Zygote, files: dict[str, str]) -> str:
    """Make a lender whose two files are taken in; gives its code."""
    code = f"k{uuid.uuid4().hex[:10]}"
    assert not zygote.ask("found", code=code, files=files)["failed"]
    return code
