"""E-mail by a real SMTP server on loopback: the form of the mail, and what each way of failing means."""

import ipaddress
import socket
import ssl
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.fakes.mail_server import MailServer, free_port, mail_server
from tests.integration.contact_channels.conftest import CANARY_BODY, NOW

from qingshou.features.contact.channels.base import AnswerLost, BadReport, CannotAsk, Rejected, Unreachable
from qingshou.features.contact.channels.smtp import SmtpMail
from qingshou.kernel.errors import Misconfigured
from qingshou.law.contact.terms import Channel


@pytest.fixture
def server():
    with mail_server() as made:
        yield made


@pytest.fixture
def mailer(closing):
    def make(server: MailServer, *, scheme: str = "smtp", login: str = "", **fields: object) -> SmtpMail:
        made = SmtpMail(
            url=f"{scheme}://{login}{server.host}:{server.port}", sender="care@bank.example", sender_name="示例银行",
            now=lambda: NOW, timeout_s=3.0, **fields,
        )  # fmt: skip
        closing.callback(made.close)
        return made

    return make


def test_the_mail_as_it_arrives(server, mailer, message):
    mail = mailer(
        server, reply_to="answer@bank.example", unsubscribe="stop@bank.example", bounce_to="bounce@bank.example"
    )
    sent = message(Channel.EMAIL, body="第一段。\n.\n.以点开头\n\n第二段 <b>&</b>", subject="还款\r\nBcc: x@y.example")
    handed = mail.send(sent)
    assert handed.provider_ref == f"{sent.key}@bank.example"
    [taken] = server.taken
    assert (taken.sender, taken.recipients) == ("bounce@bank.example", ["canary@debtor.example"])
    assert taken.mail_options == ["RET=HDRS", f"ENVID={sent.key}"]
    assert taken.recipient_options == ["NOTIFY=SUCCESS,FAILURE"]
    assert taken.content.isascii()
    read = BytesParser(policy=policy.default).parsebytes(taken.content)
    assert read["Message-ID"] == f"<{sent.key}@bank.example>"
    assert str(read["From"]) == "示例银行 <care@bank.example>"
    assert str(read["To"]) == "王金丝雀 <canary@debtor.example>"
    assert read["Subject"] == "还款 Bcc: x@y.example"
    assert read["Bcc"] is None
    assert read["Reply-To"] == "answer@bank.example"
    assert read["List-Unsubscribe"] == "<mailto:stop@bank.example?subject=unsubscribe>"
    assert read["Date"].datetime == NOW
    assert (read["Content-Language"], read["Auto-Submitted"]) == ("zh-Hans", "auto-generated")
    assert read.get_content_type() == "multipart/alternative"
    plain, page = read.iter_parts()
    assert (plain.get_content_type(), plain.get_content_charset()) == ("text/plain", "utf-8")
    assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == "第一段。\n.\n.以点开头\n\n第二段 <b>&</b>"
    assert "<p>第二段 &lt;b&gt;&amp;&lt;/b&gt;</p>" in page.get_content()


def test_a_page_to_unsubscribe_and_the_reply_address_of_the_message(server, mailer, message):
    mail = mailer(server, unsubscribe="https://bank.example/stop")
    mail.send(message(Channel.EMAIL, reply_to="case-7@bank.example", body="Hello", language="en"))
    read = BytesParser(policy=policy.default).parsebytes(server.taken[0].content)
    assert read["List-Unsubscribe"] == "<https://bank.example/stop>"
    assert read["Reply-To"] == "case-7@bank.example"
    assert read["Content-Language"] == "en"


def test_one_connection_serves_many_mails_and_is_made_anew_when_it_went(server, mailer, message):
    mail = mailer(server)
    for _ in range(3):
        mail.send(message(Channel.EMAIL))
    assert server.sessions == 2  # the first was aiosmtpd's own, when it started
    mail._link.sock.shutdown(socket.SHUT_RDWR)
    mail.send(message(Channel.EMAIL))
    assert (server.sessions, len(server.taken)) == (3, 4)


def test_greylisted_is_to_be_tried_again_and_then_arrives(server, mailer, message, silent):
    mail, sent = mailer(server), message(Channel.EMAIL)
    server.on_rcpt = lambda address: f"451 4.7.1 <{address}> greylisted, come back"
    with pytest.raises(Unreachable) as stopped:
        mail.send(sent)
    silent(stopped.value, mail)
    server.on_rcpt = lambda _address: None
    assert mail.send(sent).state == "SENT"


@pytest.mark.parametrize(
    ("place", "reply", "error", "code"),
    [
        ("on_rcpt", "550 5.1.1 <canary@debtor.example> does not exist", Rejected, "550 5.1.1"),
        ("on_rcpt", "550 no", Rejected, "550"),
        ("on_mail", "553 5.7.1 <care@bank.example> is not yours", Rejected, "553 5.7.1"),
        ("on_mail", "421 4.3.2 closing", Unreachable, ""),
        ("on_data", "554 5.7.1 spam for canary@debtor.example", Rejected, "554 5.7.1"),
        ("on_data", "452 4.3.1 no room", Unreachable, ""),
    ],
)
def test_each_refusal(server, mailer, message, silent, place: str, reply: str, error: type[Exception], code: str):
    mail = mailer(server)
    setattr(server, place, lambda _given: reply)
    with pytest.raises(error) as stopped:
        mail.send(message(Channel.EMAIL))
    assert getattr(stopped.value, "error_code", "") == code
    silent(stopped.value)
    assert server.taken == []
    setattr(server, place, lambda _given: None)
    assert mail.send(message(Channel.EMAIL)).state == "SENT"  # a refusal spoils nothing for the next


def test_gone_after_the_mail_is_never_sent_again_unasked(server, mailer, message, silent):
    mail, sent = mailer(server), message(Channel.EMAIL)
    server.is_vanishing = "after the mail"
    with pytest.raises(AnswerLost) as stopped:
        mail.send(sent)
    assert len(server.taken) == 1  # the server has it, and could not say so
    with pytest.raises(CannotAsk):
        mail.ask(key=sent.key)
    silent(stopped.value)


def test_gone_before_the_mail_was_whole_may_be_sent_again(server, mailer, message):
    mail, sent = mailer(server), message(Channel.EMAIL, body="长" * 3_000_000)
    server.is_vanishing = "in the mail"
    with pytest.raises(Unreachable):
        mail.send(sent)
    assert server.taken == []


def test_nobody_there_is_unreachable(mailer, message, silent):
    mail = mailer(MailServer(port=free_port()))
    with pytest.raises(Unreachable) as stopped:
        mail.send(message(Channel.EMAIL))
    silent(stopped.value)


@pytest.mark.parametrize("to", ["no address", "a@b@c", "x@y.example\r\nRCPT TO:<z@z.example>", ""])
def test_an_address_that_cannot_be_one(server, mailer, message, silent, to: str):
    with pytest.raises(Rejected) as stopped:
        mailer(server).send(message(Channel.EMAIL, to=to))
    assert stopped.value.error_code == "BAD_ADDRESS"
    assert server.taken == []
    silent(stopped.value)


def test_an_address_in_chinese(server, mailer, message):
    mail = mailer(server)
    mail.send(message(Channel.EMAIL, to="王@debtor.example"))
    mail.send(message(Channel.EMAIL, to="wang@银行.example"))
    assert [taken.recipients for taken in server.taken] == [["王@debtor.example"], ["wang@xn--jn2a72x.example"]]
    assert ["SMTPUTF8" in taken.mail_options for taken in server.taken] == [True, False]


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Make a certificate for 127.0.0.1 that nobody but its own file vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW - timedelta(days=9000)).not_valid_after(NOW + timedelta(days=9000))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, str(public)


@pytest.mark.parametrize("scheme", ["smtp+tls", "smtps"])
def test_encrypted_and_signed_in(mailer, message, tmp_path: Path, scheme: str):
    context, ca_file = certificate(tmp_path)
    with mail_server(
        tls=context, is_tls_from_start=scheme == "smtps", password="" if scheme == "smtps" else "p@ss"
    ) as server:
        login = "" if scheme == "smtps" else "qingshou:p%40ss@"
        mailer(server, scheme=scheme, login=login, ca_file=ca_file).send(message(Channel.EMAIL))
        assert len(server.taken) == 1
        with pytest.raises(Unreachable):  # a certificate nobody vouches for
            mailer(server, scheme=scheme, login=login).send(message(Channel.EMAIL))
        if login:
            with pytest.raises(Unreachable) as stopped:
                mailer(server, scheme=scheme, login="qingshou:wrong@", ca_file=ca_file).send(message(Channel.EMAIL))
            assert "wrong" not in str(stopped.value)
        assert len(server.taken) == 1


def test_without_encryption_where_it_is_demanded_nothing_is_sent(server, mailer, message):
    with pytest.raises(Unreachable):
        mailer(server, scheme="smtp+tls").send(message(Channel.EMAIL))
    assert server.taken == []


def test_what_cannot_be_settings():
    with pytest.raises(Misconfigured):
        SmtpMail(url="http://relay.example", sender="a@b.example")
    with pytest.raises(Misconfigured) as stopped:
        SmtpMail(url="smtp://relay.example", sender="nobody")
    assert "nobody" not in str(stopped.value)


def test_mail_reports_nothing_by_webhook(server, mailer):
    with pytest.raises(BadReport):
        mailer(server).read_webhook(headers={}, body=b"", url="", now=NOW)
    assert mailer(server).receive(handle=lambda _event: None, now=NOW) == 0


def test_words_nobody_sees(server, mailer, message, silent):
    mail = mailer(server)
    mail.send(message(Channel.EMAIL, body=CANARY_BODY))
    silent(mail)
