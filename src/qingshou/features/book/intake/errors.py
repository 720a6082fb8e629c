"""What may stop a whole import; what is wrong with one row is a reason (reasons.py), never an exception."""

from typing import ClassVar

from qingshou.kernel.errors import BadInput, QingshouError


class FileRefused(BadInput):
    """The file as a whole cannot be read safely; `fields['why']` holds the stable cause."""

    code = "FILE_REFUSED"

    def __init__(self, message: str, *, why: str, **fields: object) -> None:
        super().__init__(message, why=why, **fields)
        self.why = why


class MappingWrong(BadInput):
    """The mapping does not fit its schema or the file; the message names the place."""

    code = "MAPPING_WRONG"


class StorageFull(QingshouError):
    """The disk took no more; nothing half-written was published."""

    code = "STORAGE_FULL"
    http_status: ClassVar[int] = 507
    exit_code: ClassVar[int] = 74  # EX_IOERR


class VaultClosed(QingshouError):
    """The vault cannot be opened with the keys given, or its file was changed."""

    code = "VAULT_CLOSED"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 77  # EX_NOPERM


class TotalsWrong(QingshouError):
    """Rows or amounts in do not equal rows or amounts out: a fault of ours, and nothing is published."""

    code = "TOTALS_WRONG"


class SourceUnreachable(QingshouError):
    """A connected system did not answer as agreed after all tries."""

    code = "SOURCE_UNREACHABLE"
    http_status: ClassVar[int] = 502
    exit_code: ClassVar[int] = 69  # EX_UNAVAILABLE
