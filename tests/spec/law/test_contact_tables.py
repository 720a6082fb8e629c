"""Contact law against its tables: hours to the minute, counters below, at and above, the days around each change."""

from datetime import date, datetime

import pytest
from tests.spec.law.tables import HERE, cases

from qingshou.kernel.errors import NotCovered
from qingshou.law.contact.clock import closed_reasons
from qingshou.law.contact.door import contact_law, places, regions
from qingshou.law.contact.events import read_cases
from qingshou.law.contact.history import judge_history
from qingshou.law.contact.terms import Channel
from qingshou.law.contact.texts import TEXTS

NAMES = ("jurisdiction", "region", "collector_kind")


def law_of(case, on):
    named = {name: case[name] for name in NAMES if name in case}
    return contact_law(**named, on=on, drafts=frozenset(case.get("drafts", ())))


@pytest.mark.parametrize(("name", "case"), list(cases("hours")), ids=lambda one: one if isinstance(one, str) else "")
def test_hours(name, case):
    at = datetime.fromisoformat(str(case["at"]))
    reasons = closed_reasons(law_of(case, at.date()).hours, at, Channel(case.get("channel", "PHONE")))
    assert ("closed" if reasons else "open") == case["answer"], reasons
    own = name.partition(":")[0].replace("/", ".")
    assert not reasons or own in {one.article.instrument for one in reasons}


def event(text):
    day, clock, channel, outcome, number, person = text.split()
    return {"date": day, "time": clock, "channel": channel, "direction": "outbound", "placed_by": "agency",
            "number": number, "person": person, "debts": ["D1"], "outcome": outcome}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), list(cases("counters")), ids=lambda one: one if isinstance(one, str) else "")
def test_counters(name, case):
    before = [event(text) for times, text in case["before"] for _ in range(times)]
    (history,) = read_cases([*before, event(case["then"])])
    last = judge_history(history, lambda day: law_of(case, day))[-1]
    codes = [one.code for one in last.reasons]
    if case["answer"] == "allowed":
        assert (last.verdict, codes) == ("allowed", [])
    else:
        assert last.verdict == "refused"
        assert case["answer"] in codes
        own = name.partition(":")[0].replace("/", ".")
        assert own in {one.article.instrument for one in last.reasons if one.code == case["answer"]}


@pytest.mark.parametrize(("name", "case"), list(cases("in_force")), ids=lambda one: one if isinstance(one, str) else "")
def test_days_around_each_change(name, case):
    assert name
    if case["answer"] == "NOT_COVERED":
        with pytest.raises(NotCovered):
            law_of(case, case["on"])
        return
    law = law_of(case, case["on"])
    found = {one.instrument for one in (*law.articles, *law.stops.values())}
    wanted = case["answer"].removeprefix("not ")
    assert (wanted in found) is not case["answer"].startswith("not ")


def test_every_text_has_its_tables():
    for text in TEXTS:
        if not text.is_aside:
            folder = HERE / text.law.id.replace(".", "/")
            assert (folder / "hours.yaml").is_file(), text.law.id
            assert (folder / "in_force.yaml").is_file(), text.law.id


@pytest.mark.parametrize("place", places())
def test_every_number_and_rule_carries_its_article(place):
    for region in ("", *regions(place)):
        law = contact_law(jurisdiction=place, region=region, on=date(2026, 11, 23))
        known = {text.law.id for text in TEXTS}
        assert law.articles or law.stops
        assert {one.instrument for one in (*law.articles, *law.stops.values())} <= known
