"""The pages' clock: this instant, and today where the lender is."""

from datetime import date
from zoneinfo import ZoneInfo

from qingshou.interfaces.clock import now

__all__ = ["now", "today"]


def today(time_zone: str) -> date:
    """Return today's date where the lender is."""
    return now().astimezone(ZoneInfo(time_zone)).date()
