"""Words of the negotiation desk: what is recorded of budgets and offers, and what is wrong with a budget's fields."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "BUDGET_TAKEN": _("Income and spending taken"),
    "BUDGET_SIGNED_BY_WORD": _("Budget told by word signed off over a recorded call"),
    "OFFERS_SEARCHED": _("Offers searched"),
    "OFFER_WORKED_OUT": _("Own terms worked out"),
}
register_actions(ACTIONS)

PROBLEMS = {
    "FORM_UNKNOWN": _("Choose one of the forms."),
    "HEADING_UNKNOWN": _("The form has no such heading."),
    "HOUSEHOLD_UNFIT": _("Count at least one grown person, and at most 30 people."),
    "WILLINGNESS_UNKNOWN": _("Choose one of the list."),
    "SOURCE_UNKNOWN": _("Choose where the figure comes from."),
    "EVERY_UNKNOWN": _("Choose how often it is paid."),
    "DOCUMENT_MISSING": _("Name the document that shows this figure."),
    "DOCUMENT_NOT_FILED": _("This document is not filed with the case."),
    "BALANCE_NOT_HERE": _("What is owed in all belongs to debts only."),
    "AMOUNT_UNREADABLE": _("Write the amount as a number, for example 1234.50."),
    "AMOUNT_BELOW_ZERO": _("Write what is received or spent as a positive number."),
    "AMOUNT_TOO_LARGE": _("The amount is too large."),
    "AMOUNT_TOO_FINE": _("The amount has more decimals than its currency."),
    "TWICE": _("This heading stands twice with the same source."),
    "NOTHING_TOLD": _("Write down at least one amount."),
    "NOTE_TOO_LONG": _("The note has at most 2000 characters."),
}

PANEL = _("Agreements")
PROMISE = _("Promise")

ORIGINS = {
    "DESK": _("At the desk"),
    "CALL": _("On a call"),
    "PORTAL": _("The debtor's page"),
    "API": _("From another system"),
}

# our own tables behind a limit or a figure, by the first word of the instrument
TABLES = {
    "offer_policy": _("Offer policy"),
    "living_floors": _("Living floors"),
    "spending_guide": _("Spending guideline"),
    "form": _("Form of the budget"),
}

# the rules of the house's own offer policy; a lender's rule of another name stands by that name
POLICY_RULES = {
    "TERM": pgettext_lazy("policy rule", "the term"),
    "TERM_CARD": pgettext_lazy("policy rule", "the term of cards"),
    "RATE": pgettext_lazy("policy rule", "the rate"),
    "PENALTY": pgettext_lazy("policy rule", "penalty"),
    "INTEREST": pgettext_lazy("policy rule", "interest"),
    "COSTS": pgettext_lazy("policy rule", "costs"),
    "PRINCIPAL": pgettext_lazy("policy rule", "principal"),
    "SETTLEMENT": pgettext_lazy("policy rule", "settlements"),
    "STAGES": pgettext_lazy("policy rule", "the payments of a settlement"),
    "GRACE": pgettext_lazy("policy rule", "grace"),
    "STEP": pgettext_lazy("policy rule", "steps"),
    "INSTALMENT_MIN": pgettext_lazy("policy rule", "the smallest instalment"),
}
