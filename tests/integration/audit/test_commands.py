"""`qingshou audit`: exit codes and JSON, from the command line."""

import json

from django.db import connection
from tests.integration.audit.attacks import ATTACKS, head_of, triggers_lifted
from typer.testing import CliRunner

from qingshou.access.operations import change_team, create_team
from qingshou.audit.actors import SYSTEM
from qingshou.interfaces.commands.audit import app


def _run(*arguments: str) -> tuple[int, object]:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_sealed_carried_off_and_verified(committed, tmp_path):
    from tests.conftest import NOW

    code = committed.code
    team = create_team(name="Desk", actor=SYSTEM, now=NOW)
    for branch in "abcde":
        change_team(team_id=team.id, name="Desk", branch=branch, actor=SYSTEM, now=NOW)
    exit_code, made = _run("anchor", "--on", "2026-11-22", "--tenant", code)
    assert (exit_code, made[code]["chains_count"], made[code]["events_count"]) == (0, 1, 6)
    kept = tmp_path / "anchors.json"
    assert _run("export-anchor", "--out", str(kept), "--tenant", code)[0] == 0
    exit_code, result = _run("verify", "--tenant", code, "--anchors", str(kept))
    assert (exit_code, result[code]["is_sound"], result[code]["events_count"]) == (0, True, 6)
    connection.close()
    with triggers_lifted() as cursor:
        ATTACKS["rebuild"](cursor, head_of(cursor, committed.id, team.id))
    exit_code, result = _run("verify", "--tenant", code)
    assert (exit_code, [finding["code"] for finding in result[code]["findings"]]) == (1, ["ANCHOR_DIFFERS"])


def test_a_file_that_is_no_export_is_refused(committed, tmp_path):
    from qingshou.kernel.errors import BadInput

    wrong = tmp_path / "x.json"
    wrong.write_text("[1]")
    done = CliRunner().invoke(app, ["verify", "--anchors", str(wrong)])
    assert isinstance(done.exception, BadInput)
