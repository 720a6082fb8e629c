"""Shapes that all endpoints share."""

from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, StringConstraints

from qingshou.rest.paging import LIMIT_DEFAULT, LIMIT_MAX

Item = TypeVar("Item")

# Text that a database can hold: no control characters (a NUL would be refused by PostgreSQL with an error of its own).
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Ref = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=PRINTABLE)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.\-]+$")]
Note = Annotated[str, StringConstraints(max_length=400, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


def _in_calendar(day: date) -> date:
    if not 1900 <= day.year <= 2200:  # so that adding days or years can never leave the calendar
        raise ValueError("must lie between 1900-01-01 and 2200-12-31")
    return day


Day = Annotated[date, AfterValidator(_in_calendar)]


class Given(Schema):
    """What a caller sends as a body: a name that nothing reads is refused, since a slip must not pass for no wish."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """What went wrong, why, and what to do (RFC 9457)."""

    type: str = Field(description="Names the kind of problem; stable.", examples=["urn:qingshou:problem:NOT_FOUND"])
    title: str = Field(description="What happened, in the caller's language.", examples=["Not found"])
    status: int = Field(description="The HTTP status, repeated.", examples=[404])
    detail: str = Field(description="What happened here and why.", examples=["There is no such loan."])
    remedy: str = Field(description="What to do about it.", examples=["Check the id; lists show what you may see."])
    code: str = Field(description="Stable code for machines.", examples=["NOT_FOUND"])
    instance: str = Field(description="The path asked.", examples=["/api/v1/loans"])
    errors: list[dict[str, Any]] | None = Field(
        default=None, description="For what was sent wrongly: each place (`loc`) and what is wrong with it (`msg`)."
    )


class Page(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(
        default=None, description="Send as `cursor` for the next page; null on the last. Opaque: do not take it apart."
    )


class Paging(Schema):
    """Which page of a list; the filters of each list stand beside it."""

    cursor: str | None = Field(
        None,
        max_length=1000,
        description="`next_cursor` of the page before, with the same filters; none for the first page.",
    )
    limit: int = Field(LIMIT_DEFAULT, ge=1, le=LIMIT_MAX, description=f"Rows a page, 1 to {LIMIT_MAX}.")

    def filters(self) -> dict[str, Any]:
        """Return the filters alone, without the page."""
        return self.dict(exclude={"cursor", "limit"}, exclude_none=True)
