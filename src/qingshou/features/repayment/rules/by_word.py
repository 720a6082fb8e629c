"""A budget that was only told, where a stage asks for a document: when the recording of the call may stand for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qingshou.features.repayment.rules.policy_files import read_policy


@dataclass(frozen=True, slots=True)
class ByWordPolicy:
    """What a lender accepts: by whom it is signed off, how old the call may be."""

    accepted: bool
    roles: tuple[str, ...]
    call_days_max: int
    by_another: bool
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFacts:
    """What is known of a budget and the call named for it."""

    role: str
    is_own: bool  # who signs off took the budget
    is_newest: bool
    is_with_debtor: bool
    is_recorded: bool
    is_identified: bool
    called_on: date | None


def by_word_policy(*, settings: Mapping[str, Any]) -> ByWordPolicy:
    """Return the lender's policy; by default nothing is accepted by word.

    Takes   settings  the lender's: `repayment.by_word`
    Stops   SettingsUnfit  the settings do not fit the schema
    """
    raw, name = read_policy("by_word", settings)
    return ByWordPolicy(raw["accepted"], tuple(raw["roles"]), raw["call_days_max"], raw["by_another"], name)


def judge_by_word(*, policy: ByWordPolicy, facts: WordFacts, on: date) -> tuple[str, ...]:
    """Return every reason for which a budget cannot be signed off by word; empty where it can.

    Takes   on  the day it is signed off
    """
    if not policy.accepted:
        return ("BY_WORD_NOT_ACCEPTED",)
    days = None if facts.called_on is None else (on - facts.called_on).days
    judged = (
        ("BY_WORD_ROLE", facts.role not in policy.roles),
        ("BY_WORD_OWN", policy.by_another and facts.is_own),
        ("BY_WORD_NOT_NEWEST", not facts.is_newest),
        ("BY_WORD_NO_CALL", not facts.is_with_debtor or days is None),
        ("BY_WORD_NOT_RECORDED", facts.is_with_debtor and not facts.is_recorded),
        ("BY_WORD_NOT_IDENTIFIED", facts.is_with_debtor and not facts.is_identified),
        ("BY_WORD_CALL_TOO_OLD", days is not None and not 0 <= days <= policy.call_days_max),
    )
    return tuple(code for code, is_so in judged if is_so)
