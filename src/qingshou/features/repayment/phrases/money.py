"""Words of money: where a receipt came from and went, why, what stands on a loan's account."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qingshou.edges.figures import money
from qingshou.edges.words import actor_words
from qingshou.features.contact.phrases.door import article_words
from qingshou.kernel.verdict import Article, Confidence


class Cited(Protocol):
    """A place of law as a posting keeps it."""

    @property
    def instrument(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def confidence(self) -> str: ...


PANEL = gettext_lazy("Money")
SOURCES = {
    "BANK_FILE": gettext_lazy("Bank file"),
    "CASH": gettext_lazy("Cash desk"),
    "API": gettext_lazy("Interface"),
    "WEBHOOK": gettext_lazy("Payment provider"),
    "SPLIT": gettext_lazy("Part of a receipt"),
}
STATES = {
    "UNMATCHED": pgettext_lazy("receipt", "Nobody known"),
    "PROPOSED": pgettext_lazy("receipt", "To be confirmed"),
    "APPLIED": pgettext_lazy("receipt", "On debts"),
    "REVERSED": pgettext_lazy("receipt", "Reversed"),
    "REFUNDED": pgettext_lazy("receipt", "Given back"),
    "SPLIT": pgettext_lazy("receipt", "Split over debtors"),
}
STATE_TONES = {"UNMATCHED": "bad", "PROPOSED": "note", "APPLIED": "good", "REVERSED": "", "REFUNDED": "",
               "SPLIT": "good"}  # fmt: skip
# kinds of what is owed, and the lender's own accounts
ACCOUNTS = {
    "COSTS": pgettext_lazy("debt", "Costs"),
    "PENALTY": pgettext_lazy("debt", "Penalty"),
    "INTEREST": pgettext_lazy("debt", "Interest"),
    "PRINCIPAL": pgettext_lazy("debt", "Principal"),
    "UNSPLIT": pgettext_lazy("debt", "Not split up"),
    "TAPE": gettext_lazy("Booked by the core system"),
    "RECOVERED": gettext_lazy("Recovered after charge-off"),
    "REFUNDED": pgettext_lazy("account", "Given back to the payer"),
    "WAIVED": pgettext_lazy("account", "Given up"),
    "CHARGED": pgettext_lazy("account", "Charged"),
    "CHARGED_OFF": pgettext_lazy("account", "Charged off"),
    "FROZEN": pgettext_lazy("account", "Never owed: charges stood still"),
    "UNAPPLIED": pgettext_lazy("account", "On no debt yet"),
}
# what stands in a statement of account
MOVEMENTS = {
    "TAPE": pgettext_lazy("movement", "Set to the core system's figures"),
    "ALLOCATION": pgettext_lazy("movement", "Payment"),
    "RESTORE": pgettext_lazy("movement", "Payment taken back, owed again"),
    "WAIVER": pgettext_lazy("movement", "Given up"),
    "CHARGE": pgettext_lazy("movement", "Charged"),
    "RE_AGE": pgettext_lazy("movement", "Arrears moved to new dates"),
    "RE_AMORTISE": pgettext_lazy("movement", "Principal spread anew"),
    "CHARGE_OFF": pgettext_lazy("movement", "Charged off"),
    "STANDSTILL": pgettext_lazy("movement", "Charges stood still"),
    "REVERSAL": pgettext_lazy("movement", "Taken back"),
    "RECEIPT": pgettext_lazy("movement", "Received"),
    "REFUND": pgettext_lazy("movement", "Given back to the payer"),
}
# by which order a payment went
ORDERS = {
    "LAW": gettext_lazy("The law's order"),
    "LEGAL": gettext_lazy("The law's order"),
    "CONTRACT": gettext_lazy("The contract's order"),
    "OWN_ORDER": gettext_lazy("The lender's own order"),
    "PRINCIPAL_FIRST": gettext_lazy("The lender's policy: principal first"),
    "PRINCIPAL_FIRST_FROM_91": gettext_lazy("The lender's policy: principal first from day 91"),
}
# why cents went where they went
REASONS = {
    "DEBT_CHOSEN": gettext_lazy("the debtor chose this loan"),
    "DEBT_DUE": gettext_lazy("what is due comes before what is not"),
    "DEBT_LEAST_SECURED": gettext_lazy("this loan has the least security"),
    "DEBT_HEAVIEST_BURDEN": gettext_lazy("this loan costs the debtor most"),
    "DEBT_EARLIEST_DUE": gettext_lazy("this loan fell due first"),
    "DEBTS_PRO_RATA": gettext_lazy("loans alike in all else share by amount"),
    "DEBT_ALONE": gettext_lazy("no other loan can be paid"),
    "DEBT_LAST": gettext_lazy("this loan comes after the others"),
    "PART_BY_LAW": gettext_lazy("its kind has its turn in the law's order"),
    "PART_AGREED": gettext_lazy("its kind has its turn in the order agreed"),
    "PART_BY_POLICY": gettext_lazy("its kind has its turn in the lender's order"),
    "PART_BEFORE_DUE": gettext_lazy("nothing that is due is left open: paid before it is due"),
    "PART_UNSPLIT": gettext_lazy("the core system does not say what this amount is made of"),
    "BOOKED_BY_CORE": gettext_lazy("the core system had counted this payment in already"),
    "RECOVERED_AFTER_CHARGE_OFF": gettext_lazy("the loan was charged off: what comes now is recovered"),
    "TAKEN_BACK": gettext_lazy("money that the core system had counted in was taken back"),
    "WAIVED": gettext_lazy("given up"),
    "CHARGED": gettext_lazy("charged"),
    "RE_AGED": gettext_lazy("moved to a new due date"),
    "RE_AMORTISED": gettext_lazy("spread over a new schedule"),
    "CHARGED_OFF": gettext_lazy("charged off"),
    "TAPE": gettext_lazy("as the core system has it"),
    "NOT_ON_TAPE": gettext_lazy("the core system's figures do not show it yet"),
    "STOOD_STILL": gettext_lazy("it accrued on days on which charges stood still, and is never owed"),
    "RECEIVED": gettext_lazy("received"),
    "REVERSED": gettext_lazy("taken back"),
    "REFUNDED": gettext_lazy("given back to the payer"),
}
# why a receipt seems to be a debtor's
SIGNS = {
    "PAYMENT_REFERENCE": gettext_lazy("Our payment reference"),
    "PAYMENT_REFERENCE_BARE": gettext_lazy("Our payment reference, without its letters"),
    "LOAN_REFERENCE": gettext_lazy("Number of a loan"),
    "CASE_NUMBER": gettext_lazy("Number of the case"),
    "SHORT_REFERENCE": gettext_lazy("A short number that is also a loan's"),
    "SAME_ACCOUNT": gettext_lazy("Paid from this account before"),
    "SHARED_ACCOUNT": gettext_lazy("This account pays for several debtors"),
    "SAME_NAME": gettext_lazy("The payer bears the debtor's name"),
    "OTHER_NAME": gettext_lazy("The payer bears another name"),
    "AMOUNT_OF_PROMISE": gettext_lazy("Just what was promised"),
    "AMOUNT_OF_PLAN": gettext_lazy("Just an instalment of the plan"),
    "AMOUNT_OF_ARREARS": gettext_lazy("Just what is due"),
    "AMOUNT_OF_PAYOFF": gettext_lazy("Just all that is owed"),
    "AMOUNT_OF_INSTALMENT": gettext_lazy("Just what falls due on a day near"),
    "AMOUNT_NEAR": gettext_lazy("Nearly what is expected"),
    "DATE_NEAR": gettext_lazy("On a day near the one expected"),
    "AMOUNT_ABOVE_DEBT": gettext_lazy("More than is owed"),
}
MATCHED_BY = {**SIGNS, "LOAN_NAMED": gettext_lazy("The sender named the loan"), "REFERENCE": SIGNS["PAYMENT_REFERENCE"]}
# why it was not put on a debt at once
WAITS = {
    "TOO_WEAK": gettext_lazy("The signs are too weak to go by."),
    "NOT_UNIQUE": gettext_lazy("Somebody else fits nearly as well."),
    "MEANT_FOR_ANOTHER": gettext_lazy("It names a reference of ours that is nobody's here."),
    "MAY_BE_SAME": gettext_lazy("It may be the same booking as another file told: a person decides."),
    "UNIQUE": gettext_lazy("It was taken off a debt before, or the law of the place gives no order: a person decides."),
    "DEBT_NOT_NAMED": gettext_lazy(
        "It was taken off a debt before, or the law of the place gives no order: a person decides."
    ),
}
ENDED = {
    "AGREED": gettext_lazy("a second person agreed"),
    "BANK_RETURN": gettext_lazy("the bank took it back"),
    "PROVIDER_REVERSED": gettext_lazy("the payment provider took it back"),
    "JOINED": gettext_lazy("the parts were joined again"),
}
LEDGER_STATES = {
    "OPEN": pgettext_lazy("ledger", "Open"),
    "SETTLED": pgettext_lazy("ledger", "Settled"),
    "CHARGED_OFF": pgettext_lazy("ledger", "Charged off"),
    "UNKNOWN": pgettext_lazy("ledger", "Unknown"),
}


def reason_words(codes: Iterable[str]) -> str:
    """Return why cents went where they went: first why this loan, then why this part."""
    return "; ".join(str(REASONS.get(code, code)) for code in codes)


def cited_words(articles: Iterable[Cited]) -> str:
    """Return the places of law with how sure we are of them."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in articles:
        places = found.setdefault((one.instrument, one.confidence), [])
        if one.article not in places:
            places.append(one.article)
    return "; ".join(
        article_words(Article(instrument, ", ".join(places), Confidence(confidence)))
        for (instrument, confidence), places in found.items()
    )


def ended_words(code: str) -> str:
    """Return why a receipt ended; behind a colon stands which file told it."""
    return str(ENDED.get(code.partition(":")[0], code))


def amounts_words(asked: Mapping[str, Any], currency: str) -> list[tuple[str | Promise, str]]:
    """Return what of a debt is asked to be given up, kind by kind; kept with the request."""
    return [
        (ACCOUNTS.get(kind, kind), f"{money(Decimal(text), currency)} {currency}")
        for kind, text in asked.get("amounts", {}).items()
    ]


def matched_words(code: str, people: Mapping[str, str] | None = None) -> str:
    """Return by what a receipt was matched: a rule's words, or the person."""
    return str(MATCHED_BY.get(code) or actor_words(code, people)) if code else _("Nobody yet")
