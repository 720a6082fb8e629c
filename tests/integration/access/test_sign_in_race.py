"""The count of failed sign-ins holds over several processes at once."""

import subprocess
import sys
from datetime import UTC, datetime

from django.core.cache import cache
from django.test import Client

from qingshou.access import operations
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.tenancy.context import using

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

_GUESS = """
import sys
from qingshou.config import start
start.setup()
from django.test import Client
for _ in range(5):
    given = {"login": sys.argv[1], "password": "wrong"}
    Client(HTTP_HOST="localhost").post("/accounts/login/", given, REMOTE_ADDR=sys.argv[2])
"""


def test_guesses_from_several_processes_are_counted_together(committed):
    """4 processes x 5 guesses at once from 4 addresses: five are tried, fifteen are locked out, none goes uncounted."""
    user, password = operations.create_user(username=f"u{committed.code}", display_name="A", role="COLLECTOR",
                                            actor=SYSTEM, now=NOW)  # fmt: skip
    cache.clear()
    running = [
        subprocess.Popen([sys.executable, "-W", "ignore", "-c", _GUESS, user.username, f"203.0.113.{n}"])
        for n in range(4)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0, 0]
    actions = [e.action for e in list_events(subject_kind="USER", subject_id=user.id, limit=100)]
    assert (actions.count("SIGN_IN_FAILED"), actions.count("SIGN_IN_LOCKED")) == (5, 15)
    client = Client()
    with using(None):
        assert client.post("/accounts/login/", {"login": user.username, "password": password}).status_code == 200
    cache.clear()
    with using(None):  # the negative control: without the counts the same password opens
        assert client.post("/accounts/login/", {"login": user.username, "password": password}).status_code == 302
