"""The page of refused contacts: who may see it, what it says, at one row and at three with the same queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.operations.door import Asked, reserve_many
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.queries.refusals import RefusalFilter, count_refusals, door_totals
from qingshou.law.contact.terms import Channel, Stop


def refuse(count=1, kind=Stop.CEASE):
    case = make_debtor()
    place_stop(borrower_id=case.borrower_id, kind=kind, actor=SYSTEM, now=NOW)
    asked = [Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)] * count
    reserve_many(asked=asked, actor=SYSTEM, now=NOW)
    return case


@pytest.mark.parametrize(
    ("role", "status"), [("COMPLIANCE_OFFICER", 200), ("TEAM_LEAD", 200), ("COLLECTOR", 403), ("RISK_OFFICER", 403)]
)
def test_who_may_see_it(client_for, role, status):
    assert client_for(role).get("/contact/refusals/").status_code == status


def test_it_says_why_and_under_which_article(client_for, settings):
    case = refuse(kind=Stop.DISPUTE)
    page = (
        client_for("COMPLIANCE_OFFICER").get("/contact/refusals/", headers={"accept-language": "en"}).content.decode()
    )
    assert case.number in page
    assert "A stop is in force: Disputes the debt." in page
    assert "Rule of the house" in page


def test_a_reason_under_two_articles_is_said_once(client_for):
    case = make_debtor()
    night = NOW.replace(hour=16, minute=30)  # 00:30 in Shanghai
    asked = [Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)]
    reserve_many(asked=asked, actor=SYSTEM, now=night)
    page = client_for("COMPLIANCE_OFFICER").get("/contact/refusals/", headers={"accept-language": "en"})
    text = page.content.decode()
    assert text.count("It is 00:30 in Asia/Shanghai; contact is allowed from 08:00 to 22:00.") == 1
    assert "the system" in text  # who asked, in words


@pytest.mark.parametrize("rows", [1, 3])
def test_the_same_queries_at_any_number_of_rows(client_for, rows):
    refuse(rows)
    client = client_for("COMPLIANCE_OFFICER")
    client.get("/contact/refusals/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get("/contact/refusals/").status_code == 200
    assert len([one for one in asked.captured_queries if "set_config" not in one["sql"]]) <= 9


def test_filters_and_totals(tenant):
    refuse(2)
    refuse(1, Stop.DEATH)
    assert count_refusals(wanted=RefusalFilter()) == 3
    assert count_refusals(wanted=RefusalFilter(code="STOPPED", channel="PHONE")) == 3
    assert count_refusals(wanted=RefusalFilter(code="OUTSIDE_HOURS")) == 0
    assert count_refusals(wanted=RefusalFilter(until_at=NOW)) == 0
    totals = door_totals(from_at=NOW - timedelta(hours=1), until_at=NOW + timedelta(hours=1))
    assert (totals.allowed, totals.refused, totals.by_code) == (0, 3, {"STOPPED": 3})


def test_export_is_what_is_shown(client_for):
    case = refuse()
    reply = client_for("COMPLIANCE_OFFICER").get("/contact/refusals/?export=csv&cols=case,channel")
    body = b"".join(reply.streaming_content) if reply.streaming else reply.content
    assert case.number in body.decode("utf-8-sig")
