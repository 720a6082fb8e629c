"""A small book behind the API: debtors, loans, cases and an import, and a token a role."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from tests.conftest import NOW

from qingshou.access.operations import create_client
from qingshou.access.scopes import Scope
from qingshou.audit.actors import SYSTEM
from qingshou.features.book import identity
from qingshou.features.book.models import Borrower, ContactPoint, Import, Loan
from qingshou.features.cases.operations import open_case
from qingshou.privacy.places import place_of
from qingshou.privacy.sealing import seal
from qingshou.tenancy.context import using

AS_OF = date(2026, 11, 20)
NAME, PHONE = "欧阳修远", "13812345678"


def make_borrower(tenant_id: UUID, number: int) -> Borrower:
    """Make a debtor with name and telephone."""
    ref = f"B-{number:04}"
    borrower_id = identity.borrower_id(tenant_id, ref)
    borrower = Borrower(id=borrower_id, borrower_ref=ref)
    borrower.name = seal(NAME, place=place_of(Borrower, "name"), row_id=borrower_id)
    borrower.save(force_insert=True)
    point = ContactPoint(id=identity.identify(tenant_id, "contact", ref, 1), borrower=borrower, channel="PHONE")
    point.value = seal(PHONE, place=place_of(ContactPoint, "value"), row_id=point.id)
    point.save(force_insert=True)
    return borrower


def make_loan(tenant_id: UUID, borrower: Borrower, number: int, *, overdue_days: int) -> Loan:
    """Make an overdue loan."""
    ref = f"L-{number:04}"
    severity = "MILD" if overdue_days <= 30 else "MODERATE" if overdue_days <= 90 else "SEVERE"
    return Loan.objects.create(
        id=identity.loan_id(tenant_id, ref),
        loan_ref=ref,
        borrower=borrower,
        as_of=AS_OF,
        product="CONSUMER",
        branch="NORTH",
        currency="CNY",
        balance=Decimal("12000.000"),
        arrears=Decimal("830.500"),
        overdue_days=overdue_days,
        oldest_due_date=AS_OF - timedelta(days=overdue_days),
        days_basis="GIVEN",
        severity_base=severity,
        severity=severity,
        regulatory_class="SPECIAL_MENTION",
        stage=2,
    )


def make_book(tenant, count: int) -> list:
    """Make `count` debtors with a loan and a case each."""
    with using(tenant.id):
        cases = []
        for number in range(1, count + 1):
            borrower = make_borrower(tenant.id, number)
            make_loan(tenant.id, borrower, number, overdue_days=number * 20)
            cases.append(open_case(borrower_id=borrower.id, as_of=AS_OF, actor=SYSTEM, now=NOW))
        return cases


def make_import(file_name: str = "tape.csv", **values) -> Import:
    """Make the row of an import."""
    given = {
        "as_of": AS_OF,
        "frame": "loans",
        "file_name": file_name,
        "content_hash": "a" * 64,
        "mapping_name": "canonical",
        "mapping_hash": "b" * 64,
        "status": "DONE",
        "rows_read": 10,
        "rows_accepted": 9,
        "rows_rejected": 1,
        "reasons": {"NOT_A_DATE": 1},
        "started_by": "system",
        "started_at": NOW,
    }
    return Import.objects.create(**(given | values))


@pytest.fixture
def cases(tenant, users) -> list:
    """Five live cases of the lender in force."""
    return make_book(tenant, 5)


@pytest.fixture
def tokens(users, tenant) -> dict[str, str]:
    """One token a role, with every scope."""
    return {
        role: create_client(
            name=f"client-{role.lower()}",
            role=role,
            scopes=[scope.value for scope in Scope],
            expires_at=NOW + timedelta(days=36_500),
            actor=SYSTEM,
            now=NOW,
        )[1]
        for role in users
    }
