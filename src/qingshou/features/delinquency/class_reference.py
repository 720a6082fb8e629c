"""The slow, obvious way to class loans, one at a time; the columns are bound to it by tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from qingshou.features.delinquency.rules import Severity, bucket_of, severity_of
from qingshou.features.delinquency.severity import SeverityTable, overridden
from qingshou.features.delinquency.terms import CARD, PLAN_OBSERVED, UNCLASSIFIED, WRITTEN_OFF, ClassTerms
from qingshou.kernel.money import ZERO

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What classing reads of one loan; unknown is None."""

    loan_id: str
    borrower_id: str
    borrower_kind: str = "RETAIL"
    product: str = "OTHER"
    currency: str = "CNY"
    balance: Decimal | None = None
    arrears: Decimal | None = None
    overdue_days: int | None = None
    credit_standing: str | None = None
    is_secured: bool | None = None
    restructured_date: date | None = None
    is_impaired: bool | None = None
    is_written_off: bool = False
    is_closed: bool = False
    plan_floor: str | None = None  # at least this class while a plan is observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What classing adds to one loan."""

    loan_id: str
    severity_base: str
    severity: str
    severity_reason: str | None
    bucket: int | None
    regulatory_class: str
    regulatory_reason: str
    is_non_performing: bool | None
    is_contaminated: bool
    stage: int | None
    provision_rate: Decimal | None
    provision: Decimal | None


def classify_loans(*, loans: Iterable[Loan], terms: ClassTerms, table: SeverityTable) -> dict[str, Classified]:
    """Class every loan: first each by itself, then what its borrower's other loans make of it."""
    rows = list(loans)
    own = {row.loan_id: _own(row, terms) for row in rows}
    ranks = {loan_id: rank for loan_id, (rank, _reason) in own.items()}
    return {
        row.loan_id: _finish(row, *own[row.loan_id], _is_caught(row, rows, ranks, terms), terms, table) for row in rows
    }


def _own(row: Loan, terms: ClassTerms) -> tuple[int | None, str]:
    if not terms.is_covered:
        return None, "NOT_COVERED"
    found: list[tuple[int, str]] = []
    if row.overdue_days is not None:
        steps = terms.ladders[row.product == CARD, bool(row.is_secured)]
        rank = max(step.rank for step in steps if row.overdue_days >= step.overdue_days_min)
        if _is_immaterial(row, terms):
            found.append((0, "BELOW_MATERIALITY" if row.overdue_days > 0 else "OVERDUE_DAYS"))
        else:
            found.append((rank, "OVERDUE_DAYS"))
    if row.is_written_off:
        found.append((terms.written_off_rank, WRITTEN_OFF))
    if row.is_impaired and terms.impaired_rank > 0:
        found.append((terms.impaired_rank, "CREDIT_IMPAIRED"))
    start = terms.observed_from_date
    if row.restructured_date is not None and start is not None and row.restructured_date >= start:
        is_overdue = row.overdue_days is not None and row.overdue_days > 0
        floor = terms.restructured_overdue_rank if is_overdue else terms.restructured_rank
        found.append((floor, "RESTRUCTURED"))
    if row.plan_floor in terms.classes and terms.classes.index(row.plan_floor) > 0:
        found.append((terms.classes.index(row.plan_floor), PLAN_OBSERVED))
    if not found:
        return None, "DAYS_UNKNOWN"
    worst = max(rank for rank, _reason in found)
    return next((rank, reason) for rank, reason in found if rank == worst)


def _is_immaterial(row: Loan, terms: ClassTerms) -> bool:
    if terms.material_amounts is None or row.arrears is None or row.balance is None or row.currency != "EUR":
        return False
    retail, other = terms.material_amounts
    limit = retail if row.borrower_kind == "RETAIL" else other
    return row.arrears <= limit or row.arrears <= row.balance * terms.material_share


def _is_caught(row: Loan, rows: Iterable[Loan], ranks: Mapping[str, int | None], terms: ClassTerms) -> bool:
    """Tell whether the borrower's bad loans make this one bad."""
    spread = terms.contagion
    rank = ranks[row.loan_id]
    if spread is None or row.is_closed or row.borrower_kind in spread.exempt_borrower_kinds:
        return False
    if rank is not None and rank >= spread.rank:
        return False
    owed: dict[str, Decimal] = {}
    bad: dict[str, Decimal] = {}
    for other in rows:
        if other.borrower_id != row.borrower_id or other.is_closed:
            continue
        if other.borrower_kind in spread.exempt_borrower_kinds:
            continue
        balance = max(ZERO, other.balance or ZERO)
        owed[other.currency] = owed.get(other.currency, ZERO) + balance
        if _is_bad(other, ranks[other.loan_id], terms):
            bad[other.currency] = bad.get(other.currency, ZERO) + balance
    return any(bad[currency] > owed[currency] * spread.share_over for currency in bad)


def _is_bad(row: Loan, rank: int | None, terms: ClassTerms) -> bool:
    if terms.contagion is not None and terms.contagion.counts_overdue_over_90:
        # What is not material neither counts nor spreads.
        return row.overdue_days is not None and row.overdue_days > 90 and not _is_immaterial(row, terms)
    return rank is not None and rank >= terms.non_performing_rank


def _finish(
    row: Loan, rank: int | None, reason: str, is_caught: bool, terms: ClassTerms, table: SeverityTable
) -> Classified:
    if is_caught and terms.contagion is not None:
        rank, reason = terms.contagion.rank, terms.contagion.reason
    base = severity_of(row.overdue_days)
    severity, moved_by = base, None
    if base not in (Severity.NONE, Severity.UNKNOWN):
        severity, moved_by = overridden(
            base=base,
            table=table,
            credit_standing=row.credit_standing,
            currency=row.currency,
            arrears=row.arrears,
            balance=row.balance,
        )
    rate = terms.provision_rates[rank] if rank is not None and terms.provision_rates else None
    provision = None
    if rate is not None and row.balance is not None:
        provision = (max(ZERO, row.balance) * rate).quantize(CENT, rounding=ROUND_HALF_UP)
    return Classified(
        loan_id=row.loan_id,
        severity_base=base.value,
        severity=severity.value,
        severity_reason=moved_by,
        bucket=bucket_of(row.overdue_days),
        regulatory_class=UNCLASSIFIED if rank is None else terms.classes[rank],
        regulatory_reason=reason,
        is_non_performing=None if rank is None else rank >= terms.non_performing_rank,
        is_contaminated=is_caught,
        stage=_stage(row, terms),
        provision_rate=rate,
        provision=provision,
    )


def _stage(row: Loan, terms: ClassTerms) -> int | None:
    if terms.stage_2_days_min is None or terms.stage_3_days_min is None or row.overdue_days is None:
        return None
    if row.is_impaired or row.is_written_off or row.overdue_days >= terms.stage_3_days_min:
        return 3
    return 2 if row.overdue_days >= terms.stage_2_days_min else 1
