"""Words by which a person refuses a channel, or wants it again: optout.yaml, held to the whole message where short.

Only what is certain acts by itself. 'T恤' is no 'T', 'I'll stop by tomorrow' is no 'STOP', and 'do not call me at work'
refuses a place and not the telephone: such a reply waits for a person like any other.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qingshou.features.contact.inbound.quoting import own_words
from qingshou.law.contact.terms import Channel

_FILE = Path(__file__).parent / "optout.yaml"
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SPACES = re.compile(r"\s+")
HERE = "HERE"


@dataclass(frozen=True, slots=True)
class OptOut:
    """A channel refused, by which word or pattern of the list."""

    channel: Channel
    rule: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    channel: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Words:
    polite: tuple[str, ...]
    whole: frozenset[str]
    letters: frozenset[str]
    letter_channels: frozenset[str]
    phrases: tuple[_Phrase, ...]
    unless: tuple[re.Pattern[str], ...]
    resume: frozenset[str]
    cease: tuple[re.Pattern[str], ...]


def opt_out_of(text: str, *, channel: Channel = Channel.SMS, subject: str = "") -> OptOut | None:
    """Return which channel a message refuses, or None.

    Takes   text     what came in; what it quotes is left out
            channel  by which it came: refused where the words name no other
            subject  of an e-mail; 'unsubscribe' often stands there alone
    """
    words, bare = _words(), plain(own_words(text))
    for said in _alone(bare, plain(subject), words):
        if said in words.whole:
            return OptOut(channel, said)
        if said in words.letters and channel in words.letter_channels:
            return OptOut(channel, said)
    if any(pattern.search(bare) for pattern in words.unless):
        return None
    for phrase in words.phrases:
        if phrase.pattern.search(bare):
            return OptOut(channel if phrase.channel == HERE else Channel(phrase.channel), phrase.pattern.pattern[:60])
    return None


def is_opt_out(text: str, *, channel: Channel = Channel.SMS, subject: str = "") -> bool:
    """Whether a message refuses a channel."""
    return opt_out_of(text, channel=channel, subject=subject) is not None


def is_resume(text: str) -> bool:
    """Whether a message is a word by which the channel is wanted again, and nothing else."""
    words = _words()
    return any(said in words.resume for said in _alone(plain(own_words(text)), "", words))


def is_cease(text: str) -> bool:
    """Whether a message seems to refuse every contact: a person decides."""
    bare = plain(own_words(text))
    return any(pattern.search(bare) for pattern in _words().cease)


def plain(text: str) -> str:
    """Return a text in half width, small letters and single spaces."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).replace("’", "'").lower()).strip()


def _alone(bare: str, subject: str, words: _Words) -> Iterator[str]:
    """Yield what may be the word that the whole message, its only line, or its subject consists of."""
    for text in (bare, subject):
        said = _EDGES.sub("", text)
        if not said or len(said) > 40:
            continue
        yield said
        yield from _without_courtesy(said, words.polite)


def _without_courtesy(said: str, polite: tuple[str, ...]) -> Iterator[str]:
    """Yield the text with one polite word after the other taken off either end."""
    while True:
        cuts = (_cut(said, word, at_end=at_end) for word in polite for at_end in (False, True))
        shorter = next((one for one in cuts if one and one != said), None)
        if shorter is None:
            return
        said = shorter
        yield said


def _cut(said: str, word: str, *, at_end: bool) -> str:
    if not (said.endswith(word) if at_end else said.startswith(word)):
        return said
    rest = said[: -len(word)] if at_end else said[len(word) :]
    # a word of letters ends at a border: 'nowstop' and 'endme' are none of ours
    if word.isascii() and rest and rest[-1 if at_end else 0].isalnum():
        return said
    return _EDGES.sub("", rest)


@cache
def _words() -> _Words:
    given: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return _Words(
        tuple(sorted({plain(one) for one in given["polite"]}, key=len, reverse=True)),
        frozenset(plain(str(one)) for group in given["whole"].values() for one in group),
        frozenset(plain(str(one)) for one in given["letters"]["words"]),
        frozenset(given["letters"]["channels"]),
        tuple(_Phrase(one["channel"], re.compile(one["pattern"])) for one in given["phrases"]),
        tuple(re.compile(one) for one in given["unless"]),
        frozenset(plain(str(one)) for group in given["resume"].values() for one in group),
        tuple(re.compile(one) for one in given["cease"]),
    )
