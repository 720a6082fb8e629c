"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the shell shows on every page."""
    return {"mode": settings.MODE.value}
