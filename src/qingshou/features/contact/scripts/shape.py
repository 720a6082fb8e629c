"""The script of a call as values: steps, the branches that lead on, and what is said in each tone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TONES = ("FRIENDLY", "NEUTRAL", "FIRM", "FORMAL")
LANGUAGES = ("zh-hans", "zh-hant", "en")
BACK = "BACK"  # a branch to the step before
IDENTITY = "IDENTITY"  # the step at which the check is made
PASSED = "PASSED"  # the branch that only a passed check opens

# what may be said before the check, and what to somebody who does not owe: neither the debt nor (to the latter) the
# lender, whose name alone may tell
SAFE_VARIABLES = frozenset({"debtor_name", "agent_name", "lender_name", "contact_phone"})
THIRD_VARIABLES = frozenset({"debtor_name", "agent_name", "contact_phone"})
# every call may come to these, so every script must have a way into them
NEEDED_BRANCHES = frozenset({
    "WRONG_PERSON", "THIRD_PERSON", "REFUSES_IDENTITY", "DISPUTES", "HARDSHIP", "HOSTILE", "CALL_BACK", "ATTORNEY",
    "CEASE", "VOICEMAIL", "COMPLAINS", "PAID_ALREADY", "NO_ANSWER",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Branch:
    """What the other side does, and the step it leads to."""

    code: str
    to: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What the form is filled with where the script ends; all of it can be changed there."""

    outcome: str
    reason: str = ""
    next_action: str = ""
    in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing said, and what may follow.

    `is_safe`: may be said before the identity check; `is_third`: may be said to somebody who does not owe.
    """

    code: str
    branches: tuple[Branch, ...] = ()
    ends: Ending | None = None
    is_safe: bool = False
    is_third: bool = False

    def branch(self, code: str) -> Branch | None:
        """Return the branch of that code, or None."""
        return next((one for one in self.branches if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Script:
    """One version of the script, with the words of every language; `version` names number and content."""

    code: str
    version: str
    opens: Mapping[str, str]
    steps: Mapping[str, Step]
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = field(repr=False)  # language -> step -> tone -> text

    def says(self, step: str, *, language: str, tone: str) -> str:
        """Return what is said at a step, with its variables."""
        return self.words[language][step][tone]


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """Which facts may be asked, which must match, how many in all, and how often one may try."""

    facts: Mapping[str, str]  # code -> CONFIRMED or COMPARED
    must: tuple[str, ...]
    needs: int
    tries_max: int


@dataclass(frozen=True, slots=True)
class OfferPolicy:
    """What a debtor may be offered, what a promise may be, how long recordings stay, when a clock turns."""

    options: Mapping[str, tuple[frozenset[str], frozenset[str]]]  # code -> severities, stages
    promise_days_max: Mapping[str, int]  # by severity
    pay_by: tuple[str, ...]
    keep_days: int
    timers: Mapping[str, tuple[int, int]]

    def open_to(self, *, severity: str, stage: str) -> tuple[str, ...]:
        """Return the options that may be offered, in the order of the file."""
        return tuple(code for code, (sevs, stages) in self.options.items() if severity in sevs and stage in stages)
