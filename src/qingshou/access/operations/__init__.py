"""Writes on users, teams and API clients: each changes the rows and the record in one transaction."""

from qingshou.access.operations.clients import create_client, revoke_client
from qingshou.access.operations.teams import change_team, create_team
from qingshou.access.operations.users import (
    change_user,
    create_user,
    deactivate_user,
    end_sessions,
    note_password_changed,
    reactivate_user,
    reset_password,
    set_presence,
)

__all__ = [
    "change_team",
    "change_user",
    "create_client",
    "create_team",
    "create_user",
    "deactivate_user",
    "end_sessions",
    "note_password_changed",
    "reactivate_user",
    "reset_password",
    "revoke_client",
    "set_presence",
]
