"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from qingshou.access.guards import is_allowed
from qingshou.access.phrases import ROLES
from qingshou.edges import words
from qingshou.interfaces.web.navigation import entries_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the shell shows on every page; the navigation is made only where it is shown."""
    return {
        "mode": settings.MODE.value,
        "navigation": SimpleLazyObject(lambda: list(entries_for(request))),
        "languages": words.LANGUAGES,
        "role_words": ROLES,
        "may_search": SimpleLazyObject(lambda: is_allowed(request, "people.search")),
    }
