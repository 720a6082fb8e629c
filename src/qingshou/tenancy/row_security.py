"""Row-level security on every table that has a tenant, laid down by the owner after each migration.

Laying it after every migration, from the models themselves, means that no table can be forgotten; the test in
tests/integration/tenancy compares PostgreSQL's own catalogue with the list of exempt tables.
"""

import hashlib
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

from qingshou.tenancy.models import Tenant

# Tables without a tenant, each with its reason. A table neither here nor under a policy fails the test.
EXEMPT = {
    "django_migrations": "which migrations ran: no lender's data",
    "django_content_type": "names of models: no lender's data",
    "django_session": "opaque session keys; the user behind one is looked up under the sign-in scope",
    "procrastinate_jobs": "job arguments name a tenant and opaque ids only",
    "procrastinate_events": "times of job states",
    "procrastinate_periodic_defers": "times of periodic jobs",
    "procrastinate_workers": "heartbeats of workers",
    "throttle_cache": "counters of sign-in attempts by hashed key",
    "auth_permission": "made by Django and unused: permissions are predicates",
    "auth_group": "made by Django and unused: roles are codes",
    "auth_group_permissions": "made by Django and unused",
}

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION qingshou_tenant() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('qingshou.tenant', true), '')::uuid $$;
CREATE OR REPLACE FUNCTION qingshou_scope() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('qingshou.scope', true), '') $$;
"""

# Tables of other people's applications that hang on a user: visible where the user is.
_BY_USER = ("account_emailaddress", "mfa_authenticator")
_BY_EMAIL_ADDRESS = ("account_emailconfirmation",)


def policies() -> Iterator[tuple[str, str]]:
    """Return (table, condition) for every table under a policy."""
    # subselects make PostgreSQL evaluate the setting once a statement, not once a row
    own = "tenant_id = (SELECT qingshou_tenant())"
    early = "(SELECT qingshou_scope()) IN ('sign-in', 'system')"
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in EXEMPT:
            continue
        if model is Tenant:
            yield table, f"id = (SELECT qingshou_tenant()) OR {early}"
        elif any(field.name == "tenant" for field in model._meta.fields):
            opens_early = getattr(model, "found_before_sign_in", False)
            yield table, f"{own} OR {early}" if opens_early else own
        elif table in _BY_USER:
            yield table, f"EXISTS (SELECT 1 FROM access_user u WHERE u.id = {table}.user_id)"  # noqa: S608  our names
        elif table in _BY_EMAIL_ADDRESS:
            yield table, f"EXISTS (SELECT 1 FROM account_emailaddress e WHERE e.id = {table}.email_address_id)"  # noqa: S608
        elif model._meta.auto_created:
            yield table, _through_condition(model)


def _through_condition(model: type[models.Model]) -> str:
    """A many-to-many row is visible where its first end is."""
    first = next(field for field in model._meta.fields if isinstance(field, models.ForeignKey))
    target = first.remote_field.model._meta.db_table
    return f"EXISTS (SELECT 1 FROM {target} o WHERE o.id = {model._meta.db_table}.{first.column})"  # noqa: S608  our names


def lay_policies(**_: object) -> None:
    """Lay or renew the policies; runs after every migration, as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS)
        existing = set(connection.introspection.table_names(cursor))
        for table, condition in policies():
            if table not in existing:
                continue
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            cursor.execute(f'DROP POLICY IF EXISTS tenant_rows ON "{table}"')
            cursor.execute(f'CREATE POLICY tenant_rows ON "{table}" USING ({condition}) WITH CHECK ({condition})')
        # what was laid is remembered in the catalogue, so that a start can tell whether there is anything to do
        cursor.execute(f"COMMENT ON FUNCTION qingshou_tenant() IS '{_fingerprint()}'")


def are_policies_laid() -> bool:
    """Say whether the policies in the database are those of this code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regprocedure('qingshou_tenant()'), 'pg_proc')")
        return bool(cursor.fetchone()[0] == _fingerprint())


def _fingerprint() -> str:
    return hashlib.sha256(repr((_FUNCTIONS, list(policies()))).encode()).hexdigest()
