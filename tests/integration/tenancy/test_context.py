"""Entering a lender by its code, and what telling does with a connection that went away."""

import pytest
from django.core.signals import request_started
from django.db import connection, connections

from qingshou.access.models import Team
from qingshou.tenancy.context import current_tenant_id_or_none, using, using_code

_IN_FORCE = "SELECT current_setting('qingshou.tenant', true), current_setting('qingshou.scope', true)"


def _in_force() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE)
        return cursor.fetchone()


def _cut() -> int:
    """End the connection from outside, as a restart of the server does; gives the backend that was."""
    gone = connection.connection.info.backend_pid
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [gone])
    finally:
        other.close()
    return gone


@pytest.fixture
def before_request(committed):
    """A request's beginning: a connection is open, nobody is in force, its health is not known."""
    Team.objects.create(name="Ours")
    with using(None):
        _in_force()
        request_started.send(sender=None, environ={})
        yield committed


def test_a_lender_entered_by_its_code_sees_its_own_rows_and_leaves_nothing_behind(before_request):
    with using_code(before_request.code) as tenant_id:
        assert (tenant_id, current_tenant_id_or_none()) == (before_request.id, before_request.id)
        assert _in_force() == (str(before_request.id), "")
        assert Team.objects.count() == 1
    assert (current_tenant_id_or_none(), _in_force(), Team.objects.count()) == (None, ("", ""), 0)


def test_a_codebefore_request_has_opens_nothing(before_request):
    with using_code("nobody") as tenant_id:
        assert (tenant_id, current_tenant_id_or_none(), _in_force()) == (None, None, ("", ""))
        assert Team.objects.count() == 0
    assert _in_force() == ("", "")


def test_a_codebefore_request_has_opens_nothing_inside_a_transaction_either(tenant):
    """There the scope told for one statement alone would last until the transaction ends."""
    with using(None):
        with using_code("nobody"):
            assert _in_force() == ("", "")
        assert _in_force() == ("", "")
    assert _in_force() == (str(tenant.id), "")


def test_one_lender_after_another_on_one_connection_see_their_own(tenant, other_tenant):
    Team.objects.create(name="Ours")
    with using(None):
        with using_code(other_tenant.code):
            assert Team.objects.count() == 0
        with using_code(tenant.code):
            assert [team.name for team in Team.objects.all()] == ["Ours"]
        assert Team.objects.count() == 0


def test_what_fails_inside_leaves_nothing_behind(before_request):
    with pytest.raises(ZeroDivisionError), using_code(before_request.code):
        raise ZeroDivisionError
    assert _in_force() == ("", "")


def test_a_connection_cut_between_requests_is_opened_anew_on_entering(before_request):
    gone = _cut()
    with using_code(before_request.code):
        assert connection.connection.info.backend_pid != gone
        assert Team.objects.count() == 1
    assert _in_force() == ("", "")


def test_a_connection_cut_between_requests_is_opened_anew_on_telling(before_request):
    """Telling is the health check: nothing else asks before a request's first statement."""
    gone = _cut()
    with using(before_request.id):
        assert Team.objects.count() == 1
        assert connection.connection.info.backend_pid != gone
    assert Team.objects.count() == 0
