"""Receipts and ledgers over REST: tell of money, see where each cent went, ask for a reversal."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from qingshou.features.book.owing import loan_owner_reading
from qingshou.features.cases.callers import case_for
from qingshou.features.cases.queries import latest_case_of
from qingshou.features.repayment.operations.ledger_approvals import ask_reversal
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan
from qingshou.features.repayment.operations.receipt_intake import TakenIn, take_in
from qingshou.features.repayment.operations.receipt_parts import PARTS_MAX, Share, join_parts, split_over_debtors
from qingshou.features.repayment.operations.receipt_rows import Told
from qingshou.features.repayment.queries.owed import OwedOfLoan, owed_of_loan_with
from qingshou.features.repayment.queries.receipts import (
    Explained,
    ReceiptRow,
    explain_receipt,
    get_receipt,
    list_parts,
    list_receipts,
    row_of,
)
from qingshou.features.repayment.queries.statement import (
    CitedArticle,
    StatementLine,
    statement_lines,
    statement_readings,
)
from qingshou.kernel.errors import BadInput, NotFound
from qingshou.rest.answers import answer_as_made
from qingshou.rest.numbers import PlainDecimal
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Day, Given, Note, Page, Paging, Ref
from qingshou.tenancy.queries import lender_reading
from qingshou.tenancy.reading import read

router = Router()

State = Literal["UNMATCHED", "PROPOSED", "APPLIED", "REVERSED", "REFUNDED", "SPLIT"]
Source = Literal["BANK_FILE", "API", "WEBHOOK", "CASH", "SPLIT"]


class BadShare(BadInput):
    """A share of a receipt names nobody."""

    code = "SHARE_OF_NOBODY"


class ReceiptIn(Given):
    """A sum that came in. The payer's name, account and words are kept sealed."""

    external_ref: Ref = Field(description="The bank's or your own id of the payment: the same id is one receipt.")
    amount: PlainDecimal = Field(gt=0, max_digits=18, decimal_places=3, examples=["1250.00"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])
    value_date: Day
    loan_ref: Ref | None = Field(None, description="The loan it is for, by the lender's own number.")
    payment_ref: str = Field("", max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$", description="A reference of ours.")
    payer_name: str = Field("", max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")
    payer_account: str = Field("", max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")
    remittance: Note = Field("", description="What the payer wrote; references of ours are found in it.")


class ReceiptOut(Schema):
    """A receipt; no personal values. `unapplied` is what stands on no debt."""

    id: UUID
    source: str = Field(examples=["BANK_FILE"])
    external_ref: str
    amount: Decimal
    currency: str
    value_date: date
    received_at: datetime
    payment_ref: str
    state: str = Field(examples=["APPLIED"])
    borrower_id: UUID | None = None
    matched_by: str
    reversed_on: date | None = None
    ended_reason: str
    unapplied: Decimal
    whole_id: UUID | None = Field(None, description="Of a part: the receipt it is one debtor's share of.")
    warnings: list[str] = Field(
        description="DATE_AHEAD: the value date lies more than 31 days after the receipt was told.", examples=[[]]
    )


class ArticleOut(Schema):
    """A place of law and how sure we are of it."""

    instrument: str = Field(examples=["china.payment_order"])
    article: str = Field(examples=["561"])
    confidence: str = Field(examples=["read"])


class LineOut(Schema):
    """Where some of a receipt went: `account` is COSTS, PENALTY, INTEREST, PRINCIPAL or UNSPLIT, or the lender's own
    TAPE (the core system had booked it), RECOVERED (after a charge-off) or REFUNDED."""

    loan_id: UUID | None = None
    loan_ref: str
    account: str
    due_date: date | None = None
    amount: Decimal
    rule: str = Field(description="LAW, CONTRACT, OWN_ORDER or the lender's policy.")
    reasons: list[str] = Field(examples=[["DEBT_DUE", "PART_BY_LAW"]])
    articles: list[ArticleOut]


class ReceiptDetail(ReceiptOut):
    """A receipt with where each cent of it stands: lines and `unapplied` are `amount`; of a SPLIT one, its parts."""

    is_repeat: bool = Field(False, description="Told before: nothing was done again.")
    applied: Decimal
    refunded: Decimal
    lines: list[LineOut]
    parts: list[ReceiptOut]


class ShareIn(Given):
    """What of a receipt is for one debtor; with `loan_ref` for that loan alone."""

    loan_ref: Ref | None = None
    borrower_id: UUID | None = Field(None, description="Where no loan is named: on this debtor's loans, by law.")
    amount: PlainDecimal = Field(gt=0, max_digits=18, decimal_places=3)


class SplitIn(Given):
    """The shares: together the receipt's amount, to the cent."""

    shares: list[ShareIn] = Field(min_length=2, max_length=PARTS_MAX)


class JoinIn(Given):
    """Why the parts are joined again."""

    reason: Note = Field(min_length=3, examples=["The employer sent other shares"])


class ReceiptFilters(Paging):
    """Filters of the list."""

    state: State | None = None
    source: Source | None = None
    borrower_id: UUID | None = None
    value_from: Day | None = Field(None, description="Value date on or after.")
    value_until: Day | None = Field(None, description="Value date on or before.")


class ReversalIn(Given):
    """Why a receipt is to be reversed."""

    reason: Note = Field(min_length=3, examples=["The bank took it back by letter of 2026-11-20"])


class AskedOut(Schema):
    """A request that waits for a second person."""

    request_id: UUID
    status: str = Field(examples=["PENDING"])
    expires_at: datetime


class PartOut(Schema):
    """One part of a debt: a kind of one due date."""

    kind: str
    due_date: date | None = None
    amount: Decimal


class MovementOut(Schema):
    """One line of the statement of account; more owed where positive."""

    kind: str = Field(examples=["ALLOCATION"])
    effective_date: date
    recorded_at: datetime
    receipt_id: UUID | None = None
    rule: str
    amount: Decimal
    balance: Decimal
    parts: list[PartOut]


class LedgerOut(Schema):
    """What is owed on a loan on a day and how it came about. Without a ledger the tape's figures, and no movements."""

    loan_id: UUID
    loan_ref: str
    currency: str
    has_ledger: bool
    state: str = Field(examples=["OPEN"])
    tape_as_of: date
    on: date
    total: Decimal | None = Field(None, description="Null where the tape does not tell the balance.")
    owed_now: Decimal | None = None
    overdue: Decimal | None = None
    not_yet_due: Decimal | None = None
    parts: list[PartOut]
    movements: list[MovementOut]


@router.post("/receipts", response=ReceiptDetail, summary="Tell of a payment", openapi_extra={"x-may-be-missing": True})
@permitted("receipts.take")
def tell(request: HttpRequest, given: ReceiptIn) -> dict[str, Any]:
    """Recorded once by `external_ref`; put on the debts where `loan_ref` or a reference of ours says whose it is, else
    it waits in the queue. The same id with another amount, currency or day is 409. A day far ahead is taken and
    told of in `warnings`, as of a bank's file: most are a year mistyped."""
    told = Told(
        source="API", external_ref=given.external_ref, amount=given.amount, currency=given.currency,
        value_date=given.value_date, payment_ref=given.payment_ref, payer_name=given.payer_name,
        payer_account=given.payer_account, remittance=given.remittance,
    )  # fmt: skip
    taken = take_in(
        told=told, loan_ref=given.loan_ref or "", actor=principal_of(request).actor, now=request.now  # type: ignore[attr-defined]
    )  # fmt: skip
    return {**_detail(_explained(taken)), "is_repeat": taken.is_repeat}


@router.get("/receipts", response=Page[ReceiptOut], summary="List receipts")
@permitted("receipts.view")
def list_all(request: HttpRequest, asked: Query[ReceiptFilters]) -> dict[str, Any]:
    """The latest received first."""
    filters = asked.filters()
    after = decode_cursor(listing="receipts", filters=filters, cursor=asked.cursor)
    rows = list_receipts(limit=asked.limit + 1, after=after, **filters)  # type: ignore[arg-type]
    shown, following = page(
        rows, limit=asked.limit, listing="receipts", filters=filters, position=lambda row: (row.received_at, row.id)
    )
    return {"items": [_row(one) for one in shown], "next_cursor": following}


@router.get("/receipts/{receipt_id}", response=ReceiptDetail, summary="See where a receipt went")
@permitted("receipts.view")
def show(request: HttpRequest, receipt_id: UUID) -> dict[str, Any]:
    """Each cent with its reason and article."""
    return _detail(explain_receipt(receipt_id=receipt_id))


@router.post("/receipts/{receipt_id}/reversal", response={202: AskedOut}, summary="Ask for a receipt to be reversed")
@permitted("receipts.reverse")
def ask(request: HttpRequest, receipt_id: UUID, given: ReversalIn) -> Status[dict[str, Any]]:
    """A second person decides; what a bank's file or a provider takes back is reversed by itself."""
    get_receipt(receipt_id=receipt_id)
    asked = ask_reversal(
        receipt_id=receipt_id, reason=given.reason, actor=principal_of(request).actor, now=request.now  # type: ignore[attr-defined]
    )  # fmt: skip
    return Status(202, {"request_id": asked.id, "status": asked.status, "expires_at": asked.expires_at})


@router.post("/receipts/{receipt_id}/split", response=ReceiptDetail, summary="Split a receipt over several debtors")
@permitted("receipts.take")
def split(request: HttpRequest, receipt_id: UUID, given: SplitIn) -> dict[str, Any]:
    """Only one that waits in the queue; each share becomes a receipt of its debtor. All of it or nothing."""
    get_receipt(receipt_id=receipt_id)
    split_over_debtors(
        receipt_id=receipt_id, shares=[_share(one) for one in given.shares], actor=principal_of(request).actor,
        now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return _detail(explain_receipt(receipt_id=receipt_id))


@router.post("/receipts/{receipt_id}/join", response=ReceiptDetail, summary="Join the parts of a receipt again")
@permitted("receipts.take")
def join(request: HttpRequest, receipt_id: UUID, given: JoinIn) -> dict[str, Any]:
    """Every part is taken off the debts, and the receipt waits in the queue."""
    get_receipt(receipt_id=receipt_id)
    join_parts(receipt_id=receipt_id, reason=given.reason, actor=principal_of(request).actor, now=request.now)  # type: ignore[attr-defined]
    return _detail(explain_receipt(receipt_id=receipt_id))


def _share(given: ShareIn) -> Share:
    if given.loan_ref:
        found = read(loan_owner_reading(loan_ref=given.loan_ref))
        if found is None:
            raise NoSuchLoan("There is no such loan in the working set: check the number, or name the debtor.")
        loan, borrower_id = found
        return Share(borrower_id, given.amount, (loan,))
    if given.borrower_id is None:
        raise BadShare("Name a loan or a debtor in each share.")
    return Share(given.borrower_id, given.amount, ())


@router.get("/loans/{loan_id}/ledger", response=LedgerOut, summary="Read a loan's ledger")
@permitted("repayment.view")
def ledger(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """What is owed today by kind and due date, and every movement that holds, in the order of its effect."""
    owed, ((_, time_zone, _), *moved) = owed_of_loan_with(
        lender_reading(), *statement_readings(loan_id=loan_id), loan_id=loan_id
    )  # fmt: skip
    _ensure_may_see(request, owed)
    on = request.now.astimezone(ZoneInfo(time_zone)).date()  # type: ignore[attr-defined]
    return answer_as_made(ledger_values(owed, statement_lines(*moved), on))


def _ensure_may_see(request: HttpRequest, owed: OwedOfLoan) -> None:
    """Who sees all receipts sees every ledger; others those of debtors whose case they may see."""
    caller = principal_of(request)
    if caller.may("receipts.view"):
        return
    case_id = latest_case_of(borrower_ids=[owed.borrower_id])
    if case_id is None:
        raise NotFound("There is no such loan, or it is not for you.", name="loan")
    case_for(request, case_id, "cases.view", name="loan")


def _explained(taken: TakenIn) -> Explained:
    """Return where the receipt stands: of a new one from what was just done, of a repeated one read anew."""
    done = taken.applied
    if taken.is_repeat:
        return explain_receipt(receipt_id=done.receipt.id)
    return Explained.of(row_of(done.receipt, unapplied=done.unapplied), done.lines)


def _row(row: ReceiptRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ReceiptOut.model_fields}


def _detail(found: Explained) -> dict[str, Any]:
    lines = [
        {"loan_id": one.loan_id, "loan_ref": one.loan_ref, "account": one.account, "due_date": one.due_date,
         "amount": one.amount, "rule": one.rule, "reasons": list(one.reasons),
         "articles": [_article(article) for article in one.articles]}
        for one in found.lines
    ]  # fmt: skip
    parts = [_row(one) for one in list_parts(receipt_id=found.receipt.id)] if found.receipt.state == "SPLIT" else []
    return {
        **_row(found.receipt), "applied": found.applied, "refunded": found.refunded, "lines": lines, "parts": parts,
    }  # fmt: skip


def _article(one: CitedArticle) -> dict[str, str]:
    return {"instrument": one.instrument, "article": one.article, "confidence": one.confidence}


def ledger_values(owed: OwedOfLoan, lines: Iterable[StatementLine], on: date) -> dict[str, Any]:
    """Return the fields of LedgerOut."""
    standing = owed.standing(on=on) if owed.parts is not None else None
    parts = sorted((owed.parts or {}).items(), key=lambda item: item[0].key)
    movements = [
        {"kind": line.kind, "effective_date": line.effective_date, "recorded_at": line.recorded_at,
         "receipt_id": line.receipt_id, "rule": line.rule, "amount": line.amount, "balance": line.balance,
         "parts": [{"kind": part.kind, "due_date": part.due_date, "amount": part.amount} for part in line.parts]}
        for line in lines
    ]  # fmt: skip
    return {
        "loan_id": owed.loan_id, "loan_ref": owed.loan_ref, "currency": owed.currency, "has_ledger": owed.has_ledger,
        "state": owed.state, "tape_as_of": owed.tape_as_of, "on": on,
        "total": owed.total if standing else None,
        "owed_now": standing.owed_now if standing else None,
        "overdue": standing.overdue if standing else None,
        "not_yet_due": standing.not_yet_due if standing else None,
        "parts": [{"kind": slot.kind.value, "due_date": slot.due_date, "amount": amount} for slot, amount in parts],
        "movements": movements,
    }  # fmt: skip
