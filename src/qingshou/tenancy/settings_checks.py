"""What of a lender's settings is read by whom: packages say their keys as they start; judged where they are written."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qingshou.kernel.errors import QingshouError

# takes the whole settings; stops with an error of ours where what stands under its key cannot be used
Check = Callable[[Mapping[str, Any]], object]
_checks: dict[str, Check] = {}


def register_settings(key: str, check: Check) -> None:
    """Say that a key is read, and by what it is judged; once a key."""
    _checks[key] = check


def known_settings() -> tuple[str, ...]:
    """Return the keys that are read, in order."""
    return tuple(sorted(_checks))


def faults_of(settings: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Return what is wrong under these keys, in words: a key that nobody reads, a value that cannot be used."""
    faults = []
    for key in sorted(keys):
        check = _checks.get(key)
        if check is None:
            faults.append(f"Nothing reads '{key[:40]}': the settings are {', '.join(known_settings())}.")
            continue
        try:
            check(settings)
        except QingshouError as error:
            faults.append(error.message)
    return faults
