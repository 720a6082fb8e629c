"""A case's history in words: what was done by whom, and how its loans moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from qingshou.audit.phrases import action_words, reason_words
from qingshou.features.cases.phrases import (
    ACTIONS,
    CHECKLIST,
    DEALING_REASONS,
    NEXT_ACTIONS,
    SEVERITIES,
    STAGES,
    TRIGGERS,
)
from qingshou.features.delinquency.phrases import CLASSES, MOVEMENTS

_WORDS = {
    "stage": STAGES,
    "from": STAGES,
    "to": STAGES,
    "trigger": TRIGGERS,
    "severity": SEVERITIES,
    "action": NEXT_ACTIONS,
    "item": CHECKLIST,
    "why": DEALING_REASONS,
}
_SAID = ("stage", "to", "trigger", "severity", "action", "due_on", "item", "why", "reason")


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history."""

    at: datetime
    what: str
    actor: str
    details: str
    is_movement: bool

    @property
    def day(self) -> date:
        """Return the day of a movement: it has no hour."""
        return self.at.date()


def history(timeline: Any) -> list[Happened]:
    """Return the lines of a case's history, newest first."""
    return [_moved(one) if one.kind == "MOVEMENT" else _done(one) for one in timeline]


def _done(one: Any) -> Happened:
    what = str(ACTIONS.get(one.code) or action_words(one.code))
    return Happened(one.at, what, one.actor, " · ".join(_details(one.code, one.facts)), False)


def _details(code: str, facts: Any) -> Iterator[str]:
    for name in _SAID:
        value = facts.get(name)
        if value in (None, "", []):
            continue
        if name == "reason":
            yield reason_words(code, str(value))
            continue
        words = _WORDS.get(name)
        yield str(words.get(str(value), value)) if words else str(value)


def _moved(one: Any) -> Happened:
    facts = one.facts
    what = str(MOVEMENTS.get(one.code, one.code))
    details = [_("loan %(number)s") % {"number": facts["loan_ref"]}]
    if facts["severity_before"] != facts["severity_after"]:
        details.append(_change(SEVERITIES, facts["severity_before"], facts["severity_after"]))
    if facts["class_before"] != facts["class_after"]:
        details.append(_change(CLASSES, facts["class_before"], facts["class_after"]))
    return Happened(one.at, what, "", " · ".join(details), True)


def _change(words: Any, before: str, after: str) -> str:
    return f"{words.get(before, before) or '–'} → {words.get(after, after) or '–'}"
