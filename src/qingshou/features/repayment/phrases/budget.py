"""Words of income and expenditure: forms, headings, groups, sources, and why the figures are what they are."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.features.repayment.phrases.filled import filled
from qingshou.kernel.verdict import Reason

FORMS = {
    "SHORT": pgettext_lazy("budget", "Short form"),
    "FULL_CN": pgettext_lazy("budget", "Household form (China)"),
    "FULL_SFS": pgettext_lazy("budget", "Standard Financial Statement (United Kingdom)"),
}

SIDES = {
    "INCOME": pgettext_lazy("budget", "Income"),
    "PRIORITY": pgettext_lazy("budget", "Priority debts"),
    "ESSENTIAL": pgettext_lazy("budget", "Essential costs"),
    "FLEXIBLE": pgettext_lazy("budget", "Flexible costs"),
    "SAVINGS": pgettext_lazy("budget", "Savings"),
    "DEBT": pgettext_lazy("budget", "Other debts"),
}

GROUPS = {
    "INCOME": pgettext_lazy("budget", "Income"),
    "HOUSEHOLD": pgettext_lazy("budget", "Household"),
    "DEBTS": pgettext_lazy("budget", "Debts"),
    "HOUSING": pgettext_lazy("budget", "Housing"),
    "FAMILY": pgettext_lazy("budget", "Family"),
    "LIVING": pgettext_lazy("budget", "Living"),
    "EARNINGS": pgettext_lazy("budget", "Earnings"),
    "BENEFITS_CREDITS": pgettext_lazy("budget", "Benefits and tax credits"),
    "PENSIONS": pgettext_lazy("budget", "Pensions"),
    "OTHER": pgettext_lazy("budget", "Other"),
    "HOME_CONTENTS": pgettext_lazy("budget", "Home and contents"),
    "UTILITIES": pgettext_lazy("budget", "Utilities"),
    "CARE_HEALTH": pgettext_lazy("budget", "Care and health"),
    "TRANSPORT": pgettext_lazy("budget", "Transport and travel"),
    "SCHOOL": pgettext_lazy("budget", "School"),
    "PENSIONS_INSURANCES": pgettext_lazy("budget", "Pensions and insurances"),
    "OTHER_ESSENTIAL": pgettext_lazy("budget", "Other essential costs"),
    "COMMUNICATIONS_LEISURE": pgettext_lazy("budget", "Communications and leisure"),
    "FOOD_HOUSEKEEPING": pgettext_lazy("budget", "Food and housekeeping"),
    "PERSONAL": pgettext_lazy("budget", "Personal costs"),
    "SAVINGS": pgettext_lazy("budget", "Savings"),
    "PRIORITY_DEBTS": pgettext_lazy("budget", "Priority debts"),
    "NON_PRIORITY_DEBTS": pgettext_lazy("budget", "Non-priority debts"),
}

HEADINGS = {
    "INCOME_OWN": pgettext_lazy("budget", "Own income"),
    "INCOME_OTHER": pgettext_lazy("budget", "Other income"),
    "HOUSING": pgettext_lazy("budget", "Rent or mortgage"),
    "LIVING": pgettext_lazy("budget", "Living costs"),
    "DEPENDANTS": pgettext_lazy("budget", "Children and others cared for"),
    "PRIORITY_DEBTS": pgettext_lazy("budget", "Priority debts"),
    "OTHER_DEBTS": pgettext_lazy("budget", "Other debts"),
    "SALARY": pgettext_lazy("budget", "Salary"),
    "BUSINESS_INCOME": pgettext_lazy("budget", "Business income"),
    "PENSION": pgettext_lazy("budget", "Pension"),
    "SPOUSE_INCOME": pgettext_lazy("budget", "Partner's income"),
    "RENT_INCOME": pgettext_lazy("budget", "Rent received"),
    "FAMILY_SUPPORT": pgettext_lazy("budget", "Support from family"),
    "BENEFITS": pgettext_lazy("budget", "Benefits"),
    "CHILD_BENEFIT": pgettext_lazy("budget", "Child benefit"),
    "RENT": pgettext_lazy("budget", "Rent"),
    "MORTGAGE": pgettext_lazy("budget", "Mortgage"),
    "PROPERTY_FEE": pgettext_lazy("budget", "Property management fee"),
    "UTILITIES_TELECOM": pgettext_lazy("budget", "Water, electricity, gas and telephone"),
    "MAINTENANCE": pgettext_lazy("budget", "Maintenance of parents and children"),
    "CHILD_CARE": pgettext_lazy("budget", "Child care"),
    "ADULT_CARE": pgettext_lazy("budget", "Adult care"),
    "EDUCATION": pgettext_lazy("budget", "Education"),
    "MEDICAL": pgettext_lazy("budget", "Medical costs"),
    "SOCIAL_INSURANCE": pgettext_lazy("budget", "Social insurance"),
    "INSURANCE": pgettext_lazy("budget", "Insurance"),
    "FOOD": pgettext_lazy("budget", "Food"),
    "CLOTHING": pgettext_lazy("budget", "Clothing"),
    "TRANSPORT": pgettext_lazy("budget", "Transport"),
    "VEHICLE": pgettext_lazy("budget", "Vehicle"),
    "LIVING_OTHER": pgettext_lazy("budget", "Other living costs"),
    "GIFTS": pgettext_lazy("budget", "Gifts and social occasions"),
    "TAX_ARREARS": pgettext_lazy("budget", "Tax owed"),
    "MAINTENANCE_ARREARS": pgettext_lazy("budget", "Maintenance owed"),
    "COURT_ENFORCEMENT": pgettext_lazy("budget", "Court fines and enforcement"),
    "SECURED_DEBTS": pgettext_lazy("budget", "Secured debts"),
    "RENT_ARREARS": pgettext_lazy("budget", "Rent owed"),
    "COUNCIL_TAX": pgettext_lazy("budget", "Council tax"),
    "COUNCIL_TAX_ARREARS": pgettext_lazy("budget", "Council tax owed"),
    "UTILITY_ARREARS": pgettext_lazy("budget", "Energy and water owed"),
    "HOME_INSURANCE": pgettext_lazy("budget", "Home insurance"),
    "APPLIANCES": pgettext_lazy("budget", "Rent of appliances"),
    "TV_LICENCE": pgettext_lazy("budget", "Television licence"),
    "ELECTRICITY": pgettext_lazy("budget", "Electricity"),
    "GAS": pgettext_lazy("budget", "Gas"),
    "WATER": pgettext_lazy("budget", "Water"),
    "PENSION_PAYMENTS": pgettext_lazy("budget", "Pension contributions"),
    "PROFESSIONAL": pgettext_lazy("budget", "Professional costs"),
    "OTHER_ESSENTIAL": pgettext_lazy("budget", "Other essential costs"),
    "COMMUNICATIONS_LEISURE": pgettext_lazy("budget", "Communications and leisure"),
    "FOOD_HOUSEKEEPING": pgettext_lazy("budget", "Food and housekeeping"),
    "PERSONAL": pgettext_lazy("budget", "Personal costs"),
    "SAVINGS": pgettext_lazy("budget", "Savings"),
}

SOURCES = {
    "STATED": pgettext_lazy("budget", "Told by the debtor"),
    "DOCUMENT": pgettext_lazy("budget", "Shown by a document"),
    "TRANSACTIONS": pgettext_lazy("budget", "Taken from transactions"),
    "BUREAU": pgettext_lazy("budget", "From a credit bureau"),
}

EVERY = {
    "WEEK": pgettext_lazy("every", "a week"),
    "FORTNIGHT": pgettext_lazy("every", "a fortnight"),
    "FOUR_WEEKS": pgettext_lazy("every", "every four weeks"),
    "MONTH": pgettext_lazy("every", "a month"),
    "QUARTER": pgettext_lazy("every", "a quarter"),
    "HALF_YEAR": pgettext_lazy("every", "half a year"),
    "YEAR": pgettext_lazy("every", "a year"),
}

WILLINGNESS = {
    "WILLING": pgettext_lazy("willingness", "Wants to pay"),
    "HESITANT": pgettext_lazy("willingness", "Hesitates"),
    "REFUSES": pgettext_lazy("willingness", "Refuses to pay"),
    "UNKNOWN": pgettext_lazy("willingness", "Not known"),
}

REASONS = {
    "STRONGER_SOURCE": _("%(heading)s: %(counted)s counts (%(by)s), not %(amount)s (%(source)s)."),
    "INCOME_HAIRCUT": _("%(heading)s: %(amount)s is not counted, for it rests on %(source)s only."),
    "LIVING_FLOOR": _("Living floor of %(place)s: %(amount)s a month for this household."),
    "FLOOR_OF_WIDER_PLACE": _("No living floor is entered for %(asked)s: that of %(place)s is taken."),
    "NO_LIVING_FLOOR": _("No living floor is entered for this place and date: what was told is taken as it is."),
    "RAISED_TO_FLOOR": _("Living costs lie under the living floor: %(amount)s a month is added to reach %(floor)s."),
    "SAVINGS": _("%(amount)s a month may be put by, at most %(most)s."),
    "BALANCES_NOT_KNOWN": _("What other creditors are owed is not known: what is paid to them goes off instead."),
    "PRO_RATA": _(
        "Shared with other creditors by what each is owed (us %(ours)s, them %(theirs)s): ours is %(amount)s."
    ),
    "NO_SPENDING_GUIDE": _("No spending guideline is entered: costs were not compared with one."),
    "GUIDE_OF_OTHER_YEAR": _("The spending guideline is of %(year)s, not of %(asked)s."),
    "ABOVE_GUIDE": _("%(heading)s: %(amount)s lies above the guideline of %(guide)s. Ask why, and write it down."),
    "NOTHING_LEFT": _("Nothing is left for a plan (%(amount)s a month)."),
    "BAND": _("An instalment can be borne from %(low)s to %(high)s a month; the band is %(width_pct)s %% wide."),
    "ONLY_STATED": _("No figure is proved: the band is wider for it."),
}


def budget_reason_words(reason: Reason) -> str:
    """Return why, as a whole sentence in the language in force; a code without words shows itself."""
    named: Mapping[str, Mapping[str, object]] = {"heading": HEADINGS, "source": SOURCES, "by": SOURCES}
    return filled(REASONS, reason, named)


LEFT = pgettext_lazy("budget", "Left for us")
AT_MOST = pgettext_lazy("budget", "Instalment at most")
