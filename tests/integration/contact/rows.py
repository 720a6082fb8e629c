"""Debtors with sealed names, numbers and addresses, their loans and cases: what contact is tried on."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Borrower, ContactPoint, Loan
from qingshou.features.cases import operations
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.sealing import seal
from qingshou.tenancy.context import current_tenant_id

# Monday, 10:30 in Shanghai: inside every place's hours
NOW = datetime.fromisoformat("2026-11-23T02:30:00+00:00")
DAY = date(2026, 11, 23)
_KINDS = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL, "POST": PersonalKind.ADDRESS}


def make_debtor(
    ref: str = "",
    *,
    name: str = "王小明",
    phone: str = "",
    email: str = "",
    national_id: str = "",
    overdue_days: int = 12,
    arrears: str = "1200.50",
    language: str = "zh-hans",
    time_zone: str = "Asia/Shanghai",
    region: str = "",
    owner: Any = None,
) -> Any:
    """Make a debtor with one loan and an open case; gives the case. Numbers not given follow from the reference."""
    ref = ref or uuid4().hex[:8]
    digits = str(int.from_bytes(ref.encode(), "big"))[-8:].rjust(8, "0")
    tenant_id = current_tenant_id()
    borrower = Borrower(borrower_ref=ref, language=language, time_zone=time_zone, region=region)
    borrower.name = seal(name, place="book_borrower.name", row_id=borrower.id)
    borrower.name_index = blind_index(PersonalKind.NAME, name, tenant_id)
    borrower.address = seal("北京市朝阳区建国路 1 号", place="book_borrower.address", row_id=borrower.id)
    if national_id:
        borrower.national_id = seal(national_id, place="book_borrower.national_id", row_id=borrower.id)
        borrower.national_id_index = blind_index(PersonalKind.NATIONAL_ID, national_id, tenant_id)
    borrower.save()
    add_point(borrower.id, "PHONE", phone or f"138{digits}")
    add_point(borrower.id, "EMAIL", email or f"{ref.lower()}@debtor.example")
    amount = Decimal(arrears)
    Loan.objects.create(
        loan_ref=f"L{ref}", borrower=borrower, as_of=DAY, product="CONSUMER", currency="CNY", balance=amount * 20,
        arrears=amount, arrears_principal=amount - 100, arrears_interest=Decimal(90), arrears_penalty=Decimal(10),
        arrears_fees=Decimal(0), payments_made=6, oldest_due_date=DAY - timedelta(days=overdue_days),
        overdue_days=overdue_days, days_basis="GIVEN", severity_base="MILD", severity="MILD", bucket=1,
        regulatory_class="SPECIAL_MENTION", regulatory_reason="OVERDUE_DAYS", stage=1,
    )  # fmt: skip
    case = operations.open_case(borrower_id=borrower.id, as_of=DAY, actor=SYSTEM, now=NOW)
    if owner is not None:
        operations.assign(case_id=case.id, owner_id=owner.id, actor=SYSTEM, on=DAY, now=NOW, reason="for the test")
        case.refresh_from_db()
    return case


def add_point(borrower_id: UUID, channel: str, value: str, *, position: int = 1) -> Any:
    """Give a debtor another number or address."""
    point = ContactPoint(borrower_id=borrower_id, channel=channel, position=position)
    point.value = seal(value, place="book_contactpoint.value", row_id=point.id)
    point.value_index = blind_index(_KINDS[channel], value, current_tenant_id())
    point.save()
    return point
