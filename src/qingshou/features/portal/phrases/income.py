"""Words of the short form of income and spending, as the debtor is asked."""

from django.utils.translation import gettext_lazy as _

EVERY = "MONTH"

FIGURES = {
    "INCOME_OWN": _("What you earn in a month"),
    "INCOME_OTHER": _("Other money that comes in each month"),
    "HOUSING": _("Rent or mortgage in a month"),
    "LIVING": _("Food, power, transport and the like in a month"),
    "DEPENDANTS": _("Children and others you care for, in a month"),
    "PRIORITY_DEBTS": _("Debts that cannot wait, in a month"),
    "OTHER_DEBTS": _("What you pay on other debts in a month"),
}
HINTS = {
    "INCOME_OWN": _("After tax and insurance."),
    "INCOME_OTHER": _("A pension, support, rent you receive, what others in the household add."),
    "PRIORITY_DEBTS": _("Arrears of rent, power, taxes or maintenance."),
}
PROBLEMS = {
    "AMOUNT_UNREADABLE": _("Give an amount such as 500 or 500.50."),
    "NOTHING_TOLD": _("Give at least one figure."),
    "HOUSEHOLD_UNFIT": _("Give a number of people."),
}
