"""Adapters by the settings, the spool, and the file that chooses."""

import json
import stat
from email import policy
from email.parser import BytesParser
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from tests.integration.contact_channels.conftest import CANARY_BODY, CANARY_NUMBER, NOW

from qingshou.config.channels import read_channels
from qingshou.config.environment import Mode
from qingshou.features.contact.channels.base import BadReport, NoAdapter, Unreachable
from qingshou.features.contact.channels.chosen import (
    adapter_by_code,
    adapter_of,
    listeners_of,
    per_minute_of,
    printer_of,
    problems_of,
    telephone_of,
)
from qingshou.features.contact.channels.letters import Letter
from qingshou.features.contact.channels.spool import Spool
from qingshou.kernel.errors import Misconfigured
from qingshou.law.contact.terms import Channel

LONG = "x" * 20
WHOLE = {
    "SMS": {"adapter": "sms_http", "url": "https://sms.example/api", "signing_key": LONG, "per_minute": 300},
    "EMAIL": {"adapter": "smtp", "url": "smtp+tls://relay.example", "from": "a@bank.example", "from_name": "示例银行",
              "incoming": {"maildir": "/var/mail/care"}},
    "PHONE": {"adapter": "ari", "url": "https://pbx.example/ari", "user": "u", "password": "p",
              "extensions": {"wang": "1001"}, "ring_s": 25},
    "POST": {"adapter": "letters", "sender": {"name": "示例银行", "lines": ["北京"]}, "window": {"left_mm": 100},
             "numbers": {"prefix": "XA", "first": 1, "last": 9}},
    "WECOM": {"adapter": "apprise"},
    "DINGTALK": {"adapter": "apprise", "webhook_secret": LONG},
    "WHATSAPP": {"adapter": "apprise", "token": "t", "phone_id": "1"},
    "TELEGRAM": {"adapter": "apprise", "token": "1:a"},
    "LINE": {"adapter": "none"},
}  # fmt: skip


def test_the_whole_of_a_lender_s_choices():
    assert problems_of(WHOLE) == []
    assert adapter_of(Channel.SMS, WHOLE).code == "sms_http"
    assert adapter_of(Channel.SMS, WHOLE) is adapter_of(Channel.SMS, WHOLE)
    assert (per_minute_of(Channel.SMS, WHOLE), per_minute_of(Channel.EMAIL, WHOLE)) == (300, None)
    assert adapter_of(Channel.EMAIL, WHOLE).code == "smtp"
    assert {adapter_of(channel, WHOLE).code for channel in (Channel.WECOM, Channel.DINGTALK, Channel.TELEGRAM)} == {
        "wecom", "dingtalk", "telegram",
    }  # fmt: skip
    assert adapter_by_code("whatsapp", WHOLE).channels == {Channel.WHATSAPP}
    assert [adapter.code for adapter in listeners_of(WHOLE)] == ["smtp"]
    assert telephone_of(WHOLE).code == "ari"
    assert printer_of(WHOLE, lender_name="-").sender.name == "示例银行"


@pytest.mark.parametrize(
    "chosen",
    [
        {"adapter": "sms_aliyun", "access_key_id": "i", "access_key_secret": "s", "sign_name": "n"},
        {"adapter": "sms_twilio", "account_sid": "AC", "auth_token": "t", "from": "+1"},
        {"adapter": "sms_twilio", "account_sid": "AC", "auth_token": "t", "messaging_service_sid": "MG"},
        {"adapter": "smpp", "host": "smsc.example", "system_id": "i", "password": "p", "tls": True, "sender_ton": 1},
        {"adapter": "spool", "folder": "/x"},
    ],
)
def test_every_adapter_of_text_messages(chosen: dict):
    assert problems_of({"SMS": chosen}) == []
    assert adapter_of(Channel.SMS, {"SMS": chosen}).code == chosen["adapter"]


def test_nothing_chosen():
    for channel in Channel:
        with pytest.raises(NoAdapter):
            adapter_of(channel, {})
    with pytest.raises(NoAdapter):
        adapter_of(Channel.PHONE, WHOLE)
    with pytest.raises(NoAdapter):
        adapter_of(Channel.LINE, WHOLE)
    with pytest.raises(NoAdapter):
        adapter_by_code("smpp", WHOLE)
    assert telephone_of({}).link("13912345678").uri == "tel:+8613912345678"
    printer = printer_of({}, lender_name="示例银行")
    letter = Letter(key=UUID(int=1), to_name="a", to_lines=("b",), subject="c", body="d", dated=NOW.date())
    assert printer.make([letter], is_registered=False).pages == (2,)
    for switched_off in (telephone_of, lambda choices: printer_of(choices, lender_name="x")):
        with pytest.raises(NoAdapter):
            switched_off({"PHONE": {"adapter": "none"}, "POST": {"adapter": "none"}})


@pytest.mark.parametrize(
    ("choices", "problems"),
    [
        ([], ["must hold channels by name, as SMS or EMAIL"]),
        ({"FAX": {}}, ["FAX: is no channel; channels are SMS, EMAIL, PHONE, POST"]),
        ({"SMS": {"adapter": "smtp"}},
         ["SMS.adapter: must be one of sms_http, sms_aliyun, sms_twilio, smpp, spool, none"]),
        ({"SMS": "smpp"}, ["SMS.adapter: must be one of sms_http, sms_aliyun, sms_twilio, smpp, spool, none"]),
        ({"SMS": {"adapter": "sms_http", "url": "https://x.example"}}, ["SMS: signing_key is missing"]),
        ({"SMS": {"adapter": "sms_http", "url": "https://x.example", "signing_key": "secret-1"}},
         ["SMS.signing_key: must have at least 16 characters"]),
        ({"SMS": {"adapter": "sms_http", "url": "http://x.example", "signing_key": LONG}},
         ["SMS: SMS.url: over plain http names and numbers would be read on the wire; use https."]),
        ({"SMS": {"adapter": "spool", "folder": "/x", "colour": "secret-1"}}, ["SMS: colour is not a field of it"]),
        ({"SMS": {"adapter": "sms_twilio", "account_sid": "a", "auth_token": "secret-1"}},
         ["SMS: from or messaging_service_sid is missing"]),
        ({"SMS": {"adapter": "smpp", "host": "h", "system_id": "i", "password": "secret-1", "time_zone": "Mars/Base"}},
         ["SMS: a file, an address or a time zone in it cannot be read"]),
        ({"SMS": {"adapter": "smpp", "host": "h", "system_id": "i", "password": "p", "port": "secret-1"}},
         ["SMS.port: must be of type integer"]),
        ({"EMAIL": {"adapter": "smtp", "url": "smtp://r.example", "from": "secret-1"}},
         ["EMAIL: EMAIL.from must be a mail address."]),
        ({"EMAIL": {"adapter": "smtp", "url": "smtp+tls://r.example", "from": "a@b.example",
                    "ca_file": "/none/secret-1"}},
         []),
        ({"WHATSAPP": {"adapter": "apprise", "token": "secret-1"}}, ["WHATSAPP: phone_id is missing"]),
        ({"PHONE": {"adapter": "click", "scheme": "sip"}}, ["PHONE: sip_host is missing"]),
        ({"PHONE": {"adapter": "ari", "url": "https://p.example/ari", "user": "u", "password": "p",
                    "party_endpoint": "x"}},
         ["PHONE.party_endpoint: must fit pattern \\{number\\}"]),
        ({"POST": {"adapter": "letters", "numbers": {"prefix": "XA", "first": 9, "last": 1}}},
         ["POST: A series of registered-post numbers runs between 0 and 99,999,999."]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_without_values(choices: object, problems: list[str]):
    found = problems_of(choices)
    assert [problem[: len(wanted)] for problem, wanted in zip(found, problems, strict=True)] == problems
    assert "secret-1" not in "".join(found)


def chosen_by(tmp_path: Path, content: object, **fields: object):
    path = tmp_path / "channels.yaml"
    path.write_text(
        content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True), encoding="utf-8"
    )
    given = {"mode": Mode.TEST, "home": tmp_path, "email_url": "", "email_from": "qs@bank.example"}
    return read_channels(str(path), **{**given, **fields})


def test_the_file_by_lender_with_secrets_from_elsewhere(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SMS_KEY", LONG)
    (tmp_path / "smtp-url").write_text("smtp+tls://user:password@relay.example\n", encoding="utf-8")
    read = chosen_by(tmp_path, {"bank1": {
        "SMS": {"adapter": "sms_http", "url": "https://sms.example", "signing_key": {"env": "SMS_KEY"}},
        "EMAIL": {"adapter": "smtp", "from": "a@b.example", "url": {"file": str(tmp_path / "smtp-url")}},
    }})  # fmt: skip
    assert read["bank1"]["SMS"]["signing_key"] == LONG
    assert read["bank1"]["EMAIL"]["url"] == "smtp+tls://user:password@relay.example"
    assert (read["bank2"], read.get("bank2", {}), read.get("bank2")) == ({}, {}, {})


def test_every_problem_is_reported_together_and_no_secret_is_shown(tmp_path: Path):
    with pytest.raises(Misconfigured) as stopped:
        chosen_by(tmp_path, {
            "bank1": {"SMS": {"adapter": "sms_http", "url": "https://x.example", "signing_key": {"env": "NOT_THERE"}}},
            "bank2": {"EMAIL": {"adapter": "smtp", "url": {"file": "/none"}, "from": "secret-1"}, "FAX": {}},
        })  # fmt: skip
    text = str(stopped.value)
    for wanted in ("bank1: SMS: signing_key: the environment holds no NOT_THERE",
                   "bank2: EMAIL: url: the file named there",
                   "bank2: FAX: is no channel"):  # fmt: skip
        assert wanted in text
    assert "secret-1" not in text


@pytest.mark.parametrize(
    ("content", "words"), [("a: [", "is not YAML, line 1"), ("- a", "must hold lenders"), ("", "must hold")]
)
def test_a_file_that_is_none(tmp_path: Path, content: str, words: str):
    with pytest.raises(Misconfigured, match=words):
        chosen_by(tmp_path, content)
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_channels("/none/x", mode=Mode.TEST, home=tmp_path, email_url="", email_from="")


def test_the_defaults(tmp_path: Path):
    given = {"home": tmp_path, "email_from": "qs@bank.example"}
    plain = read_channels("", mode=Mode.PRODUCTION, email_url="smtp://relay.example:25", **given)
    assert plain["any"] == {"EMAIL": {"adapter": "smtp", "url": "smtp://relay.example:25", "from": "qs@bank.example"}}
    demo = read_channels("", mode=Mode.DEMO, email_url="", **given)
    assert problems_of(demo["any"]) == []
    assert set(demo["any"]) == {"SMS", "EMAIL", "WECOM", "DINGTALK", "WHATSAPP", "TELEGRAM", "LINE"}
    assert {chosen["adapter"] for chosen in demo["any"].values()} == {"spool"}
    assert demo["any"]["SMS"]["folder"] == str(tmp_path / "demo" / "outbox")
    own = chosen_by(tmp_path, {"bank1": {"SMS": {"adapter": "none"}}}, mode=Mode.DEMO)
    assert (own["bank1"]["SMS"]["adapter"], own["bank1"]["EMAIL"]["adapter"]) == ("none", "spool")


def test_the_spool_is_one_file_a_message(tmp_path: Path, message, silent):
    spool = Spool(folder=str(tmp_path / "out"), now=lambda: NOW)
    sent, mail = message(), message(Channel.EMAIL)
    assert spool.ask(key=sent.key) is None
    assert spool.send(sent).state == "SENT"
    spool.send(sent)
    spool.send(mail)
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == sorted([f"{sent.key}.json", f"{mail.key}.eml"])
    told = json.loads((tmp_path / "out" / f"{sent.key}.json").read_text(encoding="utf-8"))
    assert (told["to"], told["text"], told["channel"]) == (CANARY_NUMBER, CANARY_BODY, "SMS")
    read = BytesParser(policy=policy.default).parsebytes((tmp_path / "out" / f"{mail.key}.eml").read_bytes())
    assert (read["To"], read.get_content().strip()) == ("canary@debtor.example", CANARY_BODY)
    assert stat.S_IMODE((tmp_path / "out" / f"{sent.key}.json").stat().st_mode) == 0o600
    report = spool.ask(key=sent.key)
    assert (report.state, report.key) == ("SENT", sent.key)
    assert spool.ask(key=mail.key).state == "SENT"
    silent(spool)
    with pytest.raises(BadReport):
        spool.read_webhook(headers={}, body=b"", url="", now=NOW)


def test_a_spool_that_cannot_be_written(tmp_path: Path, message, silent):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unreachable) as stopped:
        Spool(folder=str(tmp_path / "file" / "out")).send(message())
    silent(stopped.value)
