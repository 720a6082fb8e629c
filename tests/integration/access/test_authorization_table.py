"""A1: every route x method x role has its expected answer in docs/reference/authorization.csv, and gives it.

After a new route or a changed permission: `python -m qingshou.access.authz > docs/reference/authorization.csv`, and
read the difference: it is what somebody may do now and could not before.
"""

import csv
from pathlib import Path

import pytest
from django.urls import path

from qingshou.access import authz
from qingshou.access.authz_setting import role_clients

TABLE = Path(__file__).parents[3] / "docs" / "reference" / "authorization.csv"


def _expected() -> dict[tuple[str, str], list[str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert tuple(head) == authz.COLUMNS
    return {(row[0], row[1]): row[2:] for row in rows}


def test_every_route_has_a_row_and_every_row_a_route(db):
    assert {(route.route, route.method) for route in authz.routes()} == _expected().keys()


def test_every_cell_is_answered_as_the_table_says(db):
    expected, missing = _expected(), ["no row"] * len(authz.COLUMNS[2:])
    walked = {(row[0], row[1]): row[2:] for row in authz.table(role_clients())}
    wrong = [
        f"{method} {route} as {column}: {got} instead of {want}"
        for (route, method), cells in walked.items()
        for column, got, want in zip(authz.COLUMNS[2:], cells, expected.get((route, method), missing), strict=True)
        if got != want
    ]
    assert wrong == []
    assert len(walked) > 150


def test_no_cell_is_a_fault_and_nobody_unknown_gets_in():
    """What is open to strangers is named here, one by one."""
    open_to_strangers = {
        route for (route, _), cells in _expected().items() if cells[-1].split()[0] in ("200", "302")
        and "sign-in" not in cells[-1]
    }  # fmt: skip
    assert [(place, cells) for place, cells in _expected().items() if any(cell.startswith("5") for cell in cells)] == []
    assert {route for route in open_to_strangers if not route.startswith("/accounts/")} <= {
        "/language/", "/api/v1/openapi.json"}  # fmt: skip


def test_a_new_route_is_missed_by_the_table(db):
    """The negative control of the first test."""
    from django.urls import clear_url_caches, get_resolver

    patterns = get_resolver().url_patterns
    patterns.append(path("unlisted/", lambda _: None))
    try:
        assert ("/unlisted/", "GET") in {(route.route, route.method) for route in authz.routes()}
        assert ("/unlisted/", "GET") not in _expected()
    finally:
        patterns.pop()
        clear_url_caches()


@pytest.mark.parametrize("role", ["ADMINISTRATOR", "COLLECTOR"])
def test_deny_is_the_default(db, role):
    """A permission nobody registered is held by nobody."""
    from qingshou.access.models import User

    assert not User(role=role, is_active=True).has_perm("nothing.of.the.kind")
    assert not User(role="ADMINISTRATOR", is_active=False).has_perm("users.manage")
