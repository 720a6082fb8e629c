"""Four eyes: asked once, decided once, never by oneself, within the limit; effect and approval in one transaction."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests.conftest import make_users

from qingshou.access.actors import actor_of
from qingshou.approvals import kinds, operations, queries
from qingshou.approvals.limits import UnfitLimits, limits_of
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit import queries as audit
from qingshou.audit.verification import verify
from qingshou.kernel.errors import NotFound
from qingshou.tenancy.context import using

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
done: list = []


@pytest.fixture(autouse=True)
def _kind():
    done.clear()
    kinds.register_kind("WRITE_OFF", permission="approvals.decide", phrase="Write-off",
                        on_approved=lambda asked, actor, _: done.append((asked.payload, actor.name)))  # fmt: skip
    yield
    del kinds._kinds["WRITE_OFF"]


def _ask(user, amount="100.00", subject=None, **changes):
    given = {"kind": "WRITE_OFF", "subject_kind": "CASE", "subject_id": subject or uuid4(), "actor": actor_of(user),
             "reason": "hopeless", "now": NOW, "amount": Decimal(amount) if amount else None, "currency": "CNY",
             "payload": {"x": 1}}  # fmt: skip
    return operations.request(**given | changes)


def test_a_second_person_approves_and_the_effect_happens(users):
    asked = _ask(users["COLLECTOR"])
    operations.approve(request_id=asked.id, decider=users["TEAM_LEAD"], now=NOW)
    assert done == [({"x": 1}, "team_lead")]
    assert [e.action for e in audit.list_events(subject_kind="CASE", subject_id=asked.subject_id)] == [
        "APPROVAL_APPROVED",
        "APPROVAL_REQUESTED",
    ]
    assert queries.get_request(request_id=asked.id).status == "APPROVED"


def _refused(asked, decider, reason):
    with pytest.raises(operations.ApprovalRefused) as refusal:
        operations.approve(request_id=asked.id, decider=decider, now=NOW)
    assert refusal.value.fields["reasons"] == [reason]
    assert (done, queries.get_request(request_id=asked.id).status) == ([], "PENDING")


def test_never_ones_own(users):
    _refused(_ask(users["TEAM_LEAD"]), users["TEAM_LEAD"], "OWN_REQUEST")


def test_never_the_same_person_under_another_account(users):
    users["RISK_OFFICER"].email = users["TEAM_LEAD"].email.upper()
    users["RISK_OFFICER"].save()
    _refused(_ask(users["TEAM_LEAD"]), users["RISK_OFFICER"], "OWN_REQUEST")


def test_the_database_itself_refuses_a_decision_on_ones_own(users):
    asked = _ask(users["TEAM_LEAD"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalRequest.objects.filter(id=asked.id).update(status="APPROVED", decided_by_id=users["TEAM_LEAD"].id)


@pytest.mark.parametrize(("amount", "may"), [("49999.99", True), ("50000.00", True), ("50000.01", False)])
def test_the_limit_of_the_role(users, amount, may):
    asked = _ask(users["COLLECTOR"], amount)
    if may:
        operations.approve(request_id=asked.id, decider=users["TEAM_LEAD"], now=NOW)
    else:
        _refused(asked, users["TEAM_LEAD"], "ABOVE_LIMIT")
        operations.approve(request_id=asked.id, decider=users["RISK_OFFICER"], now=NOW)
    assert len(done) == 1


def test_no_amount_needs_a_role_without_limit(users):
    asked = _ask(users["COLLECTOR"], amount=None)
    _refused(asked, users["TEAM_LEAD"], "ABOVE_LIMIT")
    operations.approve(request_id=asked.id, decider=users["RISK_OFFICER"], now=NOW)


@pytest.mark.parametrize("role", ["COLLECTOR", "AGENCY_USER", "ADMINISTRATOR", "COMPLIANCE_OFFICER"])
def test_a_role_without_a_limit_may_not(users, role):
    _refused(_ask(users["LEGAL_OFFICER"]), users[role], "ROLE_MAY_NOT")


def test_a_lender_sets_its_own_limits(users, tenant):
    tenant.settings = {"approval_limits": {"WRITE_OFF": {"ADMINISTRATOR": "10.00"}}}
    tenant.save()
    _refused(_ask(users["COLLECTOR"], "10.00"), users["RISK_OFFICER"], "ROLE_MAY_NOT")
    operations.approve(request_id=_ask(users["COLLECTOR"], "10.00").id, decider=users["ADMINISTRATOR"], now=NOW)
    with pytest.raises(UnfitLimits):
        limits_of({"approval_limits": {"WRITE_OFF": {"ADMINISTRATOR": "-5"}}}, "WRITE_OFF")


def test_what_fails_is_not_approved(users):
    def fail(*_):
        raise ValueError("the effect cannot be had")

    kinds.register_kind("WRITE_OFF", permission="approvals.decide", phrase="W", on_approved=fail)
    asked = _ask(users["COLLECTOR"])
    with pytest.raises(ValueError, match="cannot be had"):
        operations.approve(request_id=asked.id, decider=users["TEAM_LEAD"], now=NOW)
    assert queries.get_request(request_id=asked.id).status == "PENDING"
    assert audit.count_events(subject_kind="CASE", subject_id=asked.subject_id) == 1


def test_asked_once_at_a_time(users):
    asked = _ask(users["COLLECTOR"])
    with pytest.raises(operations.AlreadyAsked):
        _ask(users["LEGAL_OFFICER"], subject=asked.subject_id)
    operations.reject(request_id=asked.id, decider=users["TEAM_LEAD"], now=NOW, note="no")
    assert _ask(users["COLLECTOR"], subject=asked.subject_id).status == "PENDING"
    assert done == []


def test_reasons_are_needed(users):
    with pytest.raises(operations.NoReason):
        _ask(users["COLLECTOR"], reason=" ")
    with pytest.raises(operations.NoReason):
        operations.reject(request_id=_ask(users["COLLECTOR"]).id, decider=users["TEAM_LEAD"], now=NOW, note="")


def test_withdrawn_by_who_asked_only(users):
    asked = _ask(users["COLLECTOR"])
    with pytest.raises(operations.ApprovalRefused):
        operations.withdraw(request_id=asked.id, actor=actor_of(users["TEAM_LEAD"]), now=NOW)
    operations.withdraw(request_id=asked.id, actor=actor_of(users["COLLECTOR"]), now=NOW)
    with pytest.raises(operations.NotPending):
        operations.approve(request_id=asked.id, decider=users["TEAM_LEAD"], now=NOW)


def test_a_lapsed_request_cannot_be_approved_and_does_not_stand_in_the_way(users):
    asked = _ask(users["COLLECTOR"], life=timedelta(days=1))
    later = NOW + timedelta(days=1)
    with pytest.raises(operations.NotPending):
        operations.approve(request_id=asked.id, decider=users["TEAM_LEAD"], now=later)
    assert operations.expire_due(now=later - timedelta(microseconds=1)) == 0
    again = _ask(users["COLLECTOR"], subject=asked.subject_id, now=later)
    assert (queries.get_request(request_id=asked.id).status, again.status) == ("EXPIRED", "PENDING")
    assert operations.expire_due(now=later + timedelta(days=7)) == 1


def test_another_lenders_request_does_not_exist(users, other_tenant):
    asked = _ask(users["COLLECTOR"])
    stranger = make_users(other_tenant, "b.")["RISK_OFFICER"]
    with using(other_tenant.id), pytest.raises(NotFound):
        operations.approve(request_id=asked.id, decider=stranger, now=NOW)


def _decide_together(tenant, asked, deciders, decide):
    """Let several people decide at the same instant; returns what came of each."""
    barrier, outcomes = threading.Barrier(len(deciders)), []

    def run(decider):
        try:
            with using(tenant.id):
                barrier.wait(10)
                outcomes.append(decide(asked, decider))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(decider,)) for decider in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_of_two_who_decide_at_once_one_wins(committed):
    users = make_users(committed, f"{committed.code}.")

    def decide(asked, decider):
        try:
            operations.approve(request_id=asked.id, decider=decider, now=NOW)
        except operations.NotPending:
            return "late"
        return "won"

    for _ in range(10):
        done.clear()
        asked = _ask(users["COLLECTOR"])
        both = [users["TEAM_LEAD"], users["RISK_OFFICER"]]
        assert sorted(_decide_together(committed, asked, both, decide)) == ["late", "won"]
        assert len(done) == 1
    assert verify().is_sound


def test_without_the_lock_both_win(committed):
    """The negative control: read, judge and write without locking, as a careless author would."""
    users = make_users(committed, f"{committed.code}.")
    gate = threading.Barrier(2)

    def decide(asked, decider):
        with transaction.atomic():
            row = ApprovalRequest.objects.get(id=asked.id)
            may = operations._judged(row, decider, NOW).value == "MAY"
            gate.wait(10)
            if may:
                row.status, row.decided_by_id = "APPROVED", decider.id
                row.save()
        return "won" if may else "late"

    asked = _ask(users["COLLECTOR"])
    assert _decide_together(committed, asked, [users["TEAM_LEAD"], users["RISK_OFFICER"]], decide) == ["won", "won"]
