"""Small marks that tables and templates share."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from qingshou.edges import words


def severity_badge(code: str) -> SafeString:
    """Return the badge of a severity code: one colour scale everywhere, always with its word."""
    return format_html('<span class="severity" data-severity="{}">{}</span>', code, words.SEVERITIES.get(code, code))
