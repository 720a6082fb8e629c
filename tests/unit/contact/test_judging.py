"""The door's judgement by table: every place's hours, counters and pauses, below, at and above each limit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from qingshou.features.contact.rules.facts import ConsentFact, Facts, Past, StopFact
from qingshou.features.contact.rules.house import house_policy
from qingshou.features.contact.rules.judging import judge
from qingshou.features.contact.rules.local import next_open, start_of
from qingshou.features.contact.rules.zones import zones_of_person
from qingshou.kernel.errors import Misconfigured
from qingshou.law.contact.door import contact_law, places
from qingshou.law.contact.terms import Channel, Outcome, Party, Purpose, Stop

POLICY = house_policy({})
DEBT, OTHER = UUID(int=1), UUID(int=2)
NUMBER = b"n"


def at(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def facts(when, zone, *, channel=Channel.PHONE, past=(), **more):
    values = {
        "purpose": Purpose.COLLECT,
        "party": Party.DEBTOR,
        "point_index": NUMBER,
        "debts": frozenset({DEBT}),
    } | more
    return Facts(at=when, channel=channel, zones=(zone,), past=tuple(past), **values)


def verdict(place, region, one, *, kind="COLLECTOR"):
    law = contact_law(jurisdiction=place, region=region, on=one.at.astimezone(ZoneInfo(one.zones[0])).date(),
                      collector_kind=kind)  # fmt: skip
    return judge(one, law, POLICY)


def codes(clearance):
    return {one.code for one in clearance.reasons}


HOURS = [
    # place, region, zone, a weekday's first closed and first open minute, and last open and first closed minute
    ("china", "", "Asia/Shanghai", "07:59", "08:00", "21:59", "22:00"),
    ("us", "", "America/New_York", "08:00:00", "08:00:01", "20:59:59", "21:00:00"),
    ("india", "", "Asia/Kolkata", "07:59", "08:00", "18:59", "19:00"),
    ("philippines", "", "Asia/Manila", "05:59", "06:00", "21:59", "22:00"),
    ("indonesia", "", "Asia/Jakarta", "07:59", "08:00", "19:59", "20:00"),
    ("mexico", "", "America/Mexico_City", "06:59", "07:00", "21:59", "22:00"),
    ("brazil", "SP", "America/Sao_Paulo", "07:59", "08:00", "19:59", "20:00"),
    ("brazil", "RJ", "America/Sao_Paulo", "08:59", "09:00", "18:59", "19:00"),
    ("colombia", "", "America/Bogota", "06:59", "07:00", "18:59", "19:00"),
    ("chile", "", "America/Santiago", "07:59", "08:00", "19:59", "20:00"),
    ("thailand", "", "Asia/Bangkok", "07:59", "08:00", "19:59", "20:00"),
    ("vietnam", "", "Asia/Ho_Chi_Minh", "06:59", "07:00", "20:59", "21:00"),
    ("japan", "", "Asia/Tokyo", "07:59", "08:00", "20:59", "21:00"),
    ("taiwan", "", "Asia/Taipei", "06:59", "07:00", "21:59", "22:00"),
    ("uk", "", "Europe/London", "07:59", "08:00", "19:59", "20:00"),  # the house's: the text says 'reasonable'
]


@pytest.mark.parametrize(("place", "region", "zone", "closed", "opens", "last", "over"), HOURS)
def test_hours_of_every_place(place, region, zone, closed, opens, last, over):
    day = "2026-11-25T"  # a Wednesday
    for clock, is_open in ((closed, False), (opens, True), (last, True), (over, False)):
        found = verdict(place, region, facts(at(day + clock, zone), zone))
        assert ("OUTSIDE_HOURS" not in codes(found)) is is_open, clock
    early = verdict(place, region, facts(at(day + closed, zone), zone))
    assert early.next_at == at(day + opens, zone)


@pytest.mark.parametrize("place", places())
def test_every_place_has_an_answer_at_noon_and_none_at_three_at_night(place):
    zone = zones_of_person(said="", on_tape="", jurisdiction=place, region="", of_number=(), of_lender="UTC")[0]
    noon = verdict(place, "", facts(at("2026-11-25T12:00", zone), zone))
    night = verdict(place, "", facts(at("2026-11-25T03:00", zone), zone))
    assert "OUTSIDE_HOURS" not in codes(noon)
    assert "OUTSIDE_HOURS" in codes(night)


@pytest.mark.parametrize(
    ("place", "region", "zone", "day", "is_open"),
    [
        ("brazil", "SP", "America/Sao_Paulo", "2026-11-28T13:59", True),  # Saturday until 14:00
        ("brazil", "SP", "America/Sao_Paulo", "2026-11-28T14:00", False),
        ("brazil", "SP", "America/Sao_Paulo", "2026-11-29T10:00", False),  # Sunday
        ("brazil", "SP", "America/Sao_Paulo", "2026-12-25T10:00", False),  # a holiday on a Friday
        ("colombia", "", "America/Bogota", "2026-11-28T14:59", True),
        ("colombia", "", "America/Bogota", "2026-11-28T15:00", False),
        ("chile", "", "America/Santiago", "2026-11-29T10:00", False),
        ("thailand", "", "Asia/Bangkok", "2026-11-28T18:30", False),
        ("china", "", "Asia/Shanghai", "2026-10-01T10:00", True),  # the national day: the text knows no holidays
    ],
)
def test_weekends_and_holidays(place, region, zone, day, is_open):
    assert ("OUTSIDE_HOURS" not in codes(verdict(place, region, facts(at(day, zone), zone)))) is is_open


def calls(zone, *days_ago, outcome=Outcome.NO_ANSWER, now="2026-11-25T10:00", **more):
    made = []
    for ago in sorted(days_ago):
        when = at(now, zone) - timedelta(days=ago, minutes=1)
        day = when.astimezone(ZoneInfo(zone)).date()
        values = {"point_index": NUMBER, "debts": frozenset({DEBT})} | more
        made.append(Past(when, day, more.get("channel", Channel.PHONE), outcome,
                         **{k: v for k, v in values.items() if k != "channel"}))  # fmt: skip
    return made


def phone(place, zone, past, *, now="2026-11-25T10:00", kind="COLLECTOR", **more):
    return verdict(place, "", facts(at(now, zone), zone, past=past, **more), kind=kind)


NY = "America/New_York"


@pytest.mark.parametrize(
    ("days_ago", "refused"),
    [((6, 5, 4, 3, 2, 1), False), ((6, 5, 4, 3, 2, 1, 0), True), ((7, 6, 5, 4, 3, 2, 1), False), ((0,) * 7, True)],
)
def test_seven_in_seven_days(days_ago, refused):
    found = phone("us", NY, calls(NY, *days_ago))
    assert ("CAP_REACHED" in codes(found)) is refused


def test_seven_in_seven_counts_each_debt_and_each_collector():
    past = calls(NY, *(0,) * 7)
    assert "CAP_REACHED" in codes(phone("us", NY, past))
    assert "CAP_REACHED" not in codes(phone("us", NY, past, debts=frozenset({OTHER})))
    assert "CAP_REACHED" in codes(phone("us", NY, past, debts=frozenset({OTHER, DEBT})))
    assert "CAP_REACHED" not in codes(phone("us", NY, past, collector="agency"))
    not_connected = calls(NY, *(0,) * 7, outcome=Outcome.BUSY)
    assert "CAP_REACHED" not in codes(phone("us", NY, not_connected))
    assert phone("us", NY, past, kind="CREDITOR").value == "ALLOWED"  # Regulation F binds third parties only


@pytest.mark.parametrize(("ago", "refused"), [(0, True), (1, True), (6, True), (7, False)])
@pytest.mark.parametrize("is_ours", [True, False])
def test_seven_days_after_a_conversation_whoever_began_it(ago, refused, is_ours):
    past = calls(NY, ago, outcome=Outcome.CONVERSATION, is_ours=is_ours)
    found = phone("us", NY, past)
    assert ("AFTER_CONVERSATION" in codes(found)) is refused
    if refused:
        free = date(2026, 11, 25) + timedelta(days=7 - ago)
        assert found.next_at == at(f"{free}T08:00:01", NY)
    assert "AFTER_CONVERSATION" not in codes(phone("us", NY, past, debts=frozenset({OTHER})))


def test_consent_to_more_calls_ends_with_the_next_conversation():
    now = at("2026-11-25T10:00", NY)
    talk = calls(NY, 1, outcome=Outcome.CONVERSATION, is_ours=False)
    consent = ConsentFact("CALLS", True, talk[0].at)
    assert phone("us", NY, talk, consents=(consent,)).value == "ALLOWED"
    later = replace(talk[0], at=now - timedelta(hours=1), is_ours=True)
    assert "AFTER_CONVERSATION" in codes(phone("us", NY, [later, *talk], consents=(consent,)))
    ended = replace(consent, until_at=now)
    assert "AFTER_CONVERSATION" in codes(phone("us", NY, talk, consents=(ended,)))


def test_massachusetts_counts_calls_and_texts_of_creditors_too():
    past = calls(NY, 1, 0)
    one = facts(at("2026-11-25T10:00", NY), NY, past=past)
    assert "CAP_REACHED" in codes(verdict("us", "MA", one, kind="CREDITOR"))
    assert "CAP_REACHED" not in codes(verdict("us", "NY", one, kind="CREDITOR"))


@pytest.mark.parametrize(("count", "refused"), [(2, False), (3, True)])
def test_three_conversations_a_day_in_china(count, refused):
    past = calls("Asia/Shanghai", *(0,) * count, outcome=Outcome.CONVERSATION, point_index=b"another")
    assert ("CAP_REACHED" in codes(phone("china", "Asia/Shanghai", past))) is refused
    yesterday = calls("Asia/Shanghai", *(1,) * count, outcome=Outcome.CONVERSATION)
    assert phone("china", "Asia/Shanghai", yesterday).value == "ALLOWED"


@pytest.mark.parametrize(
    ("on", "refused"), [("2026-01-29", False), ("2026-01-30", True), ("2026-01-31", True)]
)  # the guidance of 2026-01-30: six dials of a number
def test_the_day_before_of_and_after_a_new_text(on, refused):
    zone, now = "Asia/Shanghai", f"{on}T10:00"
    past = calls(zone, *(0,) * 6, now=now)
    assert ("CAP_REACHED" in codes(phone("china", zone, past, now=now))) is refused


def test_thailand_once_a_day_and_vietnam_five():
    assert "CAP_REACHED" in codes(phone("thailand", "Asia/Bangkok", calls("Asia/Bangkok", 0)))
    assert phone("thailand", "Asia/Bangkok", calls("Asia/Bangkok", 1)).value == "ALLOWED"
    zone = "Asia/Ho_Chi_Minh"
    assert "CAP_REACHED" not in codes(phone("vietnam", zone, calls(zone, *(0,) * 4)))
    assert "CAP_REACHED" in codes(phone("vietnam", zone, calls(zone, *(0,) * 5)))


def test_chile_two_days_apart_and_colombia_one_channel_a_week():
    zone = "America/Santiago"
    mail = calls(zone, 1, channel=Channel.EMAIL, outcome=Outcome.SENT)
    found = verdict("chile", "", facts(at("2026-11-25T10:00", zone), zone, channel=Channel.EMAIL, past=mail))
    assert "GAP" in codes(found)
    zone = "America/Bogota"
    found = phone("colombia", zone, calls(zone, 1, channel=Channel.EMAIL, outcome=Outcome.SENT))
    assert "OTHER_CHANNEL_THIS_WEEK" in codes(found)
    assert found.next_at == at("2026-11-30T07:00", zone)  # Monday
    last_week = calls(zone, 3, channel=Channel.EMAIL, outcome=Outcome.SENT)  # Sunday
    assert "OTHER_CHANNEL_THIS_WEEK" not in codes(phone("colombia", zone, last_week))


def text(consents=(), *, now="2022-04-02T10:00", **more):
    one = facts(at(now, NY), NY, channel=Channel.SMS, consents=consents, **more)
    return verdict("us", "", one)


@pytest.mark.parametrize(("now", "value"), [("2022-04-02T10:00", "ALLOWED"), ("2022-04-03T10:00", "REFUSED")])
def test_consent_to_texts_holds_sixty_days(now, value):
    given = ConsentFact("CHANNEL", True, at("2022-02-01T12:00", NY), channel="SMS")
    found = text((given,), now=now)
    assert found.value == value
    assert codes(text(now=now)) == {"NO_CONSENT"}


def test_an_answer_soon_after_the_person_wrote_comes_at_any_hour():
    zone, now = "Asia/Shanghai", "2026-11-25T23:30"
    wrote = Past(at("2026-11-25T23:20", zone), date(2026, 11, 25), Channel.SMS, Outcome.DELIVERED, is_ours=False)
    one = facts(at(now, zone), zone, channel=Channel.SMS, purpose=Purpose.ANSWER, past=(wrote,))
    assert verdict("china", "", one).value == "ALLOWED"
    assert "OUTSIDE_HOURS" in codes(verdict("china", "", replace(one, purpose=Purpose.COLLECT)))
    assert "OUTSIDE_HOURS" in codes(verdict("china", "", replace(one, at=one.at + timedelta(hours=3))))


def test_letters_have_no_hours():
    zone = "Asia/Shanghai"
    assert verdict("china", "", facts(at("2026-11-25T03:00", zone), zone, channel=Channel.POST)).value == "ALLOWED"


@pytest.mark.parametrize(("party", "refused"), [(Party.DEBTOR, True), (Party.ATTORNEY, False)])
def test_an_attorney_is_spoken_to_instead(party, refused):
    stop = StopFact(Stop.REPRESENTED, at("2026-11-01T00:00", NY))
    found = phone("us", NY, (), stops=(stop,), party=party)
    assert ("STOPPED" in codes(found)) is refused
    if refused:
        assert found.reasons[0].article.instrument.startswith("us.")


def test_a_guarantor_is_not_in_the_breathing_space_of_the_debtor():
    stop = StopFact(Stop.BREATHING_SPACE, at("2026-11-01T00:00", "Europe/London"))
    assert "STOPPED" in codes(phone("uk", "Europe/London", (), stops=(stop,)))
    assert phone("uk", "Europe/London", (), stops=(stop,), party=Party.GUARANTOR).value == "ALLOWED"


# --- clocks that change
def test_the_hour_that_spring_leaves_out_is_judged_by_the_instant():
    """New York, 2026-03-08: 01:59 is followed by 03:00. Open from 08:00:01, whatever the length of the night."""
    law = contact_law(jurisdiction="us", on=date(2026, 3, 8))
    before = datetime(2026, 3, 8, 6, 59, tzinfo=UTC)  # 01:59 standard time
    assert next_open(before, [NY], law.hours) == datetime(2026, 3, 8, 12, 0, 1, tzinfo=UTC)  # 08:00:01 summer time
    autumn = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 the first time
    assert next_open(autumn, [NY], law.hours) == datetime(2026, 11, 1, 13, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2024, 2, 29), date(2026, 12, 31), date(2026, 3, 8)])
def test_a_local_day_begins_at_its_own_midnight(zone, day):
    begins = start_of(day, zone)
    assert begins.astimezone(ZoneInfo(zone)).date() == day
    assert (begins - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == day - timedelta(days=1)


def test_eastern_mobile_and_pacific_address_open_at_eleven_eastern():
    zones = (NY, "America/Los_Angeles")
    one = replace(facts(at("2026-11-25T10:30", NY), NY), zones=zones)
    found = verdict("us", "", one)
    assert codes(found) == {"OUTSIDE_HOURS"}
    assert found.next_at == at("2026-11-25T11:00:01", NY)
    assert verdict("us", "", replace(one, at=at("2026-11-25T20:59", NY))).value == "ALLOWED"
    assert codes(verdict("us", "", replace(one, at=at("2026-11-25T21:00", NY)))) == {"OUTSIDE_HOURS"}


# --- the lender's own policy
def test_a_lender_may_be_stricter():
    policy = house_policy({"contact_policy": {"limits": [
        {"code": "CALLS_A_WEEK", "by": "PERSON", "channels": ["PHONE"], "most": 1, "days": 7}]}})  # fmt: skip
    zone = "Asia/Shanghai"
    law = contact_law(jurisdiction="china", on=date(2026, 11, 25))
    one = facts(at("2026-11-25T10:00", zone), zone, past=calls(zone, 3))
    assert codes(judge(one, law, policy)) == {"HOUSE_LIMIT"}
    assert judge(one, law, POLICY).value == "ALLOWED"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"limits": [{"code": "X"}]}, "limits.0"), ({"surprise": 1}, "Additional"), ({"hours": {}}, "hours")],
)
def test_a_policy_that_does_not_fit_clears_nothing(wrong, words):
    with pytest.raises(Misconfigured, match=words):
        house_policy({"contact_policy": wrong})
