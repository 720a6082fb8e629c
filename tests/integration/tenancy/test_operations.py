"""Lenders are made and changed with a record of it."""

from datetime import UTC, datetime

import pytest

from qingshou.access import tenants
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.kernel.errors import NotFound
from qingshou.tenancy import operations, queries
from qingshou.tenancy.context import using

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_a_lender_is_opened_with_its_record_and_first_administrator(db):
    made = tenants.open_tenant(code="gamma", name="Gamma", actor=SYSTEM, now=NOW, jurisdiction="taiwan", currency="TWD")
    user, password = tenants.first_administrator(tenant_id=made.id, actor=SYSTEM, now=NOW, username="gamma.admin")
    assert (user.role, user.must_change_password, user.check_password(password)) == ("ADMINISTRATOR", True, True)
    with using(made.id):
        assert [e.action for e in list_events(subject_kind="TENANT", subject_id=made.id)] == ["TENANT_CREATED"]
    codes = [tenant.code for tenant in queries.list_tenants()]  # tests that commit leave lenders of their own
    assert codes == sorted(codes)
    assert codes.count("gamma") == 1
    assert queries.get_tenant_by_code(code="gamma").id == queries.get_tenant(tenant_id=made.id).id == made.id


@pytest.mark.parametrize(
    "wrong", [{"code": "Gamma"}, {"code": "x"}, {"name": " "}, {"currency": "cny"}, {"time_zone": "Mars/Olympus"}]
)
def test_what_does_not_fit_is_refused(db, wrong):
    with pytest.raises(operations.UnfitTenant):
        operations.create_tenant(**{"code": "gamma", "name": "Gamma", "now": NOW} | wrong)
    assert "gamma" not in [tenant.code for tenant in queries.list_tenants()]


def test_a_code_is_taken_once(tenant):
    with pytest.raises(operations.TenantTaken):
        operations.create_tenant(code=tenant.code, name="Again", now=NOW)


def test_a_change_is_recorded_with_what_stood_there(tenant):
    tenants.change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=NOW, currency="TWD", name=tenant.name)
    (event,) = list_events(subject_kind="TENANT", subject_id=tenant.id)
    assert (event.facts["before"], event.facts["after"]) == ({"currency": "CNY"}, {"currency": "TWD"})
    with pytest.raises(operations.UnfitTenant):
        tenants.change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=NOW, code="other")


def test_an_unknown_lender(db):
    with pytest.raises(NotFound):
        queries.get_tenant_by_code(code="nobody")
