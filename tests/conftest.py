"""What every test stands on: a real PostgreSQL with one migrated template, a database a worker, lenders to work for.

Tests sign in to PostgreSQL as the application's role, so that row-level security holds in them as in production. Rows
that must be committed (races, kills, other processes) belong to a lender made for that test and are never cleaned up:
lenders do not see each other, which is what keeps such tests apart.
"""

import fcntl
import functools
import hashlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, connections
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as properties
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
PASSWORD = "correct-horse-battery-staple"
# a property is judged by what it finds, never by how fast the machine is just now; what it finds is told to be replayed
properties.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("house")


def _migrations_hash() -> str:
    """Name the template by what it is made of, so that a changed migration or policy makes a new one."""
    sources = sorted(
        path
        for pattern in (
            "**/migrations/*.py",
            "**/models.py",
            "**/models/*.py",
            "tenancy/row_security.py",
            "tenancy/append_only.py",
            "config/database.py",
        )
        for path in ROOT.glob(f"src/qingshou/{pattern}")
    )
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def database_name(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Make this worker's database from the migrated template; the template is made once per state of the migrations."""
    from qingshou.config import settings
    from qingshou.config.database import ensure_named_database, place
    from qingshou.config.embedded import ensure_running

    if not settings.ENVIRONMENT.database_url:
        ensure_running(settings.ENVIRONMENT.home, settings.DATABASE_PASSWORDS)
    owner = place(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS, "owner")
    app = place(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS, "app")
    template = f"template_{_migrations_hash()}"
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    lock = settings.ENVIRONMENT.home / "template.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with psycopg.connect(**owner.dsn(name="postgres"), autocommit=True) as server:
            ready = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
            if ready is None:
                making = f"{template}_making"
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(making)))
                from dataclasses import replace

                ensure_named_database(replace(owner, name=making), replace(app, name=making))
                for command in (["migrate", "-v", "0"], ["createcachetable", "-v", "0"]):
                    subprocess.run(
                        [sys.executable, "-m", "django", *command],
                        check=True,
                        env=os.environ
                        | {
                            "DJANGO_SETTINGS_MODULE": "qingshou.config.testing",
                            "QINGSHOU_DATABASE_ROLE": "owner",
                            "QINGSHOU_DATABASE_NAME": making,
                        },
                    )
                server.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(template))
                )
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
    os.environ["QINGSHOU_DATABASE_NAME"] = name  # for the processes that tests start
    yield name
    connections.close_all()
    with psycopg.connect(**owner.dsn(name="postgres"), autocommit=True) as server:
        _drop(server, name)


def _drop(server: psycopg.Connection, name: str) -> None:
    """Drop a worker's database; a vacuum of the server's own, which we may not end, is waited for."""
    for _ in range(60):
        try:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(0.5)
        else:
            return


@pytest.fixture(scope="session")
def django_db_setup(database_name: str) -> None:
    """Point Django at this worker's database (takes the place of pytest-django's own)."""
    connection.close()
    connection.settings_dict["NAME"] = database_name
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing


def _make_tenant(code: str) -> "object":
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        return Tenant.objects.create(code=code, name=f"Lender {code}", created_at=NOW)


@pytest.fixture
def tenant(db: None) -> Iterator["object"]:
    """A lender in force for the whole test; rolled back afterwards."""
    from qingshou.tenancy.context import using

    made = _make_tenant("alpha")
    with using(made.id):
        yield made


@pytest.fixture
def other_tenant(db: None) -> "object":
    """Another lender, not in force."""
    return _make_tenant("beta")


@functools.cache
def _password_hash() -> str:
    """Hash PASSWORD once: the real hasher is slow on purpose."""
    return make_password(PASSWORD)


def make_users(tenant: "object", prefix: str = "") -> dict[str, "object"]:
    """Make one user a role for a lender; all share PASSWORD."""
    from qingshou.access.models import Team, User
    from qingshou.access.roles import Role
    from qingshou.tenancy.context import using

    with using(tenant.id):
        team = Team.objects.create(name="Desk 1")
        users = {}
        for role in Role:
            user = User(
                username=f"{prefix}{role.value.lower()}",
                display_name=role.value.title(),
                role=role.value,
                email=f"{prefix}{role.value.lower()}@bank.example",
                team=team,
                joined_at=NOW,
            )
            user.password = _password_hash()
            user.save()
            users[role.value] = user
        return users


@pytest.fixture
def users(tenant: "object") -> dict[str, "object"]:
    """One user a role, of `tenant`."""
    return make_users(tenant)


@pytest.fixture
def client_for(users: dict[str, "object"]) -> Callable[[str], Client]:
    """Return a signed-in client for a role."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: "object") -> Iterator["object"]:
    """A new lender whose rows are really committed, for races, kills and other processes; in force in this thread."""
    from qingshou.tenancy.context import using

    with django_db_blocker.unblock():
        made = _make_tenant(f"c{uuid.uuid4().hex[:12]}")
        with using(made.id):
            yield made
        connections.close_all()


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> Iterator[None]:
    """A request leaves its language to the thread: without this a test would speak that of the one before it."""
    from django.utils import translation

    yield
    translation.deactivate()
