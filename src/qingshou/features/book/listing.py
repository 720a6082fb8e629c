"""Reading the working set, the imports and the mappings in lists: keyset pages of plain rows."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from qingshou.audit.actors import Actor
from qingshou.features.book.models import Borrower, ContactPoint, Import, Loan, Mapping
from qingshou.kernel.errors import NotFound
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal, reveal_many
from qingshou.privacy.places import sealed_fields

LOAN_FIELDS = (
    "id", "loan_ref", "borrower_id", "borrower_ref", "as_of", "product", "branch", "channel", "currency",
    "contract_rate", "originated_date", "maturity_date", "credit_limit", "balance", "arrears", "arrears_principal",
    "arrears_interest", "arrears_penalty", "arrears_fees", "paid_in_period", "oldest_due_date", "overdue_days",
    "days_basis", "severity_base", "severity", "severity_reason", "bucket", "regulatory_class", "regulatory_reason",
    "is_non_performing", "is_contaminated", "stage", "provision_rate", "provision", "is_secured", "is_written_off",
    "is_closed",
)  # fmt: skip
BORROWER_FIELDS = ("id", "borrower_ref", "kind", "credit_standing", "region", "language", "time_zone")
_KIND_OF_CHANNEL = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL, "POST": PersonalKind.ADDRESS}


def list_loans(
    *,
    filters: Dict[str, object],
    limit: int,
    after_ref: str | None = None,
) -> list[dict[str, Any]]:
    """Return loans of the working set by reference, beginning after `after_ref`.

    Takes   filters  loan_ref, borrower_id, severity, product, branch, regulatory_class: those given must be met
    """
    rows = _loans().filter(**filters)
    if after_ref is not None:
        rows = rows.filter(loan_ref__gt=after_ref)
    return list(rows.order_by("loan_ref")[:limit])


def get_loan(*, loan_id: UUID) -> dict[str, Any]:
    """Return one loan of the working set; stops with NotFound."""
    row = _loans().filter(id=loan_id).first()
    if row is None:
        raise NotFound("There is no such loan in the working set, or it is not for you.")
    return dict(row)


def _loans() -> QuerySet[Loan, dict[str, Any]]:
    return Loan.objects.annotate(borrower_ref=F("borrower__borrower_ref")).values(*LOAN_FIELDS)


def list_borrowers(
    *, filters: Dict[str, object], limit: int, reader: Actor, role: str, now: datetime, after_ref: str | None = None
) -> list[dict[str, Any]]:
    """Return borrowers by reference with their names, clear or masked by role; the reading is logged once a page."""
    rows = Borrower.objects.filter(**filters)
    if after_ref is not None:
        rows = rows.filter(borrower_ref__gt=after_ref)
    found = list(rows.order_by("borrower_ref")[:limit])
    names = reveal_many(
        subject_kind="BORROWER",
        rows={row.id: sealed_fields(row, ["name"]) for row in found},
        reader=reader,
        role=role,
        purpose="API_LIST",
        now=now,
    )
    return [{**_plain(row), **names[row.id]} for row in found]


def get_borrower(*, borrower_id: UUID, reader: Actor, role: str, now: datetime) -> dict[str, Any]:
    """Return one borrower with personal values and contact points, clear or masked by role; the reading is logged."""
    row = Borrower.objects.filter(id=borrower_id).first()
    if row is None:
        raise NotFound("There is no such borrower in the working set, or it is not for you.")
    fields = sealed_fields(row, ["name", "national_id", "birth_date", "employer", "address"])
    points = list(ContactPoint.objects.filter(borrower=row).order_by("channel", "position"))
    for point in points:
        kind = _KIND_OF_CHANNEL.get(point.channel, PersonalKind.NOTE)
        fields[str(point.id)] = sealed_fields(point, ["value"], kinds={"value": kind})["value"]
    shown = reveal(
        subject_kind="BORROWER", subject_id=row.id, fields=fields, reader=reader, role=role, purpose="API_GET", now=now
    )
    contacts = [
        {
            "id": point.id,
            "channel": point.channel,
            "value": shown.pop(str(point.id)),
            "is_struck": point.is_struck,
        }
        for point in points
    ]
    return {**_plain(row), **shown, "contact_points": contacts}


def _plain(row: Borrower) -> dict[str, Any]:
    return {name: getattr(row, name) for name in BORROWER_FIELDS}


def list_imports(
    *,
    limit: int,
    status: str = "",
    as_of: date | None = None,
    after: tuple[Any, ...] | None = None,
) -> list[Import]:
    """Return imports, the latest first, beginning after (started_at, id)."""
    rows = Import.objects.all()
    if status:
        rows = rows.filter(status=status)
    if as_of:
        rows = rows.filter(as_of=as_of)
    if after:
        rows = rows.filter(Q(started_at__lt=after[0]) | Q(started_at=after[0], id__lt=after[1]))
    return list(rows.order_by("-started_at", "-id")[:limit])


def get_import(*, import_id: UUID) -> Import:
    """Return one import; stops with NotFound."""
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise NotFound("There is no such import.")
    return row


def list_mappings() -> Sequence[Mapping]:
    """Return the newest version of each of the lender's own mappings, by name."""
    return list(Mapping.objects.order_by("name", "-version").distinct("name"))


def find_mapping(*, name: str) -> Mapping | None:
    """Return the newest version of a mapping of the lender, or None."""
    return Mapping.objects.filter(name=name).order_by("-version").first()
