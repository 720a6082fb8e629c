"""Sign-ins, failures and second factors go into the user's record.

Failures are recorded after the response has left: a user that exists takes no longer to refuse than one that does not,
and a rolled-back request cannot take the row with it.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.signals import password_changed, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from qingshou.access.actors import actor_of
from qingshou.access.models import User
from qingshou.access.operations.users import SUBJECT, note_password_changed
from qingshou.audit.operations import record
from qingshou.tenancy.context import using

log = logging.getLogger("qingshou.access")
BEGUN, SEEN = "begun_at", "seen_at"


def note_failure(request: HttpRequest, username: str, action: str) -> None:
    """Remember a failed sign-in, to be recorded when the response has left."""
    log.warning("%s for name %s", action, hashlib.sha256(username.encode()).hexdigest()[:12])
    _after(request).append(partial(_record_failure, username.strip().lower(), action))


def after_response(request: HttpRequest, response: HttpResponseBase) -> None:
    """Hang what is to be recorded on the end of the response."""
    response._resource_closers.extend(_after(request))  # type: ignore[attr-defined]


def _after(request: HttpRequest) -> list[Callable[[], None]]:
    target: Any = getattr(request, "_request", request)
    if not hasattr(target, "qingshou_after"):
        target.qingshou_after = []
    waiting: list[Callable[[], None]] = target.qingshou_after
    return waiting


def _record_failure(username: str, action: str) -> None:
    with using(None, scope="sign-in"):
        user = User.objects.filter(username=username).first()
    if user is not None:
        _record(user, action)


def _record(user: User, action: str, **facts: object) -> None:
    with using(user.tenant_id):
        record(subject_kind=SUBJECT, subject_id=user.id, action=action, actor=actor_of(user), facts=facts,
               now=timezone.now())  # noqa: TID251  an edge has the clock  # fmt: skip


@receiver(user_logged_in)
def _signed_in(sender: type, request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ARG001
    now = timezone.now()  # noqa: TID251  an edge has the clock
    request.session[BEGUN] = request.session[SEEN] = int(now.timestamp())
    _record(user, "SIGNED_IN")


@receiver(user_logged_out)
def _signed_out(sender: type, user: User | None, **_: Any) -> None:  # noqa: ARG001
    if user is not None:
        _record(user, "SIGNED_OUT")


@receiver([password_changed, password_set])
def _password_changed(sender: type, user: User, **_: Any) -> None:  # noqa: ARG001
    with using(user.tenant_id):
        note_password_changed(user_id=user.id, actor=actor_of(user), now=timezone.now())  # noqa: TID251


@receiver(authenticator_added)
def _second_factor_added(sender: type, user: User, authenticator: Any, **_: Any) -> None:  # noqa: ARG001
    _record(user, "SECOND_FACTOR_ADDED", type=str(authenticator.type))


@receiver(authenticator_removed)
def _second_factor_removed(sender: type, user: User, authenticator: Any, **_: Any) -> None:  # noqa: ARG001
    _record(user, "SECOND_FACTOR_REMOVED", type=str(authenticator.type))
