"""The slow, obvious way to age loans: one at a time, in plain Python. The columns are bound to it by tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from qingshou.features.delinquency.rules import AgeTerms, overdue_days_of
from qingshou.kernel.money import ZERO

PARTS = ("principal", "interest", "penalty", "fees")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One row of a schedule; parts only where the lender gives all of them."""

    loan_id: str
    due_date: date
    amount: Decimal
    parts: Mapping[str, Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment; a negative one, or one that names what it reverses, takes money back."""

    loan_id: str
    paid_date: date
    amount: Decimal
    reverses: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days [from, until) on which the clock stands; kind RESUMED ends the pauses begun by its from_date."""

    loan_id: str
    from_date: date
    until_date: date | None = None
    kind: str | None = None


@dataclass(slots=True, kw_only=True)
class Aged:
    """What ageing finds of one loan."""

    loan_id: str
    oldest_due_date: date | None = None
    overdue_days: int = 0
    arrears: Decimal = ZERO
    parts: dict[str, Decimal] | None = field(default_factory=lambda: dict.fromkeys(PARTS, ZERO))


def age_loans(
    *,
    instalments: Iterable[Instalment],
    payments: Iterable[Payment],
    pauses: Iterable[Pause] = (),
    exposures: Mapping[str, Decimal] | None = None,
    terms: AgeTerms,
) -> dict[str, Aged]:
    """Age every loan that has a schedule."""
    schedule = list(instalments)
    paid_rows, pause_rows = list(payments), list(pauses)
    aged = {}
    for loan_id in dict.fromkeys(row.loan_id for row in schedule):
        own = [row for row in schedule if row.loan_id == loan_id]
        paid = paid_by(loan_id, paid_rows, terms.as_of)
        exposure = (exposures or {}).get(loan_id, sum((row.amount for row in own), ZERO) - paid)
        aged[loan_id] = _age_one(loan_id, own, max(ZERO, paid), exposure, pause_rows, terms)
    return aged


def paid_by(loan_id: str, payments: Iterable[Payment], as_of: date) -> Decimal:
    """Add up what was paid by the end of a day, reversals taken off."""
    total = ZERO
    for row in payments:
        if row.loan_id == loan_id and row.paid_date <= as_of:
            total += row.amount if row.reverses is None else -abs(row.amount)
    return total


def _age_one(
    loan_id: str, own: list[Instalment], left: Decimal, exposure: Decimal, pauses: list[Pause], terms: AgeTerms
) -> Aged:
    result = Aged(loan_id=loan_id)
    limit = max(terms.materiality_amount, exposure * terms.materiality_share)
    clock_date = None
    for due_date in sorted({row.due_date for row in own if row.due_date <= terms.as_of}):
        rows = [row for row in own if row.due_date == due_date]
        amount = sum((row.amount for row in rows), ZERO)
        covered = min(left, amount)
        left -= covered
        if covered == amount:
            continue
        result.oldest_due_date = result.oldest_due_date or due_date
        result.arrears += amount - covered
        if clock_date is None and result.arrears > limit:
            clock_date = due_date
        _add_open_parts(result, rows, covered, terms)
    if clock_date is not None:
        result.overdue_days = overdue_days_of(
            elapsed_days=(terms.as_of - clock_date).days,
            paused_days=_paused_days(loan_id, clock_date, pauses, terms.as_of),
            terms=terms,
        )
    return result


def _add_open_parts(result: Aged, rows: list[Instalment], covered: Decimal, terms: AgeTerms) -> None:
    if result.parts is None or any(row.parts is None for row in rows):
        result.parts = None
        return
    for part in terms.parts_order:
        owed = sum((row.parts[part] for row in rows if row.parts is not None), ZERO)
        taken = min(covered, owed)
        covered -= taken
        result.parts[part] += owed - taken


def _paused_days(loan_id: str, clock_date: date, pauses: list[Pause], as_of: date) -> int:
    own = [row for row in pauses if row.loan_id == loan_id]
    days = 0
    day = clock_date
    while day < as_of:
        days += any(_holds(pause, own, day) for pause in own if pause.kind != "RESUMED")
        day += ONE_DAY
    return days


def _holds(pause: Pause, own: list[Pause], day: date) -> bool:
    if day < pause.from_date or (pause.until_date is not None and day >= pause.until_date):
        return False
    return not any(row.kind == "RESUMED" and pause.from_date <= row.from_date <= day for row in own)
