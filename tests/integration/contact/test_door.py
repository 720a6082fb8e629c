"""The door: what it lets through, what it refuses with which reasons, and what it keeps."""

from datetime import datetime, timedelta

import pytest
from tests.integration.contact.rows import DAY, NOW, add_point, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.contact.errors import ContactRefused, NotNow
from qingshou.features.contact.models import Attempt, ContactPerson, PointState, Refusal
from qingshou.features.contact.operations.consents import record_consent, set_preferences
from qingshou.features.contact.operations.door import (
    Asked,
    clear,
    clear_many,
    note_inbound,
    release,
    reserve,
    reserve_many,
    settle,
    still_allowed,
)
from qingshou.features.contact.operations.points import learn_point, strike_point
from qingshou.features.contact.operations.stops import lift_stop, place_stop
from qingshou.law.contact.terms import Channel, Outcome, Party, Place, Purpose, Stop


def codes(clearance):
    return [one.code for one in clearance.reasons]


def ask(case, channel=Channel.PHONE, **more):
    return Asked(borrower_id=case.borrower_id, channel=channel, case_id=case.id, **more)


def call(case, *, at=NOW, outcome=Outcome.NO_ANSWER, **more):
    attempt = reserve(asked=ask(case, **more), actor=SYSTEM, now=at)
    settle(attempt_id=attempt.id, outcome=outcome, actor=SYSTEM, now=at)
    return attempt


def look(case, channel=Channel.PHONE, *, now=NOW, purpose=Purpose.COLLECT, **more):
    return clear(person=case.borrower_id, channel=channel, purpose=purpose, now=now, **more)


def test_an_allowed_call_says_what_is_left():
    case = make_debtor()
    found = look(case)
    assert (found.value, found.reasons, found.next_at) == ("ALLOWED", (), NOW)
    left = {one.code: (one.left, one.most) for one in found.left}
    assert left["ALL_A_DAY"] == (8, 8)
    assert sorted(most for _, most in left.values()) == [3, 6, 8]
    assert found.zone == "Asia/Shanghai"
    assert found.local_date == DAY
    assert Attempt.objects.count() == 0


def test_a_clearance_asks_the_database_twice_and_once_more_for_kin(django_assert_num_queries):
    """Whatever the number of debtors; kin are other debtors who bear the same number."""
    alone, one = make_debtor(), make_debtor(national_id="110101199003070011")
    known = [alone, make_debtor(), make_debtor()]
    for case in (*known, one):
        look(case)  # the zones of numbers are looked up once
    with django_assert_num_queries(2):
        alone_found = look(alone)
    with django_assert_num_queries(2):
        together = clear_many(asked=[ask(case) for case in known], now=NOW)
    with django_assert_num_queries(2):
        look(one)
    kin = make_debtor(national_id="110101199003070011")
    look(kin)
    with django_assert_num_queries(3):
        look(one)
    assert (alone_found.value, together) == ("ALLOWED", [look(case) for case in known])


def test_a_reservation_takes_its_place_and_is_recorded():
    case = make_debtor()
    attempt = reserve(asked=ask(case, key="one"), actor=SYSTEM, now=NOW)
    assert attempt.outcome == "PENDING"
    assert "china." in attempt.law
    assert {one.code: one.left for one in look(case).left}["ALL_A_DAY"] == 7
    (event,) = [one for one in list_events(subject_kind="CASE", subject_id=case.id) if one.action == "CONTACT_RESERVED"]
    assert event.facts["attempt"] == str(attempt.id)
    again = reserve(asked=ask(case, key="one"), actor=SYSTEM, now=NOW)
    assert again.id == attempt.id
    assert Attempt.objects.count() == 1


def test_the_fourth_conversation_of_a_day_is_refused_until_tomorrow():
    case = make_debtor()
    for _ in range(3):
        call(case, outcome=Outcome.CONVERSATION)
    found = look(case)
    assert codes(found) == ["CAP_REACHED"]
    assert found.reasons[0].article.instrument.startswith("china.")
    assert found.next_at == datetime.fromisoformat("2026-11-24T00:00:00+00:00")  # 08:00 in Shanghai
    with pytest.raises(ContactRefused) as refused:
        reserve(asked=ask(case), actor=SYSTEM, now=NOW)
    assert refused.value.fields["next_at"] == "2026-11-24T00:00:00+00:00"
    (kept,) = Refusal.objects.all()
    assert kept.codes == ["CAP_REACHED"]


def test_the_seventh_dial_of_a_number_is_refused_and_another_number_is_not():
    case = make_debtor()
    other = add_point(case.borrower_id, "PHONE", "13999990000", position=2)
    for _ in range(6):
        call(case)
    assert codes(look(case)) == ["CAP_REACHED"]
    assert look(case, contact_point_id=other.id).value == "ALLOWED"


def test_what_was_never_made_gives_its_place_back():
    case = make_debtor()
    attempts = [reserve(asked=ask(case), actor=SYSTEM, now=NOW) for _ in range(3)]
    assert codes(look(case)) == ["CAP_REACHED"]  # three that may each become a conversation
    release(attempt_id=attempts[0].id, actor=SYSTEM, now=NOW)
    assert look(case).value == "ALLOWED"
    with pytest.raises(NotNow):
        settle(attempt_id=attempts[0].id, outcome=Outcome.CONVERSATION, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("clock", "value"),
    [("07:59:59", "REFUSED"), ("08:00:00", "ALLOWED"), ("21:59:59", "ALLOWED"), ("22:00:00", "REFUSED")],
)
def test_hours_in_china(clock, value):
    case = make_debtor()
    now = datetime.fromisoformat(f"2026-11-23T{clock}+08:00")
    found = look(case, now=now)
    assert found.value == value
    if value == "REFUSED":
        assert set(codes(found)) == {"OUTSIDE_HOURS"}
        opens = "2026-11-23T08:00:00+08:00" if clock < "12" else "2026-11-24T08:00:00+08:00"
        assert found.next_at == datetime.fromisoformat(opens)


def test_two_zones_the_stricter_holds():
    """A debtor in Shanghai with a number of London: open only while both are."""
    case = make_debtor(phone="+442079460018")
    morning = look(case, now=datetime.fromisoformat("2026-11-23T09:00:00+08:00"))  # 01:00 in London
    assert set(codes(morning)) == {"OUTSIDE_HOURS"}
    assert {one.fields["zone"] for one in morning.reasons} == {"Europe/London"}
    assert morning.next_at == datetime.fromisoformat("2026-11-23T08:00:00+00:00")
    assert look(case, now=datetime.fromisoformat("2026-11-23T08:30:00+00:00")).value == "ALLOWED"
    assert PointState.objects.get().zones == "Europe/London"


def test_consent_opens_the_hours_and_its_withdrawal_closes_them():
    case = make_debtor()
    night = datetime.fromisoformat("2026-11-23T22:30:00+08:00")
    record_consent(borrower_id=case.borrower_id, kind="HOURS", is_given=True, actor=SYSTEM, now=NOW)
    assert look(case, now=night).value == "ALLOWED"
    later = NOW + timedelta(minutes=1)
    record_consent(borrower_id=case.borrower_id, kind="HOURS", is_given=False, actor=SYSTEM, now=later)
    assert set(codes(look(case, now=night))) == {"OUTSIDE_HOURS"}


def test_hours_the_person_asked_for():
    case = make_debtor()
    set_preferences(borrower_id=case.borrower_id, actor=SYSTEM, now=NOW, asked_from_minute=18 * 60,
                    asked_until_minute=20 * 60)  # fmt: skip
    found = look(case)
    assert codes(found) == ["OUTSIDE_ASKED_HOURS"]
    assert found.next_at == datetime.fromisoformat("2026-11-23T18:00:00+08:00")


@pytest.mark.parametrize("kind", [one for one in Stop if one not in (Stop.CHANNEL, Stop.THIRD_REFUSED, Stop.WORKPLACE)])
def test_a_stop_refuses_every_channel_until_it_is_lifted(kind):
    case = make_debtor()
    stop = place_stop(borrower_id=case.borrower_id, kind=kind, actor=SYSTEM, now=NOW)
    for channel in (Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.POST):
        found = look(case, channel)
        assert codes(found) == ["STOPPED"]
        assert found.reasons[0].fields["stop"] == kind
        assert found.next_at is None
    lift_stop(stop_id=stop.id, actor=SYSTEM, now=NOW, reason="it is over")
    assert look(case).value == "ALLOWED"


def test_a_stop_with_an_end():
    case = make_debtor()
    end = NOW + timedelta(days=60)
    place_stop(borrower_id=case.borrower_id, kind=Stop.BREATHING_SPACE, until_at=end, actor=SYSTEM, now=NOW)
    assert look(case).next_at == end
    assert look(case, now=end - timedelta(seconds=1)).value == "REFUSED"
    assert look(case, now=end).value == "ALLOWED"
    assert look(case, purpose=Purpose.STATUTORY, channel=Channel.POST).value == "ALLOWED"


def test_a_refused_channel_leaves_the_others_and_one_answer():
    case = make_debtor()
    place_stop(borrower_id=case.borrower_id, kind=Stop.CHANNEL, channel="SMS", actor=SYSTEM, now=NOW)
    assert codes(look(case, Channel.SMS)) == ["CHANNEL_REFUSED"]
    assert look(case, Channel.EMAIL).value == "ALLOWED"
    # one confirmation, no second
    reserve(asked=ask(case, Channel.SMS, purpose=Purpose.CONFIRM_STOP), actor=SYSTEM, now=NOW)
    assert codes(look(case, Channel.SMS, purpose=Purpose.CONFIRM_STOP)) == ["CHANNEL_REFUSED"]
    # nobody asked: no answer. The person writes by that very channel: one reply, no second
    assert codes(look(case, Channel.SMS, purpose=Purpose.ANSWER)) == ["CHANNEL_REFUSED"]
    soon = NOW + timedelta(minutes=5)
    note_inbound(borrower_id=case.borrower_id, channel=Channel.SMS, at=soon, actor=SYSTEM, now=soon, key="in-1")
    reserve(asked=ask(case, Channel.SMS, purpose=Purpose.ANSWER), actor=SYSTEM, now=soon)
    assert "CHANNEL_REFUSED" in codes(look(case, Channel.SMS, purpose=Purpose.ANSWER, now=soon))


def test_after_cease_one_word_on_a_remedy():
    case = make_debtor()
    place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    reserve(asked=ask(case, Channel.POST, purpose=Purpose.REMEDY), actor=SYSTEM, now=NOW)
    assert codes(look(case, Channel.POST, purpose=Purpose.REMEDY)) == ["STOPPED"]


def test_a_disputed_loan_is_left_out_and_the_rest_may_be_spoken_of():
    from qingshou.features.book.models import Loan

    case = make_debtor()
    disputed = Loan.objects.get(borrower=case.borrower_id)
    other = Loan.objects.get(pk=disputed.pk)
    other.pk, other.loan_ref = None, "L-other"
    other.save(force_insert=True)
    place_stop(borrower_id=case.borrower_id, kind=Stop.DISPUTE, loan_id=disputed.id, actor=SYSTEM, now=NOW)
    found = look(case)
    assert found.value == "ALLOWED"
    assert found.debts == (other.id,)
    assert codes(look(case, debts=(disputed.id,))) == ["STOPPED"]


def test_one_person_behind_two_debtors_has_one_budget():
    first = make_debtor(national_id="11010519491231002X")
    second = make_debtor(national_id="11010519491231002X")
    for case in (first, second, first):
        call(case, outcome=Outcome.CONVERSATION)
    assert codes(look(second)) == ["CAP_REACHED"]
    place_stop(borrower_id=first.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    assert "STOPPED" in codes(look(second))


def test_history_stays_with_a_person_whose_number_becomes_known_later():
    case = make_debtor(ref="late")
    for _ in range(3):
        call(case, outcome=Outcome.CONVERSATION)
    twin = make_debtor(national_id="110105194912310021")
    from qingshou.features.book.models import Borrower

    Borrower.objects.filter(id=case.borrower_id).update(
        national_id_index=Borrower.objects.get(id=twin.borrower_id).national_id_index
    )
    assert codes(look(case)) == ["CAP_REACHED"]
    assert codes(look(twin)) == ["CAP_REACHED"]
    assert ContactPerson.objects.count() == 1  # the twin's own comes with its first reservation


def test_a_struck_number_is_refused_and_the_next_one_taken():
    case = make_debtor()
    point = add_point(case.borrower_id, "PHONE", "13700001111", position=2)
    first = look(case).point_id
    strike_point(borrower_id=case.borrower_id, contact_point_id=first, reason="WRONG_PERSON", actor=SYSTEM, now=NOW)
    assert look(case).point_id == point.id
    assert codes(look(case, contact_point_id=first)) == ["NUMBER_STRUCK"]
    strike_point(borrower_id=case.borrower_id, contact_point_id=point.id, reason="INVALID", actor=SYSTEM, now=NOW)
    assert codes(look(case)) == ["NUMBER_STRUCK"]


def test_social_channels_need_consent_and_a_number():
    case = make_debtor()
    assert codes(look(case, Channel.WHATSAPP)) == ["NO_CONSENT"]
    record_consent(borrower_id=case.borrower_id, kind="CHANNEL", channel="WHATSAPP", is_given=True, actor=SYSTEM,
                   now=NOW)  # fmt: skip
    assert look(case, Channel.WHATSAPP).value == "ALLOWED"
    assert codes(look(case, Channel.LINE)) == ["NO_POINT", "NO_CONSENT"]


def third(case, phone="13655556666"):
    point = add_point(case.borrower_id, "PHONE", phone, position=3)
    learn_point(borrower_id=case.borrower_id, contact_point_id=point.id, party=Party.THIRD, actor=SYSTEM, now=NOW)
    return point


def locate(case, point, *, now, purpose=Purpose.LOCATE):
    return look(case, now=now, purpose=purpose, party=Party.THIRD, contact_point_id=point.id)


def test_a_third_person_after_three_failed_dials_from_the_next_day():
    case = make_debtor()
    point = third(case)
    assert set(codes(locate(case, point, now=NOW))) == {"THIRD_PERSON_NOT_YET"}
    for _ in range(3):
        call(case)
    today = locate(case, point, now=NOW)
    assert set(codes(today)) == {"THIRD_PERSON_NOT_YET"}
    assert today.next_at == datetime.fromisoformat("2026-11-24T08:00:00+08:00")
    tomorrow = NOW + timedelta(days=1)
    assert locate(case, point, now=tomorrow).value == "ALLOWED"
    # never to collect, whoever asks
    assert codes(locate(case, point, now=tomorrow, purpose=Purpose.COLLECT)) == ["THIRD_PERSON_NEVER"]
    index = bytes(point.value_index)
    place_stop(borrower_id=case.borrower_id, kind=Stop.THIRD_REFUSED, point_index=index, actor=SYSTEM, now=NOW)
    assert codes(locate(case, point, now=tomorrow)) == ["STOPPED"]
    assert look(case, now=tomorrow).value == "ALLOWED"


def test_a_third_person_after_three_failed_days_at_once_and_not_after_an_answer():
    case = make_debtor()
    point = third(case)
    for days in (2, 1, 0):
        call(case, at=NOW - timedelta(days=days))
    assert locate(case, point, now=NOW).value == "ALLOWED"
    call(case, outcome=Outcome.CONVERSATION)
    assert set(codes(locate(case, point, now=NOW))) == {"THIRD_PERSON_NOT_YET"}


def test_a_third_person_when_every_number_is_dead():
    case = make_debtor()
    point = third(case)
    call(case, outcome=Outcome.NOT_IN_SERVICE)
    assert locate(case, point, now=NOW).value == "ALLOWED"


def test_the_workplace_where_the_employer_forbids_it():
    case = make_debtor()
    point_id = look(case).point_id
    learn_point(borrower_id=case.borrower_id, contact_point_id=point_id, place=Place.WORK, employer_forbids=True,
                actor=SYSTEM, now=NOW)  # fmt: skip
    assert codes(look(case)) == ["WORKPLACE"]


def test_a_minor_is_not_contacted():
    case = make_debtor()
    set_preferences(borrower_id=case.borrower_id, is_minor=True, actor=SYSTEM, now=NOW)
    assert codes(look(case)) == ["MINOR"]


def test_nothing_owed_nothing_to_collect():
    from qingshou.features.book.models import Loan

    case = make_debtor()
    Loan.objects.filter(borrower=case.borrower_id).update(is_closed=True)
    assert codes(look(case)) == ["CLOSED_CASE"]


def test_before_any_text_the_door_stays_shut():
    case = make_debtor()
    found = look(case, now=datetime.fromisoformat("2020-01-06T03:00:00+00:00"))
    assert codes(found) == ["LAW_NOT_COVERED"]
    assert found.next_at is None


def test_a_batch_counts_its_own_and_gives_every_reason():
    case, other = make_debtor(), make_debtor()
    place_stop(borrower_id=other.borrower_id, kind=Stop.DISPUTE, actor=SYSTEM, now=NOW)
    asked = [ask(case, Channel.SMS, key=f"k{number}") for number in range(4)] + [ask(other, Channel.SMS, key="o")]
    answers = reserve_many(asked=asked, actor=SYSTEM, now=NOW)
    assert [one.attempt is not None for one in answers] == [True, True, False, False, False]
    assert [one.clearance.reasons[0].code for one in answers[2:]] == ["HOUSE_LIMIT", "HOUSE_LIMIT", "STOPPED"]
    night = datetime.fromisoformat("2026-11-23T23:00:00+08:00")
    place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    assert set(codes(look(case, Channel.SMS, now=night))) == {"STOPPED", "OUTSIDE_HOURS", "HOUSE_LIMIT"}


def test_a_reservation_is_judged_again_without_itself():
    case = make_debtor()
    attempts = [reserve(asked=ask(case, Channel.SMS), actor=SYSTEM, now=NOW) for _ in range(2)]
    assert still_allowed(attempt_ids=[attempts[1].id], now=NOW)[attempts[1].id].value == "ALLOWED"
    place_stop(borrower_id=case.borrower_id, kind=Stop.CHANNEL, channel="SMS", actor=SYSTEM, now=NOW)
    assert codes(still_allowed(attempt_ids=[attempts[1].id], now=NOW)[attempts[1].id]) == ["CHANNEL_REFUSED"]


def test_a_refused_reservation_leaves_nothing_when_the_transaction_fails():
    from django.db import transaction

    case = make_debtor()
    with transaction.atomic():
        reserve(asked=ask(case), actor=SYSTEM, now=NOW)
        transaction.set_rollback(True)
    assert Attempt.objects.count() == 0
    assert [one.action for one in list_events(subject_kind="CASE", subject_id=case.id)].count("CONTACT_RESERVED") == 0
