"""What the law bounds in an offer, whoever makes it: the term of a card plan, the yearly rate of all charges."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qingshou.features.repayment.rules.offer_policy import LimitKind
from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.china.caps import rate_cap
from qingshou.law.china.card_2011 import rules as card

_CHINA = "CN"
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class LawLimit:
    """One limit of law with its article."""

    kind: LimitKind
    most: Decimal
    article: Article


@dataclass(frozen=True, slots=True)
class LawLimits:
    """The limits that bind an offer on a date; the reasons say what is not entered."""

    limits: tuple[LawLimit, ...]
    reasons: tuple[Reason, ...]

    def of(self, kind: LimitKind) -> LawLimit | None:
        """Return the strictest limit of a kind."""
        found = [one for one in self.limits if one.kind is kind]
        return min(found, key=lambda one: one.most) if found else None


def law_limits(
    *, place: str, product: str, on: date, lender_kind: str, contract_date: date | None, is_aided: bool = False
) -> LawLimits:
    """Return what the law bounds.

    Takes   place          'CN', 'CN-31' ...; other places have no limits of offers entered
            lender_kind    as in law.china.caps: BANK, PRIVATE, MICRO_LOAN, ...
            contract_date  day the loan was made; None: not known, and the cap is not judged
    Gives   LawLimits      card plans of at most five years (art. 70); the cap on the rate; never an error for a date
                           outside the texts: it is said among the reasons
    Law     信用卡办法 70; 法发〔2017〕22号 item 2; 民间借贷规定 25; 金规〔2025〕9号
    """
    if place.partition("-")[0] != _CHINA:
        return LawLimits((), (Reason("NO_LAW_OF_OFFERS", {"place": place}),))
    limits: list[LawLimit] = []
    reasons: list[Reason] = []
    if product == card.PRODUCT and on in card.LAW.in_force:
        years = card.LAW.value_on("plan_term_max", on)
        most = Decimal(years.last_whole * MONTHS_A_YEAR)
        limits.append(LawLimit(LimitKind.TERM_MONTHS_MAX, most, years.article))
    if contract_date is None:
        reasons.append(Reason("CONTRACT_DATE_NOT_KNOWN", {}))
        return LawLimits(tuple(limits), tuple(reasons))
    try:
        # a plan is agreed now: what it charges is judged as if filed today
        cap = rate_cap(
            lender_kind=lender_kind, contract_date=contract_date, on=on, filed_date=on, is_aided=is_aided
        )  # fmt: skip
    except NotCovered:
        reasons.append(Reason("RATE_CAP_NOT_ENTERED", {"lender_kind": lender_kind, "contract_date": contract_date}))
        return LawLimits(tuple(limits), tuple(reasons))
    if cap.rate is None:
        reasons.append(Reason("NO_RATE_CAP", {"lender_kind": lender_kind}, cap.articles[0] if cap.articles else None))
    else:
        weakest = max(cap.articles, key=lambda one: list(Confidence).index(one.confidence))
        limits.append(LawLimit(LimitKind.RATE_MAX, cap.rate, weakest))
    return LawLimits(tuple(limits), tuple(reasons))
