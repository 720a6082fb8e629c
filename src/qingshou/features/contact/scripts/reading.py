"""Reading the script: by schema and by sense, every problem named by its place, all together."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from qingshou.features.contact.rules.call_outcomes import OUTCOMES
from qingshou.features.contact.scripts.shape import (
    BACK,
    IDENTITY,
    LANGUAGES,
    NEEDED_BRANCHES,
    PASSED,
    SAFE_VARIABLES,
    THIRD_VARIABLES,
    TONES,
    Branch,
    Ending,
    IdentityPolicy,
    OfferPolicy,
    Script,
    Step,
)
from qingshou.features.contact.templating.rendering import variables_in
from qingshou.kernel.errors import BadInput
from qingshou.kernel.lender_settings import SettingsUnfit

FOLDER = Path(__file__).parent
# words that tell of a debt, in what is said before the check or to somebody else
_TELLING = re.compile(
    "欠|逾期|贷|貸|还款|還款|借款|债|債|催收|账单|帳單|款项|款項|"
    r"\b(?:debts?|loans?|overdue|arrears|owed?|owes|repay\w*|payments?|instal\w*|collect\w*|credit|balance)\b",
    re.IGNORECASE,
)
_IN_BRACES = re.compile(r"\{[a-z_]+\}")


class BadScript(BadInput):
    """A script cannot be used; the message lists every problem with its place."""

    code = "BAD_SCRIPT"


class UnfitIdentity(SettingsUnfit, BadScript):
    """How a lender checks identity (its settings, `contact.identity`) cannot be used."""

    code = "LENDER_SETTINGS_UNFIT"


@cache
def current_script() -> Script:
    """Return the script in use."""
    return read_script(FOLDER)


def read_script(folder: Path) -> Script:
    """Read the graph and the words of every language in a folder; stops with BadScript listing all problems."""
    graph = _loaded(folder / "call.yaml")
    words = {language: _loaded(folder / f"{language}.yaml") for language in LANGUAGES}
    problems = [*_schema_problems("call.yaml", graph, "call.schema.json")]
    for language, document in words.items():
        problems += _schema_problems(f"{language}.yaml", document, "words.schema.json")
    if not problems:
        problems = [*_graph_problems(graph)]
        for language, document in words.items():
            problems += _words_problems(language, document["say"], graph["steps"])
    if problems:
        listed = "\n".join(f"- {problem}" for problem in problems)
        raise BadScript(f"The script cannot be used; correct these places:\n{listed}", problems=problems)
    return _made(graph, words)


def _loaded(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise BadScript(f"{path.name}: {place} is not YAML: correct it.", problems=[place]) from None


def _schema_problems(name: str, document: object, schema: str) -> Iterator[str]:
    judge = Draft202012Validator(json.loads((FOLDER / schema).read_text(encoding="utf-8")))
    for error in sorted(judge.iter_errors(document), key=lambda one: list(map(str, one.path))):
        yield f"{name} {'.'.join(map(str, error.absolute_path))}: {error.message}"


def _graph_problems(graph: Mapping[str, Any]) -> Iterator[str]:
    steps: Mapping[str, Any] = graph["steps"]
    for party, code in graph["opens"].items():
        if code not in steps:
            yield f"opens.{party}: there is no step '{code}'"
        elif not steps[code].get("safe"):
            yield f"opens.{party}: a call opens with what may be said before the identity check"
    for code, step in steps.items():
        yield from _step_problems(code, step, steps)
    taken = {branch["code"] for step in steps.values() for branch in step.get("branches", ())}
    for missing in sorted(NEEDED_BRANCHES - taken):
        yield f"steps: no step has the branch {missing}"
    reached = _reached(steps, graph["opens"].values())
    for code in steps:
        if code not in reached:
            yield f"steps.{code}: nothing leads here"
    for code in sorted(reached - _with_an_end(steps)):
        yield f"steps.{code}: from here no end is reached"


def _step_problems(code: str, step: Mapping[str, Any], steps: Mapping[str, Any]) -> Iterator[str]:
    branches, ends = step.get("branches", []), step.get("ends")
    if not branches and not ends:
        yield f"steps.{code}: a dead end: it needs branches, or `ends`"
    if step.get("third") and not step.get("safe"):
        yield f"steps.{code}: what is said to a third person must be safe"
    if ends and ends["outcome"] not in OUTCOMES:
        yield f"steps.{code}.ends: there is no outcome '{ends['outcome']}'"
    names = [branch["code"] for branch in branches]
    if len(names) != len(set(names)):
        yield f"steps.{code}: a branch is there twice"
    for branch in branches:
        to = branch["to"]
        if to != BACK and to not in steps:
            yield f"steps.{code}.{branch['code']}: there is no step '{to}'"
        elif to != BACK and step.get("safe") and not steps[to].get("safe") and (code, branch["code"]) != (
            IDENTITY, PASSED,
        ):  # fmt: skip
            yield f"steps.{code}.{branch['code']}: leads to the debt past the identity check"


def _reached(steps: Mapping[str, Any], opens: Any) -> set[str]:
    reached: set[str] = set()
    waiting = [code for code in opens if code in steps]
    while waiting:
        code = waiting.pop()
        if code in reached:
            continue
        reached.add(code)
        waiting += [branch["to"] for branch in steps[code].get("branches", ()) if branch["to"] in steps]
    return reached


def _with_an_end(steps: Mapping[str, Any]) -> set[str]:
    """Return the steps from which an end is reached."""
    good = {code for code, step in steps.items() if step.get("ends")}
    while True:
        more = {
            code
            for code, step in steps.items()
            if code not in good and any(branch["to"] in good for branch in step.get("branches", ()))
        }
        if not more:
            return good
        good |= more


def _words_problems(language: str, say: Mapping[str, Any], steps: Mapping[str, Any]) -> Iterator[str]:
    for code in sorted(steps.keys() - say.keys()):
        yield f"{language}.yaml: step {code} says nothing"
    for code in sorted(say.keys() - steps.keys()):
        yield f"{language}.yaml: there is no step {code}"
    for code in sorted(say.keys() & steps.keys()):
        for tone, text in _by_tone(say[code]).items():
            place = f"{language}.yaml {code} {tone}"
            try:
                used = set(variables_in(text))
            except BadInput as refusal:
                yield f"{place}: {refusal.message}"
                continue
            if steps[code].get("safe"):
                allowed = THIRD_VARIABLES if steps[code].get("third") else SAFE_VARIABLES
                for name in sorted(used - allowed):
                    yield f"{place}: {{{name}}} may not be said here"
                for word in sorted(set(_TELLING.findall(_IN_BRACES.sub("", text)))):
                    yield f"{place}: '{word}' tells of a debt"


def _by_tone(said: str | Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys(TONES, said) if isinstance(said, str) else dict(said)


def _made(graph: Mapping[str, Any], words: Mapping[str, Any]) -> Script:
    canonical = json.dumps([graph, words], ensure_ascii=False, sort_keys=True).encode()
    return Script(
        code=graph["code"],
        version=f"{graph['version']}-{hashlib.sha256(canonical).hexdigest()[:12]}",
        opens=dict(graph["opens"]),
        steps={
            code: Step(
                code=code,
                branches=tuple(Branch(one["code"], one["to"]) for one in step.get("branches", ())),
                ends=Ending(**step["ends"]) if "ends" in step else None,
                is_safe=step.get("safe", False),
                is_third=step.get("third", False),
            )
            for code, step in graph["steps"].items()
        },
        words={
            language: {code: _by_tone(said) for code, said in document["say"].items()}
            for language, document in words.items()
        },
    )


@cache
def offer_policy() -> OfferPolicy:
    """Return what may be offered and promised on a call."""
    document = _loaded(FOLDER / "options.yaml")
    return OfferPolicy(
        options={
            code: (frozenset(one["severities"]), frozenset(one["stages"])) for code, one in document["options"].items()
        },
        promise_days_max=document["promise"]["days_max"],
        pay_by=tuple(document["promise"]["pay_by"]),
        keep_days=document["recordings"]["keep_days"],
        timers={name: (warn, late) for name, (warn, late) in document["timers"].items()},
    )


def identity_policy(own: Mapping[str, Any] | None = None) -> IdentityPolicy:
    """Return how a lender checks identity: the house's way, with what the lender's settings replace.

    Takes   own  the lender's settings `contact.identity`: facts (codes), must (codes), needs (number)
    Stops   UnfitIdentity  a fact that does not exist, or a check that no answer could pass
    """
    house = _loaded(FOLDER / "identity.yaml")
    own = own or {}
    asked, must = own.get("facts", list(house["facts"])), own.get("must", house["must"])
    if not all(isinstance(part, list | tuple) and all(isinstance(one, str) for one in part) for part in (asked, must)):
        raise UnfitIdentity("The lender's identity check cannot be used: `facts` and `must` are lists of facts.",
                            key="contact.identity", problems=[])  # fmt: skip
    must = tuple(must)
    needs = own.get("needs", house["needs"])
    unknown = sorted({*asked, *must} - house["facts"].keys())
    if unknown or not isinstance(needs, int) or not 1 <= needs <= len(asked) or not set(must) <= set(asked):
        raise UnfitIdentity(
            "The lender's identity check cannot be used: `facts` and `must` name facts of "
            f"{', '.join(house['facts'])}, `must` is part of `facts`, and `needs` is between 1 and their number.",
            key="contact.identity",
            problems=unknown,
        )
    kinds = {code: house["facts"][code] for code in asked}
    if all(kind == "CONFIRMED" for kind in kinds.values()):
        raise UnfitIdentity("The lender's identity check compares nothing: add a fact that is typed.",
                            key="contact.identity", problems=["facts"])  # fmt: skip
    return IdentityPolicy(facts=kinds, must=must, needs=needs, tries_max=house["tries_max"])
