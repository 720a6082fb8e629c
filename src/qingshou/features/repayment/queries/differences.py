"""Where our books and the tape differ: what we did and no tape shows, one line an act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from qingshou.features.book.finding import find_loans
from qingshou.features.cases.queries.numbers import borrowers_of_numbers
from qingshou.features.repayment.models import TapeDifference
from qingshou.kernel.errors import NotFound

SORTS = {"since": "missing_since", "acted": "acted_on", "amount": "amount", "loan": "ledger__loan__loan_ref"}
ANY_STATE = "ANY"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceFilter:
    """What is asked for; empty means all, but without a state what nobody has settled; ANY_STATE means settled too."""

    state: str = ""
    kind: str = ""
    text: str = ""
    since_until: date | None = None
    amount_from: Decimal | None = None


def list_differences(
    *, wanted: DifferenceFilter, sort: str = "since", is_descending: bool = False, offset: int = 0, limit: int = 50
) -> list[TapeDifference]:
    """Return differences with their loan and debtor, what has been missing longest first."""
    column = SORTS.get(sort, "missing_since")
    rows = _wanted(wanted).select_related("ledger__loan__borrower", "event")
    return list(rows.order_by(f"-{column}" if is_descending else column, "id")[offset : offset + limit])


def list_differences_after(
    *, wanted: DifferenceFilter, limit: int, after: tuple[date, UUID] | None = None
) -> list[TapeDifference]:
    """Return differences by cursor, what has been missing longest first."""
    rows = _wanted(wanted).select_related("ledger__loan").order_by("missing_since", "id")
    if after is not None:
        rows = rows.filter(Q(missing_since__gt=after[0]) | Q(missing_since=after[0], id__gt=after[1]))
    return list(rows[:limit])


def count_differences(*, wanted: DifferenceFilter) -> int:
    """Return how many differences fit."""
    return _wanted(wanted).count()


def difference_sums(*, wanted: DifferenceFilter) -> list[tuple[str, str, int, Decimal]]:
    """Return (kind, currency, how many, sum) of the differences that fit: what was charged and what was given up do
    not add up to anything."""
    rows = _wanted(wanted).order_by("kind", "currency").values_list("kind", "currency")
    return list(rows.annotate(Count("id"), Sum("amount")))


def get_difference(*, difference_id: UUID) -> TapeDifference:
    """Return one difference with its loan; stops with NotFound."""
    found = TapeDifference.objects.filter(id=difference_id).select_related("ledger__loan__borrower", "event").first()
    if found is None:
        raise NotFound("There is no such difference, or it is not for you.", name="difference")
    return found


def _wanted(wanted: DifferenceFilter) -> QuerySet[TapeDifference]:
    rows = TapeDifference.objects.filter(missing_since__isnull=False)
    if wanted.state != ANY_STATE:
        rows = rows.filter(state=wanted.state or "OPEN")
    given: Sequence[tuple[str, object]] = (
        ("kind", wanted.kind), ("missing_since__lte", wanted.since_until), ("amount__gte", wanted.amount_from),
    )  # fmt: skip
    rows = rows.filter(**{name: value for name, value in given if value not in (None, "")})
    if not wanted.text:
        return rows
    borrowers: set[Any] = {loan.borrower_id for loan in find_loans(loan_refs=[wanted.text])}
    borrowers |= set(borrowers_of_numbers(numbers=[wanted.text]).values())
    return rows.filter(ledger__borrower_id__in=borrowers)
