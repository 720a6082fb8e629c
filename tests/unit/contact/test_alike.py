"""Contacts judged together get what each would get alone: every place, random people, the edges of the hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some

from qingshou.features.contact.rules.alike import Alike
from qingshou.features.contact.rules.facts import ConsentFact, Facts, Past, StopFact
from qingshou.features.contact.rules.house import house_policy
from qingshou.features.contact.rules.judging import judge
from qingshou.features.contact.rules.local import local_date
from qingshou.law.contact.door import contact_law, places
from qingshou.law.contact.terms import Channel, Outcome, Party, Place, Purpose, Stop

POLICY = house_policy({})
ZONES = (("Asia/Shanghai",), ("America/New_York",), ("America/New_York", "America/Denver"), ("Europe/London",))
MORNING = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
# whole hours, and the instants just before and after: where hours open and close
INSTANTS = [
    MORNING + timedelta(hours=hour, microseconds=off) for hour in range(72) for off in (-1, 0, 1, 1_000_000)
]  # fmt: skip
PAST = Past(MORNING, MORNING.date(), Channel.SMS, Outcome.NO_ANSWER, debts=frozenset({UUID(int=1)}))


@some.composite
def people(draw):
    often = some.sampled_from([True, True, True, False])
    is_plain = draw(often)
    return Facts(
        at=draw(some.sampled_from(INSTANTS)),
        channel=draw(some.sampled_from([Channel.SMS, Channel.SMS, *Channel])),
        purpose=draw(some.sampled_from([Purpose.COLLECT, Purpose.COLLECT, *Purpose])),
        party=draw(some.sampled_from([Party.DEBTOR, Party.DEBTOR, *Party])),
        zones=draw(some.sampled_from(ZONES)),
        place=draw(some.sampled_from([Place.UNKNOWN, Place.UNKNOWN, *Place])),
        point_index=draw(some.sampled_from([None, b"a", b"b"])),
        has_point=draw(often), is_struck=not draw(often), employer_forbids=not draw(often),
        checked_at=None if draw(often) else MORNING, debts=draw(some.sampled_from([frozenset(), *_DEBTS])),
        is_minor=not draw(often), has_open_debt=draw(often), asked_from_minute=None if draw(often) else 600,
        asked_until_minute=None if draw(often) else 660, is_debtor_unreachable=not draw(often),
        past=() if is_plain else (PAST,),
        stops=() if draw(often) else (StopFact(Stop.CEASE, MORNING),),
        consents=() if draw(often) else (ConsentFact("HOURS", True, MORNING),),
    )  # fmt: skip


_DEBTS = (frozenset({UUID(int=1)}), frozenset({UUID(int=1), UUID(int=2)}))


@settings(max_examples=200, deadline=None)
@given(place=some.sampled_from(places()), batch=some.lists(people(), min_size=1, max_size=40))
def test_a_batch_is_judged_as_each_alone(place, batch):
    alike = Alike()
    for one in batch:
        law = contact_law(jurisdiction=place, on=local_date(one.at, one.zones[0]))
        alone = replace(judge(one, law, POLICY), person_id=UUID(int=8), point_id=UUID(int=9))
        assert alike.judge(one, law, POLICY, person_id=UUID(int=8), point_id=UUID(int=9)) == alone


def test_those_alike_share_what_the_first_was_told_and_keep_their_own():
    alike = Alike()
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    law = contact_law(jurisdiction="china", on=noon.date())
    told = [
        alike.judge(
            Facts(at=noon + timedelta(minutes=turn), channel=Channel.SMS, purpose=Purpose.COLLECT, party=Party.DEBTOR,
                  zones=("Asia/Shanghai",), point_index=b"%d" % turn, debts=frozenset({UUID(int=turn)})),
            law, POLICY, person_id=UUID(int=turn), point_id=None,
        )
        for turn in (1, 2)
    ]  # fmt: skip
    first, second = told
    assert second.left is first.left
    assert (first.point_index, second.point_index) == (b"1", b"2")
    assert (first.person_id, second.person_id) == (UUID(int=1), UUID(int=2))
    assert (first.debts, second.debts) == ((UUID(int=1),), (UUID(int=2),))
    assert second.next_at == noon + timedelta(minutes=2)
