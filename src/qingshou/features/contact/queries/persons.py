"""Which person a debtor is: debtors with one identity number are one person, with one budget of contact."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from qingshou.features.book.debtors import DebtorRow, debtors_reading, same_people_reading
from qingshou.features.book.identity import identify
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.reading import Reading, Rows, read, read_together

_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Identity:
    """A debtor's person. `all_ids` adds the persons under which the same one was known before the number was."""

    person_id: UUID
    key: str
    all_ids: tuple[UUID, ...]
    is_tied: bool  # the person is there, and the debtor tied to it


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
    """Return each debtor's person, with every id that history may stand under."""
    siblings, linked = read_together(same_people_reading(debtors), links_reading(debtors))
    return identified(debtors=debtors, siblings=siblings, linked=linked)


def identities_of(*, borrower_ids: Collection[UUID]) -> dict[UUID, Identity]:
    """Return the persons of debtors, as `identities`, in one exchange with the database."""
    debtors, siblings, linked = read_together(
        debtors_reading(borrower_ids), same_people_reading(borrower_ids), links_reading(borrower_ids)
    )
    return identified(debtors=debtors, siblings=siblings, linked=linked)


def identified(
    *, debtors: Mapping[UUID, DebtorRow], siblings: Mapping[bytes, list[UUID]], linked: Mapping[UUID, list[UUID]]
) -> dict[UUID, Identity]:
    """Put persons together from what was read; links of others who bear the same number are read where there are any.

    Takes   siblings  who bears the debtors' identity numbers (book.debtors.same_people_reading)
            linked    the debtors' own links (links_reading)
    """
    others = {one for group in siblings.values() for one in group if one not in debtors}
    known = dict(linked)
    if others:
        theirs: dict[UUID, list[UUID]] = read(links_reading(others))
        known |= theirs
    found: dict[UUID, Identity] = {}
    for borrower_id, debtor in debtors.items():
        key = person_key(debtor)
        own = person_id_of(key)
        kin = siblings.get(debtor.national_id_index, ()) if debtor.national_id_index else ()
        before = {person_id for one in (borrower_id, *kin) for person_id in known.get(one, ())}
        found[borrower_id] = Identity(
            own, key, (own,) if before <= {own} else tuple(sorted({own, *before})), borrower_id in linked
        )
    return found


_LINKS = "SELECT borrower_id, person_id FROM contact_personlink WHERE borrower_id = ANY(%(ids)s)"


def links_reading(borrower_ids: Collection[UUID]) -> Reading[dict[UUID, list[UUID]]]:
    """Ask which persons debtors are tied to."""
    return Reading(_LINKS, {"ids": list(borrower_ids)}, _links)


def _links(rows: Rows) -> dict[UUID, list[UUID]]:
    return {borrower_id: [person_id] for borrower_id, person_id in rows}


def borrowers_of(*, person_id: UUID) -> list[UUID]:
    """Return the debtors a person was known as, in id order."""
    rows = read_rows("SELECT borrower_id FROM contact_personlink WHERE person_id = %(id)s", {"id": person_id})
    return sorted(row[0] for row in rows)
