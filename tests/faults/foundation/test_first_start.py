"""The first start on a new home: by several processes at once, and after one that was killed on its way."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.faults.day.asking import ROOT

from qingshou.config import embedded

PASSWORDS = {"superuser": "s-1", "owner": "o-1", "app": "a-1"}
START_AND_SIGN_IN = f"""
import sys
from pathlib import Path
import psycopg
from qingshou.config import embedded
home = Path(sys.argv[1])
embedded.ensure_running(home, {PASSWORDS!r})
for role in ("owner", "app"):
    place = dict(host=str(embedded.socket_dir(home)), dbname="postgres", user=f"qingshou_{{role}}")
    psycopg.connect(**place, password={PASSWORDS!r}[role]).close()
"""


def start(home, *, code=START_AND_SIGN_IN):
    return subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def ended(*processes):
    said = [process.communicate(timeout=120)[1] for process in processes]
    return [(process.returncode, text[-300:]) for process, text in zip(processes, said, strict=True)]


def test_processes_that_start_together_on_a_new_home_all_get_in(tmp_path):
    assert ended(*[start(tmp_path) for _ in range(4)]) == [(0, "")] * 4


@pytest.mark.parametrize("point", ["server.stop()", "server.start()", "marker.write_text("])
def test_a_first_start_that_was_killed_is_begun_anew(tmp_path, point):
    source = "import sys\n" + Path(embedded.__file__).read_text()
    assert source.count(point) == 1
    killed = source.replace(point, f"os._exit(9) or {point}", 1)
    killed += f"\nensure_running(Path(sys.argv[1]), {PASSWORDS!r})"
    assert ended(start(tmp_path, code=killed)) == [(9, "")]
    assert ended(start(tmp_path)) == [(0, "")]
    with pytest.raises(psycopg.OperationalError):  # and nobody is left to answer
        psycopg.connect(host=str(embedded.socket_dir(tmp_path)), user="qingshou_app", password="a-1", dbname="postgres")
