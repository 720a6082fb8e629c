"""Where telephone numbers belong: looked up once a number, kept as the names of zones, never as the number."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.debtors import PointRow
from qingshou.features.contact.models import PointState
from qingshou.features.contact.queries.gathering import NOTHING_KNOWN
from qingshou.features.contact.rules.numbers import zones_of_number
from qingshou.features.contact.rules.zones import COUNTRY
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import Sealed

_PLACE = "book_contactpoint.value"


def look_up_zones(*, points: Sequence[PointRow], jurisdiction: str, now: datetime) -> int:
    """Find and keep the zones of numbers nobody looked up yet; returns how many.

    The numbers are opened for this, as one logged reading by the system; only the zones' names are kept.
    """
    if not points:
        return 0
    fields: dict[UUID, dict[str, Sealed]] = {}
    for point in points:
        sealed = Sealed(_PLACE, point.id, PersonalKind.PHONE, point.value)
        fields.setdefault(point.borrower_id, {})[f"phone_{point.position}"] = sealed
    opened = reveal_many(
        subject_kind="BORROWER", rows=fields, reader=SYSTEM, role=SENDER, purpose="NUMBER_ZONES", now=now
    )
    country = COUNTRY.get(jurisdiction, "")
    rows = [
        PointState(
            id=uuid4(), borrower_id=point.borrower_id, point_index=point.value_index, changed_by="system",
            changed_at=now, zones=_spelt(zones_of_number(opened[point.borrower_id][f"phone_{point.position}"] or "",
                                                         country)),
        )
        for point in points
    ]  # fmt: skip
    PointState.objects.bulk_create(rows, update_conflicts=True, unique_fields=["borrower", "point_index"],
                                   update_fields=["zones"])  # fmt: skip
    return len(rows)


def _spelt(zones: Iterable[str]) -> str:
    names = ",".join(zones)
    # a list too long to keep tells nothing: a number of a whole continent
    return names if 0 < len(names) <= 200 else NOTHING_KNOWN
