"""Words of the debtor's pages that stand for codes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHANNELS = {
    "PHONE": _("Telephone"), "SMS": _("Text message"), "EMAIL": _("E-mail"), "POST": _("Letter"), "WECOM": "WeCom",
    "DINGTALK": "DingTalk", "WHATSAPP": "WhatsApp", "TELEGRAM": "Telegram", "LINE": "LINE",
}  # fmt: skip

DOOR_PROBLEMS = {
    "TOO_OFTEN": _("Too many codes were asked for. Wait an hour, then try again."),
    "CHOOSE": _("Choose where the code is to go."),
    "WRONG_CODE": _("This code is not right, or no longer good. Check it, or ask for a new one."),
    "NO_DIGITS": _("Type the digits of the code."),
}

KINDS = {
    "PRINCIPAL": pgettext_lazy("owed", "Principal"), "INTEREST": pgettext_lazy("owed", "Interest"),
    "PENALTY": pgettext_lazy("owed", "Penalty"), "COSTS": pgettext_lazy("owed", "Fees and costs"),
    "UNSPLIT": pgettext_lazy("owed", "Not told apart"), "REFUNDED": pgettext_lazy("owed", "Given back to you"),
    "TAPE": pgettext_lazy("owed", "Booked by the lender's own system"),
    "RECOVERED": pgettext_lazy("owed", "On a loan that was written off"),
}  # fmt: skip

# why a cent went where it went: the few reasons a debtor needs; the rest is on the desk's own statement
WHY = {
    "DEBT_CHOSEN": _("you chose this loan"),
    "DEBT_DUE": _("what is due comes first"),
    "DEBT_LEAST_SECURED": _("the loan with less security comes first"),
    "DEBT_HEAVIEST_BURDEN": _("the loan that costs you more comes first"),
    "DEBT_EARLIEST_DUE": _("the loan that fell due first comes first"),
    "DEBTS_PRO_RATA": _("shared between loans that are alike"),
    "PART_BY_LAW": _("in the order of the law"),
    "PART_AGREED": _("in the order agreed with you"),
    "PART_BY_POLICY": _("in the lender's order"),
    "PART_BEFORE_DUE": _("paid before it is due"),
    "PART_UNSPLIT": _("its parts are not told apart"),
}

STATES = {
    "OPEN": pgettext_lazy("ask", "We are looking into it"),
    "DONE": pgettext_lazy("ask", "Done"),
    "DECLINED": pgettext_lazy("ask", "We cannot do this"),
}

ASKS = {
    "CALL_AT": _("A call at a time of your choice"),
    "PLAN": _("A plan of your own"),
    "DISPUTE": _("Something is wrong with the debt"),
    "HARDSHIP": _("A hard time"),
    "COMPLAINT": _("A complaint"),
    "CHANNELS": _("How we may reach you"),
    "DATA_COPY": _("A copy of your data"),
    "QUESTION": _("A question"),
}

# what happens next, in the second person and without a threat
NEXT = {
    "CALL_AT": _("We call you at that time. If we cannot, we write to you."),
    "PLAN": _("Somebody looks at your proposal and answers you here and in writing."),
    "DISPUTE": _("We do not ask you for this money while we look into it."),
    "HARDSHIP": _("We do not press you while we look into it. A person who knows about such times answers you."),
    "COMPLAINT": _("Somebody who did not work on your case looks into it. We leave you in peace meanwhile."),
    "CHANNELS": _("It holds from now on."),
    "DATA_COPY": _("Nothing else has to be done."),
    "QUESTION": _("Somebody answers you here."),
}

DISPUTES = {
    "NOT_MINE": _("This debt is not mine"),
    "PAID_ALREADY": _("I have paid it already"),
    "WRONG_AMOUNT": _("The amount is wrong"),
    "WRONG_CHARGES": _("Interest or fees are wrong"),
    "FRAUD": _("Somebody used my name"),
    "TOO_OLD": _("It is too old"),
    "OTHER": _("Something else"),
}

HARDSHIPS = {
    "ILLNESS": _("I am ill, or was"),
    "JOB_LOSS": _("I lost my job"),
    "LESS_INCOME": _("I earn less than before"),
    "BEREAVEMENT": _("Somebody close to me died"),
    "FAMILY": _("Separation, a birth, or somebody I care for"),
    "DISASTER": _("Flood, fire, earthquake or another disaster"),
    "VULNERABLE": _("I need help with matters like this"),
    "BREATHING_SPACE": _("I am in a breathing space of the law"),
    "OTHER": _("Something else"),
}

PROOFS = {
    "INCOME_PROOF": _("Proof of income"),
    "HARDSHIP_PROOF": _("Proof of a hard time"),
    "DISPUTE": _("Something about what is wrong with the debt"),
    "OTHER": _("Something else"),
}

PROBLEMS = {
    "CHOOSE": _("Choose one."),
    "MISSING": _("Fill this in."),
    "NOTHING_OPEN": _("Nothing is open that could be paused."),
    "NOT_OFFERED": _("This time is no longer free. Choose another one."),
    "NO_AMOUNT": _("Give an amount such as 500 or 500.50."),
    "NO_DAY": _("Give a day from 1 to 31."),
    "NO_PLAN": _("With this amount the debt would not end. Try a larger one."),
    "NOT_NOW": _("This cannot be agreed just now: another plan waits, or its time is over."),
    "NO_PROVIDER": _("This way to pay cannot be reached just now. Try again, or pay by bank transfer."),
    "TOO_LITTLE": _("Give an amount above zero."),
    "TOO_MUCH": _("This is more than is owed."),
    "TOO_LARGE": _("The file is too large."),
    "WRONG_TYPE": _("We can take PDF files and photographs (JPEG, PNG, HEIC)."),
    "NAME_DIFFERS": _("The ending of the file's name is not that of its content. Save it again, or send a photograph."),
    "BROKEN": _("The file is broken. Save it again, or send a photograph."),
    "ENCRYPTED": _("The PDF is locked. Save it without a password, or send a photograph."),
    "TOO_HEAVY": _("The file is too large to be opened. Send a photograph."),
    "INFECTED": _("A virus was found in the file. It was not kept. Send a photograph instead."),
    "NO_SCAN": _("Files cannot be checked just now, so yours was not kept. Try again in a few minutes."),
    "TOO_OFTEN": _("Many files came from your network. Try again in an hour."),
    "HOSTILE": _("This file holds something that starts by itself. Print it to a plain PDF, or send a photograph."),
    "EMPTY": _("The file is empty."),
    "TOO_MANY": _("You have sent many files today. Send more tomorrow."),
    "BAD_HOURS": _("The hours begin before they end."),
    "WRONG_CODE": _("This code is not right, or no longer good. Check it, or ask for a new one."),
    "NOT_SENT": _("The code could not be sent. Try again later, or call us."),
}

PLAN_STATES = {
    "AWAITING_APPROVAL": _("We are looking at it"),
    "AWAITING_ACCEPTANCE": _("Waits for your yes"),
    "ACTIVE": _("In force"),
    "KEPT": _("Kept: thank you"),
    "BROKEN": _("A payment is missing"),
    "CANCELLED": _("Taken back"),
    "SUPERSEDED": _("Another plan took its place"),
    "EXPIRED": _("Its time is over"),
}

INSTALMENT_STATES = {
    "DUE": _("To come"), "PAID": _("Paid"), "LATE": _("Please pay"), "MISSED": _("Not paid"),
    "DROPPED": _("Not asked for any more"),
}  # fmt: skip

OFFERS = {
    "BEST_VALUE": _("Balanced"),
    "LOWEST_INSTALMENT": _("Lowest payment each time"),
    "SHORTEST": _("Soonest done"),
    "LOWEST_COST": _("Costs least in all"),
    "SETTLEMENT": _("One last payment"),
    "STAGED_SETTLEMENT": _("A few last payments"),
    "ALTERNATIVE": _("Another length"),
    "PROPOSED": _("Your own proposal"),
}

PAYMENT_STATES = {
    "MADE": _("Not begun"), "PENDING": _("On its way"), "PAID": _("Arrived"), "FAILED": _("Did not come through"),
    "EXPIRED": _("Not paid in time"),
}  # fmt: skip

# what moved a loan
MOVEMENTS = {
    "TAPE": _("As the lender's books say"),
    "ALLOCATION": _("Payment"),
    "RESTORE": _("Put back"),
    "WAIVER": _("Given up by the lender"),
    "CHARGE": _("Charge"),
    "RE_AGE": _("Counted as due later"),
    "RE_AMORTISE": _("New schedule"),
    "CHARGE_OFF": _("Written off"),
    "STANDSTILL": _("Charges stood still: not owed"),
    "REVERSAL": _("Taken back"),
}
