"""What an offer rests on as things stand: the debt, the band, the role's limits, the lender's own history of plans."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from qingshou.features.book.owing import LoanOnTape, list_loans_on_tape
from qingshou.features.repayment.errors import OffersNotPossible
from qingshou.features.repayment.models import Budget, Plan, Promise
from qingshou.features.repayment.queries.budgets import country_of
from qingshou.features.repayment.queries.owed import OwedOfLoan, owed_of_borrower
from qingshou.features.repayment.rules.kept_model import KeptModel, PastPlan, prior_model, updated_model
from qingshou.features.repayment.rules.offer_building import Setting, setting_of
from qingshou.features.repayment.rules.offer_inputs import facts_of
from qingshou.features.repayment.rules.offer_policy import offer_policy
from qingshou.features.repayment.rules.offers import OfferRequest
from qingshou.features.repayment.rules.owed import Owed, together
from qingshou.features.repayment.rules.pay_days import Frequency
from qingshou.features.repayment.rules.plan_states import PlanState
from qingshou.features.repayment.rules.promises import PromiseState
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.models import Tenant

HISTORY_MAX = 5000
_CARD = "CARD"
_PART_OF = {PartKind.PRINCIPAL: "principal", PartKind.INTEREST: "interest", PartKind.PENALTY: "penalty",
            PartKind.COSTS: "costs", PartKind.UNSPLIT: "principal"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for beside the figures: a day of the month, a rhythm, money at hand for a settlement, which loans.

    `loan_ids`: the offer is about these only; none: about every loan of the case that it can be about.
    """

    pay_day: int | None = None
    frequency: Frequency = Frequency.MONTH
    lump_sum: Decimal = ZERO
    loan_ids: tuple[UUID, ...] = ()


NO_WISH = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiable:
    """The loans one agreement of a debtor is about, and what they come to together."""

    loans: tuple[tuple[OwedOfLoan, Owed], ...]
    owed: Owed
    rate: Decimal
    product: str
    contract_date: date | None
    overdue_days: int
    left_out: tuple[str, ...]  # loans of unknown balance or another currency, by their number
    not_chosen: tuple[str, ...] = ()  # loans it could be about and is not, by their number
    rate_unknown: tuple[str, ...] = ()  # loans whose contract's rate nobody told, by their number

    @property
    def is_partial(self) -> bool:
        """Whether it is about some of the debtor's loans only, by choice."""
        return bool(self.not_chosen)


def negotiable_of(*, case: Any, loan_ids: Collection[UUID] = ()) -> Negotiable:
    """Return what an agreement with a case's debtor is about: every open loan in the case's currency, or some of them.

    Takes   loan_ids  these only; none: all
    Gives   Negotiable  a rate nobody knows counts as none: a plan then charges nothing new
    Stops   OffersNotPossible  no loan of which it is known what is owed, or one was chosen that is none of them
    """
    owed = owed_of_borrower(borrower_id=case.borrower_id)
    fitting = [one for one in owed if one.parts and one.currency == case.currency and one.total > 0]
    if not fitting:
        raise OffersNotPossible(
            "Nothing is known to be owed on this debtor's loans: wait for the next tape, or correct the balance."
        )
    possible = fitting
    if loan_ids:
        fitting = [one for one in possible if one.loan_id in loan_ids]
        if len(fitting) < len(set(loan_ids)):
            raise OffersNotPossible("A loan that was chosen is none that can be agreed about: choose again.")
    tape = {one.id: one for one in list_loans_on_tape(loan_ids=[one.loan_id for one in fitting], with_schedule=False)}
    loans = tuple((one, parts_of(one)) for one in fitting)
    whole, rate = together(debts=[(parts, _rate(tape.get(one.loan_id))) for one, parts in loans])
    return Negotiable(
        loans=loans, owed=whole, rate=rate, product=_product([one for one, _parts in loans]),
        contract_date=_contract_date(tape.values()), overdue_days=case.overdue_days or 0,
        left_out=tuple(one.loan_ref for one in owed if one not in possible),
        not_chosen=tuple(one.loan_ref for one in possible if one not in fitting),
        rate_unknown=tuple(one.loan_ref for one in fitting if not _is_rate_known(tape.get(one.loan_id))),
    )  # fmt: skip


def setting_for(
    *, case: Any, debt: Negotiable, budget: Budget, role: str, on: date, tenant: Tenant, wish: Wish = NO_WISH,
    model: KeptModel | None = None,
) -> Setting:  # fmt: skip
    """Return what every offer to a case's debtor rests on, on a day, for a role.

    Takes   model  the belief; None: the prior with the lender's own finished plans
    Stops   BadInput  the policy gives the role no limits
    """
    kept, broken = track_record(borrower_id=case.borrower_id)
    disposable, low, high = (
        round_money(one, budget.currency, Rounding.DOWN)
        for one in (budget.disposable, budget.band_low, budget.band_high)
    )
    request = OfferRequest(
        owed=debt.owed, contract_rate=debt.rate, on=on, role=role, disposable=disposable, band_low=low,
        band_high=high, product=debt.product,
        place=country_of(tenant.jurisdiction), lender_kind=str(tenant.settings.get("lender_kind", "BANK")),
        contract_date=debt.contract_date, pay_day=wish.pay_day, frequency=wish.frequency, lump_sum=wish.lump_sum,
        overdue_days=debt.overdue_days, kept_before=kept, broken_before=broken,
    )  # fmt: skip
    return setting_of(request=request, policy=offer_policy(tenant.settings), model=model or own_model())


def own_model() -> KeptModel:
    """Return the belief after the lender's own plans that ended, the latest first."""
    return updated_model(prior=prior_model(), history=past_plans())


def past_plans(*, limit: int = HISTORY_MAX) -> list[PastPlan]:
    """Return plans that ended kept or broken, with what was known when they were agreed; one query."""
    ended = Plan.objects.filter(
        state__in=[PlanState.KEPT, PlanState.BROKEN], ended_on__isnull=False, offer__terms__has_key="facts"
    )
    rows = ended.order_by("-ended_on", "-id").values_list("offer__terms__facts", "state")
    return [PastPlan(facts_of(facts), state == PlanState.KEPT) for facts, state in rows[:limit]]


def track_record(*, borrower_id: UUID) -> tuple[int, int]:
    """Return how many promises and plans of a debtor were kept, and how many broken."""
    kept = broken = 0
    for rows, is_kept, is_broken in (
        (Promise.objects.filter(borrower=borrower_id), Q(state=PromiseState.KEPT), Q(state=PromiseState.BROKEN)),
        (Plan.objects.filter(borrower=borrower_id), Q(state=PlanState.KEPT), Q(state=PlanState.BROKEN)),
    ):
        kept += rows.filter(is_kept).count()
        broken += rows.filter(is_broken).count()
    return kept, broken


def parts_of(one: OwedOfLoan) -> Owed:
    """Return what is owed on a loan by its parts; what the tape does not split counts as principal."""
    sums = dict.fromkeys(("principal", "interest", "penalty", "costs"), ZERO)
    for kind, amount in one.by_kind().items():
        sums[_PART_OF[kind]] += amount
    # below the minor unit nobody can pay: such rests of a tape are left out
    return Owed(
        currency=one.currency,
        **{part: round_money(amount, one.currency, Rounding.DOWN) for part, amount in sums.items()},
    )


def waivers_by_kind(one: OwedOfLoan, waivers: Mapping[str, str]) -> dict[str, str]:
    """Return what is given up on a loan by its ledger's kinds: principal that is not split has a kind of its own."""
    found = dict(waivers)
    given = Decimal(found.get("PRINCIPAL", "0"))
    split = one.by_kind().get(PartKind.PRINCIPAL, ZERO)
    if given > split:
        found["UNSPLIT"] = format(given - split, "f")
        found["PRINCIPAL"] = format(split, "f")
    return {kind: text for kind, text in found.items() if Decimal(text) > 0}


def _rate(loan: LoanOnTape | None) -> Decimal:
    return loan.contract_rate or ZERO if loan is not None else ZERO


def _is_rate_known(loan: LoanOnTape | None) -> bool:
    return loan is not None and loan.contract_rate is not None


def _product(loans: Sequence[OwedOfLoan]) -> str:
    """Return the product whose limits hold: a card's where there is one (its term is the law's), else the largest's."""
    if any(one.product == _CARD for one in loans):
        return _CARD
    return max(loans, key=lambda one: one.total).product


def _contract_date(loans: Iterable[LoanOnTape]) -> date | None:
    """Return the oldest contract's day; None where one is not known, so that no cap is judged by a guess."""
    told = [one.originated_date for one in loans]
    known = [day for day in told if day is not None]
    return min(known) if known and len(known) == len(told) else None
