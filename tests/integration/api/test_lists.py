"""Lists: pages that meet without gap or overlap, filters, and what a caller may see."""

import uuid

import pytest
from tests.integration.api.conftest import NAME, PHONE, make_book, make_import
from tests.integration.api.test_edge import assert_problem


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def walk(client, path, **query):
    """Fetch every page and return the items."""
    items, cursor = [], None
    while True:
        reply = client.get(path, {**query, **({"cursor": cursor} if cursor else {})})
        assert reply.status_code == 200, reply.content
        page = reply.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def test_pages_of_loans_meet_without_gap_or_overlap(cases, client_for):
    refs = [one["loan_ref"] for one in walk(client_for("RISK_OFFICER"), "/api/v1/loans", limit=2)]
    assert refs == ["L-0001", "L-0002", "L-0003", "L-0004", "L-0005"]


def test_pages_of_cases_follow_the_queue(cases, client_for):
    client = client_for("COMPLIANCE_OFFICER")
    numbers = [one["number"] for one in walk(client, "/api/v1/cases", limit=2)]
    assert sorted(numbers) == sorted(case.number for case in cases)
    assert numbers == [one["number"] for one in walk(client, "/api/v1/cases", limit=50)]


def test_a_cursor_is_good_for_its_own_list_filters_and_lender_only(cases, client_for):
    client = client_for("RISK_OFFICER")
    cursor = client.get("/api/v1/loans", {"limit": 1}).json()["next_cursor"]
    for path, query in (
        ("/api/v1/loans", {"severity": "MILD"}),
        ("/api/v1/borrowers", {}),
        ("/api/v1/loans", {"cursor": cursor[:-2] + "AA"}),
        ("/api/v1/loans", {"cursor": "nonsense"}),
    ):
        assert_problem(client.get(path, {"cursor": cursor, **query}), 422, "BAD_CURSOR")


def test_loans_are_found_by_their_own_number(cases, client_for):
    found = walk(client_for("RISK_OFFICER"), "/api/v1/loans", loan_ref="L-0003")
    assert [(one["loan_ref"], one["overdue_days"], one["arrears"]) for one in found] == [("L-0003", 60, "830.500")]


@pytest.mark.parametrize(
    ("role", "name", "phone"),
    [("COMPLIANCE_OFFICER", NAME, PHONE), ("RISK_OFFICER", "欧阳**", "138****5678")],
)
def test_personal_values_are_masked_by_role_and_the_reading_is_logged(cases, client_for, role, name, phone):
    from qingshou.privacy.queries import list_reads_of

    borrower_id = cases[0].borrower_id
    shown = client_for(role).get(f"/api/v1/borrowers/{borrower_id}").json()
    assert (shown["name"], shown["contact_points"][0]["value"]) == (name, phone)
    assert [(read.role, read.purpose) for read in list_reads_of(subject_id=borrower_id)] == [(role, "API_GET")]


def test_a_token_may_do_what_its_scopes_open_and_no_more(cases, tokens, tenant, client):
    from datetime import timedelta

    from tests.conftest import NOW

    from qingshou.access.operations import create_client
    from qingshou.audit.actors import SYSTEM

    _, token = create_client(
        name="reader", role="RISK_OFFICER", scopes=["day:read"], expires_at=NOW + timedelta(days=36_500), actor=SYSTEM,
        now=NOW,
    )  # fmt: skip
    assert client.get("/api/v1/day-runs", headers=bearer(token)).status_code == 200
    assert_problem(client.get("/api/v1/loans", headers=bearer(token)), 403, "SCOPE_MISSING")
    assert client.get("/api/v1/loans", headers=bearer(tokens["RISK_OFFICER"])).status_code == 200


def test_an_unknown_id_and_another_lenders_answer_alike(cases, users, other_tenant, client_for):
    from tests.conftest import make_users

    make_users(other_tenant, prefix="beta-")
    theirs = make_book(other_tenant, 1)[0]
    client = client_for("COMPLIANCE_OFFICER")
    for path in ("cases/{}", "cases/{}/events", "loans/{}", "borrowers/{}", "imports/{}", "users/{}"):
        replies = []
        for known in (theirs.borrower_id if "borrowers" in path else theirs.id, uuid.uuid4()):
            reply = client.get(f"/api/v1/{path.format(known)}")
            said = reply.json()
            said.pop("instance")
            replies.append((reply.status_code, said))
        assert replies[0] == replies[1]
        assert replies[0][0] == 404


def test_a_collector_sees_no_case_of_another_desk(cases, users, client_for):
    from qingshou.access.models import Team, User
    from qingshou.features.cases.models import Case

    far = Team.objects.create(name="Desk 2")
    stranger = User.objects.create(username="stranger", display_name="S", role="COLLECTOR", team=far)
    Case.objects.filter(id=cases[0].id).update(owner=stranger)
    client = client_for("COLLECTOR")
    assert_problem(client.get(f"/api/v1/cases/{cases[0].id}"), 404, "NOT_FOUND")
    assert str(cases[0].id) not in {one["id"] for one in walk(client, "/api/v1/cases")}


def test_imports_are_listed_latest_first_with_their_totals(tenant, client_for):
    for number in range(3):
        make_import(f"tape-{number}.csv", content_hash=f"{number}" * 64)
    shown = walk(client_for("ADMINISTRATOR"), "/api/v1/imports", limit=2)
    assert len(shown) == 3
    assert {one["rows_read"] for one in shown} == {10}


@pytest.mark.parametrize(("rows", "limit"), [(1, 50), (5, 50)])
def test_lists_take_as_many_queries_at_one_row_as_at_five(
    tenant, users, client_for, django_assert_num_queries, rows, limit
):
    make_book(tenant, rows)
    client = client_for("RISK_OFFICER")
    with django_assert_num_queries(7):  # session, user, the lender in force told as it changes, the page
        client.get("/api/v1/loans", {"limit": limit})
