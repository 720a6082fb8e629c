"""The day a desk's lists are of, and debtors' names opened for whoever reads a list: once a page, logged once."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from qingshou.features.book.debtors import sealed_names
from qingshou.features.cases.queries.numbers import latest_as_of
from qingshou.features.cases.views.shown import Desk
from qingshou.privacy.operations import reveal_many


def names_of(borrower_ids: Collection[UUID], desk: Desk, *, purpose: str) -> Mapping[UUID, str | None]:
    """Return debtors' names, clear or masked by role; one row of the reading log for all."""
    shown = reveal_many(
        subject_kind="BORROWER", rows=sealed_names(borrower_ids=borrower_ids), reader=desk.actor, role=desk.role,
        purpose=purpose, now=desk.now,
    )  # fmt: skip
    return {borrower_id: values["name"] for borrower_id, values in shown.items()}


def day_of_list(desk: Desk) -> date:
    """Return the day a list is of: the book's own where the book is of the past, else today."""
    return (latest_as_of() or desk.today) if desk.is_demo else desk.today
