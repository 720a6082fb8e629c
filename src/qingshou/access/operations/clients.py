"""API clients: made with a token that is shown once, and revoked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from qingshou.access.clients import make_token
from qingshou.access.errors import NameTaken, UnfitUser
from qingshou.access.models import ApiClient, Team
from qingshou.access.roles import Role
from qingshou.access.scopes import Scope
from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.kernel.errors import NotFound

SUBJECT = "API_CLIENT"


def create_client(
    *,
    name: str,
    role: str,
    scopes: Sequence[str],
    expires_at: datetime,
    actor: Actor,
    now: datetime,
    team_id: UUID | None = None,
) -> tuple[ApiClient, str]:
    """Make a client.

    Takes   role    what it may do at most; the scopes narrow it
            team_id  whose cases it works, where the role works those of a team; None: no desk's
    Gives   (client, token)  the token is shown once; only a hash of it is kept
    Stops   UnfitUser, NameTaken
    """
    unknown = set(scopes) - set(Scope)
    if not name.strip() or role not in set(Role) or unknown or not scopes or expires_at <= now:
        raise UnfitUser("A client needs a name, a role, at least one known scope and an end that lies ahead.")
    if team_id is not None and not Team.objects.filter(id=team_id).exists():
        raise UnfitUser("There is no such team: choose one of your lender.")
    token, prefix, secret_hash = make_token()
    client = ApiClient(
        id=uuid4(), name=name.strip(), prefix=prefix, secret_hash=secret_hash, role=role, scopes=sorted(set(scopes)),
        created_by=actor.name, created_at=now, expires_at=expires_at, team_id=team_id,
    )  # fmt: skip
    with transaction.atomic():
        try:
            with transaction.atomic():
                client.save(force_insert=True)
        except IntegrityError:
            raise NameTaken(f"There is a client '{client.name}' already.", name=client.name) from None
        record(subject_kind=SUBJECT, subject_id=client.id, action="API_CLIENT_CREATED", actor=actor, now=now,
               facts={"name": client.name, "role": role, "scopes": client.scopes,
                      "expires_at": expires_at, "team": team_id})  # fmt: skip
    return client, token


def revoke_client(*, client_id: UUID, actor: Actor, now: datetime) -> ApiClient:
    """Shut a client out at once; a second time changes nothing."""
    with transaction.atomic():
        client = ApiClient.objects.select_for_update(no_key=True).filter(id=client_id).first()
        if client is None:
            raise NotFound("There is no such client.")
        if client.revoked_at is None:
            client.revoked_at = now
            client.save(update_fields=["revoked_at"])
            record(subject_kind=SUBJECT, subject_id=client.id, action="API_CLIENT_REVOKED", actor=actor, now=now,
                   facts={"name": client.name})  # fmt: skip
    return client
