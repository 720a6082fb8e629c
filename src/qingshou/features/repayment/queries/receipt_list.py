"""Lists of receipts for the desk: filtered, sorted, searched; the queue of those that wait; cash of a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from qingshou.features.book.finding import find_loans
from qingshou.features.cases.queries.numbers import borrowers_of_numbers
from qingshou.features.repayment.models import Receipt, Transaction
from qingshou.features.repayment.queries.receipts import QUEUE_STATES
from qingshou.features.repayment.rules.references import find_bare_references, find_references
from qingshou.kernel.errors import NotFound
from qingshou.kernel.money import ZERO

COUNT_MAX = 10_000
LEFT_OVER = "LEFT_OVER"  # no state of its own: something of an applied receipt stands on no debt
_LINE = Coalesce("line_no", 0)
SORTS = {"received": "received_at", "value_date": "value_date", "amount": "amount"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFilter:
    """What is asked for; empty means all."""

    state: str = ""
    source: str = ""
    value_from: date | None = None
    value_until: date | None = None
    amount_from: Decimal | None = None
    amount_until: Decimal | None = None
    text: str = ""
    bank_file_id: UUID | None = None
    borrower_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CashierTotal:
    """What one person took at the cash desk on a day, in one currency; receipts reversed since are counted apart."""

    cashier: str
    currency: str
    receipts: int
    amount: Decimal
    reversed_amount: Decimal


def list_receipt_rows(
    *, wanted: ReceiptFilter, sort: str = "received", is_descending: bool = True, offset: int = 0, limit: int = 50
) -> list[Any]:
    """Return receipts with their debtor and what is left of them (`unapplied`)."""
    column = SORTS.get(sort, "received_at")
    rows = _wanted(wanted).select_related("borrower", "whole").annotate(unapplied=-F("account__balance"))
    return list(rows.order_by(f"-{column}" if is_descending else column, "line_no", "id")[offset : offset + limit])


def count_receipt_rows(*, wanted: ReceiptFilter) -> int:
    """Return how many receipts fit, counted up to COUNT_MAX + 1."""
    return _wanted(wanted).order_by()[: COUNT_MAX + 1].count()


def sums_of(*, wanted: ReceiptFilter) -> list[tuple[str, int, Decimal]]:
    """Return (currency, how many, sum) of the receipts that fit; a part is not counted beside its whole."""
    fitting = _wanted(wanted)
    rows = fitting.filter(Q(whole__isnull=True) | ~Q(whole__in=fitting.order_by().values("id")))
    return list(rows.order_by("currency").values_list("currency").annotate(Count("id"), Sum("amount")))


def list_queue(*, offset: int = 0, limit: int = 50) -> list[Any]:
    """Return the receipts that wait for a person, the oldest first."""
    return list(_queue()[offset : offset + limit])


def count_queue() -> int:
    """Return how many receipts wait for a person, counted up to twice COUNT_MAX."""
    return Receipt.objects.filter(state__in=QUEUE_STATES)[: 2 * COUNT_MAX].count()


def next_in_queue(*, after: UUID | None = None) -> UUID | None:
    """Return the receipt behind one in the queue, or the first; None where no other waits."""
    rows = _queue()
    mine = Receipt.objects.filter(id=after).values_list("received_at", _LINE, "id") if after else None
    held = mine.first() if mine is not None else None
    if held is not None:
        at, line, key = held
        behind = rows.filter(
            Q(received_at__gt=at) | Q(received_at=at, line__gt=line) | Q(received_at=at, line=line, id__gt=key)
        )
        found = behind.values_list("id", flat=True).first()
        if found is not None:
            return found  # type: ignore[no-any-return]
    return rows.exclude(id=after).values_list("id", flat=True).first()  # type: ignore[no-any-return]


def get_receipt_row(*, receipt_id: UUID) -> Any:
    """Return one receipt with its debtor, file and what is left of it; stops with NotFound."""
    rows = Receipt.objects.filter(id=receipt_id).select_related("borrower", "bank_file", "whole")
    found = rows.annotate(unapplied=-F("account__balance")).first()
    if found is None:
        raise NotFound("There is no such receipt, or it is not for you.", name="receipt")
    return found


def list_of_files(*, receipt_ids: Collection[UUID]) -> list[Any]:
    """Return receipts with the banks' files that brought them, the oldest first."""
    rows = Receipt.objects.filter(id__in=receipt_ids).select_related("bank_file")
    return list(rows.order_by("received_at", "id")) if receipt_ids else []


def recorded_by(*, receipt_id: UUID) -> str:
    """Return who recorded a receipt."""
    rows = Transaction.objects.filter(receipt_id=receipt_id, kind="RECEIPT")
    return rows.values_list("actor_name", flat=True).first() or ""


def last_receipts_of(*, borrower_id: UUID, limit: int = 5) -> list[Any]:
    """Return a debtor's latest receipts with what is left of each."""
    return list_receipt_rows(wanted=ReceiptFilter(borrower_id=borrower_id), sort="value_date", limit=limit)


def unapplied_of(*, borrower_id: UUID) -> dict[str, Decimal]:
    """Return currency -> what a debtor paid that stands on no debt."""
    rows = Receipt.objects.filter(borrower_id=borrower_id, account__balance__lt=0).order_by("currency")
    return {code: -left for code, left in rows.values_list("currency").annotate(Sum("account__balance"))}


def cash_totals(*, since: datetime, until: datetime) -> list[CashierTotal]:
    """Return what each cashier took from an instant until before another, by name and currency."""
    rows = Transaction.objects.filter(
        kind="RECEIPT", receipt__source="CASH", recorded_at__gte=since, recorded_at__lt=until
    )
    found = rows.values_list("actor_name", "receipt__currency").annotate(
        receipts=Count("id"), taken=Sum("receipt__amount"),
        undone=Sum("receipt__amount", filter=Q(receipt__state="REVERSED")),
    )  # fmt: skip
    return [
        CashierTotal(cashier, currency, receipts, amount, undone or ZERO)
        for cashier, currency, receipts, amount, undone in found.order_by("actor_name", "receipt__currency")
    ]


def list_cash(*, since: datetime, until: datetime, limit: int = 200) -> list[Any]:
    """Return the cash receipts recorded in a period, the latest first, each with `cashier`."""
    rows = Receipt.objects.filter(
        source="CASH", transactions__kind="RECEIPT", received_at__gte=since, received_at__lt=until
    )
    rows = rows.select_related("borrower").annotate(cashier=F("transactions__actor_name"))
    return list(rows.order_by("-received_at", "id")[:limit])


def _queue() -> QuerySet[Receipt]:
    """The oldest first, those of one file as they stand in it."""
    return Receipt.objects.filter(state__in=QUEUE_STATES).annotate(line=_LINE).order_by("received_at", "line", "id")


def _wanted(wanted: ReceiptFilter) -> QuerySet[Receipt]:
    rows = Receipt.objects.all()
    if wanted.state == LEFT_OVER:
        rows = rows.filter(state="APPLIED", account__balance__lt=0)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    given: Sequence[tuple[str, object]] = (
        ("source", wanted.source), ("value_date__gte", wanted.value_from), ("value_date__lte", wanted.value_until),
        ("amount__gte", wanted.amount_from), ("amount__lte", wanted.amount_until),
        ("bank_file_id", wanted.bank_file_id), ("borrower_id", wanted.borrower_id),
    )  # fmt: skip
    rows = rows.filter(**{name: value for name, value in given if value not in (None, "")})
    return rows.filter(_named(wanted.text)) if wanted.text else rows


def _named(text: str) -> Q:
    """Return what finds a receipt by a whole number: the bank's, ours, a loan's or a case's."""
    references = [*find_references(text), *find_bare_references(text)]
    borrowers = {loan.borrower_id for loan in find_loans(loan_refs=[text])}
    borrowers |= set(borrowers_of_numbers(numbers=[text]).values())
    return (
        Q(external_ref=text) | Q(source_ref=text) | Q(payment_ref__in=[text, *references])
        | Q(borrower_id__in=borrowers)
    )  # fmt: skip
