"""What the first rows of a file become under a mapping, personal values masked by role."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qingshou.features.book.intake.mapping import Mapping, load_mapping
from qingshou.features.book.intake.preview import Preview, preview
from qingshou.privacy.clearance import sees_clear
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.masking import mask

ROWS = 20
_KINDS = {
    "name": PersonalKind.NAME,
    "owner_name": PersonalKind.NAME,
    "national_id": PersonalKind.NATIONAL_ID,
    "phone": PersonalKind.PHONE,
    "phone_2": PersonalKind.PHONE,
    "email": PersonalKind.EMAIL,
    "address": PersonalKind.ADDRESS,
    "birth_date": PersonalKind.BIRTH_DATE,
    "employer": PersonalKind.EMPLOYER,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The first rows as they would be taken in: heads, lines, and how many are refused."""

    headers: list[tuple[str, bool]]  # the file's columns and whether the mapping uses them
    source_lines: list[tuple[int, list[str | None]]]
    targets: list[str]
    lines: list[dict[str, Any]]
    refused: int
    filtered: int


def look(*, path: Path, document: dict[str, Any], as_of: date, role: str) -> Seen:
    """Judge the first rows of a file under a mapping without importing anything; stops as an import would."""
    mapping = load_mapping(document, as_of=as_of)
    seen = preview(path, mapping, as_of=as_of, rows=ROWS)
    hidden = _hidden_columns(mapping, seen, role)
    used = _used_columns(mapping, seen)
    lines = []
    for row in seen.rows:
        values = [_masked(row.values.get(name), name.rpartition(".")[2], role) for name in seen.targets]
        lines.append({"line": row.line, "values": values, "faults": row.faults})
    return Seen(
        headers=[(name, place in used) for place, name in enumerate(seen.headers)],
        source_lines=[(row.line, _shown(row.source, hidden)) for row in seen.rows[:8]],
        targets=seen.targets,
        lines=lines,
        refused=seen.rejected,
        filtered=seen.filtered,
    )


def _shown(values: list[str | None], hidden: dict[int, PersonalKind]) -> list[str | None]:
    return [mask(hidden[place], value) if place in hidden else value for place, value in enumerate(values)]


def _masked(value: str | None, target: str, role: str) -> str | None:
    kind = _kind(target)
    if value is None or kind is None or sees_clear(role, kind):
        return value
    return mask(kind, value)


def _kind(target: str) -> PersonalKind | None:
    return PersonalKind.NOTE if target == "description" else _KINDS.get(target)


def _used_columns(mapping: Mapping, seen: Preview) -> set[int]:
    return {
        place
        for _frame, rules in mapping.frames
        for rule in rules
        for place in (_place(source, seen) for source in rule.sources)
        if place is not None
    }


def _hidden_columns(mapping: Mapping, seen: Preview, role: str) -> dict[int, PersonalKind]:
    hidden: dict[int, PersonalKind] = {}
    for frame, rules in mapping.frames:
        for rule in rules:
            target, kind = frame.target(rule.target), _kind(rule.target)
            if target is None or not target.personal or kind is None or sees_clear(role, kind):
                continue
            places = (_place(source, seen) for source in rule.sources)
            hidden |= {place: kind for place in places if place is not None}
    return hidden


def _place(source: str | int, seen: Preview) -> int | None:
    if isinstance(source, int):
        return source - 1
    return seen.headers.index(source) if source in seen.headers else None
