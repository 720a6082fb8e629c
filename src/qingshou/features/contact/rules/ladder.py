"""The ladder of contact: which step a case is on, how long an answer is waited for, and what then. Times are data."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from qingshou.kernel.errors import BadInput, NotFound

FOLDER = Path(__file__).parent.parent / "ladders"


class BadLadder(BadInput):
    """A ladder file cannot be used; the message names the place."""

    code = "BAD_LADDER"


class NoSuchLadder(NotFound):
    """No file holds this version of the ladder."""

    code = "NO_SUCH_LADDER"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a message by a template, or something a person does."""

    code: str
    channel: str
    allowed_days: int
    template: str = ""
    tone: str = ""
    action: str = ""

    @property
    def is_message(self) -> bool:
        return bool(self.template)

    def due_on(self, entered_on: date) -> date:
        """Return the last day an answer is waited for."""
        return entered_on + timedelta(days=self.allowed_days)


@dataclass(frozen=True, slots=True)
class Ladder:
    """One version of a ladder; it belongs to a stage of the process."""

    code: str
    version: int
    stage: str
    steps: tuple[Step, ...]

    def step(self, code: str) -> Step:
        """Return a step; stops with NoSuchLadder where the ladder has none of that code."""
        found = next((one for one in self.steps if one.code == code), None)
        if found is None:
            raise NoSuchLadder(f"The ladder {self.code} {self.version} has no step '{code}'.")
        return found

    def after(self, code: str) -> Step | None:
        """Return the step after one; None after the last."""
        place = self.steps.index(self.step(code))
        return self.steps[place + 1] if place + 1 < len(self.steps) else None


def is_over_time(*, due_on: date, on: date) -> bool:
    """Tell whether the time a step allows is over: from the day after its last day."""
    return on > due_on


def read_ladder(text: str, *, name: str) -> Ladder:
    """Read one ladder; stops with BadLadder, naming the place."""
    try:
        raw: Any = yaml.safe_load(text)
        jsonschema.validate(raw, json.loads((FOLDER / "ladder.schema.json").read_text(encoding="utf-8")))
    except yaml.YAMLError:
        raise BadLadder(f"{name} is not YAML: correct it.") from None
    except jsonschema.ValidationError as wrong:
        where = ".".join(str(part) for part in wrong.absolute_path) or "the file"
        raise BadLadder(f"{name}, {where}: {wrong.message[:200]}. Correct it.") from None
    steps = tuple(
        Step(one["step"], one["channel"], one["allowed_days"], one.get("template", ""), one.get("tone", ""),
             one.get("action", ""))
        for one in raw["steps"]
    )  # fmt: skip
    codes = [one.code for one in steps]
    if len(set(codes)) < len(codes):
        raise BadLadder(f"{name} names a step twice: give each its own code.")
    return Ladder(raw["code"], raw["version"], raw["stage"], steps)


@cache
def current_ladder() -> Ladder:
    """Return the ladder in use."""
    return read_ladder((FOLDER / "first_contact.yaml").read_text(encoding="utf-8"), name="first_contact.yaml")


@cache
def get_ladder(code: str, version: int) -> Ladder:
    """Return a version of a ladder, as the cases on it were begun; stops with NoSuchLadder."""
    for path in sorted(FOLDER.glob("*.yaml")):
        found = read_ladder(path.read_text(encoding="utf-8"), name=path.name)
        if (found.code, found.version) == (code, version):
            return found
    raise NoSuchLadder(f"No file holds version {version} of the ladder {code}: bring it back to the folder of ladders.")
