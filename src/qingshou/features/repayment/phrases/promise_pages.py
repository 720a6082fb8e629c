"""Words of the lists of promises and plans: shelves, and how each figure is counted."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SHELVES = {
    "DUE_TODAY": pgettext_lazy("promises", "Due today"),
    "DUE_SOON": pgettext_lazy("promises", "Within seven days"),
    "IN_GRACE": pgettext_lazy("promises", "Past their date, in grace"),
    "BROKEN": pgettext_lazy("promises", "Not kept, last 30 days"),
    "OPEN": pgettext_lazy("promises", "All open"),
    "KEPT": pgettext_lazy("promises", "Kept, last 30 days"),
    "ALL": pgettext_lazy("promises", "All"),
}

PLAN_SHELVES = {
    "AT_RISK": pgettext_lazy("plans", "At risk"),
    "BROKEN": pgettext_lazy("plans", "Broken, can be made good"),
    "DUE_SOON": pgettext_lazy("plans", "Due within seven days"),
    "WAITING": pgettext_lazy("plans", "Waiting"),
    "ACTIVE": pgettext_lazy("plans", "In force"),
    "ENDED": pgettext_lazy("plans", "Ended"),
    "ALL": pgettext_lazy("plans", "All"),
}

FIGURES = {
    "kept": _(
        "Promises due in the period of which enough was paid between the day they were made and their date with grace, "
        "divided by all promises due in it. Those still in grace count as due and not as kept."
    ),
    "paid": _("What was paid against promises due in the period, divided by what was promised in them."),
    "broken": _("Promises due in the period that are not kept, not taken back, not struck out and not open."),
    "today": _("Open promises whose date is today, over the cases chosen on the left."),
}

SHELF_EMPTY = {
    "AT_RISK": _("Plans in force with an instalment late or missed stand here, so that you call before they break."),
    "BROKEN": _("Plans that broke and can still be made good stand here."),
    "DUE_SOON": _("Plans with an instalment due within seven days stand here."),
    "WAITING": _("Plans that wait for a second person or for the debtor stand here."),
    "ACTIVE": _("Plans in force stand here."),
    "ENDED": _("Plans that were kept, broken for good, replaced or taken back stand here."),
    "ALL": _("Plans you agree on with debtors stand here."),
}
