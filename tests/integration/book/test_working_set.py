"""The working set: who is overdue or was, with what is theirs, changed rows only, sealed, and nobody else's."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.integration.book.tapes import loan

from qingshou.features.book import identity
from qingshou.features.book.models import (
    Borrower,
    Collateral,
    ContactPoint,
    Guarantee,
    Instalment,
    Loan,
    LoanCollateral,
    Payment,
)
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.sealing import unseal
from qingshou.tenancy.context import using
from qingshou.tenancy.upsert import Loaded

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2026, 1, 31), date(2026, 2, 28)
ZHANG = "张三,11010519491231002X,13800001111,13900002222,zhang@example.cn"


def _opened(row: Any, column: str) -> str:
    return unseal(bytes(getattr(row, column)), place=f"{row._meta.db_table}.{column}", row_id=row.id)


def test_overdue_borrowers_come_with_all_their_loans(tenant: Any, run_day: Callable[..., Any]) -> None:
    run_day(loan("1", borrower="A", days=5), loan("2", borrower="A"), loan("3", borrower="C"), as_of=DAY)
    assert set(Loan.objects.values_list("loan_ref", "overdue_days")) == {("1", 5), ("2", 0)}
    one = Loan.objects.get(loan_ref="1")
    assert (one.id, one.borrower_id) == (identity.loan_id(tenant.id, "1"), identity.borrower_id(tenant.id, "A"))
    assert (one.severity, one.regulatory_class, one.stage, one.branch, one.arrears) == (
        "MILD", "SPECIAL_MENTION", 1, "NORTH", None,
    )  # fmt: skip


def test_who_was_overdue_stays_and_is_brought_up_to_date(tenant: Any, run_day: Callable[..., Any]) -> None:
    run_day(loan("1", days=5), loan("2"), as_of=DAY)
    report = run_day(loan("1", days=0, balance="60.00"), loan("2"), as_of=NEXT)["loaded"]
    assert report.touched["loans"] == Loaded(inserted=0, updated=1)
    one = Loan.objects.get()
    assert (one.as_of, one.overdue_days, one.balance) == (NEXT, 0, Decimal("60.000"))


def test_nothing_changed_touches_nothing(tenant: Any, run_day: Callable[..., Any]) -> None:
    run_day(loan("1", days=5, person=ZHANG), loan("2", days=40), as_of=DAY)
    held = [list(model.objects.order_by("pk").values()) for model in (Borrower, ContactPoint, Loan)]
    report = run_day(as_of=DAY)["loaded"]
    assert set(report.touched.values()) == {Loaded()}
    assert [list(model.objects.order_by("pk").values()) for model in (Borrower, ContactPoint, Loan)] == held


def test_personal_values_are_sealed_and_found_by_index(tenant: Any, run_day: Callable[..., Any]) -> None:
    run_day(loan("1", days=5, person=ZHANG), loan("2", days=5), as_of=DAY)
    person = Borrower.objects.get(name_index=blind_index(PersonalKind.NAME, "张三", tenant.id))
    assert (_opened(person, "name"), _opened(person, "national_id")) == ("张三", "11010519491231002X")
    assert "张三".encode() not in bytes(person.name)
    points = {(one.channel, one.position): _opened(one, "value") for one in person.contact_points.all()}
    assert points == {
        ("PHONE", 1): "13800001111", ("PHONE", 2): "13900002222", ("EMAIL", 1): "zhang@example.cn",
    }  # fmt: skip
    found = ContactPoint.objects.get(value_index=blind_index(PersonalKind.PHONE, "138 0000 1111", tenant.id))
    assert found.borrower_id == person.id
    nameless = Borrower.objects.get(borrower_ref="B2")
    assert (nameless.name, nameless.name_index, nameless.national_id) == (None, None, None)


def test_a_changed_phone_is_sealed_anew_and_others_are_left(tenant: Any, run_day: Callable[..., Any]) -> None:
    other = "李四,11010519491231003X,13811112222,,"
    run_day(loan("1", days=5, person=ZHANG), loan("2", days=5, person=other), as_of=DAY)
    before = bytes(Borrower.objects.get(borrower_ref="B2").name)
    report = run_day(
        loan("1", days=9, person=ZHANG.replace("13800001111", "13855556666")), loan("2", days=9, person=other),
        as_of=NEXT,
    )["loaded"]  # fmt: skip
    assert report.touched["people"] == Loaded(updated=1)
    assert bytes(Borrower.objects.get(borrower_ref="B2").name) == before
    point = ContactPoint.objects.get(borrower__borrower_ref="B1", channel="PHONE", position=1)
    assert _opened(point, "value") == "13855556666"


def test_guarantors_and_shared_collateral(tenant: Any, take: Callable[..., Any], run_day: Callable[..., Any]) -> None:
    take(
        "loan_id,guarantor_id,name,national_id,phone,kind,guaranteed_amount\n1,G1,王五,,13700001111,JOINT,50.00\n"
        "1,G2,赵六,,,GENERAL,\n9,G1,王五,,,JOINT,\n",
        as_of=DAY, mapping="canonical_guarantors", name="guarantors.csv",
    )  # fmt: skip
    take(
        "collateral_id,loan_id,kind,description,owner_name,value,valued_date,rank\n"
        "C1,1,FLAT,1 Road,王五,900.00,2026-01-02,1\n"
        "C1,2,FLAT,1 Road,王五,900.00,2026-01-02,2\n",
        as_of=DAY, mapping="canonical_collaterals", name="collaterals.csv",
    )  # fmt: skip
    run_day(loan("1", days=5), loan("2", days=5), as_of=DAY)
    assert set(Guarantee.objects.values_list("loan__loan_ref", "guarantor_ref", "kind", "guaranteed_amount")) == {
        ("1", "G1", "JOINT", Decimal("50.000")), ("1", "G2", "GENERAL", None),
    }  # fmt: skip
    thing = Collateral.objects.get()
    assert (_opened(thing, "owner_name"), thing.value) == ("王五", Decimal("900.000"))
    assert set(LoanCollateral.objects.values_list("loan__loan_ref", "rank")) == {("1", 1), ("2", 2)}
    assert set(run_day(as_of=DAY)["loaded"].touched.values()) == {Loaded()}


def test_schedule_and_payments_age_the_loan_and_come_along(
    tenant: Any, take: Callable[..., Any], run_day: Callable[..., Any]
) -> None:
    take(
        "loan_id,due_date,amount\n" + "".join(f"1,2025-{month:02d}-10,10.00\n" for month in range(1, 13))
        + "1,2026-01-10,10.00\n1,2026-09-10,10.00\n2,2026-01-10,10.00\n",
        as_of=DAY, mapping="canonical_schedule", name="schedule.csv",
    )  # fmt: skip
    take(
        "loan_id,paid_date,amount,payment_id,reverses\n1,2025-12-20,115.00,P1,\n2,2026-01-09,10.00,P2,\n",
        as_of=DAY, mapping="canonical_payments", name="payments.csv",
    )  # fmt: skip
    run_day(loan("1", balance="300.00"), loan("2", balance="90.00"), as_of=DAY)
    one = Loan.objects.get()
    assert (one.loan_ref, one.oldest_due_date, one.overdue_days, one.arrears, one.days_basis) == (
        "1", date(2025, 12, 10), 52, Decimal("15.000"), "SCHEDULE",
    )  # fmt: skip
    near = list(Instalment.objects.order_by("position").values_list("position", "due_date"))
    assert near == [(11, date(2025, 11, 10)), (12, date(2025, 12, 10)), (13, date(2026, 1, 10))]
    assert list(Payment.objects.values_list("payment_ref", "amount")) == [("P1", Decimal("115.000"))]
    assert set(run_day(as_of=DAY)["loaded"].touched.values()) == {Loaded()}


def test_two_lenders_with_the_same_numbers_do_not_meet(
    tenant: Any, other_tenant: Any, run_day: Callable[..., Any], tmp_path: Path
) -> None:
    run_day(loan("1", days=5, person=ZHANG), as_of=DAY)
    with using(other_tenant.id):
        assert Loan.objects.count() == 0
        run_day(loan("1", days=99), as_of=DAY)
        assert list(Loan.objects.values_list("overdue_days", flat=True)) == [99]
    assert list(Loan.objects.values_list("overdue_days", flat=True)) == [5]
