"""The front door to contact law: what applies where, refusals, regions by any spelling, two texts on third persons."""

import time as clocks
from datetime import date, datetime, time

import pytest

from qingshou.kernel.errors import BadInput, NotCovered
from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.contact.build import TIMED, weakest
from qingshou.law.contact.clock import next_opening
from qingshou.law.contact.door import DRAFTS, contact_law, places, regions
from qingshou.law.contact.regions import region_code
from qingshou.law.contact.shape import ContactLaw, DayClass, Hours, Window
from qingshou.law.contact.terms import Channel, Stop

ON = date(2026, 11, 23)


# the person's own clock, without a zone
local = datetime.fromisoformat


def texts(law):
    return {one.instrument for one in (*law.articles, *law.stops.values())}


def test_every_place_of_the_facts_is_here():
    assert places() == (
        "brazil", "chile", "china", "colombia", "hongkong", "india", "indonesia", "japan", "kenya", "korea", "mexico",
        "nigeria", "philippines", "taiwan", "thailand", "uk", "us", "vietnam",
    )  # fmt: skip
    assert regions("us") == ("MA",)
    assert regions("brazil") == ("AL", "AM", "ES", "RJ", "SP")
    assert regions("china") == ()
    assert frozenset({"india.rbi_conduct_draft"}) == DRAFTS


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"jurisdiction": "atlantis"}, BadInput, "No contact rules are entered for 'atlantis'"),
        ({"collector_kind": "FRIEND"}, BadInput, "COLLECTOR, CREDITOR"),
        ({"drafts": frozenset({"x.y"})}, BadInput, "india.rbi_conduct_draft"),
        ({"on": date(2021, 11, 29)}, NotCovered, "from 2021-11-30"),
        ({"on": date(2021, 11, 29), "region": "MA", "collector_kind": "CREDITOR"}, NotCovered, "contact in us"),
        ({"jurisdiction": "china", "on": date(2025, 2, 27)}, NotCovered, "from 2025-02-28"),
        ({"jurisdiction": "uk", "on": date(2014, 3, 31)}, NotCovered, "from 2014-04-01"),
    ],
)
def test_refusals(change, error, words):
    with pytest.raises(error) as refused:
        contact_law(**{"jurisdiction": "us", "on": ON} | change)
    assert words in refused.value.message


def test_a_creditor_is_bound_by_massachusetts_but_not_by_regulation_f():
    for region, collector, creditor in (
        ("MA", {"us.reg_f", "us.massachusetts_debt"}, {"us.massachusetts_debt"}),
        ("NY", {"us.reg_f"}, set()),
        ("", {"us.reg_f"}, set()),
    ):
        assert texts(contact_law(jurisdiction="us", region=region, on=ON)) == collector
        assert texts(contact_law(jurisdiction="us", region=region, on=ON, collector_kind="CREDITOR")) == creditor


@pytest.mark.parametrize(
    ("place", "region", "code"),
    [
        ("us", "MA", "MA"), ("us", "ma", "MA"), ("us", " Massachusetts ", "MA"), ("us", "US-MA", "MA"),
        ("us", "new york", "NY"), ("us", "Masachusets", None), ("us", "", ""), ("us", "  ", ""),
        ("brazil", "São Paulo", "SP"), ("brazil", "sao paulo", "SP"), ("brazil", "BR-SP", "SP"),
        ("brazil", "ESPÍRITO SANTO", "ES"), ("brazil", "espirito-santo", "ES"), ("brazil", "MA", "MA"),
        ("brazil", "Lisboa", None), ("china", "江苏省", "江苏省"), ("china", "", ""), ("india", "Kerala", "Kerala"),
    ],
)  # fmt: skip
def test_regions_are_read_as_address_books_spell_them(place, region, code):
    assert region_code(place, region) == code


def test_a_misspelt_region_is_judged_by_the_texts_of_all_parts():
    assert len(contact_law(jurisdiction="brazil", region="Sao Paolo", on=ON).hours) == 5
    assert len(contact_law(jurisdiction="brazil", region="São Paulo", on=ON).hours) == 1
    assert contact_law(jurisdiction="brazil", region="Bahia", on=ON).hours == ()


def test_all_texts_of_a_place_apply_together():
    before, after = (contact_law(jurisdiction="china", on=day) for day in (date(2026, 1, 29), date(2026, 1, 30)))
    assert [cap.code for cap in before.caps] == ["CONVERSATIONS_A_DAY"]
    assert [cap.code for cap in after.caps] == ["CONVERSATIONS_A_DAY", "DIALS_A_DAY"]
    assert after.stops[Stop.THIRD_REFUSED].instrument == "china.gbt_45251"
    assert after.stops[Stop.HARDSHIP].instrument == "china.card_2011"


def test_when_a_debtor_is_unreachable_is_measured_once_the_guidance_says_it():
    (standard,) = contact_law(jurisdiction="china", on=date(2026, 1, 29)).third_persons
    assert (standard.failed_dials, standard.failed_days, standard.if_dead_or_incapable) == (None, None, True)
    standard, guidance = contact_law(jurisdiction="china", on=date(2026, 1, 30)).third_persons
    assert (standard.failed_dials, standard.failed_days) == (guidance.failed_dials, guidance.failed_days) == (3, 3)
    assert (standard.if_dead_or_incapable, guidance.if_dead_or_incapable) == (True, False)


def test_stops_rest_on_their_texts():
    uk = contact_law(jurisdiction="uk", on=ON).stops
    assert uk[Stop.BREATHING_SPACE] == Article("uk.breathing_space", "7(7)(l), 11(1)", Confidence.READ)
    assert Stop.BREATHING_SPACE not in contact_law(jurisdiction="uk", on=date(2021, 5, 3)).stops
    assert contact_law(jurisdiction="us", on=ON).stops[Stop.BANKRUPTCY].confidence is Confidence.SECONDARY
    assert contact_law(jurisdiction="hongkong", on=ON).stops[Stop.BANKRUPTCY].confidence is Confidence.SECONDARY


def test_what_is_unverified_says_so():
    for place in ("japan", "korea", "taiwan"):
        (hours,) = contact_law(jurisdiction=place, on=ON).hours
        assert hours.article.confidence is Confidence.UNVERIFIED
    assert weakest([Article("a", "1", Confidence.READ), Article("b", "2", Confidence.SECONDARY)]).instrument == "b"


def test_it_is_asked_a_thousand_times_a_second():
    contact_law(jurisdiction="us", region="MA", on=ON)
    start = clocks.process_time()
    for _ in range(10_000):
        contact_law(jurisdiction="us", region="MA", on=ON)
    # ten times slower than seen here still leaves a hundred thousand a second
    assert clocks.process_time() - start < 1


def test_a_day_that_never_opens_has_no_next_opening():
    shut = Hours(Article("x.y", "1", Confidence.READ), dict.fromkeys(DayClass), TIMED)
    law = ContactLaw(place="x", on=ON, hours=(shut,))
    assert next_opening(lambda _day: law, local("2026-11-23T12:00"), Channel.PHONE) is None
    assert next_opening(lambda _day: law, local("2026-11-23T12:00"), Channel.POST) == local("2026-11-23T12:00")


def test_the_next_opening_holds_all_texts_and_the_law_of_its_own_day():
    article = Article("x.y", "1", Confidence.READ)
    early = Hours(article, dict.fromkeys(DayClass, Window(time(8), time(12))), TIMED)
    late = Hours(article, dict.fromkeys(DayClass, Window(time(11), time(20), opens_after=True)), TIMED)
    both = ContactLaw(place="x", on=ON, hours=(early, late))
    at = local("2026-11-23T09:00")
    assert next_opening(lambda _day: both, at, Channel.PHONE) == local("2026-11-23T11:01")
    assert next_opening(lambda _day: both, local("2026-11-23T12:00"), Channel.PHONE) == local("2026-11-24T11:01")
    only_early = ContactLaw(place="x", on=ON, hours=(early,))
    assert next_opening(lambda day: both if day == ON else only_early, local("2026-11-23T13:00"), Channel.PHONE) == (
        local("2026-11-24T08:00")
    )


def test_agreement_opens_the_hours_only_where_the_text_says_so():
    agreed = {place for place in places() for one in contact_law(jurisdiction=place, on=ON).hours if one.by_consent}
    assert agreed == {"china", "indonesia", "philippines", "us"}
