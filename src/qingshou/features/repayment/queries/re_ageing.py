"""Earlier re-ageings and new schedules of loans, and what was paid since they fell overdue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from qingshou.features.repayment.models import Account, LedgerEvent, Posting
from qingshou.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class ReAged:
    """A re-ageing or re-amortisation that holds: when, the new dates, what the loan was, which dates passed unpaid."""

    loan_id: UUID
    loan_ref: str
    on: date
    dates: tuple[date, ...]
    was: dict[str, Any]
    missed: tuple[date, ...] = ()


def history_of(*, loan_id: UUID) -> list[date]:
    """Return the days on which a loan's arrears were moved, those that hold."""
    return [one.on for one in _re_aged(kinds=["RE_AGE"], loan_ids=[loan_id])]


def list_re_aged(*, on: date) -> list[ReAged]:
    """Return every re-ageing and re-amortisation that holds on a day, by loan and day, with the dates passed unpaid."""
    found = [one for one in _re_aged(kinds=["RE_AGE", "RE_AMORTISE"]) if one.on <= on]
    if not found:
        return []
    rows = Account.objects.filter(
        ledger_id__in={one.loan_id for one in found}, due_date__lt=on, balance__gt=0
    ).values_list("ledger_id", "due_date")
    unpaid = set(rows)
    return [
        ReAged(one.loan_id, one.loan_ref, one.on, one.dates, one.was,
               tuple(day for day in one.dates if (one.loan_id, day) in unpaid))
        for one in found
    ]  # fmt: skip


def paid_since_overdue(*, loan_id: UUID, since: date) -> Decimal:
    """Return what receipts have put on a loan from a value date on."""
    rows = Posting.objects.filter(
        transaction__ledger_id=loan_id, account__ledger_id=loan_id, transaction__kind="ALLOCATION",
        transaction__reversed_by__isnull=True, transaction__receipt__value_date__gte=since,
    )  # fmt: skip
    return -(rows.aggregate(total=Sum("amount"))["total"] or ZERO)


def _re_aged(*, kinds: Sequence[str], loan_ids: Iterable[UUID] | None = None) -> list[ReAged]:
    rows = LedgerEvent.objects.filter(kind__in=kinds, is_undone=False, facts__of__isnull=True)
    if loan_ids is not None:
        rows = rows.filter(ledger_id__in=list(loan_ids))
    rows = rows.order_by("ledger__loan__loan_ref", "effective_date", "sequence")
    return [
        ReAged(loan, ref, on, tuple(date.fromisoformat(day) for day, _ in facts["to"]), facts.get("was", {}))
        for loan, ref, on, facts in rows.values_list("ledger_id", "ledger__loan__loan_ref", "effective_date", "facts")
    ]
