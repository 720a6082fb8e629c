"""Relief for a place: agreed by another, given to all it reaches and to nobody else, over when its days are."""

from datetime import timedelta

import pytest
from tests.integration.repayment.agreement_rows import DAY, NOW, at, make_debtor

from qingshou.access.actors import actor_of
from qingshou.approvals import operations as approvals
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.queries import list_events
from qingshou.features.contact.models import StopPlaced
from qingshou.features.repayment.errors import HardshipNotNow
from qingshou.features.repayment.models import Hardship, ReliefProgramme
from qingshou.features.repayment.operations import relief
from qingshou.features.repayment.rules.hardship import HardshipUnfit

NAMES = {"zh-hans": "洪水救助", "zh-hant": "洪水救助", "en": "Flood relief"}
LAST = DAY + timedelta(days=30)


@pytest.fixture
def lead(users):
    return actor_of(users["TEAM_LEAD"])


@pytest.fixture
def cases(users):
    owner = users["COLLECTOR"]
    return [make_debtor(ref, region=region, owner=owner) for ref, region in (("r1", "GD"), ("r2", "GD"), ("r3", "BJ"))]


def asked(lead, **more):
    given = {"regions": ["GD"], "from_on": DAY, "until_on": LAST, "names": NAMES, "code": "flood"} | more
    return relief.ask_relief(actor=lead, now=NOW, reason="the river rose", **given)


def agree(users):
    waiting = ApprovalRequest.objects.get(status="PENDING")
    approvals.approve(request_id=waiting.id, decider=users["RISK_OFFICER"], now=NOW)


def held():
    return sorted(Hardship.objects.values_list("case__borrower__borrower_ref", "state"))


def test_nothing_happens_before_a_second_person_agrees(cases, lead, users):
    asked(lead)
    assert relief.apply_relief(as_of=DAY, now=NOW) == 0
    agree(users)
    assert relief.apply_relief(as_of=DAY - timedelta(days=1), now=NOW) == 0
    assert relief.apply_relief(as_of=DAY, now=NOW) == 2
    assert held() == [("r1", "ACCEPTED"), ("r2", "ACCEPTED")]
    assert StopPlaced.objects.filter(kind="HARDSHIP", lifted_at__isnull=True).count() == 2
    assert relief.apply_relief(as_of=DAY, now=NOW) == 0


def test_who_asked_cannot_agree(lead, users):
    asked(lead)
    waiting = ApprovalRequest.objects.get(status="PENDING")
    with pytest.raises(approvals.ApprovalRefused):
        approvals.approve(request_id=waiting.id, decider=users["TEAM_LEAD"], now=NOW)
    assert ReliefProgramme.objects.get().state == "AWAITING_APPROVAL"


def test_refused_it_never_begins(lead, users):
    asked(lead)
    waiting = ApprovalRequest.objects.get(status="PENDING")
    approvals.reject(request_id=waiting.id, decider=users["RISK_OFFICER"], now=NOW, note="too wide")
    assert ReliefProgramme.objects.get().state == "CANCELLED"
    assert relief.apply_relief(as_of=DAY, now=NOW) == 0


@pytest.mark.parametrize(("days", "changed"), [(30, 0), (31, 2)])
def test_it_is_over_after_its_last_day(cases, lead, users, days, changed):
    asked(lead)
    agree(users)
    relief.apply_relief(as_of=DAY, now=NOW)
    later = DAY + timedelta(days=days)
    assert relief.apply_relief(as_of=later, now=at(later)) == changed
    assert {state for _, state in held()} == ({"ENDED"} if changed else {"ACCEPTED"})
    assert ReliefProgramme.objects.get().state == ("ENDED" if changed else "IN_FORCE")


def test_ended_early_everybody_is_let_go(cases, lead, users):
    made = asked(lead)
    agree(users)
    relief.apply_relief(as_of=DAY, now=NOW)
    assert relief.end_relief(programme_id=made.id, actor=lead, now=at(DAY)) == 2
    assert StopPlaced.objects.filter(lifted_at__isnull=True).count() == 0
    with pytest.raises(HardshipNotNow):
        relief.end_relief(programme_id=made.id, actor=lead, now=at(DAY))
    said = [one.action for one in reversed(list_events(subject_kind="RELIEF", subject_id=made.id, limit=20))]
    assert [one for one in said if one.startswith("RELIEF_")] == ["RELIEF_ASKED", "RELIEF_IN_FORCE", "RELIEF_ENDED"]


def test_by_product_it_reaches_who_holds_it(cases, lead, users):
    asked(lead, regions=[], products=["CARD"])
    agree(users)
    assert relief.apply_relief(as_of=DAY, now=NOW) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"names": {"en": "x"}}, "zh-hans"),
        ({"regions": []}, "places"),
        ({"until_on": DAY - timedelta(days=1)}, "last day"),
    ],
)
def test_what_does_not_fit_is_said(lead, change, field):
    with pytest.raises(HardshipUnfit, match=field):
        asked(lead, **change)
    assert ReliefProgramme.objects.count() == 0


def test_a_code_is_used_once(lead):
    asked(lead)
    with pytest.raises(HardshipNotNow, match="flood"):
        asked(lead)
