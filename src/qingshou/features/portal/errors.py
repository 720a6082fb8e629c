"""What may stop an operation of the debtor's page."""

from qingshou.kernel.errors import BadInput, Conflict, NotFound


class NoSuchPage(NotFound):
    """No such link, visit or thing of this debtor: all answer alike."""

    code = "NO_SUCH_PAGE"


class TooOften(Conflict):
    """Codes or tries were asked for too often; `minutes` says when to come again."""

    code = "TOO_OFTEN"
    http_status = 429


class CannotReach(Conflict):
    """The message could not be sent; `why` says what stood in the way."""

    code = "CANNOT_REACH"


class NoSuchAsk(NotFound):
    """The request of a debtor does not exist for this lender."""

    code = "NO_SUCH_ASK"


class AskHandled(Conflict):
    """The request was dealt with already."""

    code = "ASK_HANDLED"


class BadAsk(BadInput):
    """A form cannot be taken as it was sent; `field` names where, `problem` what."""

    code = "BAD_ASK"
