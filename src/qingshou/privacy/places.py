"""Sealed values with all that is needed to open them: their place, row and kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model

from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed value; `data` is None where the row has none."""

    place: str
    row_id: UUID
    kind: PersonalKind
    data: bytes | None


def place_of(model: type[Model] | Model, field_name: str) -> str:
    """Return "table.column" of a sealed field: what its values are bound to."""
    field = model._meta.get_field(field_name)
    if not isinstance(field, SealedField):
        raise TypeError(f"{model._meta.label}.{field_name} is not a sealed field")
    return f"{model._meta.db_table}.{field.column}"


def sealed_fields(
    row: Model, names: Iterable[str], *, kinds: dict[str, PersonalKind] | None = None
) -> dict[str, Sealed]:
    """Return the named sealed values of a row, ready for `operations.reveal`.

    Takes   kinds  the kind of a value where the row decides it (a contact point may be a number or an address)
    """
    found = {}
    for name in names:
        field = row._meta.get_field(name)
        if not isinstance(field, SealedField) or field.personal_kind is None:
            raise TypeError(f"{row._meta.label}.{name} is not a sealed field with a kind")
        kind = (kinds or {}).get(name, field.personal_kind)
        found[name] = Sealed(place_of(row, name), row.pk, kind, getattr(row, name))
    return found
