"""The worklist: order, pages, filters, search, the page of a case; and the same few queries at one row and at three."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.cases.book_rows import DAY, NOW, owe

from qingshou.access.models import User
from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Borrower, ContactPoint
from qingshou.features.cases import queries
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations import take_day
from qingshou.features.cases.queries import WorklistFilter
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind

pytestmark = pytest.mark.django_db
ALL = WorklistFilter()


@pytest.fixture
def cases(tenant: object, people: dict[str, User]) -> list[Case]:
    """Twelve cases of all severities, two of them never paid, one about to roll; as the queue has them."""
    for number in range(12):
        owe(
            f"d{number:02}", overdue_days=3 + number * 12, arrears=100 + number, payments_made=0 if number < 2 else 4,
            branch="NORTH" if number % 2 else "SOUTH",
        )  # fmt: skip
    take_day(tenant_id=tenant.id, as_of=DAY, now=NOW, actor=SYSTEM)  # type: ignore[attr-defined]
    return list(Case.objects.order_by("queue_tier", "-queue_weight", "id"))


@pytest.mark.parametrize("sort", list(queries.SORTS))
def test_pages_hold_every_case_once_in_order(cases: list[Case], sort: str) -> None:
    seen, after = [], None
    while True:
        page = queries.list_worklist(filters=ALL, sort=sort, after=after, limit=5)
        seen += page.rows
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len({case.id for case in seen}) == 12
    if sort == "queue":
        assert [case.id for case in seen] == [case.id for case in cases]
    if sort == "days":
        assert [case.overdue_days for case in seen] == sorted((case.overdue_days for case in cases), reverse=True)
    if sort == "arrears":
        assert [case.arrears for case in seen] == sorted((case.arrears for case in cases), reverse=True)


def test_never_paid_comes_first_and_next_follows_the_queue(cases: list[Case]) -> None:
    assert [case.queue_reason for case in cases[:2]] == ["NEVER_PAID", "NEVER_PAID"]
    first = queries.next_case(filters=ALL)
    assert first.id == cases[0].id
    assert queries.next_case(filters=ALL, after_case_id=first.id).id == cases[1].id
    assert queries.next_case(filters=ALL, after_case_id=cases[-1].id) is None


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (ALL, 12),
        (WorklistFilter(severity="SEVERE"), 4),
        (WorklistFilter(stage="FIRST_CONTACT"), 3),
        (WorklistFilter(branch="NORTH"), 6),
        (WorklistFilter(branch="NORTH", severity="MILD"), 1),
        (WorklistFilter(product="MICRO"), 0),
        (WorklistFilter(queue_tier=6), 2),
        (WorklistFilter(days_min=27, days_max=39), 2),
        (WorklistFilter(due_by=DAY), 3),
        (WorklistFilter(owner_ids=()), 0),
    ],
)
def test_filters(cases: list[Case], filters: WorklistFilter, count: int) -> None:
    assert len(queries.list_worklist(filters=filters).rows) == count
    assert queries.count_worklist(filters=filters) == count


def test_a_collector_sees_own_cases(cases: list[Case], people: dict[str, User]) -> None:
    own = {user: queries.list_worklist(filters=WorklistFilter(owner_ids=(people[user].id,))).rows
           for user in ("COLLECTOR", "COLLECTOR2", "LEGAL_OFFICER")}  # fmt: skip
    assert {user: len(rows) for user, rows in own.items()} == {"COLLECTOR": 4, "COLLECTOR2": 4, "LEGAL_OFFICER": 4}


def test_found_by_case_number_loan_name_and_phone(cases: list[Case], tenant: object) -> None:
    debtor = Borrower.objects.get(borrower_ref="d05")
    tenant_id = tenant.id  # type: ignore[attr-defined]
    debtor.name_index = blind_index(PersonalKind.NAME, "王小明", tenant_id)
    debtor.save()
    ContactPoint.objects.create(
        borrower=debtor, channel="PHONE", value_index=blind_index(PersonalKind.PHONE, "13800138000", tenant_id)
    )
    case = Case.objects.get(borrower=debtor)
    for text in (case.number, "Ld05", "王小明", "138 0013 8000"):
        assert [found.id for found in queries.search_cases(text=text)] == [case.id], text
    assert queries.search_cases(text="王小明", with_people=False) == []
    assert queries.search_cases(text="王小") == []
    assert queries.search_cases(text=" ") == []


def test_the_page_of_a_case_has_loans_checklist_ways_out_and_timeline(cases: list[Case]) -> None:
    case = next(case for case in cases if case.stage == "FIRST_CONTACT")
    page = queries.case_page(case_id=case.id, on=DAY)
    assert [loan.loan_ref for loan in page.loans] == [f"L{case.borrower.borrower_ref}"]
    assert page.totals["balance"] == 1000
    assert page.totals["arrears_fees"] is None
    assert page.checklist[0].item == "IDENTITY_CHECKED"
    assert {way.to for way in page.ways_out} == {"REPAYMENT_PLAN", "LEGAL", "CLOSED"}
    assert [entry.code for entry in page.timeline] == ["CASE_OPENED"]
    assert (page.picture.here, page.is_past_deadline) == ("FIRST_CONTACT", False)
    assert ("FIRST_CONTACT", "LEGAL") in page.picture.edges
    assert queries.case_page(case_id=case.id, on=case.stage_due_on + timedelta(days=1)).is_past_deadline


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_do_not_grow_with_rows(tenant: object, people: dict[str, User], rows: int) -> None:
    for number in range(rows):
        owe(f"d{number}", overdue_days=5)
        owe("d0", overdue_days=7, loan_ref=f"more-{number}")
    take_day(tenant_id=tenant.id, as_of=DAY, now=NOW, actor=SYSTEM)  # type: ignore[attr-defined]
    with CaptureQueriesContext(
        connection,
    ) as worklist:
        page = queries.list_worklist(filters=ALL)
        assert [(case.owner.username, case.borrower.borrower_ref) for case in page.rows]
    case = Case.objects.get(borrower__borrower_ref="d0")
    with CaptureQueriesContext(connection) as single:
        queries.case_page(case_id=case.id)
    assert (len(worklist), len(single)) == (1, 7)
