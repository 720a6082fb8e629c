"""SMPP 3.4 against a loopback SMS centre: parts, receipts, messages, lost answers."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.smsc import deliver_body, receipt, smsc
from tests.integration.contact_channels.conftest import CANARY_BODY, CANARY_NUMBER, NOW

from qingshou.features.contact.channels.base import (
    AnswerLost,
    BadReport,
    CannotAsk,
    Event,
    Incoming,
    Rejected,
    Report,
    Unreachable,
)
from qingshou.features.contact.channels.gsm import GSM7, UCS2, coded, text_of
from qingshou.features.contact.channels.smpp import SmppSms
from qingshou.features.contact.templating.segments import segments_of


@pytest.fixture
def centre():
    with smsc() as made:
        yield made


@pytest.fixture
def sms(centre, closing):
    def make(**fields: object) -> SmppSms:
        given = {
            "port": centre.port,
            "system_id": "qs",
            "password": "secret",
            "sender": "QS",
            "timeout_s": 2.0,
            "now": lambda: NOW,
        }
        made = SmppSms(host="127.0.0.1", **{**given, **fields})
        closing.callback(made.close)
        return made

    return make


def received(sms: SmppSms, seconds: float = 1.0, *, at_least: int = 1) -> list[Event]:
    """Return what came in, asked for until so many came: one call takes what is there at its moment."""
    events: list[Event] = []
    deadline = time.monotonic() + 30
    while len(events) < at_least and time.monotonic() < deadline:
        sms.receive(handle=events.append, now=NOW, seconds=seconds)
    return events


def test_a_short_text_is_one_part_with_a_receipt(sms, centre, message, silent):
    link = sms()
    assert link.send(message()).provider_ref == "m-1"
    [taken] = centre.submitted
    assert (taken.source, taken.to, taken.coding, taken.registered) == ("QS", CANARY_NUMBER, UCS2, 1)
    assert taken.octets.decode("utf-16-be") == CANARY_BODY
    assert (centre.binds, centre.version) == (1, 0x34)
    link.send(message(body="Pay €5 [now]"))
    assert (centre.submitted[1].coding, text_of(centre.submitted[1].octets, GSM7)) == (GSM7, "Pay €5 [now]")
    assert centre.binds == 1  # one line for both
    silent(link)


@pytest.mark.parametrize("concatenation", ["udh", "sar"])
def test_a_long_text_is_put_together_by_its_parts(sms, centre, message, concatenation: str):
    body = "您的还款日期将至，请留意。😀" * 12
    assert sms(concatenation=concatenation).send(message(body=body)).provider_ref == f"m-{len(centre.submitted)}"
    parts = centre.submitted
    assert len(parts) == segments_of(body).count == 3
    assert [part.registered for part in parts] == [0, 0, 1]  # one message, one receipt
    if concatenation == "udh":
        assert {part.esm_class for part in parts} == {0x40}
        assert {part.octets[:3] for part in parts} == {b"\x05\x00\x03"}
        assert [tuple(part.octets[4:6]) for part in parts] == [(3, 1), (3, 2), (3, 3)]
        assert len({part.octets[3] for part in parts}) == 1
        whole = b"".join(part.octets[6:] for part in parts)
    else:
        assert [part.optional[0x020F] for part in parts] == [b"\x01", b"\x02", b"\x03"]
        assert {part.optional[0x020E] for part in parts} == {b"\x03"}
        assert len({part.optional[0x020C] for part in parts}) == 1
        whole = b"".join(part.octets for part in parts)
    assert whole.decode("utf-16-be") == body


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab€[~é中😀\n @"), max_size=400))
def test_no_character_is_cut_and_the_count_is_the_one_shown(text: str):
    made = coded(text)
    assert "".join(text_of(part, made.data_coding) for part in made.parts) == text
    assert len(made.parts) == segments_of(text).count
    assert all(len(part) <= (160 if made.data_coding == GSM7 else 140) for part in made.parts)


@pytest.mark.parametrize(
    ("status", "error"),
    [(0x0B, Rejected), (0x45, Rejected), (0x14, Unreachable), (0x58, Unreachable), (0x08, Unreachable)],
)
def test_each_refusal(sms, centre, message, silent, status: int, error: type[Exception]):
    link = sms()
    centre.statuses = [status]
    with pytest.raises(error) as stopped:
        link.send(message())
    if error is Rejected:
        assert stopped.value.error_code == f"0x{status:08X}"
    silent(stopped.value)
    assert link.send(message()).state == "SENT"


def test_a_later_part_refused_leaves_a_message_nobody_knows_of(sms, centre, message):
    centre.statuses = [0, 0x58]
    with pytest.raises(AnswerLost):
        sms().send(message(body="长" * 200))


@pytest.mark.parametrize("way", ["is_silent", "cuts_after_submit"])
def test_the_answer_lost_is_never_a_second_message(sms, centre, message, silent, way: str):
    setattr(centre, way, True)
    link, sent = sms(timeout_s=0.5), message()
    with pytest.raises(AnswerLost) as stopped:
        link.send(sent)
    assert len(centre.submitted) == 1
    with pytest.raises(CannotAsk):
        link.ask(key=sent.key)
    silent(stopped.value)


def test_a_line_that_broke_is_made_anew(sms, centre, message):
    link = sms()
    link.send(message())
    centre.lines[0].close()
    with pytest.raises((Unreachable, AnswerLost)):
        link.send(message())
    assert link.send(message()).state == "SENT"
    assert centre.binds == 2


def test_nobody_there_and_a_wrong_password(sms, message, centre):
    with pytest.raises(Unreachable):
        sms(port=9).send(message())
    with pytest.raises(Unreachable) as stopped:
        sms(password="not-the-secret").send(message())
    assert "not-the-secret" not in f"{stopped.value!r}"
    assert centre.submitted == []


@pytest.mark.parametrize(
    ("state", "error", "wanted", "code"), [(2, 0, "DELIVERED", ""), (1, 0, "SENT", ""), (5, 17, "FAILED", "17")]
)
def test_asked_by_the_id_of_the_centre(sms, centre, key, state: int, error: int, wanted: str, code: str):
    centre.states = {"m-7": (state, error)}
    told = sms().ask(key=key, provider_ref="m-7")
    assert (told.state, told.error_code, told.key) == (wanted, code, key)
    assert told.at == datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 11:00, eight hours ahead
    assert sms().ask(key=key, provider_ref="m-8") is None


def test_receipts_come_back_and_are_acknowledged(sms, centre, message):
    link = sms(time_zone="Asia/Shanghai")
    link.send(message())
    centre.deliver(receipt("m-1", "DELIVRD"), receipt("m-2", "UNDELIV"), receipt("m-3", "ENROUTE"))
    delivered, failed, underway = received(link, at_least=3)
    assert delivered == Report(delivered.event_ref, "DELIVERED", NOW, provider_ref="m-1")
    assert (failed.state, failed.error_code, failed.provider_ref) == ("FAILED", "UNDELIV 011", "m-2")
    assert underway.state == "SENT"
    assert centre.waits_for(3)
    centre.deliver(receipt("m-1", "DELIVRD"))
    assert received(link)[0].event_ref == delivered.event_ref  # come twice it bears the same name


def test_a_receipt_by_its_optional_fields(sms, centre):
    centre.queue = [receipt("x", "?", optional={0x001E: b"m-5\x00", 0x0427: b"\x02", 0x1400: b"vendor"})]
    [report] = received(sms())
    assert (report.provider_ref, report.state) == ("m-5", "DELIVERED")


@pytest.mark.parametrize(("form", "given_id", "wanted"), [("hex_to_decimal", "ff", "255"),
    ("decimal_to_hex", "255", "ff"),
                                                          ("hex_to_decimal", "zz", "zz")])  # fmt: skip
def test_centres_that_write_ids_otherwise(sms, centre, form: str, given_id: str, wanted: str):
    centre.queue = [receipt(given_id, "DELIVRD")]
    assert received(sms(receipt_id=form))[0].provider_ref == wanted


def test_messages_come_in(sms, centre):
    centre.queue = [
        deliver_body(source="+8613912345678", octets="退订".encode("utf-16-be"), coding=8),
        deliver_body(source="8613912345678", octets=b"STOP"),
        deliver_body(source="8613912345678", octets=b"caf\xe9", coding=3),
        deliver_body(source="8613912345678", octets=b"", optional={0x0424: "长信".encode("utf-16-be")}, coding=8),
    ]
    events = received(sms(), at_least=4)
    assert [event.body for event in events] == ["退订", "STOP", "café", "长信"]
    assert all(isinstance(event, Incoming) and event.sender == "8613912345678" for event in events)


def part(number: int, text: str) -> bytes:
    header = bytes([5, 0, 3, 77, 2, number])
    return deliver_body(source="8613912345678", esm_class=0x40, coding=8, octets=header + text.encode("utf-16-be"))


def test_a_long_message_is_put_together(sms, centre):
    centre.queue = [part(2, "还款。"), part(1, "我下周")]
    assert [event.body for event in received(sms())] == ["我下周还款。"]
    assert centre.waits_for(2)


def test_a_centre_that_waits_for_each_acknowledgement_gets_it(sms, centre):
    centre.window = 1
    centre.queue = [part(1, "我下周"), part(2, "还款。")]
    link = sms()
    bodies = [event.body for event in received(link, 0.5)] + [event.body for event in received(link, 0.5)]
    assert bodies == ["我下周", "还款。"]


def test_what_was_not_kept_is_not_acknowledged_and_comes_again(sms, centre):
    link = sms()
    centre.queue = [receipt("m-1", "DELIVRD")]

    def breaking(_event: Event) -> None:
        raise KeyError("the database is away")

    with pytest.raises(KeyError):
        link.receive(handle=breaking, now=NOW, seconds=1.0)
    assert centre.acknowledged == 0
    assert len(received(link)) == 1
    assert centre.waits_for(1)


def test_a_receipt_during_a_sending_waits(sms, centre, message):
    link = sms()
    link.send(message())
    centre.deliver(receipt("m-1", "DELIVRD"))
    link.send(message())
    assert centre.acknowledged == 0
    assert [event.state for event in received(link)] == ["DELIVERED"]


def test_an_idle_line_is_asked_whether_it_lives(sms, centre, message):
    link = sms()
    link.send(message())
    link._link._heard_at -= 60
    link.send(message())
    assert (centre.enquired, centre.binds) == (1, 1)


def test_too_long_and_no_webhook(sms, message):
    with pytest.raises(Rejected):
        sms().send(message(body="长" * 20_000))
    with pytest.raises(BadReport):
        sms().read_webhook(headers={}, body=b"", url="", now=NOW)
