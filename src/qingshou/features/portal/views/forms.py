"""The forms of the debtor's page: one look, what was typed kept on error, every problem named at its field."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from qingshou.features.portal.phrases.pages import PROBLEMS

_DIGITS_MAX = 15
_CODE_DIGITS_MAX = 20
# thousands, ten thousands (1,2345) or lakhs (1,00,000) apart; then a point and cents
_POINT = re.compile(r"(?:[0-9]+|[0-9]{1,4}(?:,[0-9]{2,4})*,[0-9]{3,4})(?:\.[0-9]{1,2})?")
_COMMA = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]{1,2}")


@dataclass(slots=True)
class Field:
    """One field. `kind`: text, money, area, radio, select, file, date. Options: (value, words, hint)."""

    name: str
    label: object
    kind: str = "text"
    hint: object = ""
    options: Sequence[tuple[str, object, object]] = ()
    value: str = ""
    problem: object = ""
    unit: str = ""
    is_optional: bool = False
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def described_by(self) -> str:
        """Return the ids of what explains the field, for who cannot see it."""
        ids = [f"{self.name}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.name}-problem"] if self.problem else ids)


def set_problem(fields: Sequence[Field], name: str, problem: str) -> None:
    """Name a problem at its field; at the first one where the field is not there."""
    found = next((one for one in fields if one.name == name), fields[0])
    found.problem = PROBLEMS.get(problem, problem)


def amount_given(text: str) -> Decimal | None:
    """Read an amount as people type it on a telephone: a currency sign in front, thousands apart, full-width digits.

    A comma with one or two digits behind it can only be the decimal one ('100,50' is no ten thousand and fifty). What
    could be read in two ways ('1.000') is read in none.
    """
    bare = unicodedata.normalize("NFKC", text).strip().lstrip("¥￥$€£NT")
    bare = re.sub(r"\s", "", bare)
    if len(bare) > _DIGITS_MAX:
        return None
    if _POINT.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    if _COMMA.fullmatch(bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    return None


def digits_given(text: str) -> str:
    """Return the digits of a code as typed or pasted: blanks, dashes and full-width digits are no mistake.

    Gives   digits; empty where anything else stands there
    """
    bare = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    return bare if bare.isascii() and bare.isdigit() and len(bare) <= _CODE_DIGITS_MAX else ""


def optional(label: object) -> str:
    """Return a label with the word that it may be left empty."""
    return _("%(label)s (if you like)") % {"label": label}
