"""`field__any_of=values`: membership in one array parameter, for lists of hundreds and thousands.

`field__in` gives PostgreSQL a parameter a value; composing and planning that costs more than the query itself once the
list is long. The values go as they are: give those of the column's own type.
"""

from typing import Any

from django.db.models import Field, ForeignObject, Lookup

from qingshou.tenancy.arrays import as_array


@ForeignObject.register_lookup  # keeps a list of lookups of its own
@Field.register_lookup
class AnyOf(Lookup):
    """column = ANY(array)."""

    lookup_name = "any_of"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, list(rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*params, as_array(self.rhs)]
