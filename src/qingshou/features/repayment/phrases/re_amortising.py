"""Words of spreading principal over a new schedule."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.edges.figures import money

APPROVAL = gettext_lazy("Spread principal over a new schedule")


def terms_words(asked: Mapping[str, Any], currency: str) -> list[tuple[str | Promise, str]]:
    """Return what a request to spread principal asks for."""
    each, last = (f"{money(Decimal(asked[name]), currency)} {currency}" for name in ("each", "last"))
    return [
        (_("First new due date"), str(asked["first_on"])),
        (_("How many due dates"), str(asked["instalments"])),
        (_("Principal each time"), each),
        (_("Principal the last time"), f"{last} · {asked['last_on']}"),
    ]
