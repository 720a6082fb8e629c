"""Words of offers: what they stand out by, their terms, the limits they meet, and why there are none."""

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qingshou.access.phrases import ROLES as DESK_ROLES
from qingshou.features.repayment.phrases.filled import filled
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.verdict import Reason

LABELS = {
    "BEST_VALUE": pgettext_lazy("offer", "Best value"),
    "LOWEST_INSTALMENT": pgettext_lazy("offer", "Lowest instalment"),
    "SHORTEST": pgettext_lazy("offer", "Shortest"),
    "LOWEST_COST": pgettext_lazy("offer", "Lowest cost to the debtor"),
    "ALTERNATIVE": pgettext_lazy("offer", "Another term"),
    "SETTLEMENT": pgettext_lazy("offer", "Settlement in one payment"),
    "STAGED_SETTLEMENT": pgettext_lazy("offer", "Settlement in stages"),
    "BEYOND_ROLE": pgettext_lazy("offer", "Worth more, beyond your limit"),
    "PROPOSED": pgettext_lazy("offer", "Proposed"),
}

LIMITS = {
    "TERM_MONTHS_MAX": pgettext_lazy("limit", "Term, months at most"),
    "RATE_CONCESSION_MAX": pgettext_lazy("limit", "Reduction of the rate at most"),
    "PENALTY_WAIVER_MAX": pgettext_lazy("limit", "Penalty given up at most"),
    "INTEREST_WAIVER_MAX": pgettext_lazy("limit", "Interest given up at most"),
    "COSTS_WAIVER_MAX": pgettext_lazy("limit", "Costs given up at most"),
    "PRINCIPAL_CONCESSION_MAX": pgettext_lazy("limit", "Principal given up at most"),
    "SETTLEMENT_CONCESSION_MAX": pgettext_lazy("limit", "Forgiven in a settlement at most"),
    "SETTLEMENT_STAGES_MAX": pgettext_lazy("limit", "Payments of a settlement at most"),
    "GRACE_MONTHS_MAX": pgettext_lazy("limit", "Months of grace at most"),
    "STEP_UP_MAX": pgettext_lazy("limit", "Rise of a step at most"),
    "INSTALMENT_MIN": pgettext_lazy("limit", "Smallest instalment"),
    "RATE_MAX": pgettext_lazy("limit", "Yearly rate by law at most"),
}

STANDINGS = {
    "WITHIN": pgettext_lazy("limit", "within"),
    "AT": pgettext_lazy("limit", "at the limit"),
    "PASSED": pgettext_lazy("limit", "beyond"),
}

SCHEDULE_KINDS = {
    "EQUAL": pgettext_lazy("schedule", "Equal instalments"),
    "EQUAL_PRINCIPAL": pgettext_lazy("schedule", "Equal principal"),
    "FIXED_AMOUNT": pgettext_lazy("schedule", "A fixed amount until settled"),
}

GRACES = {
    "NONE": pgettext_lazy("schedule", "No grace"),
    "INTEREST_ONLY": pgettext_lazy("schedule", "Interest only at first"),
    "NOTHING": pgettext_lazy("schedule", "Nothing to pay at first"),
}

FREQUENCIES = {
    "MONTH": pgettext_lazy("schedule", "Monthly"),
    "FORTNIGHT": pgettext_lazy("schedule", "Fortnightly"),
    "WEEK": pgettext_lazy("schedule", "Weekly"),
}

DAY_COUNTS = {
    "ACT_365": pgettext_lazy("schedule", "Actual days of 365"),
    "ACT_360": pgettext_lazy("schedule", "Actual days of 360"),
    "THIRTY_360": pgettext_lazy("schedule", "Months of 30 days"),
}

ROLLS = {
    "NONE": pgettext_lazy("schedule", "Due on the day itself"),
    "NEXT_WORKDAY": pgettext_lazy("schedule", "Due on the next workday"),
    "PREVIOUS_WORKDAY": pgettext_lazy("schedule", "Due on the workday before"),
}

# who may make an offer: the desk's roles, the debtor's own page, and nobody
ROLES: Mapping[str, object] = {
    **DESK_ROLES,
    "DEBTOR": pgettext_lazy("offer", "The debtor alone"),
    "NOBODY": pgettext_lazy("offer", "Nobody"),
}

REASONS = {
    "NO_LAW_OF_OFFERS": _("No law on offers is entered for this place: only the lender's limits were applied."),
    "CONTRACT_DATE_NOT_KNOWN": _("The contract's date is not known: the cap on the rate was not judged."),
    "RATE_CAP_NOT_ENTERED": _("No cap on the rate is entered for a contract of %(contract_date)s: it was not judged."),
    "NO_RATE_CAP": _("A text exempts this kind of lender from the cap on the rate."),
    "NOTHING_TO_PAY_FROM": _("Nothing is left to pay from (%(disposable)s a month): no plan can be kept."),
    "BELOW_INSTALMENT_MIN": _("At most %(high)s can be borne, under the smallest instalment of %(least)s."),
    "NO_TERM_FITS": _(
        "Even with every concession over %(months)s months no plan fits: the smallest instalment is %(smallest)s, "
        "and %(high)s can be borne. The rule that ends the term: %(rule)s."
    ),
    "ONLY_BEYOND_ROLE": _("What fits lies beyond your limit: %(needs_role)s may agree to it."),
    "NO_LUMP_SUM": _("No settlement in one payment: it is more than the money at hand (%(lump_sum)s) and %(high)s."),
    "NO_STAGES": _("No settlement in stages: the payments would pass %(high)s a month."),
    "WAY_HARDSHIP": _("What is left: the hardship desk. Contact pauses while it looks into the case."),
    "WAY_TOKEN_PAYMENT": _("What is left: a token payment of %(amount)s a month, until things are better."),
    "ABOVE_BAND": _("%(amount)s is more than can be borne (%(high)s)."),
    "BELOW_BAND": _("%(amount)s is less than could be borne (%(low)s)."),
    "ABOVE_MEANS": _("%(amount)s is more than the money at hand and a month's share together (%(high)s)."),
    "HOLIDAYS_NOT_KNOWN": _("From %(from_date)s the holidays are not published yet: due dates stay as counted."),
    "TOO_SMALL": _("The debt is too small for so many instalments."),
    "BELOW_INTEREST": _("An instalment would not cover its own interest."),
    "NOT_SETTLED": _("The amount does not settle the debt within the term."),
}


def offer_reason_words(reason: Reason) -> str:
    """Return why, as a whole sentence in the language in force; a code without words shows itself."""
    return filled(REASONS, reason, {"needs_role": ROLES, "role": ROLES})


def beyond_words(needs_role: str) -> str:
    """Return who may agree to what lies beyond the reader's own limit."""
    return gettext("This lies beyond your limit: %(role)s may agree to it.") % {
        "role": ROLES.get(needs_role, needs_role)
    }


def unpayable_words(refusal: QingshouError) -> object:
    """Return why no schedule of such terms exists."""
    code = str(refusal.fields.get("reason", ""))
    return REASONS[code] if code in REASONS and "%(" not in str(REASONS[code]) else gettext(refusal.message)
