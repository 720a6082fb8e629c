"""Words of calls: outcomes, branches and steps of the script, the identity check, options, promises."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "CALL_BEGUN": _("Call begun"),
    "CALL_IDENTITY_CHECKED": _("Identity checked on a call"),
    "CALL_IDENTITY_FAILED": _("Identity check on a call failed"),
    "CALL_SAVED": _("Call written up"),
    "CALL_ABANDONED": _("Call never made: taken back"),
    "CALL_RECORDING_STORED": _("Recording of a call stored"),
    "PROMISE_TAKEN": _("Promise to pay taken"),
}
register_actions(ACTIONS)

OUTCOMES = {
    "PROMISE": _("Promise to pay"),
    "CONVERSATION": _("Spoke, no promise"),
    "CALL_BACK": _("Asks to be called back"),
    "REFUSES": _("Refuses to pay"),
    "HARDSHIP": _("Hardship or illness"),
    "DISPUTE": _("Disputes the debt"),
    "COMPLAINT": _("Complains"),
    "CEASE": _("Wants no more contact"),
    "ATTORNEY": _("Has an attorney"),
    "HOSTILE": _("Hostile, call ended"),
    "IDENTITY_REFUSED": _("Will not say who it is"),
    "THIRD_PERSON": _("Somebody else answered"),
    "THIRD_REFUSED": _("Third person wants no calls"),
    "DECEASED": _("Told the debtor has died"),
    "WRONG_PERSON": _("Wrong number"),
    "VOICEMAIL_LEFT": _("Voicemail left"),
    "VOICEMAIL_FULL": _("Voicemail, no message possible"),
    "NO_ANSWER": _("No answer"),
    "BUSY": _("Engaged"),
    "ANNOUNCEMENT": _("Announcement only"),
    "NOT_IN_SERVICE": _("Number not in service"),
    "DROPPED": _("Cut off"),
}

# what saving with an outcome brings about, shown beside it before it is saved
EFFECTS = {
    "CEASE": _("All contact with this person stops at once."),
    "DISPUTE": _("Contact about the debt stops until the dispute is answered."),
    "COMPLAINT": _("Contact stops until the complaint is answered."),
    "ATTORNEY": _("From now on only the attorney may be contacted."),
    "HARDSHIP": _("Contact stops while hardship is assessed; with illness only the specialist desk goes on."),
    "DECEASED": _("Contact stops: the death is to be confirmed."),
    "THIRD_REFUSED": _("This number is not called again."),
    "WRONG_PERSON": _("This number is struck for this debtor."),
}

STEPS = {
    "GREETING": _("Greeting"),
    "IDENTITY": _("Identity"),
    "PURPOSE": _("Why we call"),
    "REASON": _("Reason"),
    "OPTIONS": _("Options"),
    "COMMITMENT": _("Commitment"),
    "PLAN": _("Plan"),
    "CLOSE_PROMISE": _("Close with a promise"),
    "CLOSE_OPEN": _("Close without a date"),
    "PAID_ALREADY": _("Says it is paid"),
    "DISPUTE": _("Disputes the debt"),
    "HARDSHIP": _("Hardship or illness"),
    "REFUSAL": _("Refuses to pay"),
    "CALL_BACK": _("Call back"),
    "ATTORNEY": _("Has an attorney"),
    "CEASE": _("Wants no more contact"),
    "COMPLAINT": _("Complaint"),
    "HOSTILE": _("Hostile"),
    "REFUSES_IDENTITY": _("Will not identify"),
    "WRONG_PERSON": _("Wrong number"),
    "THIRD_PERSON": _("Somebody else answered"),
    "THIRD_ASKS": _("Asks what it is about"),
    "THIRD_CLOSE": _("Message passed on"),
    "THIRD_REFUSES": _("Wants no calls"),
    "THIRD_GREETING": _("Greeting of a third person"),
    "THIRD_LOCATE": _("How to reach the debtor"),
    "DECEASED": _("The debtor has died"),
    "VOICEMAIL": _("Voicemail"),
    "UNREACHED": _("Nobody answers"),
}

BRANCHES = {
    "SPEAKING": _("It is the debtor"),
    "THIRD_PERSON": _("Somebody else answers"),
    "WRONG_PERSON": _("Wrong number"),
    "VOICEMAIL": _("Voicemail"),
    "NO_ANSWER": _("No answer"),
    "CALL_BACK": _("Not now, call back"),
    "HOSTILE": _("Angry or insulting"),
    "CEASE": _("Do not call again"),
    "PASSED": _("Identity passed"),
    "REFUSES_IDENTITY": _("Will not identify"),
    "ATTORNEY": _("Has an attorney"),
    "LISTENS": _("Listens"),
    "PAID_ALREADY": _("Says it is paid"),
    "DISPUTES": _("Disputes it"),
    "HARDSHIP": _("Hardship or illness"),
    "COMPLAINS": _("Complains"),
    "REASON_GIVEN": _("Gives a reason"),
    "REFUSES": _("Will not pay"),
    "ACCEPTS": _("Accepts an option"),
    "WANTS_PLAN": _("Wants instalments"),
    "AGREED": _("Date and amount agreed"),
    "NO_DATE": _("No date yet"),
    "THINKS_AGAIN": _("Thinks again"),
    "CALMS_DOWN": _("Calms down: go back"),
    "HANDS_OVER": _("Hands over to the debtor"),
    "WILL_PASS_ON": _("Will pass a message on"),
    "ASKS_WHAT": _("Asks what it is about"),
    "DECEASED": _("Says the debtor has died"),
    "KNOWS": _("Knows the debtor"),
}

HINTS = {
    "GREETING": _("Say your name and ask for the debtor. Nothing of the debt, not even that there is one."),
    "IDENTITY": _("Ask; do not read anything out. Type what is said."),
    "PURPOSE": _("State the amount, then wait."),
    "REASON": _("Listen. Note the reason, not a judgement."),
    "OPTIONS": _("Offer only what is listed."),
    "COMMITMENT": _("A date and an amount the person can keep are worth more than a large promise."),
    "CLOSE_PROMISE": _("Repeat date, amount and way; press p to note the promise."),
    "HARDSHIP": _("Stop asking for payment. Ask whether help is needed."),
    "DISPUTE": _("Do not argue. Ask what is wrong and note it."),
    "CEASE": _("Confirm once and end the call."),
    "HOSTILE": _("Stay calm, do not answer in kind. You may end the call."),
    "THIRD_PERSON": _("Never mention the debt, nor the lender unless the law here says so."),
    "THIRD_ASKS": _("A personal matter; nothing more."),
    "THIRD_GREETING": _("Only ask how the debtor can be reached."),
    "THIRD_LOCATE": _("Note a new number in the note; do not say why."),
    "VOICEMAIL": _("Say this and nothing else: others may hear it."),
    "REFUSES_IDENTITY": _("They are right to be careful. Give the official number only."),
    "WRONG_PERSON": _("Apologise and end the call. The number is struck when you save."),
}

TONES = {
    "FRIENDLY": pgettext_lazy("tone", "Friendly"),
    "NEUTRAL": pgettext_lazy("tone", "Neutral"),
    "FIRM": pgettext_lazy("tone", "Firm"),
    "FORMAL": pgettext_lazy("tone", "Formal"),
}

FACTS = {
    "NAME": _("Says the full name"),
    "NATIONAL_ID_LAST4": _("Last 4 of the identity number"),
    "BIRTH_DATE": _("Birth date"),
    "ADDRESS_CITY": _("City of the address on file"),
    "EMPLOYER": _("Employer"),
    "LOAN_LAST4": _("Last 4 of the contract number"),
}

OPTIONS = {
    "PAY_NOW": _("Pay all now"),
    "PART_NOW": _("Pay a part now, the rest by a date"),
    "DUE_DATE_CHANGE": _("Move the due date to pay-day"),
    "INSTALMENT_PLAN": _("Instalment plan: refer"),
    "HARDSHIP": _("Hardship: refer to the specialist"),
}

PAY_BY = {
    "TRANSFER": pgettext_lazy("pay by", "Bank transfer"),
    "CARD": pgettext_lazy("pay by", "Card"),
    "APP": pgettext_lazy("pay by", "App or wallet"),
    "DIRECT_DEBIT": pgettext_lazy("pay by", "Direct debit"),
    "CASH": pgettext_lazy("pay by", "At the counter"),
}

# how an attempt of any channel ended, for the history
ENDED = {
    "PENDING": pgettext_lazy("attempt", "Open"),
    "CONVERSATION": pgettext_lazy("attempt", "Spoke with the person"),
    "THIRD_PERSON": pgettext_lazy("attempt", "Somebody else answered"),
    "WRONG_PERSON": pgettext_lazy("attempt", "Wrong person"),
    "DROPPED": pgettext_lazy("attempt", "Cut off"),
    "NO_ANSWER": pgettext_lazy("attempt", "No answer"),
    "VOICEMAIL_LEFT": pgettext_lazy("attempt", "Voicemail left"),
    "VOICEMAIL_FULL": pgettext_lazy("attempt", "Voicemail, no message possible"),
    "ANNOUNCEMENT": pgettext_lazy("attempt", "Announcement only"),
    "BUSY": pgettext_lazy("attempt", "Engaged"),
    "NOT_IN_SERVICE": pgettext_lazy("attempt", "Number not in service"),
    "SENT": pgettext_lazy("attempt", "Sent"),
    "DELIVERED": pgettext_lazy("attempt", "Delivered"),
    "FAILED": pgettext_lazy("attempt", "Failed"),
    "RELEASED": pgettext_lazy("attempt", "Never made"),
}

LANGUAGES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}

# what stands beside the title of a case, and over its panel of contact
CALL = pgettext_lazy("verb", "Call")
PANEL = _("Contact")
