"""A8.4.1: lenders cannot touch each other, by PostgreSQL's own word and by trying."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg import errors
from tests.conftest import make_users
from tests.integration.audit.attacks import as_owner

from qingshou.access.models import Team, User
from qingshou.tenancy.bulk import copy_rows
from qingshou.tenancy.context import NoTenant, current_tenant_id, using
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.row_security import EXEMPT


def _ask(query: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def test_every_table_is_under_a_policy_or_exempt_with_a_reason(db):
    """Asked of PostgreSQL's catalogue, not of our models: a table made by hand counts as well."""
    found = dict(_ask(
        "SELECT c.relname, c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') "
        "AND n.nspname NOT LIKE 'pg_temp%%'"
    ))  # fmt: skip
    assert {table for table, is_bound in found.items() if not is_bound} == EXEMPT.keys() & found.keys()
    assert all(len(reason) > 10 for reason in EXEMPT.values())
    assert EXEMPT.keys() <= found.keys()


def test_every_policy_judges_what_is_read_and_what_is_written(db):
    rows = _ask("SELECT polrelid::regclass::text, polcmd::text, pg_get_expr(polqual, polrelid), "
                "pg_get_expr(polwithcheck, polrelid) FROM pg_policy")  # fmt: skip
    assert len(rows) > 20
    assert [table for table, command, read, written in rows if command != "*" or not read or read != written] == []
    open_early = {table for table, _, read, _ in rows if "qingshou_scope" in read}
    assert open_early == {"access_user", "access_apiclient", "tenancy_tenant"}


def test_the_application_has_no_powers(db):
    powers = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    owned = "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user AND relpersistence = 'p'"
    member = "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user"
    assert _ask(powers) == [(False, False, False, False)]
    assert (_ask(owned), _ask(member)) == ([], [])


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE access_team DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_rows ON access_team",
        "CREATE POLICY mine ON access_team USING (true)",
        "ALTER TABLE access_team DISABLE TRIGGER ALL",
        "SET ROLE qingshou_owner",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION qingshou_tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    ],
)
def test_the_application_cannot_lift_the_policies(tenant, statement):
    with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_another_lenders_administrator_sees_nothing_by_any_way(users, other_tenant):
    strangers = make_users(other_tenant, "b.")
    with using(other_tenant.id):
        assert User.objects.get(id=strangers["ADMINISTRATOR"].id).role == "ADMINISTRATOR"
        assert not User.objects.filter(username="collector").exists()
        assert _ask("SELECT count(*) FROM access_user WHERE username = 'collector'") == [(0,)]
        assert _ask("SELECT count(*) FROM access_team t JOIN access_user u ON u.team_id = t.id") == [(8,)]
        with connection.cursor() as cursor, cursor.copy("COPY access_user (username) TO STDOUT") as copy:
            names = b"".join(bytes(part) for part in copy).decode().split()
        assert sorted(names) == sorted(user.username for user in strangers.values())
        assert User.objects.filter(id=users["COLLECTOR"].id).update(role="ADMINISTRATOR") == 0
        assert User.objects.filter(id=users["COLLECTOR"].id).delete()[0] == 0
        with connection.cursor() as cursor:
            cursor.execute("UPDATE access_user SET role = 'X' WHERE username = 'collector'")
            assert cursor.rowcount == 0
    assert User.objects.get(id=users["COLLECTOR"].id).role == "COLLECTOR"


def _write_by_orm(tenant_id):
    Team.objects.create(name="Theirs", tenant_id=tenant_id)


def _write_by_sql(tenant_id):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO access_team (id, tenant_id, name, branch) VALUES (gen_random_uuid(), %s, 'X', '')",
                       [tenant_id])  # fmt: skip


def _write_by_copy(tenant_id):
    from uuid import uuid4

    copy_rows(model=Team, columns=("id", "tenant_id", "name", "branch"), rows=[(uuid4(), tenant_id, "X", "")])


def _move(tenant_id):
    Team.objects.create(name="Ours")
    Team.objects.filter(name="Ours").update(tenant_id=tenant_id)


@pytest.mark.parametrize("write", [_write_by_orm, _write_by_sql, _write_by_copy, _move])
def test_a_row_for_another_lender_is_refused(tenant, other_tenant, write):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        write(other_tenant.id)
    with using(other_tenant.id):
        assert Team.objects.count() == 0


def test_bulk_rows_of_ones_own_are_written(tenant):
    from uuid import uuid4

    rows = [(uuid4(), tenant.id, f"Desk {n}", "") for n in range(1000)]
    columns = ("id", "tenant_id", "name", "branch")
    assert copy_rows(model=Team, columns=columns, rows=iter(rows)) == 1000
    again = copy_rows(model=Team, columns=columns, rows=rows, on_conflict="ON CONFLICT DO NOTHING")
    assert (again, Team.objects.count()) == (0, 1000)


def test_plain_copy_into_a_bound_table_is_what_postgresql_refuses(tenant):
    """Why `copy_rows` goes through a temporary table."""
    with (
        pytest.raises(errors.FeatureNotSupported),
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy("COPY access_team (id, tenant_id, name, branch) FROM STDIN") as copy,
    ):
        copy.write_row(("00000000-0000-0000-0000-000000000001", tenant.id, "X", ""))


def test_nobody_in_force_means_nothing_seen_and_nothing_written(users, tenant):
    with using(None):
        assert (User.objects.count(), Team.objects.count(), Tenant.objects.count()) == (0, 0, 0)
        with pytest.raises(DatabaseError), transaction.atomic():
            Team.objects.create(name="Nobody's")
        with pytest.raises(DatabaseError), transaction.atomic():
            Team.objects.create(name="Nobody's", tenant_id=tenant.id)
        with pytest.raises(NoTenant):
            current_tenant_id()


def test_what_was_in_force_returns_even_after_a_failure(tenant, other_tenant):
    with pytest.raises(DatabaseError), transaction.atomic(), using(other_tenant.id), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert current_tenant_id() == tenant.id
    assert _ask("SELECT current_setting('qingshou.tenant')") == [(str(tenant.id),)]


def test_a_connection_opened_later_is_told_who_is_in_force(committed):
    connection.close()
    assert _ask("SELECT count(*) FROM tenancy_tenant") == [(1,)]
    connection.close()
    with using(None):
        assert _ask("SELECT count(*) FROM tenancy_tenant") == [(0,)]


def test_without_the_policy_the_same_query_leaks(committed):
    """The negative control: the policy lifted in a transaction that is rolled back, read as the application."""
    from qingshou.config import settings
    from qingshou.config.database import place

    app = place(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS, "app")
    Team.objects.create(name="Ours")
    count = "SELECT count(*) FROM access_team WHERE name = 'Ours' AND tenant_id = %s"
    with as_owner() as owner:
        owner.execute("CREATE TABLE leak_probe AS SELECT * FROM access_team")
        owner.execute("GRANT SELECT ON leak_probe TO PUBLIC")
        owner.execute("ALTER TABLE leak_probe ENABLE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY tenant_rows ON leak_probe USING (tenant_id = qingshou_tenant())")
        owner.commit()
        try:
            with using(None):
                probe = count.replace("access_team", "leak_probe")
                assert _ask(probe, committed.id) == [(0,)]
                owner.execute("ALTER TABLE leak_probe DISABLE ROW LEVEL SECURITY")
                owner.commit()
                assert _ask(probe, committed.id) == [(1,)]
                assert _ask(count, committed.id) == [(0,)]
        finally:
            owner.execute("DROP TABLE leak_probe")
            owner.commit()
    assert app.user == _ask("SELECT current_user")[0][0]
