"""What may stop an operation on a case."""

from qingshou.kernel.errors import BadInput, Conflict, NotFound


class NoSuchCase(NotFound):
    """The case does not exist for this lender."""

    code = "NO_SUCH_CASE"


class CaseClosed(Conflict):
    """The case is closed; only reopening changes it."""

    code = "CASE_CLOSED"


class CaseOpen(Conflict):
    """The debtor already has a live case."""

    code = "CASE_OPEN"


class MoveRefused(Conflict):
    """The process does not allow this move now; the fields hold every reason."""

    code = "MOVE_REFUSED"


class BadCaseInput(BadInput):
    """What was given for a case cannot be used."""

    code = "BAD_CASE_INPUT"


class NobodyToOwn(Conflict):
    """The lender has nobody who could own a case."""

    code = "NOBODY_TO_OWN"
