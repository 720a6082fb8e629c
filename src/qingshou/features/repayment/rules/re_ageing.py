"""Whether arrears may be moved to new dates: by the place's law, else only where the lender says so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Article, Confidence, Reason, Verdict
from qingshou.law.us.reageing import rules as us

MAY, REFUSED = us.MAY, us.REFUSED
# of the law that is entered: open-end accounts only; closed-end loans follow the lender's own standards
_OPEN_END = "CARD"
_OBSERVED_MONTHS = 12
HOUSE = Article("house", "re-ageing", Confidence.UNVERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What of a loan decides.

    paid             since it fell overdue; with minimum_payment it says how many minimum payments were made
    re_aged_dates    of earlier re-ageings
    """

    product: str
    opened_date: date | None
    paid: Decimal
    minimum_payment: Decimal
    re_aged_dates: Sequence[date]
    is_willing: bool

    @property
    def minimum_payments(self) -> int:
        """How many whole minimum payments were made since it fell overdue."""
        return int(self.paid // self.minimum_payment) if self.minimum_payment > 0 else 0


def judge_re_age(*, jurisdiction: str, facts: AccountFacts, is_allowed_by_lender: bool, on: date) -> Verdict:
    """Judge whether a loan's arrears may be moved to new due dates: MAY, or REFUSED with every reason.

    Takes   is_allowed_by_lender  by its settings, where no law says when
    Gives   Verdict   with its articles; where only the lender allows it, the reason is ALLOWED_BY_LENDER
    Stops   NotCovered  no law of the place says when, and the lender has not allowed it
    Law     65 FR 36903 (open-end accounts in the USA, unverified)
    """
    if jurisdiction == "us" and facts.product == _OPEN_END:
        if facts.opened_date is None:
            return Verdict(REFUSED, (Reason("OPENING_UNKNOWN", {}, us.LAW.value_on("account_age", on).article),))
        return us.may_re_age(
            opened_date=facts.opened_date, minimum_payments=facts.minimum_payments,
            re_aged_dates=facts.re_aged_dates, is_willing=facts.is_willing, on=on,
        )  # fmt: skip
    if not is_allowed_by_lender:
        raise NotCovered(
            "No law entered for this place and product says when arrears may be moved to new dates, and the lender's "
            "settings do not allow it: agree on a plan instead.",
            what="re_ageing",
            jurisdiction=jurisdiction[:40],
        )
    if not facts.is_willing:
        return Verdict(REFUSED, (Reason("NOT_WILLING_AND_ABLE", {}, HOUSE),))
    return Verdict(MAY, (Reason("ALLOWED_BY_LENDER", {}, HOUSE),))


def house_observed_until(*, re_aged_on: date) -> date:
    """Return until when a re-aged loan keeps at least its class where no text of the place says it: twelve months."""
    return add_months(re_aged_on, _OBSERVED_MONTHS)
