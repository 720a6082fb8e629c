"""Hardship: contact pauses by itself and goes on by itself; what the record says; nothing stays half done."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests.conftest import make_users
from tests.integration.repayment.agreement_rows import DAY, NOW, actions, at, make_debtor

from qingshou.access.actors import actor_of
from qingshou.audit.actors import SYSTEM
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.models import StopPlaced
from qingshou.features.contact.operations.door import clear
from qingshou.features.contact.operations.stops import lift_stop
from qingshou.features.repayment.errors import HardshipNotNow, NoSuchHardship
from qingshou.features.repayment.models import Hardship
from qingshou.features.repayment.operations import hardship
from qingshou.features.repayment.rules.hardship import HardshipUnfit
from qingshou.law.contact.terms import Channel, Purpose
from qingshou.tenancy.context import using

PROOF = "a" * 64
SEEN = ("HARDSHIP_",)


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("h1", national_id="11010519491231002X", owner=users["COLLECTOR"])


def reported(case, me, kind="JOB_LOSS", **more):
    return hardship.report_hardship(case_id=case.id, kind=kind, actor=me, now=NOW, **more)


def answer(case, on=DAY):
    cleared = clear(person=case.borrower_id, channel=Channel.PHONE, purpose=Purpose.COLLECT, now=at(on))
    return cleared.value, sorted({one.code for one in cleared.reasons})


def test_news_pauses_contact_at_once(case, me):
    assert answer(case)[0] == "ALLOWED"
    row = reported(case, me, note="lost the job in October")
    assert (row.state, row.from_on, row.until_on) == ("REPORTED", DAY, DAY + timedelta(days=29))
    assert answer(case)[0] == "REFUSED"
    held = get_case(case_id=case.id)
    assert (held.next_action, held.next_action_on) == ("LOOK_INTO", DAY)
    assert actions(case.id, prefix=SEEN) == ["HARDSHIP_REPORTED"]
    assert b"October" not in bytes(row.note)


def test_the_same_news_twice_is_one_hardship(case, me):
    assert reported(case, me).id == reported(case, me).id
    assert StopPlaced.objects.count() == 1
    assert actions(case.id, prefix=SEEN) == ["HARDSHIP_REPORTED"]


def test_accepted_it_lasts_until_its_last_day(case, me):
    row = reported(case, me)
    with pytest.raises(HardshipUnfit, match="document"):
        hardship.accept_hardship(hardship_id=row.id, actor=me, now=NOW)
    last = DAY + timedelta(days=60)
    row = hardship.accept_hardship(hardship_id=row.id, actor=me, now=NOW, until_on=last, document_hash=PROOF)
    assert (row.state, row.until_on, row.owner_id) == ("ACCEPTED", last, me.user_id)
    assert [answer(case, last + timedelta(days=days))[0] for days in (-1, 0, 1)] == ["REFUSED", "REFUSED", "ALLOWED"]
    assert StopPlaced.objects.filter(lifted_at__isnull=True).count() == 1
    assert actions(case.id, prefix=SEEN) == ["HARDSHIP_REPORTED", "HARDSHIP_ACCEPTED"]


def test_declined_contact_goes_on(case, me):
    row = reported(case, me)
    with pytest.raises(HardshipUnfit, match="why"):
        hardship.decline_hardship(hardship_id=row.id, actor=me, now=NOW, reason=" ")
    row = hardship.decline_hardship(hardship_id=row.id, actor=me, now=NOW, reason="the employer confirms the job")
    assert (row.state, row.stop_id) == ("DECLINED", None)
    assert answer(case)[0] == "ALLOWED"
    assert get_case(case_id=case.id).next_action == "CALL_BACK"
    with pytest.raises(HardshipNotNow):
        hardship.decline_hardship(hardship_id=row.id, actor=me, now=NOW, reason="again")
    with pytest.raises(HardshipNotNow):
        hardship.accept_hardship(hardship_id=row.id, actor=me, now=NOW, document_hash=PROOF)


def test_ended_early_and_reported_anew(case, me):
    first = reported(case, me, "BEREAVEMENT")
    hardship.accept_hardship(hardship_id=first.id, actor=me, now=NOW)
    hardship.end_hardship(hardship_id=first.id, actor=me, now=NOW, reason="the debtor asked for a plan")
    assert answer(case)[0] == "ALLOWED"
    assert reported(case, me, "BEREAVEMENT").id != first.id
    assert answer(case)[0] == "REFUSED"


def test_the_day_ends_what_is_over_once(case, me):
    row = reported(case, me)
    over = row.until_on + timedelta(days=1)
    assert hardship.end_hardships_due(as_of=row.until_on, now=at(row.until_on)) == 0
    assert hardship.end_hardships_due(as_of=over, now=at(over)) == 1
    assert hardship.end_hardships_due(as_of=over, now=at(over)) == 0
    row.refresh_from_db()
    assert (row.state, row.ended_reason, row.until_on) == ("ENDED", "TIME_PASSED", DAY + timedelta(days=29))
    assert actions(case.id, prefix=SEEN) == ["HARDSHIP_REPORTED", "HARDSHIP_ENDED"]


def test_a_stop_lifted_by_hand_does_not_stand_in_the_way(case, me):
    row = reported(case, me)
    lift_stop(stop_id=row.stop_id, actor=me, now=NOW, reason="placed by mistake")
    ended = hardship.end_hardship(hardship_id=row.id, actor=me, now=NOW, reason="not a hardship")
    assert ended.state == "ENDED"


def test_a_breathing_space_holds_by_the_register(case, me, tenant):
    tenant.jurisdiction, tenant.time_zone, tenant.currency = "uk", "Europe/London", "GBP"
    tenant.save()
    row = reported(case, me, "BREATHING_SPACE", entered_on=DAY - timedelta(days=3), register_ref="BS-1")
    assert (row.state, row.from_on, row.until_on) == (
        "ACCEPTED", DAY - timedelta(days=2), DAY + timedelta(days=57)
    )  # fmt: skip
    assert row.freezes_charges
    with pytest.raises(HardshipNotNow, match="register"):
        hardship.accept_hardship(hardship_id=row.id, actor=me, now=NOW)


def test_nothing_of_it_stays_when_the_transaction_fails(case, me):
    with transaction.atomic():
        reported(case, me)
        transaction.set_rollback(True)
    assert (Hardship.objects.count(), StopPlaced.objects.count()) == (0, 0)
    assert actions(case.id, prefix=SEEN) == []
    assert answer(case)[0] == "ALLOWED"


def test_another_lenders_hardship_is_none(case, me, other_tenant):
    row = reported(case, me)
    with using(other_tenant.id), pytest.raises(NoSuchHardship):
        hardship.end_hardship(hardship_id=row.id, actor=SYSTEM, now=NOW, reason="not ours")


def race(tenant):
    """Let ten report one hardship at once; gives how many there are, and what went wrong."""
    case = make_debtor("race", owner=make_users(tenant, prefix=tenant.code)["COLLECTOR"])
    begin, failures = threading.Barrier(10), []

    def work():
        try:
            with using(tenant.id):
                begin.wait()
                hardship.report_hardship(case_id=case.id, kind="FAMILY", actor=SYSTEM, now=NOW)
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failures.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Hardship.objects.filter(case=case.id).count(), StopPlaced.objects.count(), failures


def test_ten_at_once_make_one_hardship(committed):
    assert race(committed) == (1, 1, [])


def test_without_the_lock_the_database_stands_behind_it(committed, monkeypatch):
    monkeypatch.setattr(hardship, "_hold", lambda case_id, _now: get_case(case_id=case_id).borrower_id)
    hardships, _stops, failures = race(committed)
    assert hardships == 1
    assert set(failures) == {"IntegrityError"}
