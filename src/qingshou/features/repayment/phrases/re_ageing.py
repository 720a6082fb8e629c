"""Words of moving arrears to new due dates: why it may, or may not, be done."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.edges.figures import money
from qingshou.features.contact.phrases.door import article_words
from qingshou.kernel.verdict import Article, Confidence

APPROVAL = gettext_lazy("Move arrears to new due dates")
REASONS = {
    "MAY_RE_AGE": gettext_lazy("All that the law asks for is met."),
    "ALLOWED_BY_LENDER": gettext_lazy("No law says when; the lender's settings allow it."),
    "NOT_WILLING_AND_ABLE": gettext_lazy("The debtor has not shown a renewed willingness and ability to pay."),
    "OPENING_UNKNOWN": gettext_lazy("The tape does not tell when the account was opened."),
    "ACCOUNT_TOO_YOUNG": gettext_lazy("The account is too young: from %(from)s at the earliest."),
    "TOO_FEW_PAYMENTS": gettext_lazy("Too few minimum payments since it fell overdue: %(paid)s of %(needed)s."),
    "RE_AGED_TOO_OFTEN": gettext_lazy("Moved too often in %(months)s months: %(earlier)s before, at most %(most)s."),
}


def terms_words(asked: Mapping[str, Any], currency: str) -> list[tuple[str | Promise, str]]:
    """Return what a request to move arrears asks for, and what the law says of it."""
    is_willing = _("Yes") if asked["is_willing"] else _("No")
    return [
        (_("First new due date"), str(asked["first_on"])),
        (_("How many due dates"), str(asked["instalments"])),
        (_("Least to be paid a month"), f"{money(Decimal(asked['minimum_payment']), currency)} {currency}"),
        (_("The debtor has shown a renewed willingness and ability to pay"), is_willing),
        (_("What the law says"), reasons_words(asked["reasons"])),
    ]  # fmt: skip


def reasons_words(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Return every reason as a sentence with its article and how sure we are of it."""
    said = []
    for one in reasons:
        words = REASONS.get(one["code"])
        sentence = str(words) % one if words else str(one["code"])
        if "instrument" in one:
            article = Article(one["instrument"], one["article"], Confidence(one["confidence"]))
            sentence = _("%(sentence)s %(article)s.") % {"sentence": sentence, "article": article_words(article)}
        said.append(sentence)
    return " ".join(said)
