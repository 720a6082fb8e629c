"""Whose a number or address is: found by its blind index, never by the value."""

from collections.abc import Collection

from qingshou.features.book.debtors import PointRow
from qingshou.features.book.models import ContactPoint

_MANY = 50  # more debtors than this never share a number that means anything


def find_by_index(*, value_indexes: Collection[bytes]) -> list[PointRow]:
    """Return every debtor's number or address with one of these blind indexes, at most 50, in a fixed order."""
    wanted = [one for one in value_indexes if one]
    if not wanted:
        return []
    columns = ("id", "borrower_id", "channel", "position", "value", "value_index", "source", "is_struck")
    rows = ContactPoint.objects.filter(value_index__in=wanted).order_by("borrower", "channel", "position")
    return [
        PointRow(row[0], row[1], row[2], row[3], bytes(row[4]) if row[4] else None, bytes(row[5]), row[6], row[7])
        for row in rows.values_list(*columns)[:_MANY]
    ]
