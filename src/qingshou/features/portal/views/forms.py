"""The forms of the debtor's page: one look, what was typed kept on error, every problem named at its field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from qingshou.features.portal.phrases.pages import PROBLEMS

_DIGITS_MAX = 15


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
    """Read an amount as people type it: thousands apart by comma or blank, a currency sign in front."""
    bare = text.strip().lstrip("¥￥$€£NT").replace(",", "").replace("，", "").replace(" ", "")
    if not bare or len(bare) > _DIGITS_MAX or not bare.replace(".", "", 1).isdigit() or not bare.isascii():
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def date_given(text: str) -> date | None:
    """Read a date of a form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def optional(label: object) -> str:
    """Return a label with the word that it may be left empty."""
    return _("%(label)s (if you like)") % {"label": label}
