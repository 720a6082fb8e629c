"""Filters of the debtor's pages: amounts with their currency, titles of texts of law."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template

from qingshou.edges.figures import unknown_word
from qingshou.kernel.money import Rounding, minor_digits, round_money
from qingshou.law.values import title_of

register = template.Library()


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """Show an amount with its currency, zero as zero: here a zero is good news."""
    if value is None:
        return unknown_word()
    return f"{round_money(value, currency, Rounding.HALF_UP):,.{minor_digits(currency)}f} {currency}"


@register.filter
def title(instrument: str) -> str:
    """Show a text of law by its title."""
    return title_of(instrument)


@register.filter
def less(value: Decimal) -> Decimal:
    """Return the amount with its sign turned."""
    return -value


@register.filter
def clock_at(value: datetime, zone: str) -> str:
    """Show an instant by a zone's clock: 2026-11-24 14:00."""
    return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
