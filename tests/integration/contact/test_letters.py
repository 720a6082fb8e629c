"""Letters: one pile, printed and kept sealed, posted by a person; registered numbers used once."""

import io
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import search_events
from qingshou.features.contact.channels.letters import LetterPrinter, Sender
from qingshou.features.contact.channels.post_numbers import NumberSeries
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.letter_files import LetterFiles
from qingshou.features.contact.models import LetterBatch, Message
from qingshou.features.contact.operations import letters, outbox
from qingshou.features.contact.operations.providers import Given
from qingshou.features.contact.operations.sending import send_due
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Channel, Stop


@pytest.fixture
def files(tmp_path: Any) -> LetterFiles:
    return LetterFiles(tmp_path, "alpha")


@pytest.fixture
def printer() -> LetterPrinter:
    return LetterPrinter(
        sender=Sender("河岸银行", ("北京市西城区 1 号",), "河岸服务中心"), number_series=NumberSeries("XA", 1, 999)
    )


def letter(body: str = "请与我们联系。", **more: Any) -> Message:
    to_send = outbox.ToSend(asked=asked_of(make_debtor(**more), channel=Channel.POST), body=body, subject="请联系我们")
    return outbox.queue(to_send=to_send, actor=SYSTEM, now=NOW)


def make(printer: LetterPrinter, files: LetterFiles, **more: Any) -> LetterBatch:
    return letters.make_letter_batch(printer=printer, files=files, actor=SYSTEM, now=NOW, **more)


def test_letters_are_gathered_printed_kept_and_posted(printer, files, tmp_path):
    messages = [letter(), letter("第二封信。"), letter("第三封信。")]
    batch = make(printer, files)
    assert (batch.number, batch.letters_count, batch.pages_count) == ("L2026-00001", 3, 6)
    (path,) = (tmp_path / "letters" / "alpha").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.read_bytes().startswith(b"%PDF")
    pdf = letters.open_batch(batch_id=batch.id, files=files, actor=SYSTEM, now=NOW)
    text = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert "第二封信" in "".join(text)
    assert "王小明" in text[0]
    assert {one.state for one in Message.objects.filter(letter_batch=batch)} == {"SENDING"}
    later = NOW + timedelta(hours=2)
    assert letters.mark_posted(batch_id=batch.id, actor=SYSTEM, now=later) == letters.Posted(3, ())
    first = Message.objects.get(id=messages[0].id)
    assert (first.state, first.sent_at, first.attempt.outcome, first.attempt.at) == ("SENT", later, "SENT", later)
    with pytest.raises(NotNow):
        letters.mark_posted(batch_id=batch.id, actor=SYSTEM, now=later)
    with pytest.raises(NotNow):
        make(printer, files)
    actions = {event.action for event in search_events(subject_kind="LENDER")}
    assert {"LETTERS_GATHERED", "LETTERS_OPENED", "LETTERS_POSTED"} <= actions


def test_the_sender_leaves_letters_alone(printer, files):
    message = letter()
    nothing = Given({})
    assert send_due(providers=nothing, actor=SYSTEM, clock=lambda: NOW).counts == {}
    batch = make(printer, files)
    much_later = NOW + timedelta(days=2)
    assert send_due(providers=nothing, actor=SYSTEM, clock=lambda: much_later).counts == {}
    message.refresh_from_db()
    assert (message.state, message.letter_batch_id) == ("SENDING", batch.id)


def test_a_stop_before_printing_leaves_the_letter_out_and_after_it_names_its_place(printer, files):
    first, second, third = letter(), letter(), letter()
    place_stop(borrower_id=first.attempt.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    batch = make(printer, files)
    assert batch.letters_count == 2
    place_stop(borrower_id=third.attempt.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    (place,) = letters.places_stopped(batch_id=batch.id, now=NOW)
    third.refresh_from_db()
    assert third.provider_ref == f"L2026-00001/{place}"
    assert letters.mark_posted(batch_id=batch.id, actor=SYSTEM, now=NOW) == letters.Posted(1, (place,))
    states = dict(Message.objects.values_list("id", "state"))
    assert [states[one.id] for one in (first, second, third)] == ["CANCELLED", "SENT", "CANCELLED"]


def test_a_stop_while_it_is_printed_prints_anew_without_it(printer, files):
    first, second = letter(), letter()

    class Slow:
        def make(self, wanted: Any, **more: Any) -> Any:
            if len(wanted) == 2:
                place_stop(borrower_id=first.attempt.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
            return printer.make(wanted, **more)

    batch = make(Slow(), files)
    assert [one.id for one in Message.objects.filter(letter_batch=batch)] == [second.id]
    assert batch.letters_count == 1


def test_registered_numbers_follow_on_each_other(printer, files):
    letter(), letter()
    make(printer, files, is_registered=True)
    letter()
    make(printer, files, is_registered=True)
    numbers = sorted(Message.objects.values_list("registered_number", flat=True))
    assert numbers == [printer.number_series.number(serial) for serial in (1, 2, 3)]


def test_a_number_from_the_counter_is_kept_for_a_plain_letter_only(printer, files):
    message = letter()
    make(printer, files)
    note = letters.note_registered_number
    assert note(message_id=message.id, number="xa 123 456 cn", actor=SYSTEM, now=NOW).registered_number == "XA123456CN"
    with pytest.raises(BadContactInput):
        note(message_id=message.id, number="§", actor=SYSTEM, now=NOW)
    registered = letter()
    make(printer, files, is_registered=True)
    with pytest.raises(NotNow):
        note(message_id=registered.id, number="XA123456CN", actor=SYSTEM, now=NOW)
