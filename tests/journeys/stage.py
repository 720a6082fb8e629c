"""What journeys stand on: a server, a worker, a lender with its people; each a process or rows of its own."""

import os
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import _make_tenant, make_users

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process_of(command: list[str], *, database_name: str, settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program of ours over the tests' database; stopped gently at the end."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "QINGSHOU_DATABASE_NAME": database_name}
    log = tempfile.NamedTemporaryFile(prefix="qingshou-journeys-", suffix=".log", delete=False)  # noqa: SIM115
    with log, ExitStack() as stack:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        stack.callback(process.wait, 120)
        stack.callback(process.terminate)
        yield process


@contextmanager
def serving(database_name: str, *, port: int = 8790, settings: str = "qingshou.config.testing") -> Iterator[str]:
    """Serve the pages on loopback; gives their address."""
    from qingshou.interfaces.serving import free_port, server_command

    port = free_port(port, strict=False)
    with process_of(server_command(port, workers=1), database_name=database_name, settings=settings) as process:
        _wait_until_answering(port, process)
        yield f"http://127.0.0.1:{port}"


def _wait_until_answering(port: int, process: "subprocess.Popen[bytes]", limit_s: float = 120) -> None:
    until = time.monotonic() + limit_s
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not answer", pytrace=False)


def new_lender(**kept: Any) -> Any:
    """Make a lender with a user a role (`users`, their names begin with `prefix`); what is `kept` is set on it."""
    from qingshou.tenancy.context import using

    tenant: Any = _make_tenant(f"journey-{uuid.uuid4().hex[:8]}")
    with using(None, scope="system"):
        for name, value in kept.items():
            setattr(tenant, name, value)
        tenant.save()
    tenant.prefix = f"j{uuid.uuid4().hex[:6]}_"
    tenant.users = make_users(tenant, tenant.prefix)
    return tenant


def lender_with_cases(**kept: Any) -> Any:
    """Make a lender with eight debtors' cases (`cases`); one loan is closed by the book."""
    from qingshou.tenancy.context import using
    from tests.conftest import NOW
    from tests.journeys.seeding import seed_cases

    tenant = new_lender(**kept)
    with using(tenant.id):
        tenant.cases = seed_cases(tenant, tenant.users, as_of=date(2026, 11, 22), now=NOW)
    return tenant
