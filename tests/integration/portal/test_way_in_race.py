"""Races at the door: one code, many at once: one visit opens; codes of a link are never more than its limit."""

import threading

import pytest
import time_machine
from django.db import connection
from tests.conftest import make_users
from tests.integration.portal.rows import NOW, address_of, debtor, ready

from qingshou.features.contact.models import Message
from qingshou.features.portal.errors import NoSuchPage, TooOften
from qingshou.features.portal.models import PortalLink, PortalVisit
from qingshou.features.portal.operations import visits
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.points import ways_of
from qingshou.features.portal.rules.policy import portal_policy
from qingshou.features.repayment.models import OneTimeCode
from qingshou.tenancy.context import using

WORKERS = 8


@pytest.fixture(autouse=True)
def _in_use() -> None:
    """Committed rows: the lender of `committed`, not the rolled-back one."""


def at_once(tenant, work):
    """Run the work in many threads at once; gives what each returned."""
    found, barrier = [], threading.Barrier(WORKERS)

    def one(number):
        try:
            with using(tenant.id):
                connection.ensure_connection()
                barrier.wait()
                found.append(work(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def case(committed):
    ready(make_users(committed, f"{committed.code}_"))
    return debtor(f"r{committed.code[:6]}")


def begun(case):
    policy = portal_policy({})
    address_of(case)
    link = PortalLink.objects.order_by("-made_at", "-id").first()
    way = ways_of(borrower_id=case.borrower_id, policy=policy, reader=DEBTOR, now=NOW)[0]
    return link, way


def digits_of(visit):
    import re

    from tests.integration.portal.rows import opened

    row = OneTimeCode.objects.get(subject_id=visit.id)
    return re.findall(r"(?<!\d)\d{6}(?!\d)", opened(Message.objects.get(id=row.message_id), "body"))[0]


@time_machine.travel(NOW, tick=True)
def test_one_code_opens_one_visit_however_many_try_at_once(committed, case):
    link, way = begun(case)
    waiting = visits.begin_visit(link_id=link.id, point_id=way.id, language="zh-hans", now=NOW)
    digits = digits_of(waiting.visit)

    def work(_number):
        try:
            return visits.confirm_visit(secret=waiting.secret, digits=digits, now=NOW) is not None
        except NoSuchPage:
            return False

    assert sorted(at_once(committed, work)) == [False] * (WORKERS - 1) + [True]


@time_machine.travel(NOW, tick=True)
def test_wrong_tries_at_once_are_all_counted(committed, case):
    link, way = begun(case)
    waiting = visits.begin_visit(link_id=link.id, point_id=way.id, language="zh-hans", now=NOW)
    wrong = f"{(int(digits_of(waiting.visit)) + 1) % 1_000_000:06d}"
    at_once(committed, lambda _number: visits.confirm_visit(secret=waiting.secret, digits=wrong, now=NOW))
    assert OneTimeCode.objects.get(subject_id=waiting.visit.id).tries_left == 0
    assert visits.confirm_visit(secret=waiting.secret, digits=digits_of(waiting.visit), now=NOW) is None


def many_codes(committed, case):
    link, way = begun(case)

    def work(_number):
        try:
            visits.begin_visit(link_id=link.id, point_id=way.id, language="zh-hans", now=NOW)
        except TooOften:
            return False
        return True

    at_once(committed, work)
    return PortalVisit.objects.filter(link=link).count()


@time_machine.travel(NOW, tick=True)
def test_no_more_codes_than_a_link_may_ask_for(committed, case):
    assert many_codes(committed, case) == 4


@time_machine.travel(NOW, tick=True)
def test_without_the_lock_there_would_be_more(committed, case, monkeypatch):
    """The negative control: the link unlocked, the same eight pass the limit."""
    barrier = threading.Barrier(WORKERS)
    count = visits._too_often

    def counted_together(link, channel, policy, now):
        count(link, channel, policy, now)
        barrier.wait(timeout=20)

    monkeypatch.setattr(visits, "_locked_link", lambda link_id, _now: PortalLink.objects.get(id=link_id))
    monkeypatch.setattr(visits, "_too_often", counted_together)
    assert many_codes(committed, case) == WORKERS
