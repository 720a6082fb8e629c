"""Money columns: NUMERIC(20,3), as in the book."""

from django.db import models


def money(**options: object) -> models.DecimalField:
    """Return an amount that is always known."""
    return models.DecimalField(max_digits=20, decimal_places=3, **options)  # type: ignore[arg-type]


def money_or_unknown(**options: object) -> models.DecimalField:
    """Return an amount that may be unknown (null)."""
    return models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True, **options)  # type: ignore[arg-type]
