"""Rows that may be added but never changed: held by PostgreSQL, laid down by the owner after each migration.

A model says `append_only = True`. The triggers refuse UPDATE, DELETE and TRUNCATE to everybody, the owner of the tables
included; the right itself is taken from every other role as well. Only someone who may alter the table can lift
them, and what he then changes shows in the hashes (audit/verification.py).
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

_FUNCTION = """
CREATE OR REPLACE FUNCTION qingshou_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

_GRANTEES = """
SELECT DISTINCT grantee.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles grantee ON grantee.oid = a.grantee
WHERE c.oid = %s::regclass AND a.grantee <> c.relowner
"""


def append_only_tables() -> Iterator[str]:
    """Return the tables whose models say so."""
    for model in apps.get_models():
        if getattr(model, "append_only", False):
            yield model._meta.db_table


def lay_append_only(**_: object) -> None:
    """Lay or renew the triggers and take the rights away; runs after every migration, as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION)
        existing = set(connection.introspection.table_names(cursor))
        for table in append_only_tables():
            if table not in existing:
                continue
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION qingshou_refuse_change()"
            )
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION qingshou_refuse_change()"
            )
            cursor.execute(_GRANTEES, [f'"{table}"'])
            for (role,) in cursor.fetchall():
                cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{role}"')
