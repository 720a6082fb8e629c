"""Whose rows this thread of work may see: set at the edge, enforced by PostgreSQL's row-level security.

Nothing set means nothing seen. `scope` opens the two narrow doors that must work before a lender is known:
'sign-in' (find the user who signs in) and 'system' (the worker and the commands go from lender to lender).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import Error, InterfaceError, OperationalError
from psycopg.pq import TransactionStatus

from qingshou.kernel.errors import Conflict

_tenant: ContextVar[UUID | None] = ContextVar("qingshou_tenant", default=None)
_scope: ContextVar[str] = ContextVar("qingshou_scope", default="")

T = TypeVar("T")
SCOPES = frozenset({"", "sign-in", "system"})


class NoTenant(Conflict):
    """Work on a lender's rows was begun without saying whose."""

    code = "NO_TENANT"
    http_status = 500


def current_tenant_id() -> UUID:
    """Return the lender in force; stops with NoTenant when there is none."""
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise NoTenant("No lender is in force here: open the work with tenancy.context.using(tenant_id).")
    return tenant_id


def current_tenant_id_or_none() -> UUID | None:
    """Return the lender in force, or None."""
    return _tenant.get()


@contextmanager
def using(tenant_id: UUID | None, *, scope: str = "") -> Iterator[None]:
    """Work for one lender inside the block; what was in force before returns afterwards."""
    if scope not in SCOPES:
        raise ValueError(f"unknown scope {scope!r}")
    # what is in force was told when it came into force: said again it would only cost a question
    is_change = (_tenant.get(), _scope.get()) != (tenant_id, scope)
    tenant_token, scope_token = _tenant.set(tenant_id), _scope.set(scope)
    if is_change:
        _tell(connection)
    try:
        yield
    finally:
        _tenant.reset(tenant_token)
        _scope.reset(scope_token)
        if is_change:
            _tell(connection)


# The scope is told for this statement alone; who was found is told to stay. LATERAL: nobody is looked for before the
# scope stands.
_ENTER = """
SELECT set_config('qingshou.tenant', found.tenant_id::text, false), set_config('qingshou.scope', '', false), found.*
FROM (SELECT set_config('qingshou.scope', '{scope}', true) AS scope OFFSET 0) told
CROSS JOIN LATERAL ({statement} AND told.scope = '{scope}') found
"""
_BY_CODE = "SELECT id AS tenant_id FROM tenancy_tenant WHERE code = %(code)s"


@contextmanager
def using_code(code: str) -> Iterator[UUID | None]:
    """Work for the lender of a code inside the block, found and told in one statement; None: there is no such lender.

    For the edge where other systems come in by the hundred a second; nothing may be in force there yet.
    """
    with using_found(_BY_CODE, {"code": code}, scope="system", judge=lambda row: row[0]) as tenant_id:
        yield tenant_id


@contextmanager
def using_found(
    statement: str, given: Mapping[str, object], *, scope: str, judge: Callable[[tuple[Any, ...]], T | None]
) -> Iterator[T | None]:
    """Work inside the block for the lender whom somebody unknown so far belongs to, found and told in one statement.

    Takes   statement  finds at most one row, its column `tenant_id` first; it ends in a WHERE. Ours, never a user's
            scope      under which it may look
            judge      makes of the row what is yielded; None: it is not who it says, and nobody is in force
    Gives   what `judge` made; None where no row was found
    """
    asked = _ENTER.format(scope=scope, statement=statement)
    if connection.in_atomic_block or connection.connection is None:
        row = _enter(asked, given)
    else:
        connection.health_check_done = True  # the statement is its own
        try:
            row = _enter(asked, given)
        except (OperationalError, InterfaceError):  # the server went away since the last request: once more, anew
            connection.close()
            row = _enter(asked, given)
    found = judge(row) if row else None
    tenant_token = _tenant.set(row[0] if row and found is not None else None)
    scope_token = _scope.set("")
    try:
        if found is None:
            _tell(connection)
        yield found
    finally:
        _tenant.reset(tenant_token)
        _scope.reset(scope_token)
        _tell(connection)


def _enter(statement: str, given: Mapping[str, object]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    return row[2:] if row else None


def _tell(target: BaseDatabaseWrapper) -> None:
    """Tell an open connection who is in force; one not yet open is told when it opens.

    In a failed transaction nothing can be told: its rollback puts back what was in force before it began.
    """
    if target.connection is None or target.needs_rollback:
        return
    if target.connection.info.transaction_status == TransactionStatus.INERROR:
        return
    if not target.in_atomic_block:
        target.health_check_done = True  # telling is a health check: whoever cannot be told is closed, and opened anew
    try:
        _apply(target)
    except Error:
        target.close()  # a connection that cannot be told may not be used again


def _apply(target: BaseDatabaseWrapper) -> None:
    with target.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('qingshou.tenant', %s, false), set_config('qingshou.scope', %s, false)",
            [str(_tenant.get() or ""), _scope.get()],
        )


def _on_connect(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor == "postgresql":
        _apply(connection)


connection_created.connect(_on_connect, dispatch_uid="qingshou-tenancy")
