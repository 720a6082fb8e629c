"""Whose promises and plans a list shows: one's own, the group's, everybody's, as the role allows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from qingshou.edges.filters import Filter, Filters
from qingshou.features.cases.views.shown import Desk
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of


def whose_of(request: HttpRequest, desk: Desk) -> tuple[Filters, tuple[Any, ...] | None]:
    """Return the filter with what is chosen, and the owners it admits; None admits every one."""
    scopes = allowed_scopes(desk.role)
    choices = [(code, WHOSE[code]) for code in scopes]
    filters = Filters.reading(
        request.GET, [Filter(name="whose", label=gettext_lazy("Whose"), choices=choices, every=False)],
        defaults={"whose": first_scope(desk.role)},
    )  # fmt: skip
    return filters, owners_of(filters["whose"], desk)
