"""Words of templates: what they are for, tones, states, variables, and what is found in a wording."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions
from qingshou.features.contact.phrases.door import CHANNELS as CONTACT_CHANNELS

ACTIONS = {
    "TEMPLATE_DRAFTED": _("Wording drafted"),
    "TEMPLATE_CHANGED": _("Draft of a wording changed"),
    "TEMPLATE_ASKED": _("Approval of a wording asked for"),
    "TEMPLATE_APPROVED": _("Wording approved"),
    "TEMPLATE_REJECTED": _("Wording rejected"),
    "TEMPLATE_RETURNED": _("Wording is a draft again"),
    "TEMPLATE_RETIRED": _("Wording retired"),
    "CONTACT_WORDS_CHANGED": _("Own words of the wording check changed"),
    "CONTACT_DETAILS_CHANGED": _("Details shown in messages changed"),
}
register_actions(ACTIONS)

APPROVALS = {
    "TEMPLATE_VERSION": _("Wording of a message"),
    "TEMPLATE_SET": _("Wordings of several messages"),
}

CODES = {
    "REMINDER_BEFORE_DUE": _("Reminder before the due date"),
    "REMINDER": _("First reminder"),
    "MISSED_PAYMENT": _("Missed payment"),
    "WE_TRIED_TO_CALL": _("We tried to call"),
    "OPTIONS": _("Options offered"),
    "CALL_BACK_ASKED": _("Call-back agreed"),
    "PROMISE_CONFIRMED": _("Promise confirmed"),
    "PROMISE_TOMORROW": _("Reminder of a promise"),
    "PROMISE_BROKEN": _("Promise not kept"),
    "DEADLINE": _("Deadline"),
    "FINAL_NOTICE": _("Last reminder of the stage"),
    "HARDSHIP_OFFER": _("Offer in hardship"),
    "PAYMENT_RECEIVED": _("Payment received"),
    "PLAN_CODE": _("Code to accept a plan"),
    "PLAN_REMINDER": _("Instalment of a plan falls due"),
    "PORTAL_LINK": _("Link to the debtor's own page"),
    "PORTAL_CODE": _("Code to open the debtor's own page"),
    "OPT_OUT_CONFIRMED": _("Opt-out confirmed"),
    "WRONG_PERSON_SORRY": _("Apology to a wrong person"),
}

CHANNELS = {code: CONTACT_CHANNELS[code] for code in ("SMS", "EMAIL", "POST")} | {
    "SOCIAL": _("Any social app"),
    **{code: CONTACT_CHANNELS[code] for code in ("WECOM", "DINGTALK", "WHATSAPP", "TELEGRAM", "LINE")},
}

TONES = {
    "FRIENDLY": pgettext_lazy("tone", "Friendly"),
    "NEUTRAL": pgettext_lazy("tone", "Neutral"),
    "FIRM": pgettext_lazy("tone", "Firm"),
    "FORMAL": pgettext_lazy("tone", "Formal"),
}

STATES = {
    "DRAFT": pgettext_lazy("wording", "Draft"),
    "PENDING": pgettext_lazy("wording", "Waits for approval"),
    "APPROVED": pgettext_lazy("wording", "In use"),
    "REJECTED": pgettext_lazy("wording", "Rejected"),
    "RETIRED": pgettext_lazy("wording", "Retired"),
}

LEVELS = {
    "ERROR": pgettext_lazy("wording", "Not allowed"),
    "WARNING": pgettext_lazy("wording", "Think again"),
}

VARIABLES = {
    "debtor_name": _("Name of the debtor"),
    "lender_name": _("Name of the lender"),
    "case_number": _("Number of the case"),
    "loan_ref_tail": _("Last four characters of the loan number"),
    "amount_due": _("Amount overdue"),
    "currency": _("Currency"),
    "due_date": _("Date of the oldest unpaid instalment"),
    "overdue_days": _("Days overdue"),
    "next_amount": _("Amount of the next instalment"),
    "next_due_date": _("Date of the next instalment"),
    "pay_by_date": _("Date by which we ask for an answer"),
    "promise_amount": _("Amount promised"),
    "promise_date": _("Date promised"),
    "call_back_date": _("Date of the call-back agreed"),
    "paid_amount": _("Amount of the last payment"),
    "paid_date": _("Date of the last payment"),
    "contact_phone": _("Telephone number of the lender"),
    "pay_link": _("Address of the lender's payment page"),
    "payment_ref": _("Reference to pay under"),
    "agent_name": _("Name of the person in charge"),
    "plan_number": _("Number of the plan"),
    "plan_amount": _("Amount of the plan's next instalment"),
    "plan_due_date": _("Date of the plan's next instalment"),
    "one_time_code": _("One-time code"),
    "code_minutes": _("Minutes for which the code is good"),
    "portal_link": _("Address of the debtor's own page"),
    "link_days": _("Days for which the link is good"),
    "opt_out_words": _("Word to reply with to opt out"),
    "today": _("Today's date"),
    "collector_notice": _("Notice of a debt collector, where the law wants it"),
}

FINDINGS = {
    "ARREST": _("Speaks of arrest, police or a crime: owing money is none"),
    "VIOLENCE": _("Threatens or intimidates"),
    "FALSE_AUTHORITY": _("Speaks as or for a court, the police or an authority"),
    "BLACKLIST": _("Threatens with a blacklist, travel, work or family"),
    "CREDIT_BUREAU": _("Speaks of the credit record: say only what is true and will be done"),
    "SHAMING": _("Threatens to make the debt public"),
    "THIRD_PERSONS": _("Threatens to tell or involve family, friends or the employer"),
    "NEW_DEBT": _("Pushes to borrow or sell in order to pay"),
    "FALSE_URGENCY": _("Presses with a deadline that does not exist"),
    "OR_ELSE": _("Reads as a threat: say what you offer instead"),
    "LEGAL": _("Speaks of legal steps though none has been decided"),
    "VISIT": _("Announces a visit: only where one is planned and allowed"),
    "INSULT": _("Insults"),
    "EXTRA_FEES": _("Asks for fees the contract and the law do not give"),
    "MISLEADING": _("Promises what nobody can give"),
    "IMPOLITE": _("The debtor is addressed formally"),
    "SHOUTING": _("Shouts"),
    "OWN_WORD": _("A word this lender does not use"),
    "TELLS_OF_DEBT": _("Tells somebody else of the debt"),
    "SUBJECT_TELLS_OF_DEBT": _("The subject line tells of the debt: others may see it"),
    "LENDER_MISSING": _("Does not say who writes"),
    "OPT_OUT_MISSING": _("Does not say how to opt out"),
    "MINI_MIRANDA_MISSING": _("Lacks the notice of a debt collector"),
    "NO_WAY_TO_ANSWER": _("Gives no telephone number to answer to"),
    "SUBJECT_MISSING": _("Has no subject"),
}

# why a template cannot be read
FAULTS = {
    "CLOSING": _("A closing brace has no opening one: write }} for the sign itself."),
    "NO_NAME": _("In braces stands the name of a variable and nothing else: {debtor_name}."),
    "UNKNOWN": _("There is no such variable: choose one of the list."),
}

# what operations on templates stop with, so that the edge finds the words
REFUSALS = (
    _("Only a draft can be changed: write a new version."),
    _("Only a draft can be handed in: one of these is none."),
    _("Two of these are versions of one template: ask for one of them."),
    _("One of these wordings no longer waits for approval."),
    _("This version cannot be retired now."),
    _("Say why: the reason is kept."),
    _("A template's code has 2 to 40 capital letters, digits and underscores."),
    _("A wording needs words."),
    _("The wording says what may not be said, or leaves out what must be said: see what is marked."),
    _("Whoever wrote at a wording cannot approve it: ask a second person."),
    _("Whoever puts wordings in cannot approve them: name a second person."),
    _("The text is too long for this channel: shorten it."),
    _("The address of the payment page begins with https://."),
    _("A word or a detail is too long: shorten it."),
    _("This is more than can be kept: take some away."),
    _("Say why: the reason is kept and shown."),
    _("There is no such wording."),
)
