"""What can stand in the way of managing users."""

from qingshou.kernel.errors import BadInput, Conflict, Forbidden


class NameTaken(Conflict):
    """A sign-in, team or client of this name is there already."""

    code = "NAME_TAKEN"


class WorkLeft(Conflict):
    """The person still holds work that must go to somebody first."""

    code = "WORK_LEFT"


class LastAdministrator(Conflict):
    """Without this person nobody could manage users."""

    code = "LAST_ADMINISTRATOR"


class NotOnYourself(Forbidden):
    """One does not change one's own role, nor shut oneself out."""

    code = "NOT_ON_YOURSELF"


class UnfitUser(BadInput):
    """A value of a user, team or client cannot be used."""

    code = "UNFIT_USER"
