"""Reads of promises: what falls due, what was broken, those of a case, and how many were kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Least

from qingshou.features.repayment.errors import NoSuchPromise
from qingshou.features.repayment.models import Counted, Promise
from qingshou.features.repayment.rules.promises import JUDGED, PromiseState
from qingshou.kernel.money import ZERO

PAGE_SIZE = 50
SHELVES = ("DUE_TODAY", "DUE_SOON", "IN_GRACE", "BROKEN", "KEPT", "OPEN", "ALL")
_SOON_DAYS = 7
_BROKEN_DAYS = 30


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise of the list. The debtor's name stays sealed until the edge: `borrower_id`."""

    id: UUID
    case_id: UUID
    case_number: str
    borrower_id: UUID
    owner_id: UUID | None
    owner_team_id: UUID | None
    owner_name: str
    kind: str
    amount: Decimal
    currency: str
    paid_amount: Decimal
    due_on: date
    last_date: date
    state: str
    ended_on: date | None
    ended_reason: str
    source: str
    pay_by: str
    taken_by: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class PromisePage:
    """A page of promises; `after` gives the next one, None where this is the last."""

    rows: tuple[PromiseRow, ...]
    after: tuple[date, UUID] | None


@dataclass(frozen=True, slots=True)
class KeptRate:
    """Promises of one currency that fell due in a period: each figure by count and by amount.

    Kept rate: promises due in the period of which at least the threshold's share of what was promised was paid from
    their day to due date and grace / promises due in it. Paid share: paid against them / promised. Broken = 1 - kept -
    cancelled - invalidated - open. Promises whose grace is not over are open and count in the denominator.
    """

    currency: str
    due_count: int
    due_amount: Decimal
    kept_count: int
    kept_amount: Decimal
    cancelled_count: int
    cancelled_amount: Decimal
    invalidated_count: int
    invalidated_amount: Decimal
    open_count: int
    open_amount: Decimal
    paid_amount: Decimal

    @property
    def broken_count(self) -> int:
        """Due less every other end."""
        return self.due_count - self.kept_count - self.cancelled_count - self.invalidated_count - self.open_count

    @property
    def broken_amount(self) -> Decimal:
        """Promised less what is promised in every other end."""
        return self.due_amount - self.kept_amount - self.cancelled_amount - self.invalidated_amount - self.open_amount

    @property
    def kept_share(self) -> Decimal | None:
        """Kept / due, by count; None where nothing fell due."""
        return _share(Decimal(self.kept_count), Decimal(self.due_count))

    @property
    def kept_amount_share(self) -> Decimal | None:
        """Promised in kept promises / promised in all that fell due."""
        return _share(self.kept_amount, self.due_amount)

    @property
    def paid_share(self) -> Decimal | None:
        """Paid against promises / promised, of all that fell due."""
        return _share(self.paid_amount, self.due_amount)


def list_promises(
    *, on: date, shelf: str = "DUE_TODAY", owner_ids: Collection[UUID] | None = None,
    after: tuple[date, UUID] | None = None, limit: int = PAGE_SIZE,
) -> PromisePage:  # fmt: skip
    """Return a page of promises, by due date, the case's owner and number with them; one query.

    Takes   shelf  DUE_TODAY, DUE_SOON (the next seven days), IN_GRACE (past their date, still open), BROKEN (of the
                   last thirty days), KEPT (of the last thirty days), OPEN, ALL
            after  the last row's due date and id of the page before
    """
    found = _shelf(shelf, on)
    if owner_ids is not None:
        found = found.filter(case__owner__in=owner_ids)
    if after is not None:
        found = found.filter(Q(due_on__gt=after[0]) | Q(due_on=after[0], id__gt=after[1]))
    rows = list(found.select_related("case__owner").order_by("due_on", "id")[: limit + 1])
    page = tuple(_row(one) for one in rows[:limit])
    return PromisePage(page, (page[-1].due_on, page[-1].id) if len(rows) > limit else None)


def count_promises(*, on: date, owner_ids: Collection[UUID] | None = None) -> dict[str, int]:
    """Return how many promises stand on each shelf but ALL."""
    shelves = {shelf: _on_shelf(shelf, on) for shelf in SHELVES if shelf != "ALL"}
    found = Promise.objects.all() if owner_ids is None else Promise.objects.filter(case__owner__in=owner_ids)
    return dict(found.aggregate(**{shelf: Count("id", filter=wanted) for shelf, wanted in shelves.items()}))


def list_promises_of(*, case_id: UUID, limit: int = 50) -> list[PromiseRow]:
    """Return the promises of a case, newest first."""
    found = Promise.objects.filter(case=case_id).select_related("case__owner").order_by("-taken_at", "-id")
    return [_row(one) for one in found[:limit]]


def get_promise(*, promise_id: UUID) -> PromiseRow:
    """Return one promise; stops with NoSuchPromise."""
    found = Promise.objects.select_related("case__owner").filter(id=promise_id).first()
    if found is None:
        raise NoSuchPromise("There is no such promise. It may belong to someone else.")
    return _row(found)


def case_of_promise(*, promise_id: UUID) -> UUID:
    """Return whose promise it is; stops with NoSuchPromise."""
    found = Promise.objects.filter(id=promise_id).values_list("case_id", flat=True).first()
    if found is None:
        raise NoSuchPromise("There is no such promise. It may belong to someone else.")
    return found


def get_counted(*, promise_id: UUID) -> list[tuple[UUID | None, date, Decimal]]:
    """Return what counted towards a promise: receipt, its value date, how much of it.

    Gives   list  the oldest first; without a receipt where the core system booked it and no receipt of ours tells it
    """
    rows = Counted.objects.filter(promise=promise_id).annotate(on=Coalesce("receipt__value_date", "paid_on"))
    return list(rows.order_by("on", "receipt_id", "payment_ref").values_list("receipt_id", "on", "amount"))


def list_booked_by_core(*, promise_ids: Collection[UUID]) -> dict[UUID, list[tuple[date, Decimal]]]:
    """Return promise -> what counts of payments that only the core system knows: day and how much; one query.

    Gives   dict  nothing of a promise that was taken back or struck out: its money may count for another
    """
    found: dict[UUID, list[tuple[date, Decimal]]] = {}
    rows = Counted.objects.filter(promise__in=list(promise_ids), promise__state__in=JUDGED, loan__isnull=False)
    rows = rows.order_by("paid_on", "payment_ref")
    for promise, day, amount in rows.values_list("promise_id", "paid_on", "amount"):
        found.setdefault(promise, []).append((day, amount))
    return found


def kept_rates(*, from_date: date, until_date: date, owner_ids: Collection[UUID] | None = None) -> list[KeptRate]:
    """Return how promises that fell due in [from, until) ended, one row a currency, by count and by amount.

    Those due in the period count, not those taken in it: young promises would flatter or shame the figure. What had
    been paid towards one that was taken back or struck out counts for another, so it is paid here no more.
    """
    found = Promise.objects.filter(due_on__gte=from_date, due_on__lt=until_date)
    if owner_ids is not None:
        found = found.filter(case__owner__in=owner_ids)
    rows = found.values("currency").annotate(
        due_count=Count("id"), due_amount=Sum("amount"),
        paid_amount=Sum(Least(F("paid_amount"), F("amount")), filter=Q(state__in=JUDGED)),
        **_by_state("kept", PromiseState.KEPT), **_by_state("cancelled", PromiseState.CANCELLED),
        **_by_state("invalidated", PromiseState.INVALIDATED), **_by_state("open", PromiseState.OPEN),
    )  # fmt: skip
    return [_rate(row) for row in rows.order_by("currency")]


def _rate(row: Mapping[str, Any]) -> KeptRate:
    known: dict[str, Any] = {name: ZERO if value is None else value for name, value in row.items()}
    return KeptRate(**known)


def _by_state(name: str, state: PromiseState) -> dict[str, Any]:
    wanted = Q(state=state.value)
    return {f"{name}_count": Count("id", filter=wanted), f"{name}_amount": Sum("amount", filter=wanted)}


def _shelf(shelf: str, on: date) -> QuerySet[Promise]:
    return Promise.objects.filter(_on_shelf(shelf, on))


def _on_shelf(shelf: str, on: date) -> Q:
    is_open = Q(state=PromiseState.OPEN)
    return {
        "DUE_TODAY": is_open & Q(due_on=on),
        "DUE_SOON": is_open & Q(due_on__gt=on, due_on__lte=on + timedelta(days=_SOON_DAYS)),
        "IN_GRACE": is_open & Q(due_on__lt=on),
        "BROKEN": Q(state=PromiseState.BROKEN, ended_on__gt=on - timedelta(days=_BROKEN_DAYS)),
        "KEPT": Q(state=PromiseState.KEPT, ended_on__gt=on - timedelta(days=_BROKEN_DAYS)),
        "OPEN": is_open,
        "ALL": Q(),
    }[shelf if shelf in SHELVES else "ALL"]


def _row(one: Promise) -> PromiseRow:
    owner = one.case.owner
    return PromiseRow(
        id=one.id, case_id=one.case_id, case_number=one.case.number, borrower_id=one.borrower_id,
        owner_id=one.case.owner_id, owner_team_id=owner.team_id if owner else None,
        owner_name=(owner.display_name or owner.username) if owner else "", kind=one.kind, amount=one.amount,
        currency=one.currency, paid_amount=one.paid_amount, due_on=one.due_on,
        last_date=one.due_on + timedelta(days=one.grace_days), state=one.state, ended_on=one.ended_on,
        ended_reason=one.ended_reason, source=one.source, pay_by=one.pay_by, taken_by=one.taken_by,
        taken_at=one.taken_at,
    )  # fmt: skip


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None
