"""Reads asked beside a benchmark's own work, so many a second, from a process of its own so that neither holds up the
other's clock.

Usage: python benchmarks/reading.py < request.json. The request: base, rate (a second) and kinds, each with name,
headers, paths and share. Kinds are asked in proportion to their shares, of each one path after the other, until the
input ends; then one JSON object: how many, how fast and what failed, in all and by kind.
"""

import json
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

READERS = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of read: what is sent with it, where it is asked, and its share of all."""

    name: str
    headers: Mapping[str, str]
    paths: Sequence[str]
    share: int = 1


class Reads:
    """Reads that go on inside the block; `figures` after it."""

    def __init__(self, *, base: str, kinds: Iterable[Kind], rate: float) -> None:
        self._asked = json.dumps({"base": base, "kinds": [asdict(one) for one in kinds], "rate": rate})
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


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 of seconds, in milliseconds; none of fewer than two."""
    if len(times) < 2:
        return {}
    cut = quantiles(times, n=100)
    named = {"p50_ms": cut[49], "p95_ms": cut[94], "p99_ms": cut[98]}
    return {name: round(1000 * value, 1) for name, value in named.items()}


def main() -> None:
    """Read the request, ask until the input ends, print the figures."""
    asked = json.loads(sys.stdin.readline())
    readers = _Readers(asked["base"], [Kind(**one) for one in asked["kinds"]], asked["rate"])
    readers.start()
    sys.stdin.read()
    print(json.dumps(readers.stop()))


class _Readers:
    def __init__(self, base: str, kinds: Sequence[Kind], rate: float) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._order = [kind for kind in kinds for _ in range(kind.share)]
        random.Random(20261130).shuffle(self._order)
        self._rate, self._next, self._asked = rate, 0, defaultdict[str, int](int)
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._times, self._failed = defaultdict[str, list[float]](list), dict[str, int]()
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
        every = [one for times in self._times.values() for one in times]
        return {
            "asked_per_s": self._rate, "read": len(every), "per_s": round(len(every) / taken_s, 1),
            **percentiles(every), "failed": self._failed,
            "kinds": {name: {"read": len(times), **percentiles(times)} for name, times in sorted(self._times.items())},
        }  # fmt: skip

    def _ask(self) -> None:
        connection = HTTPConnection(self._host, self._port, timeout=60)
        while not self._ended.is_set():
            due, kind, path = self._following()
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", path, headers=dict(kind.headers))
            answer = connection.getresponse()
            answer.read()
            with self._lock:  # counted from when it was due: a slow answer does not slow the next
                self._times[kind.name].append(time.perf_counter() - due)
                if answer.status != 200:
                    failed = f"{kind.name} {answer.status}"
                    self._failed[failed] = self._failed.get(failed, 0) + 1
        connection.close()

    def _following(self) -> tuple[float, Kind, str]:
        with self._lock:
            number, self._next = self._next, self._next + 1
            kind = self._order[number % len(self._order)]
            place = self._asked[kind.name]
            self._asked[kind.name] += 1
        return self._began + number / self._rate, kind, kind.paths[place % len(kind.paths)]


if __name__ == "__main__":
    main()
