"""The worklist: a page of live cases in the order of the queue, found by filters and paged by key."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from qingshou.features.cases.errors import BadCaseInput
from qingshou.features.cases.models import Case
from qingshou.tenancy.context import current_tenant_id

LIMIT_MAX = 500
COUNT_MAX = 1000
OWNERS_HOPPED_MAX = 60


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """What a worklist shows; everything left empty shows all live cases. Reading happens for the lender in force only.

    `owner_ids` None: everybody's; empty: nobody's.
    """

    owner_ids: tuple[UUID, ...] | None = None
    severity: str = ""
    stage: str = ""
    product: str = ""
    branch: str = ""
    next_action: str = ""
    queue_tier: int | None = None
    days_min: int | None = None
    days_max: int | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """An order with its key column; unknown values come last."""

    column: str
    is_descending: bool = False


SORTS = {
    "queue": Sort("queue_key"),
    "days": Sort("since_key"),
    "arrears": Sort("arrears_key", is_descending=True),
    "due": Sort("next_action_on"),
}


@dataclass(frozen=True, slots=True)
class After:
    """The last row of a page: the next page begins after it."""

    key: str
    case_id: UUID


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """One page, and where the next begins (None at the end)."""

    rows: tuple[Case, ...]
    next_after: After | None


def list_worklist(
    *, filters: WorklistFilter, sort: str = "queue", after: After | None = None, limit: int = 50
) -> WorklistPage:
    """Return one page of live cases with owner and debtor's row: one query, whatever the size.

    Takes   sort   a key of SORTS
            after  `next_after` of the page before
    Stops   BadCaseInput on an unknown order or a limit out of 1-500
    """
    order = _order(sort)
    if not 1 <= limit <= LIMIT_MAX:
        raise BadCaseInput(f"A page holds 1 to {LIMIT_MAX} cases.", limit=limit)
    rows = _filtered(filters)
    if after is not None:
        sign = "<" if order.is_descending else ">"
        given = [_read_key(order.column, after.key), after.case_id]
        rows = rows.filter(
            RawSQL(  # noqa: S611  the column is one of SORTS
                f"(cases_case.{order.column}, cases_case.id) {sign} (%s, %s)", given, output_field=BooleanField()
            )
        )
    dash = "-" if order.is_descending else ""
    by = (f"{dash}{order.column}", f"{dash}id")
    owners = filters.owner_ids or ()
    if 1 < len(owners) <= OWNERS_HOPPED_MAX:
        # each owner's cases lie sorted in the index: the first of each are merged, none of the rest is read
        firsts = [rows.filter(owner=owner).order_by(*by).values("id")[: limit + 1] for owner in owners]
        rows = Case.objects.filter(id__in=[row["id"] for row in firsts[0].union(*firsts[1:], all=True)])
    found = list(rows.select_related("owner", "borrower").order_by(*by)[: limit + 1])
    page = tuple(found[:limit])
    following = After(str(getattr(page[-1], order.column)), page[-1].id) if len(found) > limit else None
    return WorklistPage(page, following)


def count_worklist(*, filters: WorklistFilter) -> int:
    """Return how many cases a filter shows, counted up to COUNT_MAX + 1: beyond it, 'over a thousand' is enough."""
    return _filtered(filters).order_by()[: COUNT_MAX + 1].count()


def next_case(*, filters: WorklistFilter, after_case_id: UUID | None = None) -> Case | None:
    """Return the case to take up next: the first of the queue, or the one behind a given case; None at the end."""
    after = None
    if after_case_id is not None:
        here = Case.objects.filter(id=after_case_id).values_list("queue_key", "id").first()
        after = After(str(here[0]), here[1]) if here else None
    page = list_worklist(filters=filters, after=after, limit=1)
    return page.rows[0] if page.rows else None


def list_ids(*, filters: WorklistFilter, limit: int) -> list[UUID]:
    """Return the ids a filter shows, in the order of the queue: for 'all that match' of a bulk change."""
    return list(_filtered(filters).order_by("queue_key", "id").values_list("id", flat=True)[:limit])


def facet_values() -> dict[str, list[str]]:
    """Return the products and branches that live cases have, for the filter bar; found by index, not by reading all."""
    columns = ("product", "branch")
    found: dict[str, list[str]] = {column: [] for column in columns}
    with connection.cursor() as cursor:
        hops = " UNION ALL ".join(f"({_HOPS.format(column=column)})" for column in columns)
        cursor.execute(hops, {"tenant": current_tenant_id()})
        for column, value in cursor.fetchall():
            found[column].append(value)
    return found


def without_owner_filter(filters: WorklistFilter) -> WorklistFilter:
    """Return the same filter over everybody's cases."""
    return replace(filters, owner_ids=None)


def _order(sort: str) -> Sort:
    try:
        return SORTS[sort]
    except KeyError:
        raise BadCaseInput(f"The worklist cannot be ordered by '{sort[:20]}': choose {', '.join(SORTS)}.") from None


def _filtered(filters: WorklistFilter) -> QuerySet[Case]:
    rows = Case.objects.filter(closed_on__isnull=True)
    if filters.owner_ids is not None:
        rows = rows.filter(owner__in=filters.owner_ids)
    for name in ("severity", "stage", "product", "branch", "next_action"):
        value = getattr(filters, name)
        if value:
            rows = rows.filter(**{name: value})
    if filters.queue_tier is not None:
        # a tier is a stretch of the key, so its index finds it
        unit = Decimal(10**21)
        half = Decimal(5 * 10**20)
        low, high = filters.queue_tier * unit - half, filters.queue_tier * unit + half
        rows = rows.filter(queue_key__gte=low, queue_key__lt=high)
    if filters.days_min is not None:
        rows = rows.filter(overdue_days__gte=filters.days_min)
    if filters.days_max is not None:
        rows = rows.filter(overdue_days__lte=filters.days_max)
    if filters.due_by is not None:
        rows = rows.filter(Q(next_action_on__lte=filters.due_by))
    return rows


def _read_key(column: str, text: str) -> object:
    try:
        return date.fromisoformat(text) if column in ("since_key", "next_action_on") else Decimal(text)
    except (ValueError, ArithmeticError):
        raise BadCaseInput("The page's place in the list is not readable: begin at the first page.") from None


# Hop from value to value along the index: PostgreSQL reads a whole index for DISTINCT.
_HOPS = """
WITH RECURSIVE hop(value) AS (
    (SELECT {column} FROM cases_case WHERE tenant_id = %(tenant)s AND closed_on IS NULL AND {column} > ''
     ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT c.{column} FROM cases_case c WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL
            AND c.{column} > hop.value ORDER BY c.{column} LIMIT 1)
    FROM hop WHERE hop.value IS NOT NULL)
SELECT '{column}', value FROM hop WHERE value IS NOT NULL LIMIT 200
"""
