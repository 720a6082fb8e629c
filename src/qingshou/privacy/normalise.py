"""One spelling for each personal value, so that equal values meet in the blind index and masks look alike."""

import re
import unicodedata
from collections.abc import Callable

from qingshou.privacy.kinds import PersonalKind

_SPACES = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_NOT_DIGITS = re.compile(r"[^0-9]+", re.ASCII)
_CHINA = re.compile(r"^(?:0086|86)(?=1[0-9]{10}$)", re.ASCII)


def normalised(kind: PersonalKind, text: str) -> str:
    """Return the one spelling of a value: full width to half width, no spaces, and what the kind asks for."""
    return _BY_KIND[kind](_SPACES.sub("", unicodedata.normalize("NFKC", text)))


def _phone(text: str) -> str:
    """Digits only; the prefixes +86 and 0086 of a mainland mobile number, and 00 for +, are one."""
    digits = _CHINA.sub("", _NOT_DIGITS.sub("", text))
    return digits.removeprefix("00")


def _name(text: str) -> str:
    # the middle dots people type between the parts of a transcribed name
    return re.sub(r"[·•・‧∙.]", "", text).casefold()


_BY_KIND: dict[PersonalKind, Callable[[str], str]] = {
    PersonalKind.NAME: _name,
    PersonalKind.NATIONAL_ID: lambda text: re.sub(r"[-()]", "", text).upper(),
    PersonalKind.PHONE: _phone,
    PersonalKind.EMAIL: str.lower,
    PersonalKind.ADDRESS: str.casefold,
    PersonalKind.BIRTH_DATE: lambda text: _NOT_DIGITS.sub("", text),
    PersonalKind.EMPLOYER: str.casefold,
    PersonalKind.NOTE: str.casefold,
}
