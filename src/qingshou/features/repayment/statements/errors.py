"""What stops a whole file of a bank; what is wrong with one row is a code beside the row (forms.Rejected)."""

from qingshou.kernel.errors import BadInput


class StatementRefused(BadInput):
    """The file as a whole cannot be read as a bank's statement; `why` holds the stable cause."""

    code = "STATEMENT_REFUSED"

    def __init__(self, message: str, *, why: str, **fields: object) -> None:
        super().__init__(message, why=why, **fields)
        self.why = why
