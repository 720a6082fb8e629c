"""What may stop the run of a day."""

from qingshou.kernel.errors import Conflict, NotFound


class DayBusy(Conflict):
    """Another process runs a day of this lender now."""

    code = "DAY_BUSY"


class DayOutOfOrder(Conflict):
    """A later day is done, or an earlier one is unfinished: days run in order."""

    code = "DAY_OUT_OF_ORDER"


class NoSuchRun(NotFound):
    """There is no run of that day."""

    code = "NO_SUCH_RUN"
