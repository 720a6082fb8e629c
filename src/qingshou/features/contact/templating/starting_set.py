"""The templates a lender begins with: every step of the ladder and every answer, in the three languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from qingshou.features.contact.templating.variables import LANGUAGES

# what each template is for, in the order of the ladder
CODES = (
    "REMINDER_BEFORE_DUE", "REMINDER", "MISSED_PAYMENT", "WE_TRIED_TO_CALL", "OPTIONS", "CALL_BACK_ASKED",
    "PROMISE_CONFIRMED", "PROMISE_TOMORROW", "PROMISE_BROKEN", "DEADLINE", "FINAL_NOTICE", "HARDSHIP_OFFER",
    "PAYMENT_RECEIVED", "PLAN_CODE", "PLAN_REMINDER", "PORTAL_LINK", "PORTAL_CODE", "OPT_OUT_CONFIRMED",
    "WRONG_PERSON_SORRY",
)  # fmt: skip
TONES = ("FRIENDLY", "NEUTRAL", "FIRM", "FORMAL")
# one text serves the five social channels
SOCIAL = "SOCIAL"
_CHANNELS = {"short": ("SMS", SOCIAL), "email": ("EMAIL",), "post": ("POST",)}
_NOTICE = "{collector_notice}"


@dataclass(frozen=True, slots=True)
class StartingText:
    """One wording of the starting set."""

    code: str
    channel: str
    language: str
    tone: str
    subject: str
    body: str


@cache
def starting_set(*, jurisdiction: str = "china") -> tuple[StartingText, ...]:
    """Return every text, by language, code, channel and tone.

    In the United States each ends with the notice of a debt collector, but for the apology to somebody else.
    """
    return tuple(one for language in LANGUAGES for one in _read(language, jurisdiction))


def _read(language: str, jurisdiction: str) -> Iterator[StartingText]:
    loaded: Mapping[str, Any] = yaml.safe_load(
        files(__package__).joinpath("starting", f"{language}.yaml").read_text("utf-8")
    )
    parts = loaded["parts"]
    for code in CODES:
        entry = loaded["texts"][code]
        has_notice = jurisdiction == "us" and code != "WRONG_PERSON_SORRY"
        for form, channels in _CHANNELS.items():
            for tone, given in entry.get(form, {}).items():
                body = _joined(given, parts, notice=_NOTICE if has_notice else "")
                for channel in channels:
                    subject = "" if form == "short" else entry["subject"]
                    yield StartingText(code, channel, language, tone, subject, body)


def _joined(given: str | list[str], parts: Mapping[str, str], *, notice: str) -> str:
    if isinstance(given, str):
        return f"{given} {notice}".strip()
    paragraphs = [parts.get(one, one) for one in given]
    return "\n\n".join([*paragraphs, notice] if notice else paragraphs)
