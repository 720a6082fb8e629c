"""Which person a debtor is: debtors with one identity number are one person, with one budget of contact."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from qingshou.features.book.debtors import DebtorRow, list_same_people
from qingshou.features.book.identity import identify
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.context import current_tenant_id

_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Identity:
    """A debtor's person. `all_ids` adds the persons under which the same one was known before the number was."""

    person_id: UUID
    key: str
    all_ids: tuple[UUID, ...]


def person_key(debtor: DebtorRow) -> str:
    """Return what names the person behind a debtor."""
    return f"N:{debtor.national_id_index.hex()}" if debtor.national_id_index else f"B:{debtor.id}"


def person_id_of(key: str) -> UUID:
    """Return the id of the person of a key."""
    return _person_id(current_tenant_id(), key)


@lru_cache(maxsize=4096)
def _person_id(tenant_id: UUID, key: str) -> UUID:
    return identify(tenant_id, _PERSON, key)


def identities(*, debtors: Mapping[UUID, DebtorRow]) -> dict[UUID, Identity]:
    """Return each debtor's person, with every id that history may stand under; two queries."""
    indexes = {one.national_id_index for one in debtors.values() if one.national_id_index}
    siblings = list_same_people(national_id_indexes=indexes) if indexes else {}
    borrowers: set[UUID] = {*debtors, *(one for group in siblings.values() for one in group)}
    linked = _linked(borrowers)
    found: dict[UUID, Identity] = {}
    for borrower_id, debtor in debtors.items():
        key = person_key(debtor)
        own = person_id_of(key)
        kin = siblings.get(debtor.national_id_index, [borrower_id]) if debtor.national_id_index else [borrower_id]
        ids = {own}
        for one in kin:
            ids.update(linked.get(one, ()))
        ids.update(linked.get(borrower_id, ()))
        found[borrower_id] = Identity(own, key, (own,) if len(ids) == 1 else tuple(sorted(ids)))
    return found


_LINKS = "SELECT borrower_id, person_id FROM contact_personlink WHERE borrower_id = ANY(%(ids)s)"


def _linked(borrower_ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for borrower_id, person_id in read_rows(_LINKS, {"ids": list(borrower_ids)}):
        found[borrower_id].add(person_id)
    return found
