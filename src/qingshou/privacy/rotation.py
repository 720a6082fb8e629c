"""Sealing again with the newest key: after it, the older keys can be taken away."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from qingshou.privacy.fields import SealedField
from qingshou.privacy.keys import current_keyring
from qingshou.privacy.places import place_of
from qingshou.privacy.sealing import key_id_of, seal, unseal

_ROWS_AT_ONCE = 1_000


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Return (model, field name) of every sealed column."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedField):
                yield model, field.name


def count_by_key() -> dict[str, int]:
    """Return key id -> how many values of the lender in force are sealed with it."""
    counts: dict[str, int] = {}
    for model, name in sealed_columns():
        values = model._default_manager.exclude(**{name: None}).values_list(name, flat=True)
        for data in values.iterator(chunk_size=_ROWS_AT_ONCE):
            key_id = key_id_of(bytes(data))
            counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def seal_anew() -> int:
    """Seal every value of the lender in force with the newest key; can be stopped at any point and run again.

    Gives   how many values were sealed anew
    Stops   UnsealError  a value does not open: its key is missing, or it was altered; what was done stays done
    """
    newest, resealed = current_keyring().newest_id, 0
    for model, name in sealed_columns():
        place, last = place_of(model, name), None
        while True:
            rows = model._default_manager.exclude(**{name: None}).order_by("pk")
            with transaction.atomic():
                further = rows.filter(pk__gt=last) if last else rows
                chunk = list(further.select_for_update(no_key=True)[:_ROWS_AT_ONCE])
                stale = [row for row in chunk if key_id_of(bytes(getattr(row, name))) != newest]
                for row in stale:
                    text = unseal(bytes(getattr(row, name)), place=place, row_id=row.pk)
                    setattr(row, name, seal(text, place=place, row_id=row.pk))
                model._default_manager.bulk_update(stale, [name])
            resealed += len(stale)
            if len(chunk) < _ROWS_AT_ONCE:
                break
            last = chunk[-1].pk
    return resealed
