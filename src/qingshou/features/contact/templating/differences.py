"""What changed between two wordings: word by word, Chinese character by character."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

KEPT, ADDED, TAKEN = "KEPT", "ADDED", "TAKEN"
_TOKENS = re.compile(r"\{[a-z_]+\}|[A-Za-z0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that both have, or only the newer, or only the older."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Stretch]:
    """Return the stretches that turn one text into the other, in order."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    found: list[Stretch] = []
    for kind, from_old, to_old, from_new, to_new in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Stretch(KEPT, "".join(old[from_old:to_old])))
            continue
        if from_old < to_old:
            found.append(Stretch(TAKEN, "".join(old[from_old:to_old])))
        if from_new < to_new:
            found.append(Stretch(ADDED, "".join(new[from_new:to_new])))
    return found
