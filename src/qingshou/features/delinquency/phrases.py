"""The words of ageing, classes and figures. Codes are stored, words are made here."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLASSES: dict[str, Promise] = {
    "NORMAL": pgettext_lazy("class", "Normal"),
    "SPECIAL_MENTION": pgettext_lazy("class", "Special mention"),
    "SUBSTANDARD": pgettext_lazy("class", "Substandard"),
    "DOUBTFUL": pgettext_lazy("class", "Doubtful"),
    "LOSS": pgettext_lazy("class", "Loss"),
    "I": pgettext_lazy("class", "I: normal credit assets"),
    "II": pgettext_lazy("class", "II: special mention"),
    "III": pgettext_lazy("class", "III: collectable"),
    "IV": pgettext_lazy("class", "IV: doubtful of collection"),
    "V": pgettext_lazy("class", "V: uncollectable"),
    "STANDARD": pgettext_lazy("class", "Standard"),
    "SMA0": pgettext_lazy("class", "SMA-0"),
    "SMA1": pgettext_lazy("class", "SMA-1"),
    "SMA2": pgettext_lazy("class", "SMA-2"),
    "NPA": pgettext_lazy("class", "Non-performing asset"),
    "PERFORMING": pgettext_lazy("class", "Performing"),
    "NON_PERFORMING": pgettext_lazy("class", "Non-performing"),
    "UNCLASSIFIED": pgettext_lazy("class", "Not classified"),
}
# best first; classes of one place keep their order, what is not classified comes last
CLASS_ORDER = tuple(CLASSES)

REASONS: dict[str, Promise] = {
    "OVERDUE_DAYS": _("Days past due"),
    "DAYS_UNKNOWN": _("Days past due are unknown"),
    "NOT_COVERED": _("No text of law held covers the date"),
    "BELOW_MATERIALITY": _("Arrears below the materiality threshold"),
    "WRITTEN_OFF": _("Written off"),
    "CREDIT_IMPAIRED": _("Credit-impaired"),
    "RESTRUCTURED": _("Restructured, under observation"),
    "PLAN_OBSERVED": _("A plan was agreed and is still observed"),
    "OWN_BANK_CONTAGION": _("The borrower's other loans here are non-performing"),
    "PULLING_EFFECT": _("The borrower's other loans here are over 90 days late"),
}

STATES: dict[str, Promise] = {
    "M0": pgettext_lazy("bucket", "Current"),
    "M1": pgettext_lazy("bucket", "M1 (1-30 days)"),
    "M2": pgettext_lazy("bucket", "M2 (31-60)"),
    "M3": pgettext_lazy("bucket", "M3 (61-90)"),
    "M4": pgettext_lazy("bucket", "M4 (91-120)"),
    "M5": pgettext_lazy("bucket", "M5 (121-150)"),
    "M6": pgettext_lazy("bucket", "M6 (151-180)"),
    "M7": pgettext_lazy("bucket", "M7 (over 180)"),
    "UNKNOWN": pgettext_lazy("bucket", "Days unknown"),
    "PAID_OFF": pgettext_lazy("bucket", "Paid off"),
    "WRITTEN_OFF": pgettext_lazy("bucket", "Written off"),
    "GONE": pgettext_lazy("bucket", "Gone from the tape"),
}

STAGES: dict[str, Promise] = {
    "1": _("Stage 1"),
    "2": _("Stage 2"),
    "3": _("Stage 3"),
    "UNKNOWN": pgettext_lazy("stage", "Unknown"),
}

BASES: dict[str, Promise] = {
    "GIVEN": _("Given by the lender"),
    "OLDEST_DUE_DATE": _("From the oldest due date"),
    "SCHEDULE": _("From schedule and payments"),
    "DERIVED": _("Derived from a status or band"),
}

LINES: dict[str, Promise] = {
    "OPENING": pgettext_lazy("waterfall", "Opening"),
    "NEW": pgettext_lazy("waterfall", "New on the tape"),
    "ENTERED": pgettext_lazy("waterfall", "Entered from current"),
    "ROLLED_IN": pgettext_lazy("waterfall", "Rolled in"),
    "ROLLED_BACK_IN": pgettext_lazy("waterfall", "Rolled back in"),
    "REASSESSED_IN": pgettext_lazy("waterfall", "Days became known or unknown (in)"),
    "BALANCE_CHANGE": pgettext_lazy("waterfall", "Change of balance of those that stayed"),
    "CURED": pgettext_lazy("waterfall", "Cured"),
    "ROLLED_OUT": pgettext_lazy("waterfall", "Rolled out"),
    "ROLLED_BACK_OUT": pgettext_lazy("waterfall", "Rolled back out"),
    "REASSESSED_OUT": pgettext_lazy("waterfall", "Days became known or unknown (out)"),
    "WRITTEN_OFF": pgettext_lazy("waterfall", "Written off"),
    "PAID_OFF": pgettext_lazy("waterfall", "Paid off"),
    "GONE": pgettext_lazy("waterfall", "Gone from the tape"),
    "CLOSING": pgettext_lazy("waterfall", "Closing"),
}

MOVEMENTS: dict[str, Promise] = {
    "NEW": pgettext_lazy("movement", "New, already overdue"),
    "ENTERED": pgettext_lazy("movement", "Entered"),
    "ROLLED": pgettext_lazy("movement", "Rolled"),
    "ROLLED_BACK": pgettext_lazy("movement", "Rolled back"),
    "CURED": pgettext_lazy("movement", "Cured"),
    "CHANGED": pgettext_lazy("movement", "Class changed"),
    "WRITTEN_OFF": pgettext_lazy("movement", "Written off"),
    "CLOSED": pgettext_lazy("movement", "Closed"),
    "GONE": pgettext_lazy("movement", "Gone from the tape"),
}

PLACES: dict[str, Promise] = {
    "china": pgettext_lazy("place", "China"),
    "taiwan": pgettext_lazy("place", "Taiwan"),
    "hongkong": pgettext_lazy("place", "Hong Kong"),
    "india": pgettext_lazy("place", "India"),
    "eu": pgettext_lazy("place", "the European Union"),
    "us": pgettext_lazy("place", "the United States"),
    "uk": pgettext_lazy("place", "the United Kingdom"),
}

FIGURES: dict[str, Promise] = {
    "book": _("Loans in the book"),
    "overdue_rate": _("Overdue rate"),
    "structure_severity": _("Structure by severity"),
    "structure_class": _("Structure by regulatory class"),
    "structure_stage": _("Structure by IFRS 9 stage"),
    "structure_bucket": _("Structure by months past due"),
    "provision_class": _("Provisions by regulatory class"),
    "arrears_by": _("Arrears by product and branch"),
    "days_basis": _("How days past due are known"),
    "days_unknown": _("Days past due unknown"),
    "unclassified": _("Not classified"),
    "non_performing": _("Non-performing loans"),
    "roll_matrix": _("Roll matrix"),
    "waterfall": _("Waterfall by severity"),
    "waterfall_bucket": _("Waterfall by months past due"),
    "entry_rate": _("Entry rate"),
    "cure_rate": _("Cure rate"),
    "roll_rate": _("Roll rate"),
    "flow_rate": _("Flow rate"),
    "vintage": _("Vintage"),
}

# The formula of each figure, as docs/algorithms/figures.md has it.
HOW: dict[str, Promise] = {
    "book": _(
        "Loans on the tape of the date that are neither written off nor closed, and their outstanding principal."
    ),
    "overdue_rate": _(
        "Loans (or balance) at least 1, 30 or 90 days past due, divided by all loans in the book whose days are known."
    ),
    "structure_severity": _(
        "Loans in the book by severity: mild 1-30 days, moderate 31-90, severe over 90, then moved by the table over "
        "credit standing and amount."
    ),
    "structure_class": _("Loans in the book by the class of the regulator's text in force on the date applied."),
    "structure_stage": _("Loans in the book by IFRS 9 stage; the presumptions of 30 and 90 days are applied."),
    "structure_bucket": _("Loans in the book by months past due: days divided by 30, rounded up, at most 7."),
    "provision_class": _("Balance times the least rate of the class, each loan rounded half up to the cent."),
    "arrears_by": _("Loans at least 1 day past due: all that is past due on the date, where the tape gives it."),
    "days_basis": _("How the tape gives days past due."),
    "days_unknown": _("Loans in the book whose days past due nobody knows: they stand outside every overdue rate."),
    "unclassified": _("Loans in the book without a regulatory class, by reason."),
    "non_performing": _("Loans in the book in a class that the text in force counts as non-performing."),
    "roll_matrix": _(
        "Each loan that was in the book on the earlier date, by where it was then and where it is now. A row adds up "
        "to 100 %: cure, paid off, written off and gone from the tape included. By balance, loans weigh their balance "
        "of the earlier date."
    ),
    "waterfall": _(
        "Opening + new + entered + rolled in + change of balance of those that stayed - cured - rolled out - written "
        "off - paid off - gone = closing, to the cent. Who leaves takes the opening balance, who comes brings the "
        "closing one."
    ),
    "waterfall_bucket": _("As the waterfall by severity, for each month past due."),
    "entry_rate": _(
        "Loans current on the earlier date that are overdue now, divided by all that were current; by balance, their "
        "balance now over the balance that was current."
    ),
    "cure_rate": _(
        "Loans overdue on the earlier date that owe nothing past due now, divided by all in that bucket then."
    ),
    "roll_rate": _(
        "Loans that were in a bucket and are in the next one now, divided by all that were in it: loan by loan. By "
        "balance: their balance now over the balance of the bucket then."
    ),
    "flow_rate": _(
        "All in the next bucket now, divided by all in the bucket then: two snapshots, not loan by loan. It can exceed "
        "the roll rate, and 100 %."
    ),
    "vintage": _(
        "Of the loans granted in a month and seen on any tape, the share that was at least 30 (or 90) days past due on "
        "any date up to this one. Where the tape does not say when a loan was granted, the month in which a tape first "
        "shows it stands for it; those on the very first tape are left out."
    ),
}
CHAIN_WARNING = _(
    "A forecast that multiplies one-month matrices promises more cures than happen: a loan that was late before is "
    "late again more often, and the matrix has forgotten it. Use the direct three-month matrix."
)

COLUMNS: dict[str, Promise] = {
    "loan_id": _("Loan"),
    "borrower_id": _("Borrower"),
    "product": _("Product"),
    "branch": _("Branch"),
    "state": _("Months past due"),
    "severity": _("Severity"),
    "regulatory_class": _("Regulatory class"),
    "regulatory_reason": _("Reason"),
    "stage": _("IFRS 9 stage"),
    "overdue_days": _("Days past due"),
    "days_basis": _("Days known by"),
    "balance": pgettext_lazy("amount", "Balance"),
    "arrears": _("Arrears"),
    "provision": _("Provision"),
    "state_before": _("Then"),
    "state_after": _("Now"),
    "severity_before": _("Severity then"),
    "severity_after": _("Severity now"),
    "overdue_days_after": _("Days past due now"),
    "balance_before": _("Balance then"),
    "balance_after": _("Balance now"),
    "balance_change": _("Change"),
    "cohort": _("Month of origination"),
    "first_30_date": _("First 30 days past due"),
    "first_90_date": _("First 90 days past due"),
}
