"""The book over REST: loans and borrowers of the working set."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.features.book import listing
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Code, Page, Paging, Ref

loans = Router(tags=["loans"])
borrowers = Router(tags=["borrowers"])


class LoanOut(Schema):
    """A loan of the working set with its state on the as-of date. Unknown is null, never zero."""

    id: UUID
    loan_ref: str = Field(description="The lender's own number.", examples=["L-000123"])
    borrower_id: UUID
    borrower_ref: str
    as_of: date
    product: str = Field(examples=["CARD"])
    branch: str
    channel: str
    currency: str = Field(examples=["CNY"])
    contract_rate: Decimal | None = Field(None, description="Yearly, as a fraction.", examples=["0.061200"])
    originated_date: date | None = None
    maturity_date: date | None = None
    credit_limit: Decimal | None = None
    balance: Decimal | None = Field(None, examples=["12000.000"])
    arrears: Decimal | None = Field(None, examples=["830.500"])
    arrears_principal: Decimal | None = None
    arrears_interest: Decimal | None = None
    arrears_penalty: Decimal | None = None
    arrears_fees: Decimal | None = None
    paid_in_period: Decimal | None = None
    oldest_due_date: date | None = None
    overdue_days: int | None = Field(None, examples=[45])
    days_basis: str = Field(description="GIVEN, OLDEST_DUE_DATE, SCHEDULE or DERIVED.", examples=["GIVEN"])
    severity_base: str
    severity: str = Field(examples=["MODERATE"])
    severity_reason: str = Field(description="What moved it up or down; empty where nothing did.")
    bucket: int | None = None
    regulatory_class: str = Field(examples=["SPECIAL_MENTION"])
    regulatory_reason: str
    is_non_performing: bool
    is_contaminated: bool
    stage: int | None = Field(None, description="IFRS 9 stage.")
    provision_rate: Decimal | None = None
    provision: Decimal | None = None
    is_secured: bool | None = None
    is_written_off: bool
    is_closed: bool


class LoanFilters(Paging):
    """Filters of the list; all given must be met."""

    loan_ref: Ref | None = Field(None, description="The lender's own number, exactly.")
    borrower_id: UUID | None = None
    severity: Code | None = Field(None, examples=["SEVERE"])
    product: Ref | None = None
    branch: Ref | None = None
    regulatory_class: Code | None = None


class BorrowerOut(Schema):
    """A debtor; the name is masked unless the caller's role may see it."""

    id: UUID
    borrower_ref: str
    kind: str = Field(examples=["RETAIL"])
    name: str | None = Field(None, description="Clear or masked by role.", examples=["张*"])
    credit_standing: str
    region: str
    language: str
    time_zone: str


class ContactPointOut(Schema):
    """A number or address; masked unless the caller's role may see it."""

    id: UUID
    channel: str = Field(examples=["PHONE"])
    value: str | None = Field(None, examples=["138****1234"])
    is_struck: bool


class BorrowerDetail(BorrowerOut):
    """A debtor with personal values, clear or masked by role. Every reading is logged."""

    national_id: str | None = None
    birth_date: str | None = None
    employer: str | None = None
    address: str | None = None
    contact_points: list[ContactPointOut]


class BorrowerFilters(Paging):
    """Filters of the list."""

    borrower_ref: Ref | None = Field(None, description="The lender's own number, exactly.")
    kind: Code | None = Field(None, examples=["RETAIL"])
    region: Ref | None = None


@loans.get("", response=Page[LoanOut], summary="List loans of the working set")
@permitted("loans.view")
def list_loans(request: HttpRequest, asked: Query[LoanFilters]) -> dict[str, Any]:
    """By the lender's own number."""
    filters = asked.filters()
    (after,) = decode_cursor(listing="loans", filters=filters, cursor=asked.cursor) or (None,)
    rows = listing.list_loans(filters=filters, limit=asked.limit + 1, after_ref=after)
    shown, following = page(
        rows, limit=asked.limit, listing="loans", filters=filters, position=lambda row: (row["loan_ref"],)
    )
    return {"items": shown, "next_cursor": following}


@loans.get("/{loan_id}", response=LoanOut, summary="Get a loan")
@permitted("loans.view")
def get_loan(request: HttpRequest, loan_id: UUID) -> dict[str, Any]:
    """By id; to find one by the lender's own number, list with `loan_ref`."""
    return listing.get_loan(loan_id=loan_id)


@borrowers.get("", response=Page[BorrowerOut], summary="List borrowers of the working set")
@permitted("loans.view")
def list_borrowers(request: HttpRequest, asked: Query[BorrowerFilters]) -> dict[str, Any]:
    """By the lender's own number; one page is one entry in the log of readings."""
    filters, caller = asked.filters(), principal_of(request)
    (after,) = decode_cursor(listing="borrowers", filters=filters, cursor=asked.cursor) or (None,)
    rows = listing.list_borrowers(
        filters=filters,
        limit=asked.limit + 1,
        after_ref=after,
        reader=caller.actor,
        role=caller.role,
        now=request.now,
    )
    shown, following = page(
        rows, limit=asked.limit, listing="borrowers", filters=filters, position=lambda row: (row["borrower_ref"],)
    )
    return {"items": shown, "next_cursor": following}


@borrowers.get("/{borrower_id}", response=BorrowerDetail, summary="Get a borrower")
@permitted("loans.view")
def get_borrower(request: HttpRequest, borrower_id: UUID) -> dict[str, Any]:
    """Personal values clear or masked by the caller's role; the reading is logged."""
    caller = principal_of(request)
    return listing.get_borrower(borrower_id=borrower_id, reader=caller.actor, role=caller.role, now=request.now)
