"""Words of best time: acts, kinds of days, bands of hours, features."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "TIMING_FITTED": _("Best time learnt from the contacts so far"),
    "TIMING_CHOSEN": _("Best time and channel chosen"),
    "TIMING_TIED": _("Contacts noted against the choices they came of"),
    "TIMING_REWARDED": _("Answers counted for the choices of best time"),
}
register_actions(ACTIONS)

DAYS = {
    "WORK": pgettext_lazy("day", "Monday to Friday"),
    "SAT": pgettext_lazy("day", "Saturday"),
    "REST": pgettext_lazy("day", "Sunday or holiday"),
}

WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)

# what is judged off-line, in the order of the page
VALUES = {
    "policy": _("This way of choosing"),
    "done": _("The choices as they were made"),
    "fixed": _("The best fixed time and channel of the past"),
    "even": _("Even chances"),
}
GAINS = {
    "over_done": _("More than the choices as they were made"),
    "over_fixed": _("More than the best fixed time and channel"),
    "over_even": _("More than even chances"),
}
