"""The whole interface from its own OpenAPI text: anonymous and each role, valid and hostile input.

No reply may be a fault of ours (5xx), of a status or shape the text does not name, or open to who is not signed in.
Half of the examples carry ids that exist, so that more than the 404s is reached. The seed is fixed: a run can be
repeated.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import UndefinedStatusCode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.integration.api.conftest import make_import

EXAMPLES_A_ROLE = 3
SEED = 20261123
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def text(client: Any, known: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The OpenAPI text as it is served; until the test ends no request closes the test's connection."""
    served = json.loads(client.get("/api/v1/openapi.json").content)
    for signal in (request_started, request_finished):  # what Django's own test client does around each request
        signal.disconnect(close_old_connections)
    yield served
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(cases: Any, users: Any, tenant: Any, tmp_path: Any, settings: Any) -> dict[str, str]:
    """Ids that exist, by the name of the path parameter."""
    from qingshou.features.cases.models import Case

    settings.QINGSHOU_HOME = tmp_path
    Case.objects.update(owner=users["TEAM_LEAD"])
    return {
        "case_id": str(cases[0].id),
        "loan_id": str(cases[0].borrower.loans.get().id),
        "borrower_id": str(cases[0].borrower_id),
        "user_id": str(users["AGENCY_USER"].id),
        "import_id": str(make_import().id),
    }


def operations(text: dict[str, Any]) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(text)
    schema.app = get_wsgi_application()
    for found in schema.get_all_operations():
        yield found.ok()


def run(operation: Any, *, examples: int, headers: dict[str, str], known: dict[str, str], judge: Any) -> None:
    """Send `examples` requests of an operation and judge each reply."""

    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), with_known=st.booleans())
    def send(case: Any, with_known: bool) -> None:
        if with_known:
            case.path_parameters = {
                name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        judge(case, case.call(headers=headers))

    send()


def test_no_role_meets_a_fault_or_an_undocumented_reply(text, known, tokens):
    sent = 0

    def judge(case: Any, reply: Any) -> None:
        nonlocal sent
        sent += 1
        case.validate_response(reply, checks=CHECKS)

    found = list(operations(text))
    assert len(found) > 25
    for operation in found:
        for token in tokens.values():
            headers = {"Authorization": f"Bearer {token}"}
            run(operation, examples=EXAMPLES_A_ROLE, headers=headers, known=known, judge=judge)
    assert sent >= len(found) * len(tokens) * EXAMPLES_A_ROLE * 0.7


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer qs_aaaaaaaaaaaa_" + "a" * 43}])
def test_nothing_is_open_to_who_is_not_signed_in(text, known, headers):
    """Also what ignored_auth asks: a wrong token is as good as none."""

    def judge(case: Any, reply: Any) -> None:
        case.validate_response(reply, checks=CHECKS)
        assert reply.status_code == 401, case.as_curl_command()

    for operation in operations(text):
        run(operation, examples=2, headers=headers, known=known, judge=judge)


def test_every_operation_says_what_it_is_what_it_needs_and_how_it_refuses(text):
    law = {f"/api/v1/law/{name}" for name in ("jurisdictions", "classification", "ladder", "coverage")}
    open_to_all = {"/api/v1/tenants/me", *law}
    for path, methods in text["paths"].items():
        for method, operation in methods.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["description"], place
            assert {"401", "403", "422", "500"} <= set(operation["responses"]), place
            assert ("x-permission" in operation) == (path not in open_to_all), place
            if method == "post":
                assert "Idempotency-Key" in {one["name"] for one in operation["parameters"]}, place
                assert {"400", "409"} <= set(operation["responses"]), place
            for status, reply in operation["responses"].items():
                if status >= "400":
                    assert list(reply["content"]) == ["application/problem+json"], place


def test_the_checks_can_fail(text, known, tokens):
    """The negative control: a status the text does not name is found."""
    del text["paths"]["/api/v1/tenants/me"]["get"]["responses"]["200"]
    (operation,) = [one for one in operations(text) if one.path == "/api/v1/tenants/me"]
    headers = {"Authorization": f"Bearer {tokens['COLLECTOR']}"}

    def judge(case: Any, reply: Any) -> None:
        case.validate_response(reply, checks=CHECKS)

    with pytest.raises(FailureGroup) as found:
        run(operation, examples=1, headers=headers, known=known, judge=judge)
    assert [type(one) for one in found.value.exceptions] == [UndefinedStatusCode]
