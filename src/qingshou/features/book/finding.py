"""Debtors found by what a payment or a person shows of them: a loan's number, a name, an amount overdue."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from qingshou.features.book.models import Borrower
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.context import current_tenant_id


@dataclass(frozen=True, slots=True)
class LoanFound:
    """A loan by its lender's number."""

    id: UUID
    loan_ref: str
    borrower_id: UUID


_LOANS = "SELECT id, loan_ref, borrower_id FROM book_loan WHERE loan_ref = ANY(%(refs)s)"
_NAMES = """
SELECT name_index, id FROM (
    SELECT name_index, id, count(*) OVER (PARTITION BY name_index) AS alike FROM book_borrower
    WHERE name_index = ANY(%(indexes)s)) b
WHERE alike <= %(most)s ORDER BY id
"""
_NAMES_OF = "SELECT id, name_index FROM book_borrower WHERE id = ANY(%(ids)s)"
_ARREARS = """
SELECT arrears, borrower_id FROM (
    SELECT arrears, borrower_id, count(*) OVER (PARTITION BY arrears) AS alike FROM book_loan
    WHERE NOT is_closed AND arrears = ANY(%(amounts)s)) l
WHERE alike <= %(most)s ORDER BY borrower_id
"""


def find_loans(*, loan_refs: Collection[str]) -> list[LoanFound]:
    """Return the loans that bear one of the numbers, closed ones too."""
    return [LoanFound(*row) for row in read_rows(_LOANS, {"refs": list(loan_refs)})]


def find_borrowers_by_name(*, name_indexes: Collection[bytes], most: int) -> dict[bytes, list[UUID]]:
    """Return index -> debtors of that name; a name that more than `most` bear finds nobody."""
    found: dict[bytes, list[UUID]] = defaultdict(list)
    for index, borrower in read_rows(_NAMES, {"indexes": list(name_indexes), "most": most}):
        found[bytes(index)].append(borrower)
    return found


def name_indexes_of(*, borrower_ids: Collection[UUID]) -> dict[UUID, bytes | None]:
    """Return debtor -> index of the name."""
    rows = read_rows(_NAMES_OF, {"ids": list(borrower_ids)})
    return {borrower: None if index is None else bytes(index) for borrower, index in rows}


def find_borrowers_by_arrears(*, amounts: Collection[Decimal], most: int) -> dict[Decimal, list[UUID]]:
    """Return amount -> debtors with a loan overdue by just that; an amount that more than `most` owe finds nobody."""
    found: dict[Decimal, list[UUID]] = defaultdict(list)
    for amount, borrower in read_rows(_ARREARS, {"amounts": list(amounts), "most": most}):
        found[amount].append(borrower)
    return found


def get_borrower(*, borrower_id: UUID) -> Borrower | None:
    """Return a debtor, sealed values and all."""
    return Borrower.objects.filter(id=borrower_id).first()


def list_borrowers(*, borrower_ids: Collection[UUID]) -> dict[UUID, Borrower]:
    """Return debtors by id."""
    return {row.id: row for row in Borrower.objects.filter(id__in=list(borrower_ids))}


def search_borrowers(*, text: str, with_people: bool, limit: int = 20) -> list[Borrower]:
    """Return debtors by a whole value: their number, a loan's, and where people may be searched for a name or phone.

    Takes   with_people  False where the asker may not search for people
    """
    bare = text.strip()
    if not bare:
        return []
    tenant_id = current_tenant_id()
    found = set(Borrower.objects.filter(Q(borrower_ref=bare) | Q(loans__loan_ref=bare)).values_list("id", flat=True))
    if with_people:
        for column, kind in (("name_index", PersonalKind.NAME), ("contact_points__value_index", PersonalKind.PHONE)):
            index = blind_index(kind, bare, tenant_id)
            if index is not None:
                rows = Borrower.objects.filter(**{column: index})
                found |= set(rows.values_list("id", flat=True)[:limit])
    return list(Borrower.objects.filter(id__in=found).order_by("borrower_ref")[:limit])
