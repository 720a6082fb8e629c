"""The book's figures over REST: by date, each with how many loans stand behind it and the loans themselves."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.features.delinquency import queries
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted
from qingshou.rest.schemas import Code, Day, Page, Paging, Ref

router = Router(tags=["figures"])

_PAGE_ROWS = 200


class FigureOut(Schema):
    """One figure of a date. `base_date` is the earlier date it compares with, null for a figure of the date alone."""

    name: str = Field(examples=["roll_matrix"])
    key: str = Field(examples=["M1>M2"])
    as_of: date
    base_date: date | None = None
    currency: str
    loans_count: int | None = Field(None, description="Loans behind the figure.")
    amount: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    unknown_count: int = Field(description="Loans behind it whose amount is unknown.")


class FigureFilters(Paging):
    """Which figures."""

    as_of: Day = Field(examples=["2005-09-30"])
    name: Code | None = Field(None, examples=["roll_matrix"])


class DrillFilters(Schema):
    """Which figure, exactly, and which page of its loans."""

    as_of: Day = Field(examples=["2005-09-30"])
    name: Code = Field(examples=["roll_matrix"])
    key: Ref = Field(examples=["M1>M2"])
    currency: Code = Field(examples=["TWD"])
    base_date: Day | None = None
    page: int = Field(1, ge=1, le=100_000)


class DrillOut(Schema):
    """The loans behind a figure."""

    columns: list[str]
    rows: list[dict[str, Any]]
    total: int = Field(description="As many as the figure counts.")


@router.get("/dates", response=list[date], summary="List the dates that have figures")
@permitted("cockpit.view")
def list_dates(request: HttpRequest) -> list[date]:
    """The newest first."""
    return queries.list_dates()


@router.get("", response=Page[FigureOut], summary="List the figures of a date")
@permitted("cockpit.view")
def list_figures(request: HttpRequest, asked: Query[FigureFilters]) -> dict[str, Any]:
    """Every figure the cockpit shows, with its parts."""
    filters = asked.filters()
    (offset,) = decode_cursor(listing="figures", filters=filters, cursor=asked.cursor) or (0,)
    found = queries.list_figures(as_of=asked.as_of)
    chosen = [figure for figure in found if asked.name in (None, figure.name)]
    shown, following = page(
        chosen[offset : offset + asked.limit + 1],
        limit=asked.limit,
        listing="figures",
        filters=filters,
        position=lambda _: (offset + asked.limit,),
    )
    plain = [{name: getattr(figure, name) for name in FigureOut.model_fields} for figure in shown]
    return {"items": plain, "next_cursor": following}


@router.get(
    "/loans",
    response=DrillOut,
    summary="List the loans behind a figure",
    openapi_extra={"x-may-be-missing": True},
)
@permitted("cockpit.view")
def list_loans_behind(request: HttpRequest, asked: Query[DrillFilters]) -> dict[str, Any]:
    """From the very file that was summed; as many rows as the figure counts."""
    found = queries.drill(
        name=asked.name,
        key=asked.key,
        as_of=asked.as_of,
        home=settings.QINGSHOU_HOME,
        base_date=asked.base_date,
        currency=asked.currency,
        page=asked.page,
        page_size=_PAGE_ROWS,
    )
    return {"columns": list(found.columns), "rows": list(found.rows), "total": found.total}
