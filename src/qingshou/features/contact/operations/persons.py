"""The lock that every change of contact takes first: the person's own row."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from qingshou.features.contact.queries.gathering import Known
from qingshou.features.contact.queries.persons import Identity
from qingshou.tenancy.arrays import uuid_array
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.context import current_tenant_id


def lock_persons(known: Known) -> None:
    """Lock the persons of a batch in id order until the transaction ends, making those who are not there yet."""
    lock_people(known.identities)


def lock_people(identities: Mapping[UUID, Identity]) -> None:
    """Lock the persons of debtors, as `lock_persons`, where only who they are was read."""
    make_persons(identities)
    ids = {person_id for one in identities.values() for person_id in one.all_ids}
    read_rows(_LOCK, {"ids": list(ids)})


def make_persons(identities: Mapping[UUID, Identity]) -> None:
    """Make the persons of debtors, and tie the debtors to them, where they were not there yet when they were read."""
    new = sorted(borrower_id for borrower_id, one in identities.items() if not one.is_tied)
    if not new:
        return
    persons = dict(sorted((identities[one].person_id, identities[one].key) for one in new))
    given = {
        "tenant": current_tenant_id(), "persons": uuid_array(persons), "keys": list(persons.values()),
        "borrowers": uuid_array(new), "of": uuid_array([identities[one].person_id for one in new]),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, given)
        cursor.execute(_LINKS, given)


_LOCK = "SELECT id FROM contact_contactperson WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"

# one statement for a thousand: the order of the arrays is the order in which rows are taken
_PERSONS = """
INSERT INTO contact_contactperson (id, tenant_id, key, language, time_zone, preferred_channel, is_minor)
SELECT given.id, %(tenant)s, given.key, '', '', '', FALSE
FROM unnest(%(persons)s::uuid[], %(keys)s::text[]) AS given(id, key) ON CONFLICT DO NOTHING
"""
_LINKS = """
INSERT INTO contact_personlink (borrower_id, person_id, tenant_id)
SELECT given.borrower_id, given.person_id, %(tenant)s
FROM unnest(%(borrowers)s::uuid[], %(of)s::uuid[]) AS given(borrower_id, person_id) ON CONFLICT DO NOTHING
"""
