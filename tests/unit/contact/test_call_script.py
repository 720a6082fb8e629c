"""The script of a call: complete in every language and tone, no dead ends, silent on the debt until it may speak."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from qingshou.features.contact.rules.call_outcomes import OUTCOMES
from qingshou.features.contact.scripts import reading
from qingshou.features.contact.scripts.reading import (
    FOLDER,
    BadScript,
    current_script,
    identity_policy,
    offer_policy,
    read_script,
)
from qingshou.features.contact.scripts.shape import LANGUAGES, NEEDED_BRANCHES, TONES
from qingshou.features.contact.templating.rendering import render
from qingshou.features.contact.templating.variables import examples_in
from qingshou.features.contact.templating.wording import judge_wording


def copied(folder: Path) -> Path:
    for path in FOLDER.glob("*.yaml"):
        shutil.copy(path, folder)
    return folder


def changed(folder: Path, name: str, change) -> Path:
    path = copied(folder) / name
    document = yaml.safe_load(path.read_text())
    change(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True))
    return folder


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(BadScript) as refused:
        read_script(folder)
    return list(refused.value.fields["problems"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", TONES)
def test_every_step_can_be_said_in_every_language_and_tone(language, tone):
    script = current_script()
    for code in script.steps:
        said = render(script.says(code, language=language, tone=tone), examples_in(language))
        assert said
        assert not re.search(r"[{}]", said)


def test_every_branch_a_call_may_come_to_is_there():
    taken = {branch.code for step in current_script().steps.values() for branch in step.branches}
    assert taken >= NEEDED_BRANCHES


def test_a_third_person_is_never_told_of_the_debt_nor_who_the_lender_is():
    script = current_script()
    third = [code for code, step in script.steps.items() if step.is_third]
    assert {"THIRD_PERSON", "THIRD_ASKS", "THIRD_GREETING", "WRONG_PERSON"} <= set(third)
    for language in LANGUAGES:
        for code in third:
            said = script.says(code, language=language, tone="NEUTRAL")
            assert "{lender_name}" not in said
            assert "{amount_due}" not in said
            bare = re.sub(r"{[a-z_]+}", "", said)
            assert not re.search(r"欠|逾期|贷|貸|债|債|debt|loan|overdue", bare)


def test_the_version_changes_with_every_word(tmp_path):
    before = current_script().version
    folder = changed(tmp_path, "en.yaml", lambda one: one["say"].update(CEASE="I note it. Goodbye."))
    assert re.fullmatch(r"1-[0-9a-f]{12}", before)
    assert read_script(folder).version != before
    assert read_script(copied(tmp_path)).version == before


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        (
            "call.yaml",
            lambda one: one["steps"]["PLAN"].pop("ends"),
            "steps.PLAN: a dead end: it needs branches, or `ends`",
        ),
        (
            "call.yaml",
            lambda one: one["steps"]["THIRD_LOCATE"]["branches"].append({"code": "LISTENS", "to": "PURPOSE"}),
            "steps.THIRD_LOCATE.LISTENS: leads to the debt past the identity check",
        ),
        (
            "call.yaml",
            lambda one: one["steps"]["OPTIONS"]["branches"].append({"code": "SLEEPS", "to": "NOWHERE"}),
            "steps.OPTIONS.SLEEPS: there is no step 'NOWHERE'",
        ),
        (
            "call.yaml",
            lambda one: one["steps"].update(ALONE={"ends": {"outcome": "CONVERSATION"}}),
            "steps.ALONE: nothing leads here",
        ),
        (
            "call.yaml",
            lambda one: one["steps"]["CEASE"]["ends"].update(outcome="HAPPY"),
            "steps.CEASE.ends: there is no outcome 'HAPPY'",
        ),
        (
            "call.yaml",
            lambda one: one["opens"].update(DEBTOR="PURPOSE"),
            "opens.DEBTOR: a call opens with what may be said before the identity check",
        ),
        ("en.yaml", lambda one: one["say"].pop("PLAN"), "en.yaml: step PLAN says nothing"),
        (
            "en.yaml",
            lambda one: one["say"].update(THIRD_ASKS="It is about a loan."),
            "en.yaml THIRD_ASKS NEUTRAL: 'loan' tells of a debt",
        ),
        (
            "zh-hans.yaml",
            lambda one: one["say"].update(VOICEMAIL="您有{amount_due}元要还。"),
            "zh-hans.yaml VOICEMAIL NEUTRAL: {amount_due} may not be said here",
        ),
    ],
)  # fmt: skip
def test_a_broken_script_is_refused_with_the_place(tmp_path, name, change, expected):
    assert expected in problems_of(changed(tmp_path, name, change))


def test_a_needed_branch_that_is_missing_is_named(tmp_path):
    def without(document):
        for step in document["steps"].values():
            step["branches"] = [one for one in step.get("branches", []) if one["code"] != "DISPUTES"]
            if not step["branches"]:
                del step["branches"]

    found = problems_of(changed(tmp_path, "call.yaml", without))
    assert "steps: no step has the branch DISPUTES" in found


def test_a_circle_without_an_end_is_found(tmp_path):
    def circle(document):
        document["steps"]["THIRD_ASKS"]["branches"] = [{"code": "WILL_PASS_ON", "to": "THIRD_CIRCLE"}]
        document["steps"]["THIRD_CIRCLE"] = {
            "safe": True, "third": True, "branches": [{"code": "ASKS_WHAT", "to": "THIRD_ASKS"}],
        }  # fmt: skip

    assert "steps.THIRD_CIRCLE: from here no end is reached" in problems_of(changed(tmp_path, "call.yaml", circle))


def test_a_file_that_is_no_yaml_is_named(tmp_path):
    (copied(tmp_path) / "en.yaml").write_text("say: [")
    with pytest.raises(BadScript, match=r"en.yaml: line \d+"):
        read_script(tmp_path)


def test_a_schema_problem_is_named(tmp_path):
    found = problems_of(changed(tmp_path, "call.yaml", lambda one: one.pop("version")))
    assert found == ["call.yaml : 'version' is a required property"]


def test_every_ending_fits_the_words_of_the_desk():
    from qingshou.features.cases.phrases import NEXT_ACTIONS
    from qingshou.features.contact.phrases import calls as words
    from qingshou.features.contact.phrases.reasons import REASONS

    assert words.OUTCOMES.keys() == OUTCOMES.keys()
    assert {one.next_action for one in OUTCOMES.values()} <= NEXT_ACTIONS.keys()
    assert {one.reason for one in OUTCOMES.values()} - {""} <= REASONS.keys()
    script = current_script()
    assert words.STEPS.keys() == script.steps.keys()
    assert {branch.code for step in script.steps.values() for branch in step.branches} == words.BRANCHES.keys()
    assert words.HINTS.keys() <= script.steps.keys()
    endings = [step.ends for step in script.steps.values() if step.ends]
    assert {one.next_action for one in endings} - {""} <= NEXT_ACTIONS.keys()
    assert {one.reason for one in endings} - {""} <= REASONS.keys()
    assert words.OPTIONS.keys() == offer_policy().options.keys()
    assert words.PAY_BY.keys() == set(offer_policy().pay_by)


def test_what_may_be_offered_follows_severity_and_stage():
    policy = offer_policy()
    assert "DUE_DATE_CHANGE" in policy.open_to(severity="MILD", stage="FIRST_CONTACT")
    assert "DUE_DATE_CHANGE" not in policy.open_to(severity="MODERATE", stage="FIRST_CONTACT")
    assert policy.open_to(severity="SEVERE", stage="DISPOSAL") == ("PAY_NOW", "HARDSHIP")
    assert policy.open_to(severity="MILD", stage="CLOSED") == ()


def test_a_lender_may_choose_the_facts_of_the_check():
    own = identity_policy({"facts": ["NAME", "BIRTH_DATE"], "needs": 2, "must": ["BIRTH_DATE"]})
    assert list(own.facts) == ["NAME", "BIRTH_DATE"]
    assert own.must == ("BIRTH_DATE",)


@pytest.mark.parametrize(
    "own",
    [
        {"facts": ["NAME", "SHOE_SIZE"]},
        {"facts": ["NAME"], "needs": 1},
        {"facts": ["NAME", "BIRTH_DATE"], "needs": 3},
        {"facts": ["NAME", "BIRTH_DATE"], "must": ["EMPLOYER"]},
        {"needs": "2"},
    ],
)
def test_a_check_that_checks_nothing_is_refused(own):
    with pytest.raises(BadScript):
        identity_policy(own)


def test_nothing_said_threatens_or_claims_what_may_not_be_said():
    """The check of written templates, over every line: what a letter must also contain is not asked of a sentence."""
    script = current_script()
    found = {
        (code, language, finding.code)
        for language in LANGUAGES
        for code in script.steps
        for tone in TONES
        for finding in judge_wording(
            script.says(code, language=language, tone=tone), language=language, channel="PHONE"
        )
        if finding.place is not None
    }  # fmt: skip
    # the debtor's own attorney is named there, and nobody is threatened with one
    assert found == {("ATTORNEY", language, "LEGAL") for language in LANGUAGES}


def test_reading_is_kept():
    assert reading.current_script() is current_script()
