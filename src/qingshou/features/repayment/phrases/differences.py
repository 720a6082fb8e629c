"""Words of where our books and the tape differ."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.edges.words import actor_words
from qingshou.features.repayment.phrases.money import MOVEMENTS

TITLE = _("Books and tape differ")
KINDS = {kind: MOVEMENTS[kind] for kind in ("WAIVER", "CHARGE", "RE_AGE", "RE_AMORTISE")}
STATES = {
    "OPEN": pgettext_lazy("difference", "Not on the tape"),
    "BOOKED": pgettext_lazy("difference", "On the tape by now"),
    "CONFIRMED": pgettext_lazy("difference", "In the core system, somebody says"),
    "TAKEN_BACK": pgettext_lazy("difference", "Ours taken back"),
    "OVER": pgettext_lazy("difference", "Nothing left to differ"),
}
TONES = {"OPEN": "bad", "BOOKED": "good", "CONFIRMED": "good", "TAKEN_BACK": "", "OVER": ""}


def settled_words(code: str, people: Mapping[str, str] | None = None) -> str:
    """Return who settled a difference: a tape, or one of our people."""
    return str(_("The tape")) if code == "tape" else actor_words(code, people)
