"""A button pressed twice, a form sent from two tabs: what a debtor asks for is one request, with one stop behind it."""

from datetime import timedelta

import pytest
from tests.integration.portal.rows import NOW, debtor

from qingshou.audit.queries import list_events
from qingshou.features.contact.models import StopPlaced
from qingshou.features.portal.models import PortalAsk
from qingshou.features.portal.operations.asks import answer_ask, ask_call, complain, dispute_debt, tell_hardship
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.repayment.models import Hardship

LATER = NOW + timedelta(minutes=2)
AT = NOW + timedelta(days=1)


@pytest.fixture
def case(users):
    return debtor("p1", owner=users["COLLECTOR"])


def _complain(case, now, said="有人晚上打电话"):
    return complain(borrower_id=case.borrower_id, said=said, now=now)


def _dispute(case, now, said="已还清", reason="PAID_ALREADY"):
    return dispute_debt(borrower_id=case.borrower_id, loan_id=None, reason=reason, said=said, now=now)


def _hardship(case, now, said="住院", kind="ILLNESS"):
    return tell_hardship(borrower_id=case.borrower_id, kind=kind, said=said, now=now)


def _call(case, now, said="下午", at=AT):
    return ask_call(borrower_id=case.borrower_id, at=at, said=said, now=now)


@pytest.mark.parametrize("ask", [_complain, _dispute, _hardship, _call])
def test_the_same_words_within_two_minutes_are_one_request(case, ask):
    first = ask(case, NOW)
    assert ask(case, LATER - timedelta(microseconds=1)).id == first.id
    assert ask(case, NOW, said=" 别的话 ").id != first.id
    assert ask(case, LATER).id not in (first.id, None)
    told = list_events(subject_kind="CASE", subject_id=case.id, limit=50)
    assert [one.action for one in told].count("PORTAL_ASKED") == PortalAsk.objects.count() == 3


@pytest.mark.parametrize("ask", [_complain, _dispute])
def test_one_press_too_many_places_no_second_stop(case, ask):
    ask(case, NOW)
    ask(case, NOW)
    assert StopPlaced.objects.count() == 1


def test_one_press_too_many_reports_no_second_hardship(case):
    _hardship(case, NOW)
    _hardship(case, NOW)
    assert Hardship.objects.count() == 1


def test_another_reason_kind_or_time_is_another_request(case):
    assert _dispute(case, NOW).id != _dispute(case, NOW, reason="WRONG_AMOUNT").id
    assert _hardship(case, NOW).id != _hardship(case, NOW, kind="JOB_LOSS").id
    assert _call(case, NOW).id != _call(case, NOW, at=AT + timedelta(hours=1)).id


def test_what_was_answered_is_asked_anew(case):
    first = _complain(case, NOW)
    answer_ask(ask_id=first.id, is_done=True, answer="我们已道歉。", actor=DEBTOR, now=NOW)
    assert _complain(case, NOW).id != first.id
