"""Parts of addresses: dates as people write them."""

from datetime import date

from django.urls import register_converter


class IsoDay:
    """A calendar date, 2005-09-30; anything that is no date does not match."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


def register() -> None:
    """Make the converters known before the routes that use them are read."""
    register_converter(IsoDay, "iso_day")
