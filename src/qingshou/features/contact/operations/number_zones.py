"""Where telephone numbers belong: looked up once a number, kept as the names of zones, never as the number."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.debtors import PointRow
from qingshou.features.contact.channels.telephone import zones_of_number
from qingshou.features.contact.queries.gathering import NOTHING_KNOWN
from qingshou.features.contact.rules.zones import COUNTRY
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import Sealed
from qingshou.tenancy.arrays import uuid_array
from qingshou.tenancy.context import current_tenant_id

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
    found: dict[tuple[UUID, bytes], str] = {}
    for point in points:
        number = opened[point.borrower_id][f"phone_{point.position}"] or ""
        found[point.borrower_id, point.value_index or b""] = _spelt(zones_of_number(number, country))
    keys = sorted(found)
    given = {
        "tenant": current_tenant_id(), "borrowers": uuid_array([key[0] for key in keys]),
        "indexes": [key[1] for key in keys], "zones": [found[key] for key in keys], "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, given)
    return len(points)


# a number of which something is known already keeps what is known
_KEEP = """
INSERT INTO contact_pointstate (id, tenant_id, borrower_id, point_index, party, place, is_struck, struck_reason, zones,
    employer_forbids, changed_by, changed_at)
SELECT gen_random_uuid(), %(tenant)s, given.borrower_id, given.point_index, 'DEBTOR', 'UNKNOWN', FALSE, '', given.zones,
    FALSE, 'system', %(now)s
FROM unnest(%(borrowers)s::uuid[], %(indexes)s::bytea[], %(zones)s::text[]) AS given(borrower_id, point_index, zones)
ON CONFLICT (borrower_id, point_index) DO UPDATE SET zones = EXCLUDED.zones
"""


def _spelt(zones: Iterable[str]) -> str:
    names = ",".join(zones)
    # a list too long to keep tells nothing: a number of a whole continent
    return names if 0 < len(names) <= 200 else NOTHING_KNOWN
