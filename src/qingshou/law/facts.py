"""What classification may know of a loan. Everything beyond the days is optional: unknown is None, never a guess."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationFacts:
    """The facts of one loan on the date of judgement.

    `overdue_days` is counted by the jurisdiction's own convention (see classification.day_one_convention); where it is
    None and `oldest_due_date` is known, classification counts it. Shares are fractions of the debtor's claims.
    """

    overdue_days: int | None = None
    oldest_due_date: date | None = None
    product: str = "OTHER"
    is_secured: bool = False
    borrower_kind: str = "RETAIL"
    is_revolving: bool = False
    is_technical_delay: bool = False

    # the lender's own judgement of the debtor
    is_impaired: bool = False
    expected_loss_share: Decimal | None = None
    is_diverted: bool = False
    is_rolled_over: bool = False
    is_evading: bool = False
    is_in_liquidation: bool = False
    is_sued: bool = False
    is_uncollectable: bool = False
    has_other_weakness: bool = False
    loan_to_value: Decimal | None = None

    # restructuring and the way back
    is_restructured: bool = False
    restructured_date: date | None = None
    payment_period_months: int = 1
    missed_payment_dates: tuple[date, ...] = ()
    was_non_performing_before_restructuring: bool = False
    is_restructured_again: bool = False
    is_still_in_difficulty: bool = False
    previous_class: str | None = None
    clean_since_date: date | None = None
    non_performing_date: date | None = None
    is_on_probation: bool = False

    # the debtor's other debts
    own_non_performing_share: Decimal | None = None
    own_overdue_over_90_share: Decimal | None = None
    all_banks_overdue_over_90_share: Decimal | None = None
    is_credit_enhanced: bool = False

    # materiality
    arrears: Decimal | None = None
    exposure: Decimal | None = None
    material_overdue_days: int | None = None
