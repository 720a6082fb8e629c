"""What a lender set for itself, a tree of plain values: its parts, and what is said when one cannot be used."""

from collections.abc import Mapping
from typing import Any

from qingshou.kernel.errors import BadInput, Misconfigured


class SettingsUnfit(Misconfigured, BadInput):
    """A part of a lender's own settings cannot be used; `key` names it. What it decides stands still until then.

    Nothing is done and nothing lost: the same request sent again when the setting is corrected is answered.
    """

    code = "LENDER_SETTINGS_UNFIT"
    http_status = 503
    exit_code = 78  # EX_CONFIG


def part_of(settings: Mapping[str, Any] | None, *path: str) -> Mapping[str, Any]:
    """Return a part of a lender's settings, itself a mapping; empty where nothing is set.

    Takes   path  the keys that lead to it, from the top
    Stops   SettingsUnfit  something else than a mapping stands there, or on the way
    """
    part: Mapping[str, Any] = settings or {}
    for place, name in enumerate(path, start=1):
        found = part.get(name)
        if found is None or found == "":
            return {}
        if not isinstance(found, Mapping):
            raise unfit(".".join(path[:place]), "one value stands where names with values are expected")
        part = found
    return part


def unfit(key: str, problem: str, *, faults: list[str] | None = None) -> SettingsUnfit:
    """Return the error for a part that cannot be used: which, why, and how it is corrected."""
    return SettingsUnfit(
        f"The lender's setting '{key}' cannot be used: {problem}. Correct it: `qingshou lender settings` shows and "
        "changes it.",
        key=key,
        faults=faults or [problem],
    )
