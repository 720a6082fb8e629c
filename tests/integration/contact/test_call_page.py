"""The call page: nothing of the debt in any response before identity passes, no dial link at a closed door."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.integration.contact.rows import DAY, NOW, make_debtor
from tests.told import told

from qingshou.access.actors import actor_of
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.contact.models import Attempt, Call, PromiseTaken
from qingshou.features.contact.operations import calls
from qingshou.features.contact.operations.calls import PromiseGiven
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Stop

# what a page would leak by: each stands nowhere but in the debt
CANARIES = ("98,765.43", "98765.43", "LOAN-CANARY-77", "CANARYPRODUCT", "1,975,308", "4,321.00", "73 ", "2026-09-11")


@pytest.fixture
def at(monkeypatch):
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOW)
    return set_clock


@pytest.fixture
def case(users):
    made = make_debtor("p1", national_id="11010519491231002X", arrears="98765.43", overdue_days=73,
                       owner=users["COLLECTOR"])  # fmt: skip
    Loan.objects.filter(borrower=made.borrower_id).update(loan_ref="LOAN-CANARY-77", product="CANARYPRODUCT")
    # an earlier promise, of which the page must not speak either
    me = actor_of(users["TEAM_LEAD"])
    earlier = NOW - timedelta(days=2)
    call = calls.begin_call(case_id=made.id, contact_point_id=number_of(made).id, actor=me, now=earlier).call
    calls.pass_identity(call_id=call.id, heard=["NAME"], said={"NATIONAL_ID_LAST4": "002X"}, actor=me, now=earlier)
    calls.save_call(call_id=call.id, outcome="PROMISE", reason="FORGOT", next_action="", next_action_on=None, actor=me,
                    now=earlier, promise=PromiseGiven(Decimal("4321.00"), DAY, "CARD"))  # fmt: skip
    return made


def number_of(case):
    return case.borrower.contact_points.get(channel="PHONE", position=1)


def path(case, name=""):
    return f"/cases/{case.id}/call/{name}"


def post(client, case, name, **fields):
    return client.post(path(case, name), fields, headers={"Accept-Language": "en"})


def read(client, case, name=""):
    return client.get(path(case, name), headers={"Accept-Language": "en"})


def begin(client, case):
    return post(client, case, "begin", contact_point=str(number_of(case).id), tone="FRIENDLY")


def leaks(response) -> list[str]:
    text = response.content.decode()
    return [one for one in CANARIES if one in text]


def test_before_identity_no_response_holds_anything_of_the_debt(client_for, case, at):
    client = client_for("COLLECTOR")
    responses = [read(client, case), read(client, case, "light"), begin(client, case), read(client, case)]
    for branch in ("SPEAKING", "PASSED", "LISTENS", "UNDO", "HOSTILE"):
        responses.append(
            client.post(path(case, "step"), {"branch": branch}, headers={"HX-Request": "true", "Accept-Language": "en"})
        )
    responses.append(post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="1111"))
    responses.append(read(client, case))
    responses.append(post(client, case, "save", outcome="PROMISE", promise_amount="1", promise_due_on="2026-11-30"))
    responses.append(read(client, case, "light"))
    assert [leaks(one) for one in responses] == [[] for _ in responses]
    assert {one.status_code for one in responses} == {200, 302, 422}


def test_the_negative_control_after_identity_the_same_page_holds_it(client_for, case, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    answer = post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="002X")
    assert answer.status_code == 302
    assert {"98,765.43", "LOAN-CANARY-77", "CANARYPRODUCT", "4,321.00"} <= set(leaks(read(client, case)))


def test_the_amount_is_spoken_in_the_language_of_the_call_and_never_as_unknown(client_for, case, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="002X")
    assert "98,765.43元" in client.get(f"{path(case)}?language=zh-hans").content.decode()
    assert "98,765.43 CNY" in client.get(f"{path(case)}?language=en").content.decode()
    type(case).objects.filter(pk=case.pk).update(arrears=None)
    assert "(amount not on file)" in read(client, case).content.decode()


def test_what_was_typed_for_the_check_comes_back_nowhere(client_for, case, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="7766", said_BIRTH_DATE="1950-05-05")
    text = told(read(client, case).content)
    assert "7766" not in text
    assert "1950" not in text
    assert "do not fit" in text


def test_a_closed_door_says_why_and_holds_no_link(client_for, case, at):
    at(NOW.replace(hour=15, minute=30))  # 23:30 in Shanghai
    client = client_for("COLLECTOR")
    text = read(client, case).content.decode()
    assert "Do not call now" in text
    assert "It is 23:30 in Asia/Shanghai; contact is allowed from 08:00 to 22:00." in text
    assert "Allowed again from 2026-11-24 08:00" in text
    assert not re.search(r"tel:|sip:|call/begin\" *>|data-begin", text)
    answer = begin(client, case)
    assert answer.status_code == 302
    assert Call.objects.filter(saved_at__isnull=True).count() == 0
    assert "It is 23:30" in read(client, case).content.decode()  # told why, once more


def test_a_stop_closes_every_number(client_for, case, users, at):
    place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=actor_of(users["COLLECTOR"]), now=NOW)
    text = read(client_for("COLLECTOR"), case).content.decode()
    assert "A stop is in force: Refuses further contact." in text
    assert "data-begin" not in text
    assert "There is no time to come" in text


def test_the_number_is_masked_until_the_call_is_counted(client_for, case, at):
    client = client_for("COLLECTOR")
    before = read(client, case).content.decode()
    assert "tel:" not in before
    assert re.search(r"138\*{4}\d{4}|\*{4}", before)
    begin(client, case)
    after = read(client, case).content.decode()
    assert re.search(r'href="tel:\+86138\d{8}"', after)
    assert Attempt.objects.filter(outcome="PENDING").count() == 1


def test_counters_and_the_debtors_clock_stand_on_the_page(client_for, case, at):
    text = read(client_for("COLLECTOR"), case).content.decode()
    assert "conversations a day" in text
    assert "dials of this number a day" in text
    assert ">10:30<" in text
    assert "Asia/Shanghai" in text


def test_a_whole_call_over_the_pages(client_for, case, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    post(client, case, "step", branch="SPEAKING")
    post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="002X")
    for branch in ("LISTENS", "REASON_GIVEN", "ACCEPTS"):
        said = client.post(path(case, "step"), {"branch": branch}, headers={"HX-Request": "true"})
        assert said.status_code == 200
    ended = client.post(path(case, "step"), {"branch": "AGREED"}, headers={"HX-Request": "true"})
    assert 'data-ending="PROMISE"' in ended.content.decode()
    answer = post(client, case, "save", outcome="PROMISE", reason="FORGOT", options="PAY_NOW", note="pays on Friday",
                  promise_amount="1,200.50", promise_due_on="2026-11-27", promise_pay_by="APP")  # fmt: skip
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{case.id}/"
    newest = PromiseTaken.objects.order_by("-taken_at").first()
    assert (newest.amount, str(newest.due_on)) == (Decimal("1200.50"), "2026-11-27")


def test_what_is_missing_is_shown_at_its_place_and_what_was_typed_stays(client_for, case, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="002X")
    answer = post(client, case, "save", outcome="PROMISE", note="half a thought", promise_amount="12,x",
                  promise_due_on="2026-11-27")  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the amount as a number, for example 1,200.50." in text
    assert "half a thought" in text
    assert 'value="12,x"' in text
    answer = post(client, case, "save", outcome="CONVERSATION", note="half a thought")
    text = answer.content.decode()
    assert "choose the reason for the arrears" in text
    assert "Choose what comes next." in text


def test_taking_back_and_what_cannot_be_taken_back(client_for, case, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    post(client, case, "abandon")
    assert "Taken back" in read(client, case).content.decode()
    begin(client, case)
    post(client, case, "identity", heard="NAME", said_NATIONAL_ID_LAST4="002X")
    post(client, case, "abandon")
    assert "This call was made: write it up" in read(client, case).content.decode()


def test_an_open_call_elsewhere_is_shown_and_holds_up_only_calls(client_for, case, users, at):
    client = client_for("COLLECTOR")
    begin(client, case)
    other = make_debtor("p2", owner=users["COLLECTOR"])
    text = read(client, other).content.decode()
    assert f"Your call on case {case.number} is not written up" in text
    assert "data-begin" not in text
    assert client.get(f"/cases/{other.id}/").status_code == 200
    assert case.number in client.get("/contact/calls/").content.decode()


@pytest.mark.parametrize("name", ["", "light"])
@pytest.mark.parametrize(
    ("role", "status"), [("COLLECTOR", 200), ("TEAM_LEAD", 200), ("LEGAL_OFFICER", 404), ("RISK_OFFICER", 403)]
)
def test_only_who_works_the_case_calls(client_for, case, at, name, role, status):
    assert read(client_for(role), case, name).status_code == status


@pytest.mark.parametrize("name", ["begin", "abandon", "identity", "step", "save"])
@pytest.mark.parametrize(("role", "status"), [("LEGAL_OFFICER", 404), ("RISK_OFFICER", 403)])
def test_only_who_works_the_case_acts_on_a_call(client_for, case, at, name, role, status):
    assert post(client_for(role), case, name).status_code == status


@pytest.mark.parametrize("name", ["abandon", "identity", "save"])
def test_acts_without_an_open_call_say_so(client_for, case, at, name):
    client = client_for("COLLECTOR")
    assert post(client, case, name).status_code == 302
    assert "There is no open call on this case" in read(client, case).content.decode()


def test_the_script_is_spoken_in_the_debtors_language(client_for, users, at):
    case = make_debtor("p3", language="en", owner=users["COLLECTOR"])
    client = client_for("COLLECTOR")
    begin(client, case)
    text = read(client, case).content.decode()
    assert "am I speaking to 王小明?" in text
    switched = client.get(path(case), {"language": "zh-hant"}, headers={"Accept-Language": "en"}).content.decode()
    assert "請問是王小明嗎" in switched
