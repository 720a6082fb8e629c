"""Reads asked beside a benchmark's own work, so many a second, from a process of its own so that neither holds up the
other's clock.

Usage: python benchmarks/reading.py < request.json. The request: base, headers, paths, rate (a second). It asks one
path after the other until its input ends, and prints one JSON object: how many, how fast, what failed.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

READERS = 16


class Reads:
    """Reads that go on inside the block; `figures` after it."""

    def __init__(self, *, base: str, headers: Mapping[str, str], paths: Sequence[str], rate: float) -> None:
        self._asked = json.dumps({"base": base, "headers": dict(headers), "paths": list(paths), "rate": rate})
        self.figures: dict[str, Any] = {}

    def __enter__(self) -> "Reads":
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write(self._asked + "\n")
        self._process.stdin.flush()
        return self

    def __exit__(self, *_: object) -> None:
        self.figures = json.loads(self._process.communicate()[0])


def main() -> None:
    """Read the request, ask until the input ends, print the figures."""
    asked = json.loads(sys.stdin.readline())
    readers = _Readers(asked)
    readers.start()
    sys.stdin.read()
    print(json.dumps(readers.stop()))


class _Readers:
    def __init__(self, asked: Mapping[str, Any]) -> None:
        parts = urlsplit(asked["base"])
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._headers, self._paths, self._rate = asked["headers"], asked["paths"], asked["rate"]
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._next, self._times, self._failed = 0, list[float](), dict[str, int]()
        self._threads = [threading.Thread(target=self._ask) for _ in range(READERS)]

    def start(self) -> None:
        self._began = time.perf_counter()
        for thread in self._threads:
            thread.start()

    def stop(self) -> dict[str, Any]:
        self._ended.set()
        taken_s = time.perf_counter() - self._began
        for thread in self._threads:
            thread.join()
        cut = quantiles(self._times, n=100)
        named = {"p50_ms": cut[49], "p95_ms": cut[94], "p99_ms": cut[98]}
        return {
            "asked_per_s": self._rate, "read": len(self._times), "per_s": round(len(self._times) / taken_s, 1),
            **{name: round(1000 * value, 1) for name, value in named.items()}, "failed": self._failed,
        }  # fmt: skip

    def _ask(self) -> None:
        connection = HTTPConnection(self._host, self._port, timeout=60)
        while not self._ended.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            due = self._began + number / self._rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", self._paths[number % len(self._paths)], headers=self._headers)
            answer = connection.getresponse()
            answer.read()
            with self._lock:  # counted from when it was due: a slow answer does not slow the next
                self._times.append(time.perf_counter() - due)
                if answer.status != 200:
                    self._failed[str(answer.status)] = self._failed.get(str(answer.status), 0) + 1
        connection.close()


if __name__ == "__main__":
    main()
