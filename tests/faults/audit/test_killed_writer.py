"""A writer killed at any instant leaves either the doing and its event, or neither, and a chain that goes on."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime

from qingshou.access.models import Team
from qingshou.access.operations import create_team
from qingshou.audit.actors import SYSTEM
from qingshou.audit.models import AuditEvent
from qingshou.audit.verification import verify

SEED, KILLS = 20261123, 5
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

_WRITER = """
import sys
from datetime import UTC, datetime
from uuid import UUID
from qingshou.config import start
start.setup()
from qingshou.access.operations import create_team, change_team
from qingshou.audit.actors import SYSTEM
from qingshou.tenancy.context import using
now = datetime(2026, 11, 23, tzinfo=UTC)
with using(UUID(sys.argv[1])):
    for step in range(100_000):
        team = create_team(name=f"{sys.argv[2]} {step}", actor=SYSTEM, now=now)
        change_team(team_id=team.id, name=team.name, branch="N", actor=SYSTEM, now=now)
        if step == 1:
            print("writing", flush=True)
"""


def test_killed_writers_leave_no_half_done_thing(committed):
    draw = random.Random(SEED)
    print("seed", SEED)  # noqa: T201  pytest shows it when the test fails
    for kill in range(KILLS):
        writer = subprocess.Popen([sys.executable, "-W", "ignore", "-c", _WRITER, str(committed.id), f"run {kill}"],
                                  stdout=subprocess.PIPE)  # fmt: skip
        assert writer.stdout.readline() == b"writing\n"  # two teams stand, however slow the machine
        time.sleep(draw.random() * 0.4)
        writer.kill()
        writer.wait(10)
        writer.stdout.close()
        create_team(name=f"after {kill}", actor=SYSTEM, now=NOW)
    result = verify()
    teams, changed = Team.objects.count(), Team.objects.filter(branch="N").count()
    assert result.findings == ()
    assert teams > 2 * KILLS
    assert result.chains_count == teams
    assert AuditEvent.objects.filter(action="TEAM_CREATED").count() == teams
    assert AuditEvent.objects.filter(action="TEAM_CHANGED").count() == changed
