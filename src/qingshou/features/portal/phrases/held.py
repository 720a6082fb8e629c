"""Words of the copy of the data held."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.features.portal.phrases.pages import (
    ASKS,
    CHANNELS,
    INSTALMENT_STATES,
    KINDS,
    MOVEMENTS,
    PLAN_STATES,
    STATES,
)

SECTIONS = {
    "as_of": pgettext_lazy("copy", "Day"), "given_at": pgettext_lazy("copy", "Given at"),
    "person": pgettext_lazy("copy", "You"), "numbers_and_addresses": _("Numbers and addresses"),
    "loans": pgettext_lazy("copy", "Loans"), "payments": pgettext_lazy("copy", "Payments"),
    "plans": pgettext_lazy("copy", "Plans"), "hardships": pgettext_lazy("copy", "Hard times"),
    "documents": pgettext_lazy("copy", "Documents"), "contacts": pgettext_lazy("copy", "Contacts"),
    "stops": pgettext_lazy("copy", "Stops"), "consents": pgettext_lazy("copy", "Consents"),
    "asked_for_here": _("Asked for on this page"),
}  # fmt: skip

VALUES = {
    "name": pgettext_lazy("copy", "Name"), "national_id": _("Identity number"), "birth_date": _("Birth date"),
    "address": pgettext_lazy("copy", "Address"), "employer": pgettext_lazy("copy", "Employer"),
    "number": pgettext_lazy("copy", "Number"), "language": pgettext_lazy("copy", "Language"),
    "region": pgettext_lazy("copy", "Region"), "time_zone": _("Time zone"), "kind": pgettext_lazy("copy", "Kind"),
    "value": pgettext_lazy("copy", "Value"), "source": pgettext_lazy("copy", "Where from"),
    "still_used": _("Still used"), "product": pgettext_lazy("copy", "Product"),
    "currency": pgettext_lazy("copy", "Currency"), "state": pgettext_lazy("copy", "State"),
    "lender_books_as_of": _("Lender's books as of"), "due_now": _("Due now"), "due_since": _("Due since"),
    "in_all": _("In all"), "parts_due": _("Parts due"), "movements": _("Movements"),
    "date": pgettext_lazy("copy", "Date"), "amount": pgettext_lazy("copy", "Amount"),
    "balance": pgettext_lazy("copy", "Balance"), "reference": pgettext_lazy("copy", "Reference"),
    "went_to": _("Where it went"), "loan": pgettext_lazy("copy", "Loan"), "part": pgettext_lazy("copy", "Part"),
    "due_date": _("Due date"), "articles": pgettext_lazy("copy", "Articles"), "total": pgettext_lazy("copy", "Total"),
    "accepted_at": _("Accepted at"), "ends_on": _("Ends on"), "due_on": _("Due on"),
    "paid": pgettext_lazy("copy", "Paid"), "from": pgettext_lazy("copy", "From"),
    "until": pgettext_lazy("copy", "Until"), "type": pgettext_lazy("copy", "Type"),
    "bytes": pgettext_lazy("copy", "Bytes"), "stored_at": _("Stored at"), "at": pgettext_lazy("copy", "At"),
    "channel": pgettext_lazy("copy", "Channel"), "direction": pgettext_lazy("copy", "Direction"),
    "outcome": pgettext_lazy("copy", "Outcome"), "subject": pgettext_lazy("copy", "Subject"),
    "body": pgettext_lazy("copy", "Words"), "given": pgettext_lazy("copy", "Given"),
    "said": pgettext_lazy("copy", "What you told us"), "answer": pgettext_lazy("copy", "Our answer"),
    "PRINCIPAL": pgettext_lazy("owed", "Principal"), "INTEREST": pgettext_lazy("owed", "Interest"),
    "PENALTY": pgettext_lazy("owed", "Penalty"), "COSTS": pgettext_lazy("owed", "Fees and costs"),
    "UNSPLIT": pgettext_lazy("owed", "Not told apart"),
}  # fmt: skip

LANGUAGES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
YES_NO = {"True": pgettext_lazy("copy", "Yes"), "False": pgettext_lazy("copy", "No")}
_REACHED = {**CHANNELS, "VISIT": pgettext_lazy("copy", "Visit"), "": "–"}

# what a code says to the debtor: by the section it stands in, and its name there
CODES = {
    ("person", "language"): LANGUAGES,
    ("numbers_and_addresses", "kind"): CHANNELS,
    ("numbers_and_addresses", "source"): {
        "TAPE": _("The lender's books"), "DEBTOR": pgettext_lazy("copy", "You"), "PORTAL": _("You, on this page"),
    },
    ("numbers_and_addresses", "still_used"): YES_NO,
    ("loans", "state"): {
        "OPEN": pgettext_lazy("loan", "Open"), "SETTLED": pgettext_lazy("loan", "Paid off"),
        "CHARGED_OFF": _("Written off"), "UNKNOWN": pgettext_lazy("loan", "Not known"),
    },
    ("loans", "kind"): MOVEMENTS,
    ("payments", "state"): {
        "UNMATCHED": _("Looked into"), "PROPOSED": _("Looked into"), "APPLIED": pgettext_lazy("payment", "Counted"),
        "REVERSED": _("Taken back"), "REFUNDED": pgettext_lazy("owed", "Given back to you"),
    },
    ("payments", "part"): KINDS,
    ("plans", "state"): {**PLAN_STATES, **INSTALMENT_STATES},
    ("hardships", "kind"): {
        "ILLNESS": _("Illness"), "JOB_LOSS": _("Lost the job"), "LESS_INCOME": _("Less income"),
        "BEREAVEMENT": _("A death in the family"), "FAMILY": _("Trouble in the family"), "DISASTER": _("Disaster"),
        "VULNERABLE": _("Vulnerable person"), "BREATHING_SPACE": _("Breathing space"), "OTHER": _("Other hardship"),
    },
    ("hardships", "state"): {
        "REPORTED": pgettext_lazy("hardship", "Reported"), "ACCEPTED": pgettext_lazy("hardship", "Accepted"),
        "DECLINED": pgettext_lazy("hardship", "Declined"), "ENDED": pgettext_lazy("hardship", "Ended"),
    },
    ("documents", "kind"): {
        "INCOME_PROOF": _("Proof of income"), "AGREEMENT": _("Agreement"), "SIGNED_AGREEMENT": _("Signed agreement"),
        "HARDSHIP_PROOF": _("Proof of hardship"), "DISPUTE": _("About a dispute"), "RECEIPT": _("Proof of payment"),
        "OTHER": _("Other document"),
    },
    ("contacts", "channel"): _REACHED,
    ("contacts", "direction"): {"OUT": pgettext_lazy("copy", "To you"), "IN": pgettext_lazy("copy", "From you")},
    ("contacts", "outcome"): {
        "PENDING": pgettext_lazy("copy", "Not ended"), "CONVERSATION": pgettext_lazy("copy", "Spoke with you"),
        "THIRD_PERSON": _("Somebody else answered"), "WRONG_PERSON": _("Wrong number"), "DROPPED": _("Cut off"),
        "NO_ANSWER": _("No answer"), "VOICEMAIL_LEFT": _("Voicemail left"),
        "VOICEMAIL_FULL": _("Voicemail, no message possible"), "ANNOUNCEMENT": _("Announcement only"),
        "BUSY": _("Engaged"), "NOT_IN_SERVICE": _("Number not in service"), "SENT": pgettext_lazy("message", "Sent"),
        "DELIVERED": pgettext_lazy("message", "Delivered"), "FAILED": pgettext_lazy("message", "Failed"),
        "RELEASED": pgettext_lazy("message", "Taken back"), "CODE_ASKED": _("You asked for a one-time code"),
    },
    ("stops", "kind"): {
        "CEASE": _("No contact at all"), "CHANNEL": _("Not this way"), "DISPUTE": _("You dispute the debt"),
        "COMPLAINT": _("A complaint is being looked into"), "BANKRUPTCY": _("Bankruptcy"),
        "VULNERABLE": _("Illness or crisis: specialist desk only"),
        "BREATHING_SPACE": _("Breathing space in force"), "REPRESENTED": _("An attorney acts for you"),
        "MINOR": _("A minor"), "HARDSHIP": _("Hardship being assessed"),
        "WORKPLACE": _("The employer forbids it"),
    },
    ("stops", "channel"): _REACHED,
    ("consents", "kind"): {
        "CHANNEL": _("Use of this channel"), "HOURS": _("Contact outside the hours"),
        "CALLS": _("More calls than the counters"), "WORKPLACE": _("Contact at the workplace"),
        "RECORDING": _("Recording of calls"),
    },
    ("consents", "channel"): _REACHED,
    ("consents", "given"): YES_NO,
    ("asked_for_here", "kind"): ASKS,
    ("asked_for_here", "state"): STATES,
}  # fmt: skip
