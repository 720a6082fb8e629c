"""Bring Django up in a process of our own, with the database there and everything migrated."""

import os
import subprocess
import sys

import django


def setup() -> None:
    """Make Django usable in this process; starts the embedded server when no other is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
    from qingshou.config import settings
    from qingshou.config.embedded import ensure_running

    if not settings.ENVIRONMENT.database_url:
        ensure_running(settings.ENVIRONMENT.home, settings.DATABASE_PASSWORDS)
    django.setup()


def migrate() -> None:
    """Create what is missing and migrate, in a process signed in as the owner of the tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
    from qingshou.config import settings
    from qingshou.config.database import ensure_database

    ensure_database(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS)
    run_as_owner("migrate", "--verbosity", "0")
    run_as_owner("createcachetable", "--verbosity", "0")


def run_as_owner(*arguments: str) -> None:
    """Run one of Django's commands as the owner of the tables."""
    subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        check=True,
        env=os.environ | {"QINGSHOU_DATABASE_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "qingshou.config.settings"},
    )
