"""How each lender's channels are served: a YAML file, read once; secrets in it are named, and fetched here."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from qingshou.config.environment import Mode
from qingshou.kernel.errors import Misconfigured

_MESSENGERS = ("WECOM", "DINGTALK", "WHATSAPP", "TELEGRAM", "LINE")


class LenderChannels(dict[str, dict[str, Any]]):
    """The choices by lender code; a lender that chose nothing, or not for every channel, has the default."""

    def __init__(self, chosen: Mapping[str, dict[str, Any]], *, default: dict[str, Any]) -> None:
        super().__init__({code: {**default, **choices} for code, choices in chosen.items()})
        self._default = default

    def __missing__(self, code: str) -> dict[str, Any]:
        return dict(self._default)

    def get(self, code: str, default: Any = None) -> Any:
        """Return the lender's choices, or the default of the house; `default` only where both are empty."""
        return self[code] or ({} if default is None else default)


def read_channels(path: str, *, mode: Mode, home: Path, email_url: str, email_from: str) -> LenderChannels:
    """Read the file of QINGSHOU_CHANNELS.

    Takes   path        empty: no file, every lender has the default
            email_url   the default of EMAIL; in the demo nothing leaves the house: messages become files
    Stops   Misconfigured listing everything wrong, by lender and place; values are never repeated
    """
    default: dict[str, Any] = {}
    if mode is Mode.DEMO:
        spool = {"adapter": "spool", "folder": str(home / "demo" / "outbox"), "from": email_from}
        default = {channel: dict(spool) for channel in ("SMS", "EMAIL", *_MESSENGERS)}
    elif email_url:
        default = {"EMAIL": {"adapter": "smtp", "url": email_url, "from": email_from}}
    if not path:
        return LenderChannels({}, default=default)
    problems: list[str] = []
    read = mapping_in(Path(path), setting="QINGSHOU_CHANNELS")
    chosen = {str(code): resolved(choices, f"{code}", problems) for code, choices in read.items()}
    from qingshou.features.contact.channels.chosen import problems_of

    for code, choices in chosen.items():
        problems += [f"{code}: {problem}" for problem in problems_of(choices)]
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise Misconfigured(f"The file of QINGSHOU_CHANNELS is not right:\n{lines}", count=len(problems))
    return LenderChannels(chosen, default=default)


def mapping_in(path: Path, *, setting: str) -> dict[Any, Any]:
    """Return what a YAML file by lender code holds; stops with Misconfigured, which names the setting."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"The file of {setting} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise Misconfigured(f"The file of {setting} is not YAML{where}.") from None
    if not isinstance(read, dict):
        raise Misconfigured(f"The file of {setting} must hold lenders by their code.")
    return read


def resolved(value: Any, place: str, problems: list[str]) -> Any:
    """Return a value with every {env: NAME} and {file: PATH} replaced by what stands there."""
    if isinstance(value, dict):
        if set(value) == {"env"} and isinstance(value["env"], str):
            if value["env"] not in os.environ:
                problems.append(f"{place}: the environment holds no {value['env']}")
            return os.environ.get(value["env"], "")
        if set(value) == {"file"} and isinstance(value["file"], str):
            try:
                return Path(value["file"]).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                problems.append(f"{place}: the file named there cannot be read")
                return ""
        return {name: resolved(part, f"{place}: {name}", problems) for name, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, place, problems) for part in value]
    return value
