"""Why something about money cannot be done, by the code of the refusal, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.edges.words import settings_words
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.lender_settings import SettingsUnfit

REFUSALS = {
    "UNFIT_AMOUNT": gettext_lazy("The amount must be above zero, no finer than its currency, no more than there is."),
    "CASH_FORM_USED": gettext_lazy(
        "This form was sent before with another amount: look at the day's papers, and open the cash desk anew for "
        "another payment."
    ),
    "NOTHING_TO_PAY_ON": gettext_lazy("The debtor has no loan in this currency that the money could be put on."),
    "NOT_COVERED": gettext_lazy(
        "No law of this place that gives the order of payment is entered for the day. Set the lender's own order in "
        "the settings, or put the money on a loan by hand."
    ),
    "RECEIPT_ENDED": gettext_lazy("This receipt was reversed or given back, or is another debtor's: look at it again."),
    "NOTHING_UNAPPLIED": gettext_lazy("Nothing, or less than that, is left of this receipt."),
    "NOTHING_APPLIED": gettext_lazy("This receipt stands on no debt: match it instead."),
    "ALREADY_REVERSED": gettext_lazy("This receipt was reversed before."),
    "PARTLY_REFUNDED": gettext_lazy("Part of this receipt was given back before: settle with bank and payer first."),
    "RECEIPT_MOVED": gettext_lazy("Somebody moved this receipt at the same moment: look again."),
    "PART_OF_RECEIPT": gettext_lazy("This is a part of a receipt split over several debtors: act on the whole of it."),
    "NOT_SPLIT": gettext_lazy("This receipt is not split, or no longer: look at it again."),
    "NOTHING_OPEN": gettext_lazy("Nothing is open on this loan that this could change."),
    "NEW_DATES_UNFIT": gettext_lazy(
        "New due dates lie ahead, a month apart, each with an amount, for what is open now."
    ),
    "PRINCIPAL_DUE": gettext_lazy(
        "Principal of this loan is due already: have it paid, or move the arrears first. Spread over a new schedule it "
        "would no longer show as overdue."
    ),
    "NO_SUCH_DIFFERENCE": gettext_lazy("There is no such difference between books and tape."),
    "DIFFERENCE_SETTLED": gettext_lazy("This difference has been settled already."),
    "GIVEN_UP_BY_PLAN": gettext_lazy("A plan that is kept has given this up: have the core system book it."),
    "REASON_MISSING": gettext_lazy("Say why, in a few words: it is kept in the record."),
    "NO_SUCH_LOAN": gettext_lazy("This loan has no account: it is closed, or its tape does not tell what is owed."),
    "UNFIT_LEDGER_ACT": gettext_lazy("Name at least one kind of what is owed, with an amount."),
    "APPROVAL_ALREADY_ASKED": gettext_lazy("This has been asked for already and waits to be decided."),
}
AMOUNTS = {
    "NOT_ABOVE_ZERO": gettext_lazy("The amount must be above zero."),
    "TOO_FINE": gettext_lazy("The amount has more decimals than its currency."),
    "SHARES_TOO_MUCH": gettext_lazy("The shares are more than the receipt: lower them."),
}


def money_refusal_words(refusal: QingshouError) -> str:
    """Return why it was refused; a refusal of the page itself is in words already."""
    why = str(refusal.fields.get("why", ""))
    if refusal.code == "UNFIT_AMOUNT" and why in AMOUNTS:
        return str(AMOUNTS[why])
    if isinstance(refusal, SettingsUnfit):
        return settings_words(refusal)
    return str(REFUSALS[refusal.code]) if refusal.code in REFUSALS else _(refusal.message)
