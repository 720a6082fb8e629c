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


def migrate() -> bool:
    """Create what is missing and migrate, in a process signed in as the owner of the tables.

    Gives   False when the database was up to date and nothing was done
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
    from qingshou.config import settings
    from qingshou.config.database import ensure_database

    ensure_database(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS)
    django.setup()
    if _is_up_to_date():
        return False
    run_as_owner("migrate", "--verbosity", "0")
    run_as_owner("createcachetable", "--verbosity", "0")
    return True


def _is_up_to_date() -> bool:
    """Compare the migrations in the code, and what lays the row policies, with what the database was left with."""
    from django.db import ProgrammingError, connection
    from django.db.migrations.executor import MigrationExecutor

    from qingshou.tenancy.row_security import are_policies_laid

    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return not pending and "throttle_cache" in connection.introspection.table_names() and are_policies_laid()
    except ProgrammingError:
        return False


def run_as_owner(*arguments: str) -> None:
    """Run one of Django's commands as the owner of the tables."""
    subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        check=True,
        env=os.environ | {"QINGSHOU_DATABASE_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "qingshou.config.settings"},
    )
