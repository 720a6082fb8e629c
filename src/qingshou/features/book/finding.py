"""Debtors found by what a payment shows of them: a loan's number, a name's index, an amount overdue. Many at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from qingshou.tenancy.bulk import read_rows


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
