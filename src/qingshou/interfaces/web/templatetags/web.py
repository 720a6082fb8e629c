"""Filters and tags of every page: numbers, dates, icons, severity, addresses that keep a page's state."""

from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qingshou.edges import figures
from qingshou.edges.badges import severity_badge
from qingshou.edges.charts import Chart
from qingshou.edges.words import actor_words

register = template.Library()

register.filter("money", figures.money)
register.filter("count", figures.count)
register.filter("percent", figures.percent)
register.filter("day", figures.day)
register.filter("instant", figures.instant)
register.filter("duration", figures.duration)
register.filter("actor", actor_words)


@register.filter
def known(value: object) -> object:
    """Show a text or number as it is, and what is missing as unknown."""
    return figures.unknown_word() if value is None or value == "" else value


@register.filter
def worded(code: object, phrases: Mapping[str, object] | Callable[[object], object]) -> object:
    """Show a code in words by a mapping (or a function); a code without words is shown as it is."""
    if callable(phrases):
        return phrases(code)
    return phrases.get(str(code), code) if code not in (None, "") else figures.unknown_word()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return mapping[key], or nothing."""
    return mapping.get(key, "")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; decoration only, the word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("built/icons.svg"),
        name,
    )


@register.simple_tag
def severity(code: str) -> SafeString:
    """Show a severity: its colour, its shape and always its word."""
    return severity_badge(code)


@register.simple_tag
def state(word: object, tone: str = "") -> SafeString:
    """Show a state as a small label; tone is good, bad, note or nothing."""
    return format_html('<span class="state{}">{}</span>', f" is-{tone}" if tone else "", word)


@register.simple_tag(takes_context=True)
def address(context: RequestContext, **changes: object) -> str:
    """Return this page's address with some of its state changed; None or '' takes a part away."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("web/components/figure_card.html")
def figure_card(
    label: object, value: object, how: object = "", note: object = "", href: str = "", unit: str = ""
) -> dict[str, Any]:
    """Show one figure with how it was counted; opens to the rows behind it when an address is given."""
    return {"label": label, "value": value, "how": how, "note": note, "href": href, "unit": unit}


@register.inclusion_tag("web/components/chart.html")
def chart(chart: Chart, tall: bool = False) -> dict[str, Any]:
    """Draw a chart with its table, CSV and picture."""
    return {"chart": chart, "tall": tall}


@register.inclusion_tag("web/components/empty.html")
def empty(title: object, text: object = "", href: str = "", action: object = "", icon: str = "inbox") -> dict[str, Any]:
    """Teach what would stand here, with the one button that brings it."""
    return {"title": title, "text": text, "href": href, "action": action, "icon_name": icon}
