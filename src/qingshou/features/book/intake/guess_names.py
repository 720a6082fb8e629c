"""Which of our columns a header means, by the names lenders use (headers.yaml)."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from qingshou.features.book.intake.mapping_text import parse_yaml

_UNIT = re.compile(r"[((\[【].*?[))\]】]")
_NOT_WORD = re.compile(r"[\W_]+")
# Alone these name nothing: 'Name' is no product name, 'Date' no due date. They fit only where a name says just that.
_BARE_WORDS = frozenset(
    ["name", "date", "type", "code", "amount", "number", "kind", "名称", "名稱", "日期", "金额", "金額"]
)


def plain(name: str) -> str:
    """Return a header without case, width, punctuation and a unit in brackets."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _NOT_WORD.sub("", _UNIT.sub("", folded))


@lru_cache(maxsize=1)
def synonyms() -> dict[str, dict[str, frozenset[str]]]:
    """Return frame -> target -> the plain forms of its names."""
    raw = parse_yaml(Path(__file__).with_name("headers.yaml"))
    return {
        frame: {
            target: frozenset({plain(target), *(plain(str(name)) for name in names)})
            for target, names in columns.items()
        }
        for frame, columns in raw.items()
    }


def name_score(header: str, names: frozenset[str]) -> tuple[float, str]:
    """Return how well a header fits a target's names, and why."""
    bare = plain(header)
    if not bare:
        return 0.0, ""
    if bare in names:
        return 0.95, f"'{header}' is a usual name of it"
    best, why = 0.0, ""
    for name in names:
        if len(name) < (2 if not name.isascii() else 4):
            continue
        if name in bare or (bare in name and bare not in _BARE_WORDS and len(bare) >= (2 if not bare.isascii() else 4)):
            share = min(len(name), len(bare)) / max(len(name), len(bare))
            if 0.35 + 0.45 * share > best:
                best, why = 0.35 + 0.45 * share, f"'{header}' resembles a usual name of it"
    return best, why


def best_target(header: str) -> tuple[str, float]:
    """Return the target in any frame whose names fit a header best."""
    scored = [
        (name_score(header, names)[0], target) for targets in synonyms().values() for target, names in targets.items()
    ]
    score, target = max(scored)
    return target, score
