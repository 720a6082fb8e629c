"""S3: after a rotation everything is readable, the old key can go, and nothing was lost on the way."""

from uuid import uuid4

import pytest

from qingshou.features.book.models import Borrower
from qingshou.privacy.places import place_of
from qingshou.privacy.rotation import count_by_key, seal_anew
from qingshou.privacy.sealing import UnsealError, seal, unseal

OLD, NEW = {"old": bytes(32)}, {"new": bytes(range(32))}


def _read() -> list[str]:
    place = place_of(Borrower, "name")
    return sorted(unseal(row.name, place=place, row_id=row.id) for row in Borrower.objects.all())


def test_keys_rotate(tenant, settings):
    settings.QINGSHOU_DATA_KEYS = OLD
    names = [f"张{n:04}" for n in range(1200)]
    rows = []
    for name in names:
        row = Borrower(id=uuid4(), borrower_ref=name)
        row.name = seal(name, place=place_of(Borrower, "name"), row_id=row.id)
        rows.append(row)
    Borrower.objects.bulk_create(rows)
    settings.QINGSHOU_DATA_KEYS = NEW
    with pytest.raises(UnsealError):  # the negative control: without the old key nothing opens
        seal_anew()
    settings.QINGSHOU_DATA_KEYS = NEW | OLD
    assert (count_by_key(), _read()) == ({"old": 1200}, names)
    assert (seal_anew(), count_by_key(), seal_anew()) == (1200, {"new": 1200}, 0)
    settings.QINGSHOU_DATA_KEYS = NEW
    assert _read() == names
