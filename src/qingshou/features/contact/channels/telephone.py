"""Numbers, their zones, and links a telephone on the collector's desk understands."""

from dataclasses import dataclass, field
from urllib.parse import quote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, timezone

from qingshou.kernel.errors import BadInput
from qingshou.law.contact.terms import Channel

_UNKNOWN_ZONE = "Etc/Unknown"


@dataclass(frozen=True, slots=True)
class DialLink:
    """What a click dials: `uri` for the page, `digits` (E.164 with +) for an exchange."""

    uri: str = field(repr=False)
    digits: str = field(repr=False)
    shown: str = field(repr=False)  # as people of the place write it


def _parsed(number: str, country: str) -> phonenumbers.PhoneNumber:
    """Return a number read as the country writes it; digits alone are tried with a plus sign too (E.164 unmarked)."""
    text = number.strip()
    try:
        read = phonenumbers.parse(text, country.upper() or None)
        if phonenumbers.is_valid_number(read) or text.startswith("+"):
            return read
    except NumberParseException:
        read = None
    if text.isascii() and text.isdigit():
        try:
            marked = phonenumbers.parse(f"+{text}", None)
            if phonenumbers.is_valid_number(marked):
                return marked
        except NumberParseException:
            pass  # the reading as a national number, if there was one, is all there is
    if read is None:
        raise BadInput("This is no telephone number. Enter it with its country code, like +86 138 0000 0000.")
    return read


def e164(number: str, country: str = "CN") -> str:
    """Return a number as +<country code><number>.

    Takes   country   ISO 3166 code the number is read in when it has no country code
    Stops   BadInput when it is none, or cannot exist
    """
    read = _parsed(number, country)
    if not phonenumbers.is_possible_number(read):
        raise BadInput("This telephone number is too short or too long for its country.")
    return phonenumbers.format_number(read, PhoneNumberFormat.E164)


def is_possible(number: str, country: str = "CN") -> bool:
    """Return whether a number can exist: its length and its first digits fit its country."""
    try:
        return phonenumbers.is_possible_number(_parsed(number, country))
    except BadInput:
        return False


def zones_of_number(number: str, country: str = "CN") -> tuple[str, ...]:
    """Return the time zones a number may ring in; empty when nothing is known.

    A mobile number's zone is where it was issued: the door takes the strictest of all zones it knows of a person.
    """
    try:
        read = _parsed(number, country)
    except BadInput:
        return ()
    return tuple(zone for zone in timezone.time_zones_for_number(read) if zone != _UNKNOWN_ZONE)


class ClickToDial:
    """The collector's own telephone: a link that a softphone or a mobile opens. What came of it the collector says."""

    code = "click"
    channels = frozenset({Channel.PHONE})

    def __init__(self, *, scheme: str = "tel", sip_host: str = "", prefix: str = "", country: str = "CN") -> None:
        """Take the settings.

        Takes   scheme     tel, or sip (then `sip_host` names the exchange)
                prefix     dialled before the number to get a line, as "9"; digits, * and # only
        """
        self._scheme, self._sip_host, self._prefix, self._country = scheme, sip_host, prefix, country

    def link(self, number: str, *, extension: str = "", country: str = "") -> DialLink:
        """Return the link that dials a number.

        Stops   BadInput when the number cannot exist
        """
        digits = e164(number, country or self._country)
        extra = "".join(sign for sign in extension if sign.isdigit())
        if self._scheme == "sip":
            uri = f"sip:{quote(self._prefix + digits, safe='+')}@{self._sip_host};user=phone"
            if extra:
                uri = f"sip:{quote(self._prefix + digits, safe='+')};ext={extra}@{self._sip_host};user=phone"
        else:
            uri = f"tel:{digits}" if not self._prefix else self._by_line(_parsed(digits, ""))
            uri += f";ext={extra}" if extra else ""
        shown = phonenumbers.format_number(_parsed(digits, ""), PhoneNumberFormat.INTERNATIONAL)
        return DialLink(uri=uri, digits=digits, shown=shown)

    def _by_line(self, number: phonenumbers.PhoneNumber) -> str:
        """Return the link through an exchange that wants a digit for a line: dialled as from the country it is in.

        Such a number is no longer global: RFC 3966 wants its context told.
        """
        dialled = phonenumbers.format_out_of_country_calling_number(number, self._country)
        context = phonenumbers.country_code_for_region(self._country)
        return f"tel:{self._prefix}{''.join(sign for sign in dialled if sign.isdigit())};phone-context=+{context}"
