"""Settings are read once; what is missing or wrong is reported together; production passes Django's own checks."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def in_a_process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = ("QINGSHOU_", "DATABASE_URL", "DJANGO_")
    kept = {key: value for key, value in os.environ.items() if not any(part in key for part in ours)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=kept | environment, check=False
    )


def test_everything_wrong_is_reported_together(tmp_path: Path):
    done = in_a_process(
        "from qingshou.config.environment import read_environment\n"
        "from qingshou.kernel.errors import Misconfigured\n"
        "try: read_environment()\n"
        "except Misconfigured as error: print(error)",
        QINGSHOU_HOME=str(tmp_path),
        QINGSHOU_MODE="production",
        QINGSHOU_DEBUG="perhaps",
        QINGSHOU_TRUSTED_PROXIES_COUNT="many",
        DATABASE_URL="postgresql://x@localhost/x",
    )
    for name in ("debug", "trusted_proxies_count"):
        assert name in done.stdout.lower(), done
    done = in_a_process(
        "from qingshou.config.environment import read_environment\n"
        "from qingshou.kernel.errors import Misconfigured\n"
        "try: read_environment()\n"
        "except Misconfigured as error: print(error)",
        QINGSHOU_HOME=str(tmp_path),
        QINGSHOU_MODE="production",
        DATABASE_URL="postgresql://x@localhost/x",
    )
    for name in ("QINGSHOU_SECRET_KEY", "QINGSHOU_DATA_KEYS", "QINGSHOU_BLIND_INDEX_KEY"):
        assert name in done.stdout


def test_a_bad_key_is_named_by_its_id_and_never_shown(tmp_path: Path):
    done = in_a_process(
        "from qingshou.config.environment import read_environment\n"
        "from qingshou.kernel.errors import Misconfigured\n"
        "try: read_environment()\n"
        "except Misconfigured as error: print(error)",
        QINGSHOU_HOME=str(tmp_path),
        QINGSHOU_MODE="demo",
        QINGSHOU_DATA_KEYS="k7=c2hvcnQtc2VjcmV0",
    )
    assert "k7" in done.stdout
    assert "c2hvcnQtc2VjcmV0" not in done.stdout + done.stderr


def test_production_passes_the_deployment_check(tmp_path: Path):
    done = in_a_process(
        "import django; from django.core.management import call_command\n"
        "django.setup(); call_command('check', '--deploy', '--fail-level', 'WARNING')",
        DJANGO_SETTINGS_MODULE="qingshou.config.settings",
        QINGSHOU_HOME=str(tmp_path),
        QINGSHOU_MODE="production",
        QINGSHOU_SECRET_KEY=secrets.token_urlsafe(60),
        QINGSHOU_DATA_KEYS="k1=" + base64.b64encode(secrets.token_bytes(32)).decode(),
        QINGSHOU_BLIND_INDEX_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
        QINGSHOU_ALLOWED_HOSTS="bank.example",
        DATABASE_URL="postgresql://x:y@localhost/x",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


def test_debug_is_off_unless_asked_for(tmp_path: Path):
    done = in_a_process(
        "from qingshou.config import settings; print(settings.DEBUG)", QINGSHOU_HOME=str(tmp_path), QINGSHOU_MODE="demo"
    )
    assert done.stdout.strip() == "False", done.stderr
