"""Reports of providers: exactly once, in any order, by many senders at once, known to us already or not."""

import random
from datetime import timedelta
from itertools import permutations

from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.reported import ADAPTER, hand_over, picture, report, sent, take
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.models import AuditEvent
from qingshou.features.contact.channels.base import Report
from qingshou.features.contact.models import DeliveryEvent, Message
from qingshou.features.contact.operations import outbox, reports
from qingshou.features.contact.operations.reports import Taken, note_replied, take_reports
from qingshou.tenancy.context import using


def test_a_report_lifts_its_message_once():
    (message,) = sent()
    assert take(report(message, "DELIVERED")) == Taken(applied=1)
    assert take(report(message, "DELIVERED")) == Taken(repeated=1)
    assert take(report(message, "DELIVERED"), report(message, "DELIVERED")) == Taken(repeated=2)
    assert picture(message)[0] == "DELIVERED"
    assert message.attempt.outcome == "DELIVERED"
    assert DeliveryEvent.objects.count() == 1
    assert AuditEvent.objects.filter(action="MESSAGE_DELIVERED").count() == 1


def test_by_the_providers_id_alone():
    (message,) = sent()
    assert take(report(message, "FAILED", by_ref=True)) == Taken(applied=1)
    assert picture(message)[:3] == ("FAILED", NOW + timedelta(seconds=1), "30003")
    assert message.attempt.outcome == "FAILED"


def test_of_another_adapter_the_same_id_is_another_message():
    (message,) = sent()
    told = report(message, "DELIVERED", by_ref=True)
    assert take_reports(adapter="sms_twilio", reports=[told], actor=SYSTEM, now=NOW) == Taken(unknown=1)
    assert picture(message)[0] == "SENT"


def test_six_reports_in_every_order_end_alike():
    told = [("SENT", 1), ("DELIVERED", 2), ("READ", 9), ("FAILED", 4), ("DELIVERED", 3), ("READ", 5)]
    orders = list(permutations(range(6)))
    chosen = random.Random(7).sample(orders, 12)
    ends = set()
    for order, message in zip(chosen, sent(12), strict=True):
        for turn in order:
            state, seconds = told[turn]
            take(report(message, state, seconds, ref=f"{message.id}:{turn}"))
        ends.add(picture(message))
    assert ends == {
        ("READ", NOW + timedelta(seconds=5), "", NOW, NOW + timedelta(seconds=2), NOW + timedelta(seconds=5),
         "DELIVERED")
    }  # fmt: skip


def test_one_that_speaks_of_nobody_is_kept_and_found_when_its_id_is_learned():
    case = make_debtor()
    message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
    assert take(report(message, "READ", by_ref=True)) == Taken(unknown=1)
    assert reports.count_unmatched() == 1
    assert picture(message)[0] == "QUEUED"
    hand_over(message.id)
    assert picture(message)[0] == "READ"
    assert message.read_at == NOW + timedelta(seconds=1)
    assert reports.count_unmatched() == 0


def test_the_id_may_also_be_learned_from_a_report():
    case = make_debtor()
    message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
    Message.objects.filter(id=message.id).update(state="UNCERTAIN", adapter=ADAPTER)
    take(report(message, "READ", 5, by_ref=True))
    both = Report(event_ref="x", state="SENT", at=NOW, key=message.id, provider_ref=f"ref-{message.id}")
    assert take(both) == Taken(applied=1)
    assert picture(message)[0] == "READ"


def test_a_report_for_what_was_put_back_keeps_it_from_being_sent_again():
    case = make_debtor()
    message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
    take(report(message, "DELIVERED"))
    assert picture(message)[0] == "DELIVERED"
    assert message.lease_token is None


def test_a_reply_outranks_what_the_provider_tells():
    (message,) = sent()
    note_replied(message_id=message.id, at=NOW + timedelta(minutes=3), actor=SYSTEM, now=NOW + timedelta(minutes=4))
    take(report(message, "DELIVERED"))
    assert picture(message)[0] == "REPLIED"
    assert message.delivered_at is not None


def test_another_lenders_message_is_nobodys(other_tenant):
    (message,) = sent()
    with using(other_tenant.id):
        assert take(report(message, "DELIVERED")) == Taken(unknown=1)
    assert picture(message)[0] == "SENT"
