"""A process that has everything loaded and forks a child for each thing asked: a run costs no start, and can be killed.

Speaks JSON lines on stdin and stdout. It never connects to the database itself: only its children do.
"""

import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
PEOPLE = ["COLLECTOR"] * 3 + ["LEGAL_OFFICER", "ASSET_MANAGER", "TEAM_LEAD", "ADMINISTRATOR"]


def found(*, code: str, files: dict[str, str]) -> dict[str, Any]:
    """Make a lender with people, and take its files in."""
    from django.conf import settings

    from qingshou.access.models import User
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.operations import record_import
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        tenant = Tenant.objects.create(code=code, name="Lender", created_at=NOW)
    with using(tenant.id):
        for number, role in enumerate(PEOPLE):
            User.objects.create(username=f"{code}-{number}", display_name=role, role=role, capacity_cases=45)
        for as_of, path in files.items():
            record_import(
                tenant_id=tenant.id, source_path=Path(path), mapping="canonical", as_of=date.fromisoformat(as_of),
                home=settings.QINGSHOU_HOME, actor=SYSTEM, now=NOW,
            )  # fmt: skip
    return {"tenant_id": str(tenant.id)}


def run(*, code: str, as_of: str, wait: bool = True, broken: bool = False) -> dict[str, Any]:
    """Run a day; `broken` writes each checkpoint before its effects, in a transaction of its own."""
    from django.conf import settings

    from qingshou.audit.actors import SYSTEM
    from qingshou.interfaces import daily
    from qingshou.kernel.errors import QingshouError
    from qingshou.tenancy.queries import get_tenant_by_code

    if broken:
        daily.take_step = _checkpoint_first
    try:
        report = daily.run_day(
            tenant_id=get_tenant_by_code(code=code).id, as_of=date.fromisoformat(as_of), now=NOW, actor=SYSTEM,
            home=settings.QINGSHOU_HOME, wait=wait,
        )  # fmt: skip
    except QingshouError as error:
        return {"error": error.code, "message": error.message, "exit_code": error.exit_code}
    return {"status": report.status, "was_done_already": report.was_done_already, "attempts": report.attempts}


def _checkpoint_first(*, run: Any, position: int, name: str, now: datetime, effect: Any) -> Any:
    from qingshou.features.oversight import faultpoints
    from qingshou.features.oversight.models import DayStep
    from qingshou.features.oversight.operations import StepResult, checkpoint_step

    done = DayStep.objects.filter(run=run, name=name).first()
    if done is not None:
        return StepResult(done.rows_in, done.rows_out, done.facts), False
    step = checkpoint_step(run=run, position=position, name=name, result=StepResult(), now=now, taken_ms=0)
    faultpoints.reach(name, "inside")
    result = effect()
    step.rows_in, step.rows_out, step.facts = result.rows_in, result.rows_out, dict(result.facts)
    step.save()
    return result, True


def dump(*, code: str) -> dict[str, Any]:
    """Return the canonical dump of a lender and what `qingshou verify` says."""
    from django.conf import settings
    from tests.faults.day.canonical import canonical_dump

    from qingshou.interfaces.verify import verify
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    tenant_id = get_tenant_by_code(code=code).id
    with using(tenant_id):
        lines = canonical_dump(tenant_id=tenant_id, code=code)
    verified = verify(tenant_id=tenant_id, home=settings.QINGSHOU_HOME)
    return {"dump": lines, "wrong": {one.name: one.wrong for one in verified.answers if one.wrong}}


DOINGS = {"found": found, "run": run, "dump": dump}


def _child(asked: dict[str, Any], out: int) -> None:
    """Do what is asked and write the answer; a database that goes away is an answer too."""
    from django.db import DatabaseError

    os.environ.pop("QINGSHOU_FAULT_POINT", None)
    if asked.get("fault_point"):
        os.environ["QINGSHOU_FAULT_POINT"] = asked["fault_point"]
    try:
        answer = DOINGS[asked["do"]](**asked["with"])
    except DatabaseError as error:
        answer = {"error": "DATABASE", "message": str(error)[:200]}
    os.write(out, json.dumps(answer).encode())
    os.close(out)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            _child(asked, writing)
            code = 0
        except BaseException:  # noqa: BLE001  the fork must never run on into the parent's loop
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    killer = None
    if asked.get("kill_after_s") is not None:
        killer = threading.Timer(asked["kill_after_s"], lambda: os.kill(child, signal.SIGKILL))
        killer.start()
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if killer:
        killer.cancel()
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    answer = json.loads(said) if said and not killed else {}
    return answer | {"killed": killed, "seconds": time.monotonic() - began, "failed": not killed and status != 0}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Load everything, then answer until stdin ends; each answer in a thread, so that two runs may be at once."""
    from qingshou.config import start

    start.setup()
    import qingshou.interfaces.daily
    import qingshou.interfaces.verify  # noqa: F401

    lock = threading.Lock()
    _say({"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)

        def say(asked: dict[str, Any] = asked) -> None:
            answer = _answer(asked)
            with lock:
                _say({"id": asked["id"], **answer})

        threading.Thread(target=say).start()


if __name__ == "__main__":
    main()
