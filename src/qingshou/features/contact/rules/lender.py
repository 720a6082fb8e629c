"""What a lender may set under `contact`: judged whole, where it is written."""

from collections.abc import Mapping
from typing import Any

from qingshou.features.contact.scripts.reading import identity_policy
from qingshou.features.contact.templating.wording import own_words_of
from qingshou.kernel.lender_settings import part_of, unfit

_ONE_OF = {
    "collector_kind": ("COLLECTOR", "CREDITOR"),
    "language": ("", "zh-hans", "zh-hant", "en"),
    "recording": ("", "CONSENT", "ALWAYS"),
}
_NAMES = frozenset({*_ONE_OF, "details", "drafts", "identity"})


def check_contact(settings: Mapping[str, Any]) -> None:
    """Stop with SettingsUnfit where `contact` holds a name or a value that nothing here reads."""
    own = part_of(settings, "contact")
    unknown = sorted(own.keys() - _NAMES)
    if unknown:
        raise unfit(f"contact.{unknown[0]}", f"the names are {', '.join(sorted(_NAMES))}")
    for name, values in _ONE_OF.items():
        if own.get(name, values[0]) not in values:
            raise unfit(f"contact.{name}", f"it is one of {', '.join(value or 'nothing' for value in values)}")
    drafts = own.get("drafts", [])
    if not isinstance(drafts, list | tuple) or not all(isinstance(one, str) for one in drafts):
        raise unfit("contact.drafts", "a list of ids of texts is expected")
    if not all(isinstance(text, str) for text in part_of(settings, "contact", "details").values()):
        raise unfit("contact.details", "texts are expected")
    identity_policy(part_of(settings, "contact", "identity"))


def check_words(settings: Mapping[str, Any]) -> None:
    """Stop with SettingsUnfit where `contact_words` holds no words by language."""
    for language in part_of(settings, "contact_words"):
        if language not in _ONE_OF["language"]:
            raise unfit(f"contact_words.{language}", "words are kept for zh-hans, zh-hant, en")
        own_words_of(settings, language)
