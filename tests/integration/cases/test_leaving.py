"""Who leaves hands over: nobody can be shut out while they own live cases, and afterwards none is an orphan."""

import pytest
from tests.integration.cases.book_rows import DAY, NOW, owe

from qingshou.access.actors import actor_of
from qingshou.access.errors import WorkLeft
from qingshou.access.models import User
from qingshou.access.operations import deactivate_user
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.cases import operations
from qingshou.features.cases.models import Case

pytestmark = pytest.mark.django_db


def test_leaving_hands_every_live_case_on(tenant: object, people: dict[str, User]) -> None:
    admin, leaver, taker = people["ADMINISTRATOR"], people["COLLECTOR"], people["COLLECTOR2"]
    cases = [
        operations.open_case(borrower_id=owe(ref, overdue_days=5), as_of=DAY, actor=SYSTEM, now=NOW) for ref in "abc"
    ]
    for case in cases:
        operations.assign(case_id=case.id, owner_id=leaver.id, actor=SYSTEM, on=DAY, now=NOW, reason="for the test")
    with pytest.raises(WorkLeft):
        deactivate_user(user_id=leaver.id, actor=actor_of(admin), now=NOW)
    assert User.objects.get(id=leaver.id).is_active
    handed = deactivate_user(user_id=leaver.id, actor=actor_of(admin), now=NOW, hand_over_to=taker.id)
    assert handed == {"CASES": 3}
    assert set(Case.objects.values_list("owner_id", flat=True)) == {taker.id}
    assert not User.objects.get(id=leaver.id).is_active
    last = list_events(subject_kind="CASE", subject_id=cases[0].id)[0]
    assert (last.action, last.actor_name) == ("CASE_ASSIGNED", admin.username)
