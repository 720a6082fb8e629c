"""A code that was asked for is no contact of ours: it goes at any hour, and no counter admits or holds it."""

from datetime import timedelta

from tests.integration.portal.rows import DAY, NOW, at, debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Attempt
from qingshou.features.contact.operations.attempts import note_inbound
from qingshou.features.contact.operations.door import Asked, clear, reserve, reserve_many
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.queries.invariants import count_broken
from qingshou.law.contact.terms import Channel, Purpose, Stop

NIGHT = at(13 * 60)  # half past eleven in the evening


def said(case, purpose, now=NOW):
    cleared = clear(person=case.borrower_id, channel=Channel.SMS, purpose=purpose, now=now)
    return cleared.value, [one.code for one in cleared.reasons]


def ask(case, now=NOW, key="asked"):
    note_inbound(borrower_id=case.borrower_id, channel=Channel.SMS, at=now, actor=SYSTEM, now=now, key=key)


def test_unasked_no_code_goes(users):
    case = debtor()
    assert said(case, Purpose.SERVICE) == ("REFUSED", ["NOT_ASKED_FOR"])
    ask(case)
    assert said(case, Purpose.SERVICE) == ("ALLOWED", [])
    assert said(case, Purpose.SERVICE, now=at(121))[0] == "REFUSED"


def test_asked_for_it_goes_at_night_where_nothing_else_may(users):
    case = debtor()
    ask(case, now=NIGHT)
    assert said(case, Purpose.SERVICE, now=NIGHT) == ("ALLOWED", [])
    assert said(case, Purpose.COLLECT, now=NIGHT)[0] == "REFUSED"


def test_codes_fill_no_counter_and_a_full_counter_stops_no_code(users, tenant):
    case = debtor()
    ask(case)
    for number in range(6):
        asked = Asked(borrower_id=case.borrower_id, channel=Channel.SMS, purpose=Purpose.SERVICE, key=f"c{number}")
        reserve(asked=asked, actor=SYSTEM, now=NOW)
    assert said(case, Purpose.COLLECT) == ("ALLOWED", [])
    asked = [Asked(borrower_id=case.borrower_id, channel=Channel.SMS, key=f"m{number}") for number in range(3)]
    assert [one.attempt is not None for one in reserve_many(asked=asked, actor=SYSTEM, now=NOW)] == [True, True, False]
    assert said(case, Purpose.SERVICE) == ("ALLOWED", [])
    assert Attempt.objects.filter(purpose="SERVICE").count() == 6
    broken = count_broken(tenant_id=tenant.id, on=DAY)
    assert {one.name: count for one, count in broken.items() if count} == {}


def test_a_stop_leaves_the_persons_own_page_open(users):
    case = debtor()
    ask(case)
    for kind in (Stop.CEASE, Stop.DISPUTE, Stop.VULNERABLE, Stop.BREATHING_SPACE):
        place_stop(borrower_id=case.borrower_id, kind=kind, actor=SYSTEM, now=NOW - timedelta(minutes=1))
    place_stop(borrower_id=case.borrower_id, kind=Stop.CHANNEL, channel="SMS", actor=SYSTEM, now=NOW)
    assert said(case, Purpose.SERVICE) == ("ALLOWED", [])
    place_stop(borrower_id=case.borrower_id, kind=Stop.DEATH, actor=SYSTEM, now=NOW)
    assert said(case, Purpose.SERVICE)[0] == "REFUSED"


def test_the_demo_has_requests_once(users, tenant):
    from qingshou.features.portal.models import PortalAsk
    from qingshou.interfaces.demo_portal import give_pages

    for number in range(23):
        debtor(f"g{number}", owner=users["COLLECTOR"])
    assert [give_pages(now=NOW), give_pages(now=NOW)] == [True, False]
    assert PortalAsk.objects.count() == 3
