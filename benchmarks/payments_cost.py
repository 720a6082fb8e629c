"""What a read costs of the processors: asked one after the other with nothing beside, server and database apart.

Unlike a rate or a delay this says the same on a busy machine as on a quiet one, or nearly.
"""

import os
from collections.abc import Iterable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psutil

from reading import Kind

_ASKED = 150
_WARM = 30


def cost_of(base: str, kinds: Iterable[Kind]) -> dict[str, dict[str, float]]:
    """Return kind -> milliseconds of processor a request, of the server's processes and of the database's."""
    parts, found = urlsplit(base), {}
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
    for kind in kinds:
        _ask(connection, kind, range(_WARM))
        before = _spent()
        _ask(connection, kind, range(_WARM, _WARM + _ASKED))
        after = _spent()
        found[kind.name] = {name: round(1000 * (after[name] - before[name]) / _ASKED, 2) for name in before}
    connection.close()
    return found


def _ask(connection: HTTPConnection, kind: Kind, numbers: Iterable[int]) -> None:
    for number in numbers:
        path = kind.paths[number * 7 % len(kind.paths)]
        connection.request("GET", path, headers=dict(kind.headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{kind.name} {path} answered {answer.status}")


def _spent() -> dict[str, float]:
    """Return seconds of processor spent so far: below this process, and by the embedded database (none: another's)."""
    home, spent = os.environ["QINGSHOU_HOME"], {"server": 0.0, "database": 0.0}
    below = {child.pid for child in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter(["cmdline", "pid", "name"]):
        is_database = process.info["name"] == "postgres"
        if not is_database and process.info["pid"] not in below:
            continue
        try:
            if is_database and not process.cwd().startswith(home):
                continue
            times = process.cpu_times()
        except psutil.Error:  # it ended meanwhile
            continue
        spent["database" if is_database else "server"] += times.user + times.system
    return spent
