"""The process as data: the shipped one holds together, and a wrong one is refused with the place of every problem."""

import hashlib
import json
from pathlib import Path

import pytest

from qingshou.features.cases.phrases import CHECKLIST, NEXT_ACTIONS, STAGES
from qingshou.features.cases.process_reading import (
    FOLDER,
    BadProcess,
    NoSuchProcess,
    current_process,
    get_process,
    read_process,
)

TEXT = (FOLDER / "collection.yaml").read_text(encoding="utf-8")
PUBLISHED = Path(__file__).with_name("published_processes.json")


def test_the_shipped_process_starts_each_severity_where_design_says() -> None:
    assert current_process().opens == {
        "MILD": "FIRST_CONTACT",
        "MODERATE": "REPAYMENT_PLAN",
        "SEVERE": "LEGAL",
        "UNKNOWN": "FIRST_CONTACT",
    }


def test_every_code_of_the_process_has_words() -> None:
    process = current_process()
    assert set(process.stages) == set(STAGES)
    items = {item.item for stage in process.stages.values() for item in stage.checklist}
    assert items == set(CHECKLIST)
    actions = [stage.first_action for stage in process.stages.values()]
    actions += [stage.deadline_action for stage in process.stages.values()]
    assert {action.action for action in actions if action} <= set(NEXT_ACTIONS)


def test_a_published_version_is_never_edited() -> None:
    """A new version is a new file: cases judged under the old one must stay judged as they were."""
    published = json.loads(PUBLISHED.read_text())
    held = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.yaml")}
    assert held == published


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        (
            "to: DISPOSAL, trigger: OPERATOR",
            "to: DISPOSL, trigger: OPERATOR",
            "stages.LEGAL.moves[4].to: there is no stage 'DISPOSL'",
        ),
        (
            "needs: [FEASIBILITY_JUDGED]}",
            "needs: [NOTHING_LIKE_IT]}",
            "stages.LEGAL.moves[5]: 'NOTHING_LIKE_IT' is not on",
        ),
        ("  MILD: FIRST_CONTACT", "  MILD: CLOSED", "opens.MILD: 'CLOSED' is not a stage a case can be worked in"),
        ("    allowed_days: 90\n", "", "stages.LEGAL: needs allowed_days"),
        ("trigger: DEADLINE_PASSED", "trigger: CURED", "stages.FIRST_CONTACT.moves[5]: a second move by CURED"),
        ("severities: [MODERATE]", "severities: [MODERATE, SEVERE]", "a second move by SEVERITY SEVERE"),
        ("    role: LEGAL_OFFICER\n", "", "stages.LEGAL: 'role' is a required property"),
        ("version: 1", "version: one", "version: 'one' is not of type 'integer'"),
        ("    is_terminal: true\n", "", "stages.CLOSED: a process needs this stage"),
    ],
)
def test_a_wrong_process_names_the_place(wrong: str, right: str, place: str) -> None:
    assert wrong in TEXT
    with pytest.raises(BadProcess) as refused:
        read_process(TEXT.replace(wrong, right, 1), name="mine.yaml")
    assert place in refused.value.message


def test_all_problems_are_named_together() -> None:
    text = TEXT.replace("MILD: FIRST_CONTACT", "MILD: NOWHERE").replace("MODERATE: REPAYMENT_PLAN", "MODERATE: NOWHERE")
    with pytest.raises(BadProcess) as refused:
        read_process(text, name="mine.yaml")
    assert len(refused.value.fields["problems"]) == 2


def test_what_is_not_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(BadProcess, match="line 1"):
        read_process("code: [", name="mine.yaml")


def test_an_unknown_version_is_not_found() -> None:
    with pytest.raises(NoSuchProcess, match="Version 99") as refused:
        get_process("COLLECTION", 99)
    assert refused.value.exit_code == 66
