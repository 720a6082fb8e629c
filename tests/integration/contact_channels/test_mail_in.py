"""Mail that comes in: bounces (RFC 3464), receipts (RFC 8098), answers; read once each from a Maildir or by IMAP."""

import mailbox
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.fakes.imap import imap_server
from tests.integration.contact_channels.conftest import NOW

from qingshou.features.contact.channels.base import Incoming, Report, Unreachable
from qingshou.features.contact.channels.mail_box import ImapBox, MaildirBox
from qingshou.features.contact.channels.mail_text import events_of, own_words
from qingshou.features.contact.channels.smtp import SmtpMail
from qingshou.kernel.errors import Misconfigured

KEY = UUID("11111111-2222-4333-8444-555555555555")
DOMAIN = "bank.example"


def crlf(text: str) -> bytes:
    return text.lstrip("\n").replace("\n", "\r\n").encode()


def bounce(*, action: str = "failed", status: str = "5.1.1", envelope: bool = True, returned: str = "") -> bytes:
    """A notification as Postfix writes it."""
    return crlf(f"""
From: MAILER-DAEMON@relay.example
To: care@bank.example
Message-ID: <dsn-1@relay.example>
Date: Wed, 25 Nov 2026 02:00:00 +0000
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

<canary@debtor.example>: user unknown

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
{f"Original-Envelope-Id: {KEY}" if envelope else "X-Postfix-Queue-ID: 7"}
Arrival-Date: Wed, 25 Nov 2026 01:59:00 +0000

Final-Recipient: rfc822; canary@debtor.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <canary@debtor.example> user unknown

--b
Content-Type: {returned or "text/rfc822-headers"}

From: care@bank.example
Message-ID: <{KEY}@bank.example>
Subject: x

--b--
""")


@pytest.mark.parametrize(
    ("action", "status", "wanted"),
    [
        ("failed", "5.1.1", ("BOUNCED", "5.1.1")),
        ("FAILED", "5.2.2 (mailbox full)", ("BOUNCED", "5.2.2")),
        ("failed", "4.4.7", ("FAILED", "4.4.7")),
        ("delivered", "2.0.0", ("DELIVERED", "")),
        ("relayed", "2.0.0", ("SENT", "")),
    ],
)
def test_a_notification_is_a_report(action: str, status: str, wanted: tuple[str, str]):
    [report] = events_of(bounce(action=action, status=status), domain=DOMAIN, now=NOW)
    assert isinstance(report, Report)
    assert (report.state, report.error_code) == wanted
    assert (report.key, report.event_ref, report.at) == (KEY, "dsn-1@relay.example", NOW - timedelta(hours=1))


def test_a_delay_changes_nothing():
    assert events_of(bounce(action="delayed", status="4.4.1"), domain=DOMAIN, now=NOW) == []


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_our_mail_is_known_by_its_id_when_the_envelope_was_forgotten(returned: str):
    [report] = events_of(bounce(envelope=False, returned=returned), domain=DOMAIN, now=NOW)
    assert report.key == KEY
    [foreign] = events_of(bounce(envelope=False, returned=returned), domain="other.example", now=NOW)
    assert foreign.key is None


def test_a_notification_of_two_recipients_is_two_reports():
    raw = bounce().replace(
        b"Action: failed\r\n",
        b"Action: delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; b@c.example\r\nAction: failed\r\n",
    )
    first, second = events_of(raw, domain=DOMAIN, now=NOW)
    assert [first.state, second.state] == ["DELIVERED", "BOUNCED"]
    assert first.event_ref != second.event_ref


def test_a_receipt_is_read():
    raw = crlf(f"""
From: canary@debtor.example
Message-ID: <mdn-1@debtor.example>
Date: Wed, 25 Nov 2026 02:00:00 +0000
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

read

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; canary@debtor.example
Original-Message-ID: <{KEY}@bank.example>
Disposition: manual-action/MDN-sent-manually; displayed

--b--
""")
    assert events_of(raw, domain=DOMAIN, now=NOW) == [
        Report("mdn-1@debtor.example", "READ", NOW - timedelta(hours=1), key=KEY)
    ]


def answer(body: str = "好的", headers: str = "", number: int = 1) -> bytes:
    return crlf(f"""
From: =?utf-8?b?546L?= <canary@debtor.example>
To: care@bank.example
Message-ID: <answer-{number}@debtor.example>
Date: Wed, 25 Nov 2026 10:00:00 +0800
Subject: =?utf-8?b?562U5aSN?=
In-Reply-To: <{KEY}@bank.example>
MIME-Version: 1.0
{headers or "Content-Type: text/plain; charset=utf-8"}
Content-Transfer-Encoding: 8bit

{body}
""")


def test_an_answer_is_threaded_and_holds_the_person_s_own_words_only():
    body = "我下周还款。\n\n在 2026年11月24日，示例银行 写道：\n> 如不愿收到此类邮件，请回复 退订。"
    [incoming] = events_of(answer(body), domain=DOMAIN, now=NOW)
    assert isinstance(incoming, Incoming)
    assert (incoming.body, incoming.subject, incoming.sender) == ("我下周还款。", "答复", "canary@debtor.example")
    assert (incoming.in_reply_to, incoming.event_ref) == (KEY, "answer-1@debtor.example")
    assert incoming.at == NOW - timedelta(hours=1)
    assert "canary" not in repr(incoming).replace("answer-1@debtor.example", "")


@pytest.mark.parametrize(
    "quoted",
    [
        "> STOP", "-----Original Message-----\nSTOP", "-----原始邮件-----\nSTOP",
        "On Tue, 24 Nov 2026 Bank <care@bank.example> wrote:\nSTOP",
        "发件人: 银行 <care@bank.example>\nSTOP", "From: Bank <care@bank.example>\nSTOP", "________________\nSTOP",
        "示例银行 <care@bank.example> 於 2026年11月24日 寫道：\nSTOP",
    ],
)  # fmt: skip
def test_quoted_words_are_not_the_person_s(quoted: str):
    assert own_words(f"Yes\n{quoted}") == "Yes"
    assert own_words("STOP") == "STOP"


def test_an_answer_as_a_page():
    page = "<html><style>p{}</style><body><p>退订</p><blockquote>请回复 STOP</blockquote></body></html>"
    [incoming] = events_of(answer(page, "Content-Type: text/html; charset=utf-8"), domain=DOMAIN, now=NOW)
    assert incoming.body == "退订"


@pytest.mark.parametrize("charset", ["gb18030", "big5", "no-such-charset"])
def test_other_charsets(charset: str):
    codec = "utf-8" if charset == "no-such-charset" else charset
    raw = answer("BODY", f"Content-Type: text/plain; charset={charset}").replace(b"BODY", "好的".encode(codec))
    [incoming] = events_of(raw, domain=DOMAIN, now=NOW)
    assert incoming.body == "好的"


@pytest.mark.parametrize("headers", ["Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes"])
def test_an_absence_note_is_no_answer(headers: str):
    assert events_of(answer("I am away", headers + "\nContent-Type: text/plain"), domain=DOMAIN, now=NOW) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\n",
     b"Subject: x\r\n\r\n" + b"\x00" * 1000,
     b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 50, b"Date: yesterday\r\nFrom: <<>>\r\n\r\nx"],
)  # fmt: skip
def test_a_hostile_mail_breaks_nothing(raw: bytes):
    for event in events_of(raw, domain=DOMAIN, now=NOW):
        assert event.at <= NOW
        assert 0 < len(event.event_ref) <= 120


@pytest.fixture
def maildir(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(str(tmp_path / "box"), create=True)


def test_a_maildir_is_read_once(maildir: mailbox.Maildir, tmp_path: Path):
    box = MaildirBox(path=str(tmp_path / "box"))
    for number in range(3):
        maildir.add(answer(number=number))
    found: list[str] = []
    assert box.read_new(handle=lambda event: found.append(event.event_ref), domain=DOMAIN, now=NOW) == 3
    assert sorted(found) == [f"answer-{number}@debtor.example" for number in range(3)]
    assert box.read_new(handle=lambda event: found.append(event.event_ref), domain=DOMAIN, now=NOW) == 0
    assert len(list((tmp_path / "box" / "cur").iterdir())) == 3
    assert all(path.name.endswith("S") for path in (tmp_path / "box" / "cur").iterdir())


def test_what_was_not_kept_is_read_again(maildir: mailbox.Maildir, tmp_path: Path):
    mail = SmtpMail(url="smtp://127.0.0.1", sender="care@bank.example", box=MaildirBox(path=str(tmp_path / "box")))
    maildir.add(answer(number=1))
    maildir.add(answer(number=2))
    found: list[str] = []

    def breaking(event: object) -> None:
        if found:
            raise RuntimeError
        found.append(event.event_ref)

    with pytest.raises(RuntimeError):
        mail.receive(handle=breaking, now=NOW)
    assert len(found) == 1
    assert mail.receive(handle=lambda event: found.append(event.event_ref), now=NOW) == 1
    assert len(set(found)) == 2


def test_a_maildir_that_is_not_there(tmp_path: Path):
    with pytest.raises(Unreachable):
        MaildirBox(path=str(tmp_path / "none")).read_new(handle=print, domain=DOMAIN, now=NOW)


def test_an_imap_box_is_read_once_and_after_a_cut_line_read_on():
    with imap_server() as server:
        server.mails = {number: answer(number=number) for number in range(1, 5)}
        server.mails[9] = bounce()
        server.cuts_after_fetches = 2
        box = ImapBox(url=f"imap://care:p%40ss@127.0.0.1:{server.port}/INBOX", timeout_s=3.0)
        found: list[str] = []
        with pytest.raises(Unreachable):
            box.read_new(handle=lambda event: found.append(event.event_ref), domain=DOMAIN, now=NOW)
        assert server.seen == {1, 2}
        server.cuts_after_fetches = 0
        assert box.read_new(handle=lambda event: found.append(event.event_ref), domain=DOMAIN, now=NOW) == 3
        assert len(found) == len(set(found)) == 5
        assert box.read_new(handle=lambda event: found.append(event.event_ref), domain=DOMAIN, now=NOW) == 0


def test_a_wrong_password_is_not_repeated(silent):
    with imap_server() as server:
        box = ImapBox(url=f"imap://care:wrong-secret@127.0.0.1:{server.port}", timeout_s=3.0)
        with pytest.raises(Unreachable) as stopped:
            box.read_new(handle=print, domain=DOMAIN, now=NOW)
        assert "wrong-secret" not in f"{stopped.value}{box!r}"
    with pytest.raises(Misconfigured):
        ImapBox(url="imap://care:p@mail.example/")
