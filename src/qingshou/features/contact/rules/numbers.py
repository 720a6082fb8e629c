"""Telephone numbers: the zones they belong to. The world's numbering plans are phonenumbers' work."""

import phonenumbers
from phonenumbers import timezone

_UNKNOWN = "Etc/Unknown"


def zones_of_number(number: str, country: str) -> tuple[str, ...]:
    """Return the zones of a number.

    Takes   number   as typed, with + or digits only
            country  ISO code of the country a number without a prefix is read in; '' none
    Gives   IANA names; () where the number cannot be read or its place is not known
    """
    for text in (number, f"+{number}" if not number.startswith("+") else ""):
        if not text:
            continue
        try:
            read = phonenumbers.parse(text, country or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(read) and phonenumbers.is_valid_number(read):
            return tuple(zone for zone in timezone.time_zones_for_number(read) if zone != _UNKNOWN)
    return ()
