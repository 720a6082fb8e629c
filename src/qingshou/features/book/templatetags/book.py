"""Filters of the mapping wizard."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()

_FLAGS = {
    "currency": lambda: _("a currency sign"),
    "parentheses": lambda: _("negatives in parentheses"),
    "trailing_minus": lambda: _("a minus behind the number"),
    "scientific": lambda: _("an exponent"),
    "percent_sign": lambda: _("a percent sign"),
    "full_width": lambda: _("full-width digits"),
}
_MARKS = (
    (".", "1234.56"),
    (".,", "1,234.56"),
    (",", "1234,56"),
    (",.", "1.234,56"),
    (",s", "1 234,56"),
    (".'", "1'234.56"),
)


@register.filter
def slugs(text: str) -> list[str]:
    """Split words."""
    return text.split()


@register.filter
def joined(parts: Iterable[object] | None) -> str:
    """Join with commas."""
    return ", ".join(str(part) for part in parts or ())


@register.filter
def ordered(parts: Iterable[str]) -> list[str]:
    """Sort."""
    return sorted(parts)


@register.filter
def add_text(text: str, more: object) -> str:
    """Put two texts together."""
    return f"{text}{more}"


@register.filter
def flag_word(flag: str) -> str:
    """Say what a way of writing numbers is."""
    return _FLAGS[flag]()


@register.filter
def mark_choices(_name: str) -> Sequence[tuple[str, str]]:
    """Give the ways of writing decimal and thousands marks, by example."""
    return _MARKS


@register.filter
def marks(number: Mapping[str, Any]) -> str:
    """Give the way a column's numbers are written."""
    group = str(number.get("group", "")).replace(" ", "s")
    return f"{number.get('decimal', '.')}{group}"


@register.filter
def source_name(source: str, headers: Sequence[tuple[int, str]]) -> str:
    """Show a chosen column by its name; other sources stay as they are."""
    number = source.removeprefix("#")
    return headers[int(number)][1] if source.startswith("#") and int(number) < len(headers) else source


@register.filter
def target_word(name: str, words: Mapping[str, object]) -> object:
    """Show a target, with its frame where it is set apart."""
    return words.get(name.rpartition(".")[2], name)
