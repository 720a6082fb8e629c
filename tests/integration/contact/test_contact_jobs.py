"""The jobs and commands of the outbox, on committed rows of a lender whose messages become files."""

import json
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.conftest import make_users
from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.rows import make_debtor
from typer.testing import CliRunner

from qingshou.audit.actors import SYSTEM
from qingshou.config.channels import LenderChannels
from qingshou.features.contact import tasks
from qingshou.features.contact.models import Message
from qingshou.features.contact.operations import outbox
from qingshou.interfaces.commands import contact as commands
from qingshou.law.contact.terms import Channel
from qingshou.tenancy.context import using


@pytest.fixture
def lender(committed: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A lender whose text messages go to a folder; the jobs and commands think it is half past ten in Shanghai."""
    make_users(committed, committed.code)
    spool = {"adapter": "spool", "folder": str(tmp_path / "spool")}
    settings.QINGSHOU_CHANNELS = LenderChannels({committed.code: {"SMS": spool}}, default={})
    settings.QINGSHOU_HOME = tmp_path
    monkeypatch.setattr(tasks, "_now", lambda: NOW)
    monkeypatch.setattr(commands, "_now", lambda: NOW)
    return committed


def queued(number: int, channel: Channel = Channel.SMS) -> list[Message]:
    items = [
        outbox.ToSend(asked=asked_of(make_debtor(), channel=channel), subject="您好", body="请回电。")
        for _ in range(number)
    ]
    answers = outbox.queue_many(items=items, actor=SYSTEM, now=NOW)
    return [Message.objects.get(id=one.message_id) for one in answers]


def waiting(lender: Any) -> int:
    return ProcrastinateJob.objects.filter(queueing_lock=f"contact.send:{lender.id}", status="todo").count()


def test_what_is_queued_wakes_the_sender_once_and_the_job_sends_it(lender, tmp_path):
    messages = queued(2) + queued(1)
    assert waiting(lender) == 1
    tasks.send_of_lender(tenant_id=str(lender.id))
    assert {path.stem for path in (tmp_path / "spool").iterdir()} == {str(one.id) for one in messages}
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT"}


def test_every_minute_each_lenders_outbox_is_handed_to_the_worker(lender):
    assert waiting(lender) == 0
    tasks.send_all(timestamp=0)
    tasks.send_all(timestamp=60)
    assert waiting(lender) == 1
    tasks.listen_all(timestamp=0)


def run(*arguments: str) -> Any:
    answer = CliRunner().invoke(commands.app, [*arguments, "--json"], catch_exceptions=False)
    return json.loads(answer.stdout)


def test_the_command_sends_as_many_as_it_is_told(lender):
    queued(3)
    assert run("send", "--tenant", lender.code, "--most", "2") == {"lender": lender.code, "SENT": 2, "left": 1}
    assert run("send", "--tenant", lender.code) == {"lender": lender.code, "SENT": 1, "left": 0}


def test_letters_are_written_out_and_marked_posted(lender, tmp_path):
    queued(2, Channel.POST)
    out = tmp_path / "letters.pdf"
    told = run("letters", str(out), "--tenant", lender.code)
    assert (told["letters"], out.read_bytes()[:4]) == (2, b"%PDF")
    done = run("letters", "--posted", told["batch"], "--tenant", lender.code)
    assert done == {"lender": lender.code, "posted": 2, "taken_out": []}
    with using(lender.id):
        assert set(Message.objects.values_list("state", flat=True)) == {"SENT"}


def test_mail_is_listened_to_where_there_is_a_box(lender):
    assert run("mail", "--tenant", lender.code) == {"lender": lender.code}
