"""Five classes since 2023-07-01. Numbers are in values.yaml, the words they come from in TEXT.md."""

from datetime import date

from qingshou.kernel.days import add_months
from qingshou.kernel.periods import Period
from qingshou.kernel.verdict import Confidence
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Contagion, Floor, Rung, floor, ladder_floor, rung
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
CLASSES = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")
NON_PERFORMING = frozenset({"SUBSTANDARD", "DOUBTFUL", "LOSS"})
# Art. 8 lets retail assets be classed loan by loan; a small business is left under contagion, the stricter reading.
CONTAGION_EXEMPT = frozenset({"RETAIL"})


@rule(LAW, article="10-13", confidence=Confidence.SECONDARY)
def overdue_rungs(on: date) -> list[Rung]:
    """Return the ladder by overdue days."""
    return [
        Rung(0, "NORMAL", LAW.cite("6", Confidence.READ)),
        rung(LAW, "special_mention_overdue", "SPECIAL_MENTION", on),
        rung(LAW, "substandard_overdue", "SUBSTANDARD", on),
        rung(LAW, "doubtful_overdue", "DOUBTFUL", on),
        rung(LAW, "loss_overdue", "LOSS", on),
    ]


@rule(LAW, article="10(1)", confidence=Confidence.UNVERIFIED)
def overdue_floor(facts: ClassificationFacts, overdue_days: int, on: date) -> Floor:
    """Return the class by overdue days; a short technical delay leaves the loan normal."""
    technical = LAW.value_on("technical_delay", on)
    if facts.is_technical_delay and overdue_days > 0 and technical.is_met_by(overdue_days):
        return floor("NORMAL", "TECHNICAL_DELAY", technical.article, overdue_days=overdue_days)
    return ladder_floor(overdue_rungs(on), overdue_days)


@rule(LAW, article="10-13", confidence=Confidence.UNVERIFIED)
def debtor_floors(facts: ClassificationFacts, on: date) -> list[Floor]:
    """Return what the debtor's state and conduct call for, whatever the days."""
    found = []
    if facts.is_impaired:
        found.append(floor("SUBSTANDARD", "CREDIT_IMPAIRED", LAW.cite("6(3), 11(2)", Confidence.READ)))
    if facts.expected_loss_share is not None:
        for value_id, class_code in (
            ("loss_expected_loss_share", "LOSS"),
            ("doubtful_expected_loss_share", "DOUBTFUL"),
        ):
            limit = LAW.value_on(value_id, on)
            if limit.is_met_by(facts.expected_loss_share):
                found.append(floor(class_code, "EXPECTED_LOSS", limit.article, share=facts.expected_loss_share))
                break
    conduct = (
        (facts.is_diverted, "SPECIAL_MENTION", "FUNDS_DIVERTED", "10"),
        (facts.is_rolled_over, "SPECIAL_MENTION", "ROLLED_OVER_BY_NEW_DEBT", "10"),
        (facts.is_evading, "DOUBTFUL", "EVADES_DEBT", "12"),
        (facts.is_in_liquidation, "LOSS", "BANKRUPTCY_LIQUIDATION", "13"),
    )
    for is_so, class_code, code, article in conduct:
        if is_so:
            found.append(floor(class_code, code, LAW.cite(article, Confidence.UNVERIFIED)))
    return found


@rule(LAW, article="7(2)", confidence=Confidence.READ)
def own_bank_contagion(on: date) -> Contagion:
    """Return when one bad loan of a debtor makes the debtor's others at the same bank bad."""
    limit = LAW.value_on("own_bank_contagion_share", on)
    return Contagion(limit.number, "NON_PERFORMING", "SUBSTANDARD", CONTAGION_EXEMPT, limit.article)


@rule(LAW, article="7(2), 11(4)", confidence=Confidence.SECONDARY)
def contagion_floors(facts: ClassificationFacts, on: date) -> list[Floor]:
    """Return what the debtor's other debts call for: here above 10 %, at all banks above 20 %."""
    if facts.borrower_kind in CONTAGION_EXEMPT:
        return []
    found = []
    own = LAW.value_on("own_bank_contagion_share", on)
    share = facts.own_non_performing_share
    if share is not None and own.is_met_by(share) and not facts.is_credit_enhanced:
        found.append(floor("SUBSTANDARD", "OWN_BANK_CONTAGION", own.article, share=share, limit=own.number))
    everywhere = LAW.value_on("all_banks_contagion_share", on)
    share = facts.all_banks_overdue_over_90_share
    if share is not None and everywhere.is_met_by(share):
        found.append(
            floor("SUBSTANDARD", "ALL_BANKS_CONTAGION", everywhere.article, share=share, limit=everywhere.number)
        )
    return found


@rule(LAW, article="20", confidence=Confidence.SECONDARY)
def observation_period(facts: ClassificationFacts, on: date) -> Period | None:
    """Return the observation period of a restructured asset, [from, until); None where its start is unknown.

    It runs from the first agreed repayment date, at least two payment periods and at least a year, whichever is
    longer, and starts again on a missed payment, from the date missed.
    """
    if facts.restructured_date is None:
        return None
    missed = [day for day in facts.missed_payment_dates if facts.restructured_date <= day <= on]
    start = max([facts.restructured_date, *missed])
    periods = LAW.value_on("observation_periods", on).whole
    months = max(LAW.value_on("observation_months", on).whole, periods * facts.payment_period_months)
    return Period(start, add_months(start, months))


@rule(LAW, article="17-22", confidence=Confidence.SECONDARY)
def restructured_floors(facts: ClassificationFacts, on: date) -> list[Floor]:
    """Return what a restructuring calls for while it is observed (an unknown start counts as observed)."""
    if not facts.is_restructured:
        return []
    observed = observation_period(facts, on)
    fields = {"observed_until": observed.until_date if observed else None}
    found = []
    if facts.was_non_performing_before_restructuring and not is_upgrade_met(facts, on):
        article = LAW.cite("14, 21", Confidence.SECONDARY)
        found.append(floor("SUBSTANDARD", "NON_PERFORMING_BEFORE_RESTRUCTURING", article, **fields))
    is_over = observed is not None and observed.until_date is not None and on >= observed.until_date
    if is_over and not facts.is_still_in_difficulty:
        return found
    found.append(floor("SPECIAL_MENTION", "RESTRUCTURED", LAW.cite("21", Confidence.SECONDARY), **fields))
    if facts.is_restructured_again:
        found.append(floor("SUBSTANDARD", "RESTRUCTURED_AGAIN", LAW.cite("22", Confidence.SECONDARY), **fields))
    return found


@rule(LAW, article="14", confidence=Confidence.UNVERIFIED)
def is_upgrade_met(facts: ClassificationFacts, on: date) -> bool:
    """Tell whether a loan may leave the non-performing classes: arrears cleared, then paid normally long enough.

    Long enough is two further payment periods or six months, the longer; not since when means not met.
    """
    if facts.clean_since_date is None:
        return False
    periods = LAW.value_on("upgrade_periods", on).whole
    months = max(LAW.value_on("upgrade_months", on).whole, periods * facts.payment_period_months)
    return on >= add_months(facts.clean_since_date, months)


@rule(LAW, article="14", confidence=Confidence.UNVERIFIED)
def upgrade_floors(facts: ClassificationFacts, on: date) -> list[Floor]:
    """Return the floor of a loan that was non-performing and has not yet met the test of art. 14."""
    if facts.previous_class not in NON_PERFORMING or is_upgrade_met(facts, on):
        return []
    article = LAW.cite("14", Confidence.UNVERIFIED)
    return [floor("SUBSTANDARD", "UPGRADE_TEST_NOT_MET", article, clean_since=facts.clean_since_date)]
