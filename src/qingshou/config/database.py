"""Which database, as whom: the owner migrates, the app role works and is bound by row-level security."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from qingshou.config import embedded
from qingshou.config.environment import Environment
from qingshou.kernel.errors import Misconfigured

OWNER_ROLE = "qingshou_owner"
APP_ROLE = "qingshou_app"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect and as whom."""

    host: str
    port: str
    user: str
    password: str
    name: str

    def dsn(self, *, name: str | None = None) -> dict[str, Any]:
        """Return psycopg's connection arguments, for this or another database of the server."""
        given = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {key: value for key, value in given.items() if value} | {"dbname": name or self.name}


def place(environment: Environment, passwords: dict[str, str], role: str) -> Place:
    """Return the place for 'owner' or 'app', from the given URLs or the embedded server."""
    if environment.database_url:
        owner = _from_url(environment.database_url)
        if role == "owner":
            return owner
        if environment.app_database_url:
            return _from_url(environment.app_database_url)
        password = app_password_on_given_server(environment)
        return Place(owner.host, owner.port, APP_ROLE, password, owner.name)
    host = str(embedded.socket_dir(environment.home))
    user = OWNER_ROLE if role == "owner" else APP_ROLE
    return Place(host, "", user, passwords[role], environment.database_name)


def app_password_on_given_server(environment: Environment) -> str:
    """Derive the app role's password from the secret key, so that every process knows it and no file holds it."""
    import hashlib
    import hmac

    return hmac.new(environment.secret_key.encode(), b"qingshou app role", hashlib.sha256).hexdigest()


def ensure_database(environment: Environment, passwords: dict[str, str]) -> None:
    """Make sure the server runs, the database exists and the app role may use, but never own, what is in it."""
    if not environment.database_url:
        embedded.ensure_running(environment.home, passwords)
    owner = place(environment, passwords, "owner")
    app = place(environment, passwords, "app")
    ensure_named_database(owner, app)


def ensure_named_database(owner: Place, app: Place) -> None:
    """Create the database and the app role where they are missing, and grant the app role its everyday rights."""
    if not _exists(owner):
        with psycopg.connect(**owner.dsn(name="postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0").format(
                    sql.Identifier(owner.name)
                )
            )
    with psycopg.connect(**owner.dsn(), autocommit=True) as connection:
        _ensure_app_role(connection, app)
        user = sql.Identifier(app.user)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {}",
        ):
            connection.execute(sql.SQL(statement).format(user))


def _exists(owner: Place) -> bool:
    try:
        with psycopg.connect(**owner.dsn()):
            return True
    except psycopg.OperationalError as error:
        if "does not exist" in str(error):
            return False
        raise Misconfigured(
            f"The database server does not let us in ({str(error).strip().splitlines()[-1]}): check DATABASE_URL."
        ) from None


def _ensure_app_role(connection: psycopg.Connection[Any], app: Place) -> None:
    known = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [app.user]
    ).fetchone()
    if known is not None and known[0]:
        raise Misconfigured(
            f"The application's role '{app.user}' is a superuser or bypasses row-level security: name another in "
            "APP_DATABASE_URL."
        )
    if app.host and app.host.startswith("/") and known is not None:
        return  # the embedded server laid the role down with its password
    verb = "ALTER" if known else "CREATE"
    try:
        connection.execute(
            sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {{}}").format(
                sql.Identifier(app.user), sql.Literal(app.password)
            )
        )
    except psycopg.errors.InsufficientPrivilege:
        if known is None:
            raise Misconfigured(
                f"The role of DATABASE_URL may not create the application's role '{app.user}': create it yourself "
                "and name it in APP_DATABASE_URL."
            ) from None


def _from_url(url: str) -> Place:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise Misconfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return Place(
        unquote(parts.hostname or ""),
        str(parts.port or ""),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.path.strip("/"),
    )


def django_databases(environment: Environment, passwords: dict[str, str]) -> dict[str, Any]:
    """Return Django's DATABASES: one alias, signed in as the app role (or as the owner in a migrating process)."""
    here = place(environment, passwords, environment.database_role)
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": here.name,
            "USER": here.user,
            "PASSWORD": here.password,
            "HOST": here.host,
            "PORT": here.port,
            "CONN_MAX_AGE": 300,
            "CONN_HEALTH_CHECKS": True,
            "ATOMIC_REQUESTS": False,
            "OPTIONS": {"options": "-c lock_timeout=10s -c timezone=UTC", "connect_timeout": 10},
        }
    }
