"""What stops a file from outside."""

from qingshou.kernel.errors import BadInput, Conflict


class FileRejected(BadInput):
    """The file cannot be taken; `why` is EMPTY, TOO_LARGE, WRONG_TYPE, NAME_DIFFERS, BROKEN, ENCRYPTED, HOSTILE,
    TOO_HEAVY or INFECTED."""

    code = "FILE_REJECTED"

    def __init__(self, message: str, *, why: str) -> None:
        super().__init__(message, why=why)
        self.why = why


class ScannerUnreachable(Conflict):
    """A virus scanner is set and does not answer: nothing is kept unscanned."""

    code = "SCANNER_UNREACHABLE"
    http_status = 503
