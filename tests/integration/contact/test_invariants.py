"""The checker outside the door: it finds nothing after the door's own work, and everything that was forced past it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Attempt, DeliveryEvent, Message, StopPlaced
from qingshou.features.contact.operations.door import Asked, reserve, settle
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.queries.invariants import count_broken
from qingshou.law.contact.terms import Channel, Outcome, Stop


def broken(tenant):
    return {one.name: count for one, count in count_broken(tenant_id=tenant.id, on=DAY).items() if count}


def contact(case, outcome=Outcome.CONVERSATION, channel=Channel.PHONE):
    attempt = reserve(
        asked=Asked(borrower_id=case.borrower_id, channel=channel, case_id=case.id), actor=SYSTEM, now=NOW
    )
    return settle(attempt_id=attempt.id, outcome=outcome, actor=SYSTEM, now=NOW)


def again(attempt, **changes):
    """Put a contact beside the door: the same once more."""
    attempt.pk, attempt.key = uuid4(), f"forced:{uuid4()}"
    for name, value in changes.items():
        setattr(attempt, name, value)
    attempt.save(force_insert=True)
    return attempt


def test_what_the_door_let_through_breaks_nothing(tenant):
    case = make_debtor()
    for _ in range(3):
        contact(case)
    for _ in range(2):
        contact(case, Outcome.SENT, Channel.SMS)
    assert broken(tenant) == {}


def test_a_fourth_conversation_is_found(tenant):
    case = make_debtor()
    last = [contact(case) for _ in range(3)][-1]
    again(last, at=NOW + timedelta(minutes=1))
    found = broken(tenant)
    assert list(found.values()) == [1]
    assert next(iter(found)).startswith("counter_passed_")


@pytest.mark.parametrize(("channel", "most"), [("PHONE", 6), ("SMS", 2), ("EMAIL", 1)])
def test_every_counter_of_a_day_is_looked_at(tenant, channel, most):
    first = contact(make_debtor(), Outcome.NO_ANSWER, Channel(channel))
    for number in range(1, most):
        again(first, at=NOW + timedelta(minutes=number))
    assert broken(tenant) == {}
    again(first, at=NOW + timedelta(minutes=most))
    assert set(broken(tenant).values()) == {1}


def test_a_contact_in_spite_of_a_stop_is_found(tenant):
    case = make_debtor()
    attempt = contact(case)
    place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    StopPlaced.objects.update(placed_at=NOW - timedelta(minutes=1), from_at=NOW - timedelta(minutes=1))
    assert broken(tenant) == {"contacts_in_spite_of_a_stop": 1}
    Attempt.objects.filter(id=attempt.id).update(outcome="RELEASED")
    assert broken(tenant) == {}


def test_messages_are_looked_at(tenant):
    attempt = contact(make_debtor(), Outcome.SENT, Channel.SMS)
    message = Message(attempt=attempt, channel="SMS", language="zh-hans", state="SENT", state_at=NOW, not_before_at=NOW,
                      queued_at=NOW, adapter="x", provider_ref="r1")  # fmt: skip
    message.save()
    assert broken(tenant) == {"messages_without_end": 1}  # sent, and nobody knows when
    Message.objects.update(sent_at=NOW)
    report = {"adapter": "x", "state": "READ", "at": NOW, "received_at": NOW, "message": message}
    DeliveryEvent.objects.create(event_ref="read", **report)
    assert broken(tenant) == {"messages_behind_their_reports": 1}
    Message.objects.update(state="REPLIED")
    assert broken(tenant) == {}
    long_ago = NOW - timedelta(days=30)
    Message.objects.update(state="SENDING", lease_until=long_ago)
    assert broken(tenant) == {"messages_never_recovered": 1, "messages_behind_their_reports": 1}
    Message.objects.update(state="QUEUED", not_before_at=long_ago, not_after_at=long_ago, lease_until=None)
    assert broken(tenant) == {"messages_too_old_and_waiting": 1, "messages_behind_their_reports": 1}
    Message.objects.update(state="READ", channel="EMAIL")
    assert broken(tenant) == {"messages_unreserved": 1}
    Message.objects.update(channel="SMS")
    other = contact(make_debtor(), Outcome.SENT, Channel.SMS)
    message.pk, message.attempt, message.sent_at = uuid4(), other, NOW
    message.save(force_insert=True)
    assert broken(tenant) == {"provider_refs_twice": 1}


def test_an_event_taken_twice_cannot_even_be_written(tenant):
    from django.db import IntegrityError, transaction

    values = {"adapter": "x", "event_ref": "e1", "state": "SENT", "at": NOW, "received_at": NOW}
    DeliveryEvent.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryEvent.objects.create(**values)
    assert broken(tenant) == {}
