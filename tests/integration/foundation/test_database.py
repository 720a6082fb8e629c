"""The application's role is bound by the policies; a lender in force is needed to see anything."""

import pytest
from django.db import connection

from qingshou.access.models import User
from qingshou.tenancy.context import using
from qingshou.tenancy.models import Tenant


@pytest.mark.django_db
def test_signs_in_as_a_role_without_powers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("qingshou_app", False, False)


def test_rows_are_seen_only_by_their_lender(users, tenant, other_tenant):
    assert User.objects.count() == 8
    with using(other_tenant.id):
        assert User.objects.count() == 0
    with using(None):
        assert (User.objects.count(), Tenant.objects.count()) == (0, 0)


def test_committed_rows_belong_to_a_lender_of_their_own(committed):
    assert list(Tenant.objects.values_list("code", flat=True)) == [committed.code]
