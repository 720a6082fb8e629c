"""Where providers report: every answer they may get, and that nobody else learns anything."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.contact.channels.sms_http import signature
from qingshou.features.contact.models import DeliveryEvent, Message, Reply
from qingshou.features.contact.operations import outbox
from qingshou.features.contact.views import hooks

KEY = "webhook-key-of-the-gateway"
CHOICES = {"SMS": {"adapter": "sms_http", "url": "http://127.0.0.1:1", "signing_key": KEY}}


@pytest.fixture(autouse=True)
def _chosen(tenant: Any, settings: Any) -> None:
    settings.QINGSHOU_CHANNELS = {tenant.code: CHOICES, "beta": {}}


@pytest.fixture
def message() -> Message:
    to_send = outbox.ToSend(asked=asked_of(make_debtor(phone="13800138000")), body="请回电。")
    made = outbox.queue(to_send=to_send, actor=SYSTEM, now=NOW)
    Message.objects.filter(id=made.id).update(state="SENT", adapter="sms_http", provider_ref="ref-1")
    return made


def post(body: bytes, *, lender: str = "alpha", adapter: str = "sms_http", key: str = KEY, **more: Any) -> Any:
    timestamp = str(int(clock.now().timestamp()))
    headers = {"X-Timestamp": timestamp, "X-Signature": signature(key, timestamp, body)} | more
    return Client(enforce_csrf_checks=True).post(
        f"/hooks/{lender}/{adapter}/", data=body, content_type="application/json", headers=headers
    )


def events(*told: dict[str, Any]) -> bytes:
    return json.dumps({"events": told}).encode()


def delivered(message: Message, event: str = "e1", **more: Any) -> dict[str, Any]:
    return {"type": "report", "id": event, "state": "DELIVERED", "at": "2026-11-23T02:31:00+00:00",
            "key": str(message.id)} | more  # fmt: skip


def test_a_signed_delivery_is_taken_in_once(message):
    body = events(delivered(message), delivered(message, "e2", key="", ref="unheard-of"))
    first, second = post(body), post(body)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == {"code": 0, "msg": "OK"}
    assert first["X-Taken-In"] == "applied=1, repeated=0, unknown=1, replies=0"
    assert second["X-Taken-In"] == "applied=0, repeated=2, unknown=0, replies=0"
    message.refresh_from_db()
    assert message.state == "DELIVERED"
    assert DeliveryEvent.objects.count() == 2
    assert first["Cache-Control"].startswith("max-age=0")


def test_a_reply_comes_by_the_same_way_and_marks_what_it_answers(message):
    told = {"type": "message", "id": "m1", "at": "2026-11-23T02:40:00+00:00", "from": "13800138000",
            "text": "我下周一还款", "in_reply_to": str(message.id)}  # fmt: skip
    assert post(events(told)).status_code == 200
    assert post(events(told)).status_code == 200
    assert Reply.objects.count() == 1
    message.refresh_from_db()
    assert message.state == "REPLIED"


def test_not_signed_rightly_is_401_and_nothing_is_kept(message):
    assert post(events(delivered(message)), key="another-key").status_code == 401
    old = {"X-Timestamp": "1700000000", "X-Signature": signature(KEY, "1700000000", b"{}")}
    assert post(b"{}", **old).status_code == 401
    assert DeliveryEvent.objects.count() == 0


def test_too_many_that_are_not_signed_rightly_are_429_and_the_rightly_signed_still_pass(message, monkeypatch):
    monkeypatch.setattr(hooks, "BAD_A_MINUTE_MAX", 3)
    assert [post(b"{}", key="wrong").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert post(b"{}", key="wrong")["Retry-After"] == "60"
    assert post(events(delivered(message))).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"events": [1]}', b'{"events": [{"type": "report", "id": "x"}]}']
)  # fmt: skip
def test_what_cannot_be_read_is_400(body):
    assert post(body).status_code == 400


def test_too_long_is_413_whatever_the_length_says(message):
    long = events(delivered(message)) + b" " * hooks.BODY_BYTES_MAX
    assert post(long).status_code == 413
    assert post(long, **{"Content-Length": "10"}).status_code == 401  # cut off there, it is signed wrongly
    assert DeliveryEvent.objects.count() == 0


def test_only_post(client):
    answer = client.get("/hooks/alpha/sms_http/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_who_is_not_there_and_what_is_not_chosen_answer_alike(other_tenant):
    answers = [
        post(b"{}", lender="nobody"), post(b"{}", adapter="sms_aliyun"), post(b"{}", lender="beta"),
        post(b"{}", adapter="nothing"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_report_of_another_lenders_message_finds_nobody(message, other_tenant, settings):
    settings.QINGSHOU_CHANNELS = {"beta": CHOICES}
    answer = post(events(delivered(message)), lender="beta")
    assert answer["X-Taken-In"] == "applied=0, repeated=0, unknown=1, replies=0"
    message.refresh_from_db()
    assert message.state == "SENT"


def test_what_is_unforeseen_is_no_success(message, monkeypatch):
    """The provider must come again when anything went wrong."""
    from qingshou.features.contact.operations import hooks as operations

    def broken(**_: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(operations, "take_reports", broken)
    client = Client(raise_request_exception=False)
    body = events(delivered(message))
    timestamp = str(int(clock.now().timestamp()))
    headers = {"X-Timestamp": timestamp, "X-Signature": signature(KEY, timestamp, body)}
    answer = client.post("/hooks/alpha/sms_http/", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 500


def _asked_by(act: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"].split()[0] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]


def test_a_report_costs_few_statements_and_a_known_message_no_more(message):
    """Found and told; taken; persons and message locked; written; the chain's end; the event; told."""
    first = _asked_by(lambda: post(events(delivered(message))))
    read = delivered(message, "e2") | {"state": "READ"}
    later = _asked_by(lambda: post(events(read)))
    again = _asked_by(lambda: post(events(read)))
    assert first == later == ["SELECT", "INSERT", "WITH", "WITH", "SELECT", "WITH", "SELECT"]
    assert again == ["SELECT", "INSERT", "SELECT"]


def test_nothing_that_is_made_for_people_answers_a_provider(message):
    answer = post(events(delivered(message)))
    assert "Set-Cookie" not in answer
    assert "Content-Language" not in answer
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(answer.content))


def test_an_address_below_hooks_that_is_none_is_the_usual_404():
    answer = Client().post("/hooks/alpha/")
    assert (answer.status_code, "Content-Language" in answer) == (404, True)
