"""Reading processes from YAML: checked by schema and by sense, every problem named by its place, all together."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from qingshou.features.cases.process import (
    CLOSED,
    Action,
    ChecklistItem,
    Move,
    Process,
    QueueValues,
    Stage,
    Trigger,
)
from qingshou.kernel.errors import BadInput, NotFound

FOLDER = Path(__file__).parent / "processes"


class BadProcess(BadInput):
    """A process file cannot be used; the message lists every problem with its place."""

    code = "BAD_PROCESS"


class NoSuchProcess(NotFound):
    """No file holds this version of the process."""

    code = "NO_SUCH_PROCESS"


def read_process(text: str, *, name: str) -> Process:
    """Read one process.

    Takes   text        YAML
            name        what to call it in messages
    Stops   BadProcess  listing all problems, each as 'stages.LEGAL.moves[2].to: ...'
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise BadProcess(f"{name}: {place} is not YAML: correct it.", place=place) from None
    problems = list(_schema_problems(document)) or list(_sense_problems(document))
    if problems:
        listed = "\n".join(f"- {problem}" for problem in problems)
        raise BadProcess(f"{name} cannot be used; correct these places:\n{listed}", problems=problems)
    return _made(document)


def _schema_problems(document: object) -> Iterator[str]:
    schema = json.loads((FOLDER / "process.schema.json").read_text(encoding="utf-8"))
    for error in sorted(Draft202012Validator(schema).iter_errors(document), key=lambda one: list(map(str, one.path))):
        yield f"{_place(error.absolute_path)}: {error.message}"


def _place(path: Any) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "the whole"


def _sense_problems(document: Mapping[str, Any]) -> Iterator[str]:
    stages: Mapping[str, Any] = document["stages"]
    if not stages.get(CLOSED, {}).get("is_terminal"):
        yield f"stages.{CLOSED}: a process needs this stage, with is_terminal: true"
    for severity, stage in document["opens"].items():
        if stage not in stages or stages[stage].get("is_terminal"):
            yield f"opens.{severity}: '{stage}' is not a stage a case can be worked in"
    for code, stage in stages.items():
        yield from _stage_problems(f"stages.{code}", stage, stages)
    reached = _reached(document)
    for code in stages:
        if code not in reached:
            yield f"stages.{code}: nothing leads here"


def _stage_problems(place: str, stage: Mapping[str, Any], stages: Mapping[str, Any]) -> Iterator[str]:
    if stage.get("is_terminal"):
        if stage["moves"]:
            yield f"{place}.moves: a terminal stage is left by reopening, never by a move"
        return
    if not stage["moves"]:
        yield f"{place}.moves: a case would be caught here for ever"
    for needed in ("first_action", "allowed_days"):
        if needed not in stage:
            yield f"{place}: needs {needed}, or a case would stand here without an action and a date"
    items = [one["item"] for one in stage.get("checklist", [])]
    if len(items) != len(set(items)):
        yield f"{place}.checklist: an item is there twice"
    taken: set[str] = set()
    for index, move in enumerate(stage["moves"]):
        yield from _move_problems(f"{place}.moves[{index}]", move, items=items, stages=stages, taken=taken)
    if "deadline_action" not in stage and not any(move["trigger"] == "DEADLINE_PASSED" for move in stage["moves"]):
        yield f"{place}: needs deadline_action or a move by DEADLINE_PASSED, or overstaying would go unseen"


def _move_problems(
    place: str, move: Mapping[str, Any], *, items: list[str], stages: Mapping[str, Any], taken: set[str]
) -> Iterator[str]:
    if move["to"] not in stages:
        yield f"{place}.to: there is no stage '{move['to']}'"
    for item in [*move.get("needs", []), *filter(None, [move.get("unless_done")])]:
        if item not in items:
            yield f"{place}: '{item}' is not on this stage's checklist"
    if (move["trigger"] == "SEVERITY") != ("severities" in move):
        yield f"{place}: severities belong to a move by SEVERITY, and only there"
    if (move["trigger"] == "OPERATOR") != ("roles" in move):
        yield f"{place}: roles belong to a move by OPERATOR, and only there"
    from_people = move["trigger"] in ("OPERATOR", "APPROVAL")
    for key in [f"{move['trigger']} {one}" for one in move.get("severities", [move["to"] if from_people else ""])]:
        if key in taken:
            yield f"{place}: a second move by {key.strip()}; one of them would never be taken"
        taken.add(key)


def _reached(document: Mapping[str, Any]) -> set[str]:
    reached: set[str] = set()
    waiting = list(document["opens"].values())
    while waiting:
        code = waiting.pop()
        if code in reached or code not in document["stages"]:
            continue
        reached.add(code)
        waiting.extend(move["to"] for move in document["stages"][code]["moves"])
    return reached


def _made(document: Mapping[str, Any]) -> Process:
    queue = document["queue"]
    return Process(
        code=document["code"],
        version=document["version"],
        opens=dict(document["opens"]),
        queue=QueueValues(
            about_to_roll_days=tuple((low, top) for low, top in queue["about_to_roll_days"]),
            new_entry_days_max=queue["new_entry_days_max"],
            self_curer_cures_min=queue["self_curer_cures_min"],
            legal_deadline_days_max=queue["legal_deadline_days_max"],
            high_value_min={currency: Decimal(amount) for currency, amount in queue["high_value_min"].items()},
        ),
        stages={code: _stage(code, stage) for code, stage in document["stages"].items()},
    )


def _stage(code: str, stage: Mapping[str, Any]) -> Stage:
    return Stage(
        code=code,
        role=stage["role"],
        is_terminal=stage.get("is_terminal", False),
        allowed_days=stage.get("allowed_days"),
        first_action=Action(**stage["first_action"]) if "first_action" in stage else None,
        deadline_action=Action(**stage["deadline_action"]) if "deadline_action" in stage else None,
        checklist=tuple(ChecklistItem(**one) for one in stage.get("checklist", [])),
        moves=tuple(
            Move(
                to=move["to"],
                trigger=Trigger(move["trigger"]),
                severities=frozenset(move.get("severities", [])),
                roles=frozenset(move.get("roles", [])),
                needs=tuple(move.get("needs", [])),
                unless_done=move.get("unless_done", ""),
            )
            for move in stage["moves"]
        ),
    )


@cache
def _all_processes() -> dict[tuple[str, int], Process]:
    held: dict[tuple[str, int], Process] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        process = read_process(path.read_text(encoding="utf-8"), name=path.name)
        key = (process.code, process.version)
        if key in held:
            raise BadProcess(f"{path.name}: version {process.version} of {process.code} is in another file too.")
        held[key] = process
    return held


def get_process(code: str, version: int) -> Process:
    """Return one version of a process; stops with NoSuchProcess."""
    try:
        return _all_processes()[code, version]
    except KeyError:
        raise NoSuchProcess(
            f"Version {version} of process {code} is not in the installation: put its file back.", version=version
        ) from None


def current_process(code: str = "COLLECTION") -> Process:
    """Return the newest version of a process: what new cases are opened under."""
    versions = [version for held, version in _all_processes() if held == code]
    if not versions:
        raise NoSuchProcess(f"There is no process {code} in the installation.")
    return get_process(code, max(versions))
