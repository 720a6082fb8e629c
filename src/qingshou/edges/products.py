"""What a lender calls its products: its own words for its codes, else the house's for the usual ones, else the code."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

USUAL: dict[str, Promise] = {
    "CONSUMER": _("Consumer loan"), "CREDIT_CARD": _("Credit card"), "CARD": _("Credit card"),
    "MORTGAGE": _("Mortgage"), "AUTO": _("Car loan"), "BUSINESS": _("Business loan"), "SME": _("Business loan"),
    "STUDENT": _("Student loan"), "PERSONAL": _("Personal loan"),
}  # fmt: skip
_NEAREST = {"zh-hans": ("zh-hans", "zh-hant", "en"), "zh-hant": ("zh-hant", "zh-hans", "en")}


def product_words(settings: Mapping[str, Any]) -> dict[str, object]:
    """Return code -> words in the reader's language.

    Takes   settings  a lender's; its `products` holds for a code either one text, or a text by language
    Gives   the usual codes in the house's words, with the lender's own in their place; a code that stands in neither
            has no words and is shown as it is, and so is one whose entry is neither a text nor a mapping of texts
    """
    own = settings.get("products")
    told: dict[str, object] = dict(USUAL)
    for code, given in own.items() if isinstance(own, Mapping) else ():
        words = _in_language(given)
        if words:
            told[str(code)] = words
    return told


def _in_language(given: object) -> str:
    """Return a text of one language, or the reader's of several, else the nearest there is."""
    if isinstance(given, str):
        return given.strip()
    if not isinstance(given, Mapping):
        return ""
    texts = {str(name).lower(): text.strip() for name, text in given.items() if isinstance(text, str) and text.strip()}
    spoken = (get_language() or "en").lower()
    order = (*_NEAREST.get(spoken, (spoken, "en")), *texts)
    return next((texts[name] for name in order if name in texts), "")
