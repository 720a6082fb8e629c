"""Words of codes that every feature shares; a feature's own codes have theirs in its phrases.py."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.kernel.lender_settings import SettingsUnfit

SEVERITIES: dict[str, Promise] = {
    "NONE": pgettext_lazy("severity", "Not overdue"),
    "MILD": pgettext_lazy("severity", "Mild"),
    "MODERATE": pgettext_lazy("severity", "Moderate"),
    "SEVERE": pgettext_lazy("severity", "Severe"),
    "LEGAL": pgettext_lazy("severity", "Legal action"),
    "DISPOSAL": pgettext_lazy("severity", "Disposal"),
    "CLOSED": pgettext_lazy("severity", "Closed"),
    "UNKNOWN": pgettext_lazy("severity", "Unknown"),
}

LANGUAGES = (("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English"))

ERRORS: dict[int, tuple[Promise, Promise]] = {
    400: (
        _("This request cannot be read"),
        _("Something in the address or the form is not as it should be. Go back and try again."),
    ),
    403: (
        _("This is not open to you"),
        _("Your role does not allow this page. Ask your team lead or administrator if your work needs it."),
    ),
    404: (
        _("There is nothing here"),
        _("The page does not exist, or not for your role. Check the address, or search by name, loan or case number."),
    ),
    503: (
        _("A setting has to be corrected first"),
        _("What stands in the lender's settings cannot be used. Ask whoever runs this installation."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("The fault has been recorded. Nothing you saved before is lost. Try again in a minute."),
    ),
}

_SETTINGS_UNFIT = _(
    "“%(key)s” in your lender's settings cannot be used as it stands, so this cannot be done. Nothing was changed. "
    "Whoever runs this installation can correct it: the command “qingshou lender settings” says what is wrong."
)

STALE_FORM = _(
    "This form was open too long or its cookie is missing. Go back, load the page again and send it once more."
)

_MACHINES = {
    "system": pgettext_lazy("actor", "the system"),
    "exchange": pgettext_lazy("actor", "the exchange"),
    "portal": pgettext_lazy("actor", "the debtor's own page"),
}


def settings_words(error: SettingsUnfit) -> str:
    """Return in the reader's language which setting stands in the way, and who can correct it."""
    return str(_SETTINGS_UNFIT) % {"key": error.fields.get("key", "")}


def actor_words(name: str, people: Mapping[str, str] | None = None) -> str:
    """Return who did something as shown: the house's own machines in words, a person by name where `people` has it,
    else by the sign-in name."""
    return str(_MACHINES.get(name) or (people or {}).get(name, name))
