"""One case at a time: each operation changes the row, writes its event, and does neither when it refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.integration.cases.book_rows import DAY, NOW, owe

from qingshou.access.actors import actor_of
from qingshou.access.models import User
from qingshou.approvals.operations import approve
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.cases import operations
from qingshou.features.cases.errors import BadCaseInput, CaseClosed, CaseOpen, MoveRefused, NoSuchCase
from qingshou.features.cases.models import Case, StageEvidence

pytestmark = pytest.mark.django_db
HASH = "ab" * 32


@pytest.fixture
def case(tenant: object, people: dict[str, User]) -> Case:
    """A mild debtor's case, with a collector."""
    return operations.open_case(borrower_id=owe("a", overdue_days=5), as_of=DAY, actor=SYSTEM, now=NOW)


def events(case: Case) -> list[str]:
    return [event.action for event in reversed(list_events(subject_kind="CASE", subject_id=case.id))]


def fresh(case: Case) -> Case:
    return Case.objects.get(id=case.id)


def test_a_case_is_opened_once(case: Case) -> None:
    assert (case.stage, case.severity, case.owner.role, case.next_action) == (
        "FIRST_CONTACT", "MILD", "COLLECTOR", "CONTACT_DEBTOR",
    )  # fmt: skip
    assert events(case) == ["CASE_OPENED"]
    with pytest.raises(CaseOpen):
        operations.open_case(borrower_id=case.borrower_id, as_of=DAY, actor=SYSTEM, now=NOW)
    assert Case.objects.count() == 1


def test_the_database_keeps_owner_action_and_date_on_live_cases(case: Case) -> None:
    for emptied in ({"owner": None}, {"next_action": ""}, {"next_action_on": None}):
        with pytest.raises(IntegrityError, match="live_case_has_owner_action_date"), transaction.atomic():
            Case.objects.filter(id=case.id).update(**emptied)


def test_the_checklist_is_needed_before_a_person_moves_a_case(case: Case, people: dict[str, User]) -> None:
    collector = actor_of(people["COLLECTOR"])
    given = {"case_id": case.id, "to": "REPAYMENT_PLAN", "actor": collector, "role": "COLLECTOR", "on": DAY, "now": NOW,
             "reason": "offered and accepted"}  # fmt: skip
    with pytest.raises(MoveRefused) as refused:
        operations.move_stage(**given)
    assert [reason["code"] for reason in refused.value.fields["reasons"]] == ["CHECKLIST_MISSING"]
    assert (fresh(case).stage, events(case)) == ("FIRST_CONTACT", ["CASE_OPENED"])
    for item in ("IDENTITY_CHECKED", "REASON_RECORDED", "OPTIONS_OFFERED"):
        operations.give_evidence(case_id=case.id, item=item, note="done", actor=collector, now=NOW)
    moved = operations.move_stage(**given)
    assert (moved.stage, moved.next_action, moved.owner.role) == ("REPAYMENT_PLAN", "NEGOTIATE_PLAN", "COLLECTOR")
    assert events(case) == ["CASE_OPENED", *["CASE_EVIDENCE_GIVEN"] * 3, "CASE_MOVED"]


def test_an_exception_moves_the_case_when_a_second_person_approves(case: Case, people: dict[str, User]) -> None:
    asked = operations.request_exception(
        case_id=case.id, to="LEGAL", actor=actor_of(people["COLLECTOR"]), on=DAY, now=NOW, reason="left the country"
    )
    assert fresh(case).stage == "FIRST_CONTACT"
    approve(request_id=asked, decider=people["RISK_OFFICER"], now=NOW)
    assert (fresh(case).stage, fresh(case).owner.role) == ("LEGAL", "LEGAL_OFFICER")
    assert [action for action in events(case) if action.startswith("CASE")] == [
        "CASE_OPENED", "CASE_EXCEPTION_ASKED", "CASE_MOVED",
    ]  # fmt: skip


def test_an_exception_the_process_does_not_know_is_refused(case: Case, people: dict[str, User]) -> None:
    with pytest.raises(MoveRefused):
        operations.request_exception(
            case_id=case.id, to="DISPOSAL", actor=actor_of(people["COLLECTOR"]), on=DAY, now=NOW, reason="sell it"
        )


def test_closed_and_reopened(case: Case, people: dict[str, User]) -> None:
    lead = actor_of(people["TEAM_LEAD"])
    with pytest.raises(MoveRefused):
        operations.close_case(case_id=case.id, actor=lead, role="TEAM_LEAD", on=DAY, now=NOW, reason="by mistake")
    operations.close_case(
        case_id=case.id, actor=lead, role="TEAM_LEAD", on=DAY, now=NOW, reason="double", is_approved=True
    )
    assert (fresh(case).closed_reason, fresh(case).stage) == ("APPROVAL", "CLOSED")
    with pytest.raises(CaseClosed):
        operations.set_next_action(case_id=case.id, action="WAIT", due_on=DAY, actor=lead, on=DAY, now=NOW)
    operations.reopen(case_id=case.id, actor=lead, on=DAY, now=NOW, reason="payment was reversed")
    live = fresh(case)
    assert (live.closed_on, live.stage, live.next_action) == (None, "FIRST_CONTACT", "CONTACT_DEBTOR")
    assert events(case) == ["CASE_OPENED", "CASE_CLOSED", "CASE_REOPENED"]
    with pytest.raises(CaseOpen):
        operations.reopen(case_id=case.id, actor=lead, on=DAY, now=NOW, reason="once more")


def test_a_call_back_comes_to_the_front_of_the_queue_when_it_is_due(case: Case, people: dict[str, User]) -> None:
    collector = actor_of(people["COLLECTOR"])
    later = DAY + timedelta(days=2)
    operations.set_next_action(case_id=case.id, action="CALL_BACK", due_on=later, actor=collector, on=DAY, now=NOW)
    assert fresh(case).queue_reason == "NEW_ENTRY"
    operations.set_next_action(case_id=case.id, action="CALL_BACK", due_on=DAY, actor=collector, on=DAY, now=NOW)
    assert (fresh(case).queue_reason, fresh(case).queue_tier) == ("CALL_BACK_DUE", 3)


@pytest.mark.parametrize(
    ("action", "days"), [("DANCE", 1), ("WAIT", -1), ("WAIT", 366)], ids=["unknown", "past", "too far"]
)
def test_an_action_that_cannot_be_is_refused(case: Case, action: str, days: int) -> None:
    with pytest.raises(BadCaseInput):
        operations.set_next_action(
            case_id=case.id, action=action, due_on=DAY + timedelta(days=days), actor=SYSTEM, on=DAY, now=NOW
        )
    assert events(case) == ["CASE_OPENED"]


def test_evidence_is_given_once_and_of_the_kind_asked_for(case: Case) -> None:
    give = {"case_id": case.id, "actor": SYSTEM, "now": NOW}
    with pytest.raises(BadCaseInput, match="not on the checklist"):
        operations.give_evidence(item="CLAIM_FILED", note="x", **give)
    with pytest.raises(BadCaseInput, match="Say in a note"):
        operations.give_evidence(item="REASON_RECORDED", note=" ", **give)
    operations.give_evidence(item="REASON_RECORDED", note="lost the job", **give)
    with pytest.raises(BadCaseInput, match="done already"):
        operations.give_evidence(item="REASON_RECORDED", note="again", **give)
    assert StageEvidence.objects.count() == 1
    facts = list_events(subject_kind="CASE", subject_id=case.id)[0].facts
    assert facts == {"item": "REASON_RECORDED", "stage": "FIRST_CONTACT"}  # the note may name people: not in the record


def test_many_are_handed_over_or_none(case: Case, people: dict[str, User]) -> None:
    other = operations.open_case(borrower_id=owe("b", overdue_days=7), as_of=DAY, actor=SYSTEM, now=NOW)
    lead = actor_of(people["TEAM_LEAD"])
    target = people["COLLECTOR2"].id
    given = {"owner_id": target, "actor": lead, "on": DAY, "now": NOW, "reason": "holiday"}
    with pytest.raises(NoSuchCase):
        operations.reassign_many(case_ids=[case.id, people["COLLECTOR"].id], **given)
    with pytest.raises(BadCaseInput):
        operations.reassign_many(case_ids=[case.id], **(given | {"reason": " "}))
    operations.reassign_many(case_ids=[case.id, other.id], **given)
    assert set(Case.objects.values_list("owner_id", flat=True)) == {target}
    assert events(case)[-1] == "CASE_ASSIGNED"


def test_dealing_explains_itself(case: Case, people: dict[str, User]) -> None:
    User.objects.filter(role="COLLECTOR").exclude(id=people["COLLECTOR2"].id).update(is_present=False)
    dealt = operations.deal_cases(case_ids=[case.id], actor=SYSTEM, on=DAY, now=NOW, reason="morning")
    assert [one.owner_id for one in dealt] == [people["COLLECTOR2"].id]
    facts = list_events(subject_kind="CASE", subject_id=case.id)[0].facts
    assert (facts["why"], facts["capacity_cases"], facts["reason"]) == ("LEAST_LOADED", 150, "morning")


def test_views_are_saved_and_deleted_by_their_owner_alone(tenant: object, users: dict[str, User]) -> None:
    mine, other = users["COLLECTOR"].id, users["TEAM_LEAD"].id
    view = operations.save_view(user_id=mine, name="Mine", query="?stage=LEGAL")
    assert operations.save_view(user_id=mine, name="Mine", query="stage=DISPOSAL").query == "stage=DISPOSAL"
    with pytest.raises(NoSuchCase):
        operations.delete_view(user_id=other, view_id=view.id)
    operations.delete_view(user_id=mine, view_id=view.id)
