"""Receipts: one with where each cent went and why, lists, the queue of the unmatched, what the tape does not show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, When

from qingshou.features.book.owing import lists_payments, payments_with_refs
from qingshou.features.repayment.models import Account, PaymentReference, Posting, Receipt
from qingshou.features.repayment.models.amounts import as_kept
from qingshou.features.repayment.queries.statement import CitedArticle, read_articles, read_reasons
from qingshou.features.repayment.rules.far_ahead import DATE_AHEAD, is_far_ahead
from qingshou.features.repayment.rules.references import shown
from qingshou.kernel.errors import NotFound
from qingshou.kernel.money import ZERO

QUEUE_STATES = ("UNMATCHED", "PROPOSED")
_FIELDS = ("id", "source", "external_ref", "amount", "currency", "value_date", "received_at", "payment_ref", "state",
           "borrower_id", "matched_by", "proposals", "reversed_on", "reversal_ref", "ended_reason", "bank_file_id",
           "line_no", "whole_id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt without personal values. `unapplied` is above zero where something of it stands on no debt."""

    id: UUID
    source: str
    external_ref: str
    amount: Decimal
    currency: str
    value_date: date
    received_at: datetime
    payment_ref: str
    state: str
    borrower_id: UUID | None
    matched_by: str
    proposals: Sequence[Mapping[str, Any]]
    reversed_on: date | None
    reversal_ref: str
    ended_reason: str
    bank_file_id: UUID | None
    line_no: int | None
    whole_id: UUID | None
    unapplied: Decimal

    @property
    def warnings(self) -> list[str]:
        """What of it is to be doubted, by code: DATE_AHEAD, where its day lies far after the one it was told on."""
        is_ahead = is_far_ahead(value_date=self.value_date, taken_on=self.received_at.date())
        return [DATE_AHEAD] if is_ahead else []


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """Where some cents of a receipt went, and why. `account` is a kind of part, or TAPE, RECOVERED, REFUNDED."""

    loan_id: UUID | None
    loan_ref: str
    account: str
    due_date: date | None
    amount: Decimal
    rule: str
    reasons: tuple[str, ...]
    articles: tuple[CitedArticle, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A receipt and where each cent of it stands now: the lines and what is unapplied add up to its amount."""

    receipt: ReceiptRow
    lines: tuple[ExplainedLine, ...]
    applied: Decimal
    refunded: Decimal

    @classmethod
    def of(cls, receipt: ReceiptRow, lines: Sequence[ExplainedLine]) -> "Explained":
        """Return a receipt with its lines, added up."""
        refunded = sum((line.amount for line in lines if line.account == "REFUNDED"), ZERO)
        return cls(receipt, tuple(lines), sum((line.amount for line in lines), ZERO) - refunded, refunded)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A receipt of ours that the tape of a later day does not show: the core system has not booked it, or elsewhere."""

    receipt_id: UUID
    external_ref: str
    amount: Decimal
    currency: str
    value_date: date
    borrower_id: UUID | None
    loan_id: UUID
    loan_ref: str
    tape_as_of: date


def get_receipt(*, receipt_id: UUID) -> ReceiptRow:
    """Return one receipt; stops with NotFound."""
    found = _rows(Receipt.objects.filter(id=receipt_id))
    if not found:
        raise NotFound("There is no such receipt, or it is not for you.", name="receipt")
    return found[0]


def row_of(receipt: Receipt, *, unapplied: Decimal) -> ReceiptRow:
    """Return a receipt at hand as the queries return it."""
    values = {name: getattr(receipt, name) for name in _FIELDS} | {"amount": as_kept(receipt.amount)}
    return ReceiptRow(**values, unapplied=as_kept(unapplied))


def list_parts(*, receipt_id: UUID) -> list[ReceiptRow]:
    """Return the parts of a receipt split over several debtors, in their order; those joined again are left out."""
    rows = Receipt.objects.filter(whole=receipt_id).exclude(state="REVERSED").order_by("borrower_id", "id")
    return _rows(rows)


def find_receipt(*, source: str, external_ref: str) -> ReceiptRow | None:
    """Return the receipt of a bank's or provider's own id."""
    found = _rows(Receipt.objects.filter(source=source, external_ref=external_ref))
    return found[0] if found else None


def list_receipts(
    *,
    limit: int,
    state: str = "",
    source: str = "",
    borrower_id: UUID | None = None,
    value_from: date | None = None,
    value_until: date | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> list[ReceiptRow]:
    """Return receipts, the latest received first, beginning after (received_at, id); value days both included."""
    rows = Receipt.objects.all()
    for name, value in (("state", state), ("source", source), ("borrower_id", borrower_id),
                        ("value_date__gte", value_from), ("value_date__lte", value_until)):  # fmt: skip
        rows = rows.filter(**{name: value}) if value else rows
    return _paged(rows, limit, after)


def list_unmatched(*, limit: int, after: tuple[datetime, UUID] | None = None) -> list[ReceiptRow]:
    """Return the queue: receipts of which nobody knows whose they are, or whose matches wait for a person."""
    return _paged(Receipt.objects.filter(state__in=QUEUE_STATES), limit, after)


def count_unmatched() -> int:
    """Return how long the queue is."""
    return Receipt.objects.filter(state__in=QUEUE_STATES).count()


def list_left_over(*, limit: int, after: tuple[datetime, UUID] | None = None) -> list[ReceiptRow]:
    """Return receipts of known debtors of which something stands on no debt: overpaid, or not due yet."""
    left = Account.objects.filter(kind="UNAPPLIED", balance__lt=0).values("receipt_id")
    return _paged(Receipt.objects.filter(state="APPLIED", id__in=left), limit, after)


def explain_receipt(*, receipt_id: UUID) -> Explained:
    """Return where each cent of a receipt went and why, as it stands now; stops with NotFound."""
    receipt = get_receipt(receipt_id=receipt_id)
    postings = list(
        Posting.objects.filter(
            transaction__receipt_id=receipt_id, transaction__kind__in=("ALLOCATION", "REFUND"),
            transaction__reversed_by__isnull=True,
        )
        .exclude(account__kind="UNAPPLIED")
        .order_by("transaction__effective_date", "id")
        .values_list(
            "transaction__ledger_id", "transaction__ledger__loan__loan_ref", "account__kind", "account__due_date",
            "amount", "transaction__rule", "reason", "law",
        )
    )  # fmt: skip
    lines = [
        ExplainedLine(loan, ref or "", kind, due_date, -amount, rule, read_reasons(reason), read_articles(law))
        for loan, ref, kind, due_date, amount, rule, reason, law in postings
    ]
    return Explained.of(receipt, lines)


def list_unconfirmed(*, limit: int = 200) -> list[Unconfirmed]:
    """Return receipts dated on or before their loans' tape that the tape does not show, the latest first.

    Where the lender's tapes list no payments there is nothing to compare with, and nothing is told.
    """
    if not lists_payments():
        return []
    rows = list(
        Receipt.objects.filter(
            state="APPLIED", ledger_events__is_undone=False, ledger_events__kind="ALLOCATION",
            value_date__lte=F("ledger_events__ledger__tape_as_of"),
        )
        .order_by("-value_date", "id", "ledger_events__ledger_id")
        .distinct()
        .annotate(known_by=Case(When(whole__isnull=False, then="source_ref"), default="external_ref"))
        .values_list(
            "id", "known_by", "amount", "currency", "value_date", "borrower_id", "payment_ref",
            "ledger_events__ledger_id", "ledger_events__ledger__loan__loan_ref", "ledger_events__ledger__tape_as_of",
        )[: 5 * limit]
    )  # fmt: skip
    shown = {
        (loan, ref)
        for loan, ref, _ in payments_with_refs(
            loan_ids={row[7] for row in rows}, refs={ref for row in rows for ref in (row[1], row[6])}
        )
    }
    found = [
        Unconfirmed(*row[:6], *row[7:])
        for row in rows
        if (row[7], row[1]) not in shown and (row[7], row[6]) not in shown
    ]
    return found[:limit]


def owner_of_reference(*, reference: str) -> tuple[UUID, UUID | None] | None:
    """Return (debtor, loan or None) that a payment reference of ours was given for."""
    return PaymentReference.objects.filter(reference=reference).values_list("borrower_id", "loan_id").first()


def references_of(borrower_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """Return debtor -> the message variable of the reference that was given for all their debts."""
    rows = PaymentReference.objects.filter(borrower_id__in=borrower_ids, loan=None)
    return {borrower: {"payment_ref": shown(text)} for borrower, text in rows.values_list("borrower_id", "reference")}


def _paged(rows: QuerySet[Receipt], limit: int, after: tuple[datetime, UUID] | None) -> list[ReceiptRow]:
    if after is not None:
        rows = rows.filter(Q(received_at__lt=after[0]) | Q(received_at=after[0], id__gt=after[1]))
    return _rows(rows.order_by("-received_at", "id")[:limit])


def _rows(rows: QuerySet[Receipt]) -> list[ReceiptRow]:
    return [
        ReceiptRow(**{name: row[name] for name in _FIELDS}, unapplied=-row["account__balance"])
        for row in rows.values(*_FIELDS, "account__balance")
    ]
