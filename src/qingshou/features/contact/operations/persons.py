"""The lock that every change of contact takes first: the person's own row."""

from qingshou.features.contact.models import ContactPerson, PersonLink
from qingshou.features.contact.queries.gathering import Known


def lock_persons(known: Known) -> None:
    """Lock the persons of a batch in id order until the transaction ends, making those who are not there yet."""
    identities = known.identities.values()
    persons = {one.person_id: one.key for one in identities}
    ContactPerson.objects.bulk_create(
        [ContactPerson(id=person_id, key=key) for person_id, key in sorted(persons.items())], ignore_conflicts=True
    )
    PersonLink.objects.bulk_create(
        [PersonLink(borrower_id=borrower, person_id=one.person_id) for borrower, one in
         sorted(known.identities.items())],
        ignore_conflicts=True,
    )  # fmt: skip
    ids = {person_id for one in identities for person_id in one.all_ids}
    list(ContactPerson.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))
