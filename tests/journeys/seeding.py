"""Debtors, loans and cases for the journeys, made through the features' own operations where they exist."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Borrower, ContactPoint, Loan
from qingshou.features.cases import operations
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.sealing import seal

NAMES = ("王小明", "李丽", "张伟", "欧阳娜娜", "刘洋", "陈静", "杨光", "赵敏")
DAYS = (12, 29, 60, 88, 45, 5, 120, 75)


def seed_cases(tenant: Any, users: dict[str, Any], *, as_of: date, now: datetime) -> list[Any]:
    """Open a case for each of eight debtors; all but those at law belong to the collector."""
    cases = []
    for number, (name, days) in enumerate(zip(NAMES, DAYS, strict=True), 1):
        borrower = _borrower(tenant, f"B{number:04d}", name, f"1380013{number:04d}")
        _loan(borrower, f"L{number:04d}", days, as_of, number)
        case = operations.open_case(borrower_id=borrower.id, as_of=as_of, actor=SYSTEM, now=now)
        role = "COLLECTOR" if days <= 90 else "LEGAL_OFFICER"
        operations.assign(case_id=case.id, owner_id=users[role].id, actor=SYSTEM, on=as_of, now=now, reason="journey")
        cases.append(case)
    return cases


def _borrower(tenant: Any, ref: str, name: str, phone: str) -> Borrower:
    borrower = Borrower(borrower_ref=ref, credit_standing="C", region="台北市")
    borrower.name = seal(name, place="book_borrower.name", row_id=borrower.id)
    borrower.name_index = blind_index(PersonalKind.NAME, name, tenant.id)
    borrower.national_id = seal("11010519491231002X", place="book_borrower.national_id", row_id=borrower.id)
    borrower.save()
    point = ContactPoint(borrower=borrower, channel="PHONE", position=1)
    point.value = seal(phone, place="book_contactpoint.value", row_id=point.id)
    point.value_index = blind_index(PersonalKind.PHONE, phone, tenant.id)
    point.save()
    return borrower


def _loan(borrower: Borrower, ref: str, days: int, as_of: date, number: int) -> None:
    arrears = Decimal(1000 * number)
    severity = "MILD" if days <= 30 else "MODERATE" if days <= 90 else "SEVERE"
    Loan.objects.create(
        loan_ref=ref, borrower=borrower, as_of=as_of, product="CONSUMER", currency="CNY", balance=arrears * 20,
        arrears=arrears, arrears_principal=arrears - 100, arrears_interest=Decimal(90), arrears_penalty=Decimal(10),
        arrears_fees=Decimal(0), payments_made=6, oldest_due_date=as_of - timedelta(days=days), overdue_days=days,
        days_basis="GIVEN", severity_base=severity, severity=severity, bucket=-(-days // 30),
        regulatory_class="SPECIAL_MENTION" if days <= 90 else "SUBSTANDARD", regulatory_reason="OVERDUE_DAYS", stage=2,
    )  # fmt: skip
