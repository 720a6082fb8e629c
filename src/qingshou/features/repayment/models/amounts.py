"""Money columns: NUMERIC(20,3), as in the book."""

from decimal import Decimal

from django.db import models

_FINEST = Decimal("0.001")


def money(**options: object) -> models.DecimalField:
    """Return an amount that is always known."""
    return models.DecimalField(max_digits=20, decimal_places=3, **options)  # type: ignore[arg-type]


def money_or_unknown(**options: object) -> models.DecimalField:
    """Return an amount that may be unknown (null)."""
    return models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True, **options)  # type: ignore[arg-type]


def as_kept(amount: Decimal) -> Decimal:
    """Return an amount, which is no finer than its currency, with the decimals a column gives back."""
    return amount.quantize(_FINEST)
