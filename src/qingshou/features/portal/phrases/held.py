"""Words of the copy of the data held."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
