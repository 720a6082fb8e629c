"""What the law of a place says of a plan: does collection stop while it is kept, how is the loan observed after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Reason, Verdict
from qingshou.law.china.card_2011 import rules as card
from qingshou.law.facts import ClassificationFacts
from qingshou.law.limitation.door import effect_of
from qingshou.law.limitation.terms import Effect, Event, Limitation
from qingshou.law.restructuring import observation_of
from qingshou.law.restructuring_terms import Observation

CHINA = "china"
CARD = card.PRODUCT
_ALLOWED = "ALLOWED"


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What of a loan the law looks at when a plan is agreed."""

    product: str
    last_due_date: date  # of the whole debt: of the last instalment where it is paid in instalments
    restarted_date: date | None = None
    is_non_performing: bool = False
    is_observed: bool = False  # restructured before, and still observed


def judge_term(*, jurisdiction: str, products: Sequence[str], months: int, exceeds_ability: bool, on: date) -> Verdict:
    """Judge how long a plan may run: ALLOWED or REFUSED with every reason.

    Law     信用卡办法 art 70 for card balances in China; elsewhere nothing entered limits the term
    """
    if jurisdiction != CHINA or card.PRODUCT not in products:
        return Verdict(_ALLOWED)
    try:
        return card.plan_term(months=max(1, months), exceeds_ability=exceeds_ability, on=on)
    except NotCovered:
        return Verdict(_ALLOWED)


def stops_collection(*, product: str, on: date, jurisdiction: str = CHINA) -> bool:
    """Tell whether collection stops while a plan over this product is honoured.

    Law     信用卡办法 art 70
    """
    term = judge_term(jurisdiction=jurisdiction, products=[product], months=1, exceeds_ability=True, on=on)
    return any(one.code == "PLAN_STOPS_COLLECTION" for one in term.reasons)


def limitation_of(*, jurisdiction: str, loan: LoanFacts, on: date, region: str = "") -> Limitation | None:
    """Return what accepting a plan does to limitation of one loan; None where no text of the place is entered.

    Law     民法典 195 and what its place has instead
    """
    try:
        return effect_of(
            event=Event.PLAN_ACCEPTED, on=on, due_date=loan.last_due_date, jurisdiction=jurisdiction, region=region,
            restarted_date=loan.restarted_date,
        )  # fmt: skip
    except NotCovered:
        return None


def restarted_by(*, jurisdiction: str, last_due_date: date, accepted: Sequence[date]) -> date | None:
    """Return the last day on which an earlier plan's acceptance began the period again; None where none did.

    Takes   accepted  the days on which plans over the loan were accepted, the earliest first
    Law     民法典 195 and what its place has instead: an acceptance before the debt is due, or after the period is over
            where that revives nothing, begins nothing
    """
    restarted: date | None = None
    for day in accepted:
        told = limitation_of(
            jurisdiction=jurisdiction, on=day,
            loan=LoanFacts(product="", last_due_date=last_due_date, restarted_date=restarted),
        )  # fmt: skip
        if told is not None and told.effect in (Effect.RESTARTS, Effect.EXPIRY_WAIVED):
            restarted = day
    return restarted


def observation(*, jurisdiction: str, loan: LoanFacts, first_due_on: date, period_months: int, on: date) -> Observation:
    """Return how a loan is observed after a restructuring that begins to be repaid on a day."""
    facts = ClassificationFacts(
        product=loan.product, is_restructured=True, restructured_date=first_due_on,
        payment_period_months=max(1, period_months),
        was_non_performing_before_restructuring=loan.is_non_performing, is_restructured_again=loan.is_observed,
    )  # fmt: skip
    try:
        return observation_of(jurisdiction=jurisdiction, facts=facts, on=on)
    except NotCovered:
        return Observation(observed_until=None, floor_class="", reasons=(Reason("NOT_COVERED", {}),))


def observed_floor(
    *, jurisdiction: str, first_due_on: date, period_months: int, missed: tuple[date, ...], clean_since: date | None,
    was_non_performing: bool, was_observed: bool, on: date, law_on: date,
) -> Observation | None:  # fmt: skip
    """Return how a loan of an accepted plan is observed on a day; None where no text of the place says so.

    Takes   missed       due dates that passed unpaid: each starts the observation again
            clean_since  since when everything due was paid
            law_on       whose law is applied, where the book is older than every text
    """
    facts = ClassificationFacts(
        is_restructured=True, restructured_date=first_due_on, payment_period_months=max(1, period_months),
        missed_payment_dates=missed, was_non_performing_before_restructuring=was_non_performing,
        is_restructured_again=was_observed, clean_since_date=clean_since,
    )  # fmt: skip
    try:
        return observation_of(jurisdiction=jurisdiction, facts=facts, on=max(on, law_on))
    except NotCovered:
        return None
