"""What may stop an operation on a contact."""

from qingshou.kernel.errors import BadInput, Conflict, NotFound


class ContactRefused(Conflict):
    """The door refuses this contact; the fields hold every reason and the next time it would be allowed."""

    code = "CONTACT_REFUSED"


class NoSuchContact(NotFound):
    """The attempt, message, reply or call does not exist for this lender."""

    code = "NO_SUCH_CONTACT"


class NoSuchTemplate(NotFound):
    """There is no such template or version."""

    code = "NO_SUCH_TEMPLATE"


class NoSuchCampaign(NotFound):
    """There is no such campaign."""

    code = "NO_SUCH_CAMPAIGN"


class BadContactInput(BadInput):
    """What was given for a contact cannot be used."""

    code = "BAD_CONTACT_INPUT"


class WordingRefused(BadInput):
    """A wording threatens or claims what may not be said, or uses what is no variable; the fields name each place."""

    code = "WORDING_REFUSED"


class NotNow(Conflict):
    """The thing is not in a state in which this can be done."""

    code = "NOT_NOW"
