"""What is asked of the search and what it answers: requests, terms, offers, sets of offers. Values only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from qingshou.features.repayment.rules.kept_model import Chance, PlanFacts
from qingshou.features.repayment.rules.offer_limits import Met
from qingshou.features.repayment.rules.owed import NO_CONCESSION, PARTS, Concession, Owed
from qingshou.features.repayment.rules.pay_days import DayCount, Frequency, Roll
from qingshou.features.repayment.rules.schedule import Grace, Kind, Schedule, Terms
from qingshou.kernel.money import ZERO, Rounding
from qingshou.kernel.verdict import Reason


class Label(StrEnum):
    """What an offer stands out by."""

    BEST_VALUE = "BEST_VALUE"
    LOWEST_INSTALMENT = "LOWEST_INSTALMENT"
    SHORTEST = "SHORTEST"
    LOWEST_COST = "LOWEST_COST"
    ALTERNATIVE = "ALTERNATIVE"
    SETTLEMENT = "SETTLEMENT"
    STAGED_SETTLEMENT = "STAGED_SETTLEMENT"
    BEYOND_ROLE = "BEYOND_ROLE"
    PROPOSED = "PROPOSED"


class OfferKind(StrEnum):
    """A plan pays what is owed less concessions over time; a settlement ends the debt for a part of it."""

    PLAN = "PLAN"
    SETTLEMENT = "SETTLEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRequest:
    """Everything an offer depends on, save policy and model."""

    owed: Owed
    contract_rate: Decimal  # a year
    on: date
    role: str
    disposable: Decimal  # a month, as are the band's ends
    band_low: Decimal
    band_high: Decimal
    product: str = ""
    place: str = ""
    lender_kind: str = "BANK"
    contract_date: date | None = None
    is_aided: bool = False
    pay_day: int | None = None
    frequency: Frequency = Frequency.MONTH
    lump_sum: Decimal = ZERO  # money at hand for a settlement
    overdue_days: int = 0
    kept_before: int = 0
    broken_before: int = 0
    roll: Roll = Roll.NONE
    day_count: DayCount = DayCount.ACT_365
    rounding: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """The terms of a plan: what is given up of each part and of the rate, and the schedule's terms."""

    schedule: Terms
    concession: Concession = NO_CONCESSION
    rate_concession: Decimal = ZERO  # share of the contract's rate (of the law's cap where that is lower)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The terms of a settlement: the share of the whole that is forgiven, and the payments."""

    concession: Decimal
    payments: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One offer, worked out in full."""

    label: Label
    also: tuple[Label, ...]  # other things it stands out by
    kind: OfferKind
    terms: OfferTerms | Stages
    schedule: Schedule
    waived: Owed
    total: Decimal  # what the debtor pays in all
    total_cost: Decimal  # of it, what is not principal
    new_interest: Decimal  # of that, what the plan itself charges
    apr: Decimal | None
    ends_on: date
    facts: PlanFacts  # what the chance rests on
    kept: Chance
    value: Decimal  # expected present value to the lender
    value_share: Decimal  # of what is owed, four places
    measures: tuple[Met, ...]  # each limit: used, standing, rule
    needs_role: str  # '' the asking role may make it; NOBODY no role may
    is_in_band: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSet:
    """The answer of a search: offers side by side, why others are missing, and what it rests on."""

    offers: tuple[Offer, ...]
    reasons: tuple[Reason, ...]
    no_plan_value: Decimal  # expected present value where nothing is agreed
    candidates: int
    policy: str
    model: str

    def text(self) -> str:
        """Return the whole answer as JSON, one spelling only: the same inputs give the same bytes."""
        return json.dumps(plain(self), sort_keys=True, ensure_ascii=True, separators=(",", ":"))

    @property
    def hash(self) -> str:
        """Return the hash of the text: what a replay is compared by."""
        return hashlib.sha256(self.text().encode("ascii")).hexdigest()


def plain(value: object) -> object:
    """Return any value of these rules as what JSON knows: amounts, dates and codes as text, nothing lost."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str | date):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def terms_of(raw: Mapping[str, Any]) -> OfferTerms:
    """Read terms back from their plain form (an offer on file, a proposal of the debtor's page)."""
    held, given = raw["schedule"], raw.get("concession") or {}
    pay_day, amount = held.get("pay_day"), held.get("amount")
    schedule = Terms(
        first_due_date=date.fromisoformat(str(held["first_due_date"])), periods=int(held["periods"]),
        rate=Decimal(str(held.get("rate", "0"))), kind=Kind(held.get("kind", Kind.EQUAL)),
        frequency=Frequency(held.get("frequency", Frequency.MONTH)),
        pay_day=None if pay_day is None else int(pay_day), step_up=Decimal(str(held.get("step_up", "0"))),
        step_every=int(held.get("step_every", 12)), grace=Grace(held.get("grace", Grace.NONE)),
        grace_periods=int(held.get("grace_periods", 0)), amount=None if amount is None else Decimal(str(amount)),
        roll=Roll(held.get("roll", Roll.NONE)), day_count=DayCount(held.get("day_count", DayCount.ACT_365)),
        rounding=Rounding(held.get("rounding", Rounding.HALF_UP)),
    )  # fmt: skip
    return OfferTerms(
        schedule=schedule,
        concession=Concession(**{part: Decimal(str(given.get(part, "0"))) for part in PARTS}),
        rate_concession=Decimal(str(raw.get("rate_concession", "0"))),
    )
