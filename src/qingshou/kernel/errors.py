"""The one family of errors that may reach a user.

Every error says what happened, why, and what to do, and carries a stable code for machines.
Words for other languages are made at the edge from `code` and `fields` (see each feature's phrases.py).
"""

from collections.abc import Mapping
from typing import ClassVar


class QingshouError(Exception):
    """Base of all errors shown to a user; subclasses fix code, HTTP status and exit code.

    `fields` holds the facts of the case (never personal data) so that an edge can word them in any language.
    """

    code: ClassVar[str] = "ERROR"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields: Mapping[str, object] = fields


class BadInput(QingshouError):
    """What was given cannot be used; the message names the place and the remedy."""

    code = "BAD_INPUT"
    http_status = 422
    exit_code = 65  # EX_DATAERR


class NotFound(QingshouError):
    """The thing does not exist, or not for this user: both answer alike."""

    code = "NOT_FOUND"
    http_status = 404
    exit_code = 66  # EX_NOINPUT


class Forbidden(QingshouError):
    """The user may not do this."""

    code = "FORBIDDEN"
    http_status = 403
    exit_code = 77  # EX_NOPERM


class Conflict(QingshouError):
    """The state of things does not allow this now; the message says what stands in the way."""

    code = "CONFLICT"
    http_status = 409
    exit_code = 75  # EX_TEMPFAIL


class NotCovered(QingshouError):
    """No text of law or no value entered covers this date or question: we refuse rather than guess."""

    code = "NOT_COVERED"
    http_status = 422
    exit_code = 69  # EX_UNAVAILABLE


class Misconfigured(QingshouError):
    """Settings are missing or wrong; the message lists all of them together."""

    code = "MISCONFIGURED"
    http_status = 500
    exit_code = 78  # EX_CONFIG
