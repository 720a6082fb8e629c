"""Filling a template: names in braces become values, once; nothing else is ever looked at.

`{name}` is a variable of the fixed list, `{{` and `}}` are literal braces. A value that looks like a template stays
what it is: values are never read again. Control characters, characters without width and those that turn the direction
of writing never reach a message.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from qingshou.features.contact.templating.variables import VARIABLES
from qingshou.kernel.errors import BadInput

LENGTH_MAX = 20_000  # characters of a template, and of a message made of it
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_PLACE_SHOWN = 30
# joiners of emoji and of scripts that need them; every other format character goes
_KEPT = frozenset("\u200c\u200d")


class BadTemplate(BadInput):
    """A template cannot be read; `position` is the character at which it fails, `line` its line."""

    code = "BAD_TEMPLATE"


class MissingValue(BadInput):
    """A variable the template needs has no value for this debtor; `variables` names all of them."""

    code = "MISSING_VALUE"


class TooLong(BadInput):
    """A template, a value or the message made of them is longer than it may be."""

    code = "MESSAGE_TOO_LONG"


def render(text: str, values: Mapping[str, str], *, most: int = LENGTH_MAX, one_line: bool = False) -> str:
    """Return the text with its variables replaced.

    Takes   values    variable -> text; what the text does not use is not looked at
            most      highest number of characters of the result
            one_line  for a subject: line ends become spaces
    Stops   BadTemplate   what is in braces is no variable, or a brace is not closed; with its position
            MissingValue  a variable has no value; all missing ones are named
            TooLong       the result, or one value, is longer than it may be
    """
    pieces = _cut(text)
    tidied = {piece: tidy(values.get(piece) or "", one_line=True) for piece, is_name in pieces if is_name}
    missing = sorted(
        name
        for name, value in tidied.items()
        if not value and (values.get(name) is None or not VARIABLES[name].may_be_empty)
    )
    if missing:
        raise MissingValue(
            f"These variables have no value for this debtor: {', '.join(missing)}. "
            "Choose a template without them, or complete the case.",
            variables=missing,
        )
    parts: list[str] = []
    length = 0
    for piece, is_name in pieces:
        part = _fitting(piece, tidied[piece]) if is_name else piece
        length += len(part)
        if length > most:
            raise TooLong(f"The message would be longer than {most} characters: shorten the template.", most=most)
        parts.append(part)
    return tidy("".join(parts), one_line=one_line)


def variables_in(text: str) -> list[str]:
    """Return the variables a template uses, each once, in the order of their first use; stops with BadTemplate."""
    return list(dict.fromkeys(piece for piece, is_name in _pieces(text) if is_name))


def tidy(text: str, *, one_line: bool = False) -> str:
    """Return a text without control and direction characters, line ends alike, no spaces at line ends."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")  # nearly every value: of all white space the space alone is printable
    lines = [text] if one_line else text.split("\n")
    if all(line.isprintable() for line in lines):  # nearly always: nothing to take out, no sign to look at singly
        plain = text
    else:
        plain = "".join(_kept(character) for character in text.replace("\r\n", "\n").replace("\r", "\n"))
    if one_line:
        return re.sub(r"\s+", " ", plain).strip()
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip()


@lru_cache(maxsize=512)
def _cut(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the pieces of a template, cut once however many messages are made of it."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Give each stretch of text and each variable's name, with whether it is a name."""
    if len(text) > LENGTH_MAX:
        raise TooLong(f"A template has at most {LENGTH_MAX} characters.", most=LENGTH_MAX)
    begin = at = 0
    while at < len(text):
        character = text[at]
        if character not in "{}":
            at += 1
            continue
        if text[at : at + 2] in ("{{", "}}"):
            yield text[begin : at + 1], False
            at += 2
            begin = at
            continue
        if character == "}":
            raise _bad(text, at, "CLOSING", "A closing brace has no opening one: write }} for the sign itself.")
        if begin < at:
            yield text[begin:at], False
        name = _NAME.match(text, at + 1)
        end = name.end() if name else at + 1
        if name is None or text[end : end + 1] != "}":
            raise _bad(text, at, "NO_NAME", "In braces stands the name of a variable and nothing else: {debtor_name}.")
        if name.group() not in VARIABLES:
            raise _bad(text, at, "UNKNOWN", f"There is no variable '{name.group()}': choose one of the list.")
        yield name.group(), True
        at = begin = end + 1
    if begin < len(text):
        yield text[begin:], False


def _bad(text: str, at: int, fault: str, why: str) -> BadTemplate:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return BadTemplate(
        f"Line {line}, character {column}: {why}",
        fault=fault, position=at, line=line, column=column, given=text[at : at + _PLACE_SHOWN],
    )  # fmt: skip


def _fitting(name: str, value: str) -> str:
    """Return a value, tidied already, as it goes into a message; stops where it is longer than such a value is."""
    most = VARIABLES[name].length_max
    if len(value) > most:
        raise TooLong(f"The value of '{name}' is longer than {most} characters: correct the case.", variable=name)
    return value


def _kept(character: str) -> str:
    if character == "\n" or character in _KEPT:
        return character
    if character in "\t\u2028\u2029\x0b\x0c\x85":
        return " "
    # Cc control, Cf format (direction, no width), Cs half a pair, Co private use, Cn not a character
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") else character
