"""The way in: link and code; whatever is not a good link, a good code and a good visit is one and the same page."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.conftest import make_users
from tests.integration.portal.rows import NOW, address_of, at, code_sent, debtor, door_of, enter, opened
from tests.told import told

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.contact.models import Attempt, Message
from qingshou.features.portal.errors import BadAsk
from qingshou.features.portal.models import PortalLink, PortalVisit
from qingshou.features.portal.operations import links
from qingshou.features.portal.operations.tokens import new_secret
from qingshou.features.repayment.models import OneTimeCode
from qingshou.tenancy.context import using

SECRETS = ("王小明", "1,200.50", "24,010", "Lp1", "示例银行", "CNY")


@pytest.fixture
def case():
    return debtor()


def actions(case):
    events = list_events(subject_kind="CASE", subject_id=case.id, limit=200)
    return [one.action for one in reversed(events) if one.action.startswith("PORTAL_")]


def test_a_link_and_a_code_open_the_page(case):
    client = Client()
    home = enter(client, case)
    page = client.get(home).content.decode()
    assert "1,200.50 CNY" in page
    assert "王小明" in page
    assert actions(case) == ["PORTAL_LINK_HANDED_OVER", "PORTAL_CODE_SENT", "PORTAL_ENTERED"]


def test_nothing_of_the_debt_is_told_before_the_code(case):
    client = Client()
    path = address_of(case)
    shown = client.get(path)
    door_of(client, path)
    waits = client.get("/my/alpha/code/")
    for page in (shown, waits, client.get("/my/alpha/")):
        assert [word for word in SECRETS if word in told(page.content)] == []
    assert "138****" in shown.content.decode()
    assert "p1@debtor.example" not in shown.content.decode()


def test_only_the_hash_of_a_token_and_of_a_secret_is_kept(case):
    client = Client()
    path = address_of(case)
    door_of(client, path)
    token, secret = path.rsplit("/", 1)[1], client.cookies["visit"].value
    assert PortalLink.objects.filter(token_hash=token).count() == 0
    assert PortalVisit.objects.filter(secret_hash=secret).count() == 0
    assert len(token) == len(secret) == 43
    digits = code_sent(client)
    assert OneTimeCode.objects.filter(code_hash__startswith=digits).count() == 0
    assert {len(code_hash) for code_hash in OneTimeCode.objects.values_list("code_hash", flat=True)} == {64}


def test_the_secret_changes_as_the_visit_opens(case):
    client = Client()
    path = address_of(case)
    door_of(client, path)
    before = client.cookies["visit"].value
    client.post("/my/alpha/code/", {"code": code_sent(client)})
    assert client.cookies["visit"].value != before
    stale = Client()
    stale.cookies["visit"] = before
    assert stale.get("/my/alpha/").status_code == 404


def test_the_cookie_and_the_answers_leak_nothing(case):
    client = Client()
    home = enter(client, case)
    cookie = client.cookies["visit"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["expires"]) == (True, "Lax", "/my/", "")
    answer = client.get(home)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "session" not in client.cookies


def nothing(answer):
    """Return the body of the page for no page, after looking that it is one."""
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"
    return answer.content


def broken_links(case, other_tenant):
    """Return one address of each kind that opens nothing."""
    expired = address_of(case, now=NOW - timedelta(days=7))
    revoked = address_of(case)
    row = PortalLink.objects.order_by("-made_at")[0]
    links.revoke_link(link_id=row.id, borrower_id=case.borrower_id, actor=SYSTEM, now=NOW)
    with using(other_tenant.id):
        make_users(other_tenant, "beta_")
        theirs = address_of(debtor("q1"))
    token = theirs.rsplit("/", 1)[1]
    return {
        "expired": expired, "revoked": revoked, "unknown": f"/my/alpha/{new_secret()}",
        "another lender's": f"/my/alpha/{token}", "no such lender": f"/my/nobody/{token}",
        "too short": "/my/alpha/abc", "no page at all": "/my/alpha/what/is/this", "nothing": "/my/",
    }  # fmt: skip


def test_every_link_that_is_not_good_gives_the_same_page(case, other_tenant):
    broken = broken_links(case, other_tenant)
    bodies = {name: nothing(Client().get(path)) for name, path in broken.items()}
    assert len(set(bodies.values())) == 1, {name: len(body) for name, body in bodies.items()}
    posted = {name: nothing(Client().post(path, {"way": "x"})) for name, path in broken.items()}
    assert set(posted.values()) == set(bodies.values())


def test_links_that_are_not_good_take_the_same_time(case, other_tenant):
    broken = broken_links(case, other_tenant)
    wanted = ("expired", "revoked", "unknown", "another lender's", "no such lender")
    client, taken_s = Client(), {name: [] for name in wanted}
    for _ in range(40):
        for name in wanted:
            begun = time.thread_time()  # what this process does: not what others do meanwhile
            client.get(broken[name])
            taken_s[name].append(time.thread_time() - begun)
    quickest = {name: min(each) for name, each in taken_s.items()}
    assert max(quickest.values()) < 1.5 * min(quickest.values()), quickest


def test_the_same_queries_are_asked_whatever_the_link(case, other_tenant):
    counts = {}
    for name, path in broken_links(case, other_tenant).items():
        if path.count("/") == 3 and len(path) > 40:
            with CaptureQueriesContext(connection) as asked:
                Client().get(path)
            counts[name] = len(asked)
    assert len(counts) == 5
    assert len(set(counts.values())) == 1, counts


def test_a_link_is_good_until_its_last_instant(case, clock):
    path = address_of(case)
    clock.move_to(NOW + timedelta(days=7) - timedelta(seconds=1))
    assert Client().get(path).status_code == 200
    clock.move_to(NOW + timedelta(days=7))
    assert Client().get(path).status_code == 404


def test_a_code_is_good_for_ten_minutes(case, clock):
    client = Client()
    door_of(client, address_of(case))
    digits = code_sent(client)
    clock.move_to(at(10))
    answer = client.post("/my/alpha/code/", {"code": digits})
    assert answer.status_code == 422
    clock.move_to(at(9.9))
    assert client.post("/my/alpha/code/", {"code": digits}).status_code == 302


def test_five_wrong_codes_and_the_right_one_no_longer_opens(case):
    client = Client()
    door_of(client, address_of(case))
    digits = code_sent(client)
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    for _ in range(5):
        answer = client.post("/my/alpha/code/", {"code": wrong})
        assert answer.status_code == 422
    assert client.post("/my/alpha/code/", {"code": digits}).status_code == 422
    # what comes after the last try is not recorded: by it anybody with a link could fill the record
    assert actions(case)[-6:] == ["PORTAL_CODE_SENT", *["PORTAL_CODE_REFUSED"] * 5]


def test_a_code_opens_once_and_only_its_own_visit(case):
    path, mine, theirs = address_of(case), Client(), Client()
    door_of(theirs, path)
    door_of(mine, path)
    digits = code_sent(mine)
    assert theirs.post("/my/alpha/code/", {"code": digits}).status_code == 422
    assert mine.post("/my/alpha/code/", {"code": digits}).status_code == 302
    assert mine.post("/my/alpha/code/", {"code": digits}).status_code == 404


def test_a_code_goes_through_the_door_as_an_answer_at_any_hour(case, clock):
    clock.move_to(at(12 * 60))  # half past ten in the evening
    client = Client()
    assert door_of(client, address_of(case, now=at(12 * 60))).status_code == 302
    out = Attempt.objects.get(direction="OUT")
    assert (out.purpose, out.channel) == ("SERVICE", "SMS")
    assert Attempt.objects.filter(direction="IN").count() == 1
    assert Message.objects.get().not_after_at == at(12 * 60 + 10)


def test_the_debtor_chooses_where_the_code_goes(case):
    client = Client()
    assert door_of(client, address_of(case), place=0).status_code == 302
    channels = set(Message.objects.values_list("channel", flat=True))
    door_of(client, address_of(case), place=1)
    assert set(Message.objects.values_list("channel", flat=True)) - channels
    assert "debt" not in opened(Message.objects.order_by("-queued_at")[0], "body").lower()


def throttled(tenant, **limits):
    """Set the limits; those not named are out of the way."""
    most = {"codes_per_link_hour": 20, "codes_per_link_day": 50, "codes_per_channel_day": 50,
            "codes_per_debtor_day": 50, "codes_per_address_hour": 1000}  # fmt: skip
    tenant.refresh_from_db()
    tenant.settings |= {"portal": {"throttle": most | limits}}
    tenant.save()


def sent(case):
    return Message.objects.count(), actions(case).count("PORTAL_CODE_NOT_SENT")


def looks(client, path, place=0):
    """Ask for a code, type a wrong one; gives all that can be seen of it, what is drawn by chance left out."""
    answer = door_of(client, path, place=place)
    typed = client.post("/my/alpha/code/", {"code": "000000"})
    pages = [client.get("/my/alpha/code/"), typed]
    chance = re.compile(rb'(name="csrfmiddlewaretoken" value="|nonce=")[^"]*')
    headers = sorted((key, value) for key, value in answer.headers.items() if key != "Content-Security-Policy")
    return (
        answer.status_code, headers, len(client.cookies["visit"].value), client.cookies["visit"]["path"],
        [(one.status_code, chance.sub(b"", one.content)) for one in pages],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "place"),
    [
        ({"codes_per_link_hour": 1}, 0),
        ({"codes_per_link_day": 1}, 1),
        ({"codes_per_channel_day": 1}, 0),
        ({"codes_per_debtor_day": 1}, 1),
    ],
)
def test_a_code_that_is_not_sent_looks_like_one_that_is(case, tenant, limits, place):
    throttled(tenant, **limits)
    path = address_of(case)
    assert looks(Client(), path) == looks(Client(), path, place)
    assert sent(case) == (1, 1)


def test_what_the_door_refuses_looks_like_a_code_that_is_sent(case, tenant):
    from qingshou.features.contact.operations.stops import place_stop
    from qingshou.law.contact.terms import Stop

    path = address_of(case)
    first = looks(Client(), path)
    place_stop(borrower_id=case.borrower_id, kind=Stop.DEATH, actor=SYSTEM, now=NOW)
    assert looks(Client(), path) == first
    assert sent(case) == (1, 1)


def queries_of(client, path, place=0):
    """Ask for a code and type a wrong one; gives how often the database was asked for either."""
    with CaptureQueriesContext(connection) as asking:
        door_of(client, path, place=place)
    with CaptureQueriesContext(connection) as typing:
        client.post("/my/alpha/code/", {"code": "000000"})
    return len(asking), len(typing)


@pytest.mark.parametrize("limit", ["codes_per_link_hour", "codes_per_link_day", "codes_per_debtor_day"])
def test_a_code_that_is_not_sent_takes_the_same_work(case, tenant, limit):
    """Time tells nothing where the same is done: sent or not, before the answer and on a wrong code."""
    throttled(tenant, **{limit: 2})
    path = address_of(case)
    door_of(Client(), path)  # what is read once a process is read
    asked, typed = queries_of(Client(), path)
    asked_in_vain, typed_in_vain = queries_of(Client(), path)
    assert sent(case) == (2, 1)
    assert typed_in_vain == typed
    assert asked <= asked_in_vain <= asked + NOTHING_TO_TELL


# the second transaction's own few: begin, the link found and locked, how many in vain
NOTHING_TO_TELL = 8


def test_what_was_rehearsed_leaves_nothing(case, tenant):
    throttled(tenant, codes_per_link_hour=1)
    path = address_of(case)
    door_of(Client(), path)
    kept = (Message.objects.count(), Attempt.objects.count(), job_count())
    door_of(Client(), path)
    assert (Message.objects.count(), Attempt.objects.count(), job_count()) == kept
    assert sent(case) == (1, 1)


def job_count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return cursor.fetchone()[0]


def test_no_digits_open_a_visit_whose_code_was_not_sent(case, tenant):
    throttled(tenant, codes_per_debtor_day=1)
    path, first, second = address_of(case), Client(), Client()
    door_of(first, path)
    door_of(second, path)
    assert second.post("/my/alpha/code/", {"code": code_sent(first)}).status_code == 422
    assert second.get("/my/alpha/").status_code == 404
    assert first.post("/my/alpha/code/", {"code": code_sent(first)}).status_code == 302


def test_codes_of_one_link_are_counted(case, clock):
    path = address_of(case)
    assert [door_of(Client(), path).status_code for _ in range(5)] == [302] * 5
    assert sent(case) == (4, 1)
    clock.move_to(NOW + timedelta(hours=1) - timedelta(seconds=1))
    door_of(Client(), path)
    assert sent(case) == (4, 2)
    clock.move_to(NOW + timedelta(hours=1))
    door_of(Client(), path)
    assert sent(case) == (5, 2)


@pytest.mark.parametrize("limit", ["codes_per_link_day", "codes_per_channel_day", "codes_per_debtor_day"])
def test_codes_of_a_day_are_counted_until_a_day_has_passed(case, tenant, clock, limit):
    throttled(tenant, **{limit: 2})
    path = address_of(case)
    for after, so_far in ((0, (1, 0)), (0, (2, 0)), (0, (2, 1)), (24 * 3600 - 1, (2, 2)), (24 * 3600, (3, 2))):
        clock.move_to(NOW + timedelta(seconds=after))
        door_of(Client(), path)
        assert sent(case) == so_far


def test_a_second_link_or_channel_gives_no_second_allowance(case, tenant):
    throttled(tenant, codes_per_channel_day=2, codes_per_debtor_day=3)
    first, second = address_of(case), address_of(case)
    for path, place, so_far in (
        (first, 0, (1, 0)),
        (second, 0, (2, 0)),
        (second, 0, (2, 1)),  # by text message no more, by whichever link
        (first, 1, (3, 1)),
        (second, 1, (3, 2)),  # to this debtor no more, by whichever way
    ):
        door_of(Client(), path, place=place)
        assert sent(case) == so_far
    other = debtor("p2")
    door_of(Client(), address_of(other))
    assert Message.objects.count() == 4


def test_who_asks_in_vain_again_and_again_is_told(case, tenant):
    throttled(tenant, codes_per_debtor_day=1, unsent_per_link_day=2)
    path = address_of(case)
    assert [door_of(Client(), path).status_code for _ in range(4)] == [302, 302, 302, 429]


def test_codes_from_one_address_are_counted(case, tenant):
    tenant.refresh_from_db()
    tenant.settings |= {"portal": {"throttle": {"codes_per_address_hour": 2}}}
    tenant.save()
    assert [door_of(Client(), address_of(case)).status_code for _ in range(3)] == [302, 302, 429]


def test_a_struck_number_and_anothers_number_are_not_offered(case):
    from qingshou.features.book.models import ContactPoint
    from qingshou.features.contact.operations.points import learn_point, strike_point
    from qingshou.law.contact.terms import Party

    phone, mail = ContactPoint.objects.filter(borrower=case.borrower_id).order_by("-channel")
    whose = {"borrower_id": case.borrower_id, "actor": SYSTEM, "now": NOW}
    strike_point(contact_point_id=phone.id, reason="WRONG_PERSON", **whose)
    path = address_of(case)
    assert re.findall(r'value="([0-9a-f-]{36})"', Client().get(path).content.decode()) == [str(mail.id)]
    learn_point(contact_point_id=mail.id, party=Party.THIRD, place=None, **whose)
    assert 'name="way"' not in Client().get(path).content.decode()
    assert nothing(Client().post(path, {"way": str(phone.id)}))


def test_a_visit_ends_when_left_alone_at_its_end_and_by_leaving(case, clock):
    client = Client()
    home = enter(client, case)
    clock.move_to(at(19.9))
    assert client.get(home).status_code == 200
    clock.move_to(at(39))
    assert client.get(home).status_code == 200
    clock.move_to(at(59))
    assert client.get(home).status_code == 404
    clock.move_to(at(60))
    again = Client()
    enter(again, case, now=at(60))
    for minutes in range(60, 180, 15):
        clock.move_to(at(minutes))
        assert again.get(home).status_code == 200
    clock.move_to(at(180))
    assert again.get(home).status_code == 404
    last = Client()
    enter(last, case, now=at(180))
    secret = last.cookies["visit"].value
    assert last.post(f"{home}leave/").status_code == 200
    assert last.cookies["visit"].value == ""
    last.cookies["visit"] = secret
    assert last.get(home).status_code == 404


def test_taking_a_link_back_ends_its_visits(case):
    client = Client()
    home = enter(client, case)
    row = PortalLink.objects.get()
    links.revoke_link(link_id=row.id, borrower_id=case.borrower_id, actor=SYSTEM, now=NOW)
    assert client.get(home).status_code == 404


def test_desk_and_debtor_never_mix(case, client_for):
    staff = client_for("COLLECTOR")
    assert staff.get("/my/alpha/").status_code == 404
    visitor = Client()
    home = enter(visitor, case)
    assert "/accounts/login/" in visitor.get("/worklist/").get("Location", "/accounts/login/")
    assert visitor.get("/requests/").status_code == 302
    enter(staff, case)
    page = staff.get(home).content.decode()
    assert "王小明" in page
    assert "collector" not in page.lower()
    staff.post(f"{home}leave/")
    assert staff.get("/requests/").status_code == 200


def test_the_visit_of_one_lender_opens_no_page_of_another(case, other_tenant):
    client = Client()
    enter(client, case)
    assert nothing(client.get("/my/beta/")) == nothing(Client().get("/my/nobody/"))


def test_pages_speak_the_debtors_language_until_another_is_chosen(case):
    client = Client()
    home = enter(client, case)
    assert '<html lang="zh-hans">' in client.get(home).content.decode()
    assert '<html lang="en">' in client.get(f"{home}?language=en").content.decode()
    assert '<html lang="en">' in client.get(home).content.decode()


def test_a_link_is_sent_through_the_door(case, users):
    link = links.send_link(case_id=case.id, channel="SMS", actor=SYSTEM, now=NOW, address="https://pay.example/")
    message = Message.objects.get()
    token = re.findall(r"https://pay\.example/my/alpha/([A-Za-z0-9_-]{43})", opened(message, "body"))
    assert links.find_link(token=token[0], now=NOW).id == link.id
    assert Attempt.objects.get().purpose == "COLLECT"
    with pytest.raises(BadAsk):
        links.send_link(case_id=case.id, channel="VISIT", actor=SYSTEM, now=NOW, address="https://pay.example/")


def test_a_refused_link_leaves_no_link(case):
    from qingshou.features.contact.errors import ContactRefused
    from qingshou.features.contact.models import Refusal
    from qingshou.features.contact.operations.stops import place_stop
    from qingshou.law.contact.terms import Stop

    place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    with pytest.raises(ContactRefused):
        links.send_link(case_id=case.id, channel="SMS", actor=SYSTEM, now=NOW, address="https://pay.example")
    assert (PortalLink.objects.count(), Refusal.objects.count()) == (0, 1)
