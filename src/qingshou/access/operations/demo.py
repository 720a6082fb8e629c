"""The demo's people share a password that is printed; nowhere else may anybody choose another's password."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from qingshou.access.models import User
from qingshou.access.operations.users import SUBJECT
from qingshou.audit.actors import SYSTEM
from qingshou.audit.operations import record
from qingshou.kernel.errors import Forbidden


def settle_known_password(*, user_id: UUID, password: str, now: datetime) -> None:
    """Give a demo user the demo's password for good; stops with Forbidden on production settings."""
    if settings.PRODUCTION:
        raise Forbidden("Known passwords exist in the demo only: an administrator resets a password to a random one.")
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(id=user_id)
        user.set_password(password)
        user.must_change_password = False
        user.save()
        record(subject_kind=SUBJECT, subject_id=user.id, action="USER_DEMO_PASSWORD", actor=SYSTEM, now=now, facts={})
