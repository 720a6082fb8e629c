"""The law on a date as plain data for classing a whole book: asked of `qingshou.law` once, then applied to every row.

Day limits come from the ladders; what is not a ladder (impairment, restructuring) is found by asking the law about a
loan that has nothing else wrong with it, so that a change of the law needs no change here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from qingshou.kernel.errors import NotCovered
from qingshou.law import classification as law
from qingshou.law.eu.crr import rules as eu_rules

UNCLASSIFIED = "UNCLASSIFIED"
WRITTEN_OFF = "WRITTEN_OFF"
# a plan was agreed, and the law still observes how it is kept
PLAN_OBSERVED = "PLAN_OBSERVED"
CARD = "CARD"
# Restructurings older than this are past every observation period known.
OBSERVATION_DAYS_MAX = 3650


@dataclass(frozen=True, slots=True)
class Step:
    """From so many overdue days on, at least this class."""

    overdue_days_min: int
    rank: int


@dataclass(frozen=True, slots=True)
class Spread:
    """When a borrower's bad loans make the borrower's others bad."""

    share_over: Decimal
    counts_overdue_over_90: bool
    rank: int
    exempt_borrower_kinds: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerms:
    """What classing needs of one jurisdiction's law on one date. Classes are ranks, 0 the best."""

    jurisdiction: str
    as_of: date
    classes: tuple[str, ...] = ()
    non_performing_rank: int = 99
    # By (is a card, is secured), each rising by days.
    ladders: Mapping[tuple[bool, bool], tuple[Step, ...]] = field(default_factory=dict)
    impaired_rank: int = 0
    written_off_rank: int = 0
    restructured_rank: int = 0
    restructured_overdue_rank: int = 0
    # Restructured on or after this day is still observed; None where the law has no such floor.
    observed_from_date: date | None = None
    contagion: Spread | None = None
    provision_rates: tuple[Decimal | None, ...] = ()
    stage_2_days_min: int | None = None
    stage_3_days_min: int | None = None
    # Arrears up to the amount (retail, other) or the share of the balance are not material; EUR only.
    material_amounts: tuple[Decimal, Decimal] | None = None
    material_share: Decimal = Decimal(0)

    @property
    def is_covered(self) -> bool:
        """Tell whether the jurisdiction's text covers the date; if not, every loan is UNCLASSIFIED."""
        return bool(self.classes)


def class_terms(*, jurisdiction: str, as_of: date) -> ClassTerms:
    """Ask the law for its terms on a date.

    Gives   ClassTerms; without classes where no text covers the date
    Stops   BadInput when the jurisdiction is not one that classifies
    """
    terms = _with_stages(ClassTerms(jurisdiction=jurisdiction, as_of=as_of))
    classes = law.ordered_classes(jurisdiction)
    try:
        ladders = {
            (is_card, is_secured): _steps(jurisdiction, is_card, is_secured, as_of, classes)
            for is_card in (False, True)
            for is_secured in (False, True)
        }
    except NotCovered:
        return terms
    bad = law.non_performing_classes(jurisdiction)
    rates = law.provision_rates(jurisdiction=jurisdiction, on=as_of)
    observed = _observed_from(jurisdiction, as_of)
    terms = replace(
        terms,
        classes=classes,
        non_performing_rank=min(classes.index(name) for name in bad),
        ladders=ladders,
        impaired_rank=_rank_of(jurisdiction, as_of, law.ClassificationFacts(overdue_days=0, is_impaired=True)),
        written_off_rank=len(classes) - 1,
        restructured_rank=_restructured_rank(jurisdiction, as_of, as_of),
        restructured_overdue_rank=_restructured_rank(jurisdiction, as_of, as_of, overdue_days=1),
        observed_from_date=observed,
        contagion=_spread(jurisdiction, as_of, classes),
        provision_rates=tuple(rates.get(name) for name in classes),
    )
    return _with_materiality(terms) if jurisdiction == "eu" else terms


def _steps(place: str, is_card: bool, is_secured: bool, on: date, classes: tuple[str, ...]) -> tuple[Step, ...]:
    rungs = law.ladder(jurisdiction=place, product=CARD if is_card else "OTHER", is_secured=is_secured, on=on)
    return tuple(Step(one.min_overdue_days, classes.index(one.class_code)) for one in rungs)


def _rank_of(place: str, on: date, facts: law.ClassificationFacts) -> int:
    verdict = law.classify(jurisdiction=place, facts=facts, on=on)
    return law.ordered_classes(place).index(verdict.value)


def _restructured_rank(place: str, on: date, restructured_date: date, overdue_days: int = 0) -> int:
    facts = law.ClassificationFacts(
        overdue_days=overdue_days, is_restructured=True, restructured_date=restructured_date
    )
    return _rank_of(place, on, facts)


def _observed_from(place: str, on: date) -> date | None:
    """Find the first restructuring date that is still observed: the law's floor holds from it on, not before."""
    if _restructured_rank(place, on, on) == 0:
        return None
    low, high = on - timedelta(days=OBSERVATION_DAYS_MAX), on
    if _restructured_rank(place, on, low) > 0:
        return date.min
    while (high - low).days > 1:
        middle = low + (high - low) // 2
        if _restructured_rank(place, on, middle) > 0:
            high = middle
        else:
            low = middle
    return high


def _spread(place: str, on: date, classes: tuple[str, ...]) -> Spread | None:
    found = law.contagion_threshold(jurisdiction=place, on=on)
    if found is None:
        return None
    by_days = found.numerator == "OVERDUE_OVER_90"
    return Spread(
        share_over=found.share_over,
        counts_overdue_over_90=by_days,
        rank=classes.index(found.class_code),
        exempt_borrower_kinds=tuple(sorted(found.exempt_borrower_kinds)),
        reason="PULLING_EFFECT" if by_days else "OWN_BANK_CONTAGION",
    )


def _with_stages(terms: ClassTerms) -> ClassTerms:
    try:
        found = law.ifrs9_thresholds(on=terms.as_of)
    except NotCovered:
        return terms
    return replace(
        terms, stage_2_days_min=found.stage_2_min_overdue_days, stage_3_days_min=found.stage_3_min_overdue_days
    )


def _with_materiality(terms: ClassTerms) -> ClassTerms:
    retail, share = eu_rules.materiality_limits("RETAIL", terms.as_of)
    other, _ = eu_rules.materiality_limits("CORPORATE", terms.as_of)
    return replace(terms, material_amounts=(retail.number, other.number), material_share=share.number)
