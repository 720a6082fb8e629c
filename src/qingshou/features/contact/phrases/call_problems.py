"""What is missing or does not fit when a call is written up, and what the operations on calls refuse with."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "OUTCOME_MISSING": _("Choose how the call ended."),
    "IDENTITY_NOT_CHECKED": _("This can only be saved when the identity check has passed."),
    "IDENTITY_WAS_CHECKED": _("The identity check passed, so somebody was spoken with: choose what came of it."),
    "REASON_UNKNOWN": _("Choose a reason of the list."),
    "REASON_MISSING": _("The debtor was spoken with: choose the reason for the arrears."),
    "NOTE_TOO_LONG": _("The note is too long: 2,000 characters at most."),
    "OPTION_NOT_OPEN": _("Only what is listed may be offered in this case."),
    "PROMISE_MISSING": _("Note the promise: amount, date and way of paying."),
    "PROMISE_WITHOUT_OUTCOME": _("A promise is noted: choose the outcome that says so."),
    "AMOUNT_UNREADABLE": _("Give the amount as a number, for example 1,200.50."),
    "AMOUNT_NOT_ABOVE_ZERO": _("The amount must be above zero."),
    "AMOUNT_TOO_FINE": _("The amount has more decimals than the currency."),
    "AMOUNT_ABOVE_BALANCE": _("The amount is above everything that is owed."),
    "DATE_MISSING": _("Give the date."),
    "DATE_PAST": _("The date must be today or later."),
    "DATE_TOO_LATE": _("The date is later than a promise may be: refer to a plan instead."),
    "PAY_BY_MISSING": _("Choose how it will be paid."),
    "NEXT_ACTION_MISSING": _("Choose what comes next."),
}

# the refusals of the operations on calls, word for word as they are raised
REFUSALS = (
    _("You have a call that is not written up: save it, or take it back if it was never made."),
    _("This call was made: write it up, also when nobody answered."),
    _("This call is written up already: begin a new one."),
    _("There is no open call on this case: begin one."),
    _("First the identity check: nothing of the debt before it passes."),
    _("The identity was checked already."),
    _("The identity cannot be checked on this call: say nothing of the debt and end it politely."),
    _("This call has a recording already: another one is not put in its place."),
    _("The recording is empty: choose another file."),
    _("This is no sound we know: give WAV, Ogg, MP3, MP4, WebM or FLAC."),
)
