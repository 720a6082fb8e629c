"""Errors of the interface itself, whatever feature is asked."""

from typing import ClassVar

from qingshou.kernel.errors import BadInput, Conflict, Forbidden, QingshouError


class NotSignedIn(QingshouError):
    """Nobody, or nobody we know, asks."""

    code = "NOT_SIGNED_IN"
    http_status = 401
    exit_code = 77


class CsrfFailed(Forbidden):
    """A session's write came without the token that proves it came from our own page."""

    code = "CSRF_FAILED"


class ScopeMissing(Forbidden):
    """The caller's role or the client's scopes do not allow this."""

    code = "SCOPE_MISSING"


class BadCursor(BadInput):
    """The cursor is not one of ours, or belongs to another list or other filters."""

    code = "BAD_CURSOR"


class BadIdempotencyKey(BadInput):
    """The key itself cannot be used."""

    code = "BAD_IDEMPOTENCY_KEY"


class KeyReused(BadInput):
    """The key was used before for a different request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class InProgress(Conflict):
    """A request with this key is being worked on right now."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    retry_after_seconds: ClassVar[int] = 1


class TooLarge(QingshouError):
    """More was sent than this endpoint takes."""

    code = "TOO_LARGE"
    http_status = 413
    exit_code = 65


class TooMany(QingshouError):
    """Too many requests in too short a time."""

    code = "TOO_MANY_REQUESTS"
    http_status = 429
    exit_code = 75
