"""How a number, a date or a code is shown: the same in pages, tables and charts."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qingshou.kernel.money import minor_digits

DASH = "–"


def unknown_word() -> str:
    """Return the word for what is not known; never shown as zero."""
    return pgettext("value", "Unknown")


def money(value: Decimal | None, currency: str = "") -> str:
    """Return an amount with thousands separators and the currency's decimals; zero is a dash, unknown says so."""
    if value is None:
        return unknown_word()
    if value == 0:
        return DASH
    return f"{value:,.{minor_digits(currency) if currency else 2}f}"


def count(value: int | Decimal | None) -> str:
    """Return a whole number with thousands separators; zero is a dash, unknown says so."""
    if value is None:
        return unknown_word()
    return DASH if value == 0 else f"{value:,.0f}"


def percent(value: Decimal | float | None, digits: int = 2) -> str:
    """Return a fraction as a percentage (0.0612 -> 6.12 %); zero is a dash, unknown says so."""
    if value is None:
        return unknown_word()
    return DASH if value == 0 else f"{value * 100:,.{digits}f} %"


def day(value: date | None) -> str | SafeString:
    """Return an ISO date inside <time>; how far away it is stands on hover."""
    if value is None:
        return unknown_word()
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat())


def instant(value: datetime | None) -> str | SafeString:
    """Return date and minute in the local zone inside <time>."""
    if value is None:
        return DASH
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


def duration(taken_ms: int | None) -> str:
    """Return how long something took, in the unit a reader wants."""
    if taken_ms is None:
        return DASH
    if taken_ms < 1000:
        return _("%(amount)s ms") % {"amount": taken_ms}
    if taken_ms < 120_000:
        return _("%(amount)s s") % {"amount": f"{taken_ms / 1000:.1f}"}
    return _("%(amount)s min") % {"amount": f"{taken_ms / 60_000:.1f}"}
