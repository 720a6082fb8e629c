"""Words for action codes: each package registers its own, and a test finds codes without words."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_words: dict[str, "str | Promise"] = {}
_reasons: dict[str, Mapping[str, "str | Promise"]] = {}


def register_actions(actions: Mapping[str, "str | Promise"]) -> None:
    """Make a package's action codes known; a code has one meaning only."""
    for code, words in actions.items():
        if code in _words and str(_words[code]) != str(words):
            raise ValueError(f"action {code} is registered twice")
        _words[code] = words


def action_words(code: str) -> str:
    """Return what is shown for an action, in the language in force; an unknown code shows itself."""
    return str(_words.get(code, code))


def register_reasons(words: Mapping[str, "str | Promise"], *, of: Iterable[str]) -> None:
    """Make the codes known that these actions keep as their reason; other reasons are people's own words."""
    _reasons.update(dict.fromkeys(of, words))


def reason_words(action: str, reason: str) -> str:
    """Return an action's reason as shown: a code in words, what a person wrote as it is."""
    return str(_reasons.get(action, {}).get(reason, reason))


def known_actions() -> frozenset[str]:
    """Return every registered code."""
    return frozenset(_words)


ACTIONS = {
    "PERSONAL_FACTS_ERASED": _("Personal facts erased"),
}
register_actions(ACTIONS)
