"""Opt-out words: what acts at once, what must not, and which channel it is about."""

import pytest

from qingshou.features.contact.inbound.optout import is_cease, is_opt_out, is_resume, opt_out_of
from qingshou.law.contact.terms import Channel

REFUSES = [
    "STOP", "stop", "Stop.", "STOP!!!", " stop \n", "ＳＴＯＰ", "StopAll", "STOP ALL", "UNSUBSCRIBE",
    "unsubscribe please", "Cancel", "END", "quit", "please stop", "Stop, thanks", "ok stop", "opt out", "OPT-OUT",
    "remove me", "T", "t", "Ｔ", "TD", "td", "ＴＤ", "TD。", "N", "n", "R", "回复TD", "回T", "T谢谢", "退订",
    "退訂", "退订！", "【退订】", "请退订", "我要退订", "退订谢谢", "退订了", "取消", "停止", "拒收", "不要再发",
    "别再发了", "別再發了", "唔好再發", "停止发送", "请勿打扰", "取消订阅", "Please stop texting me",
    "stop sending me these messages", "Don't text me again", "do not contact me", "take me off your list",
    "Remove my number from your system", "I want to opt out of these texts", "unsubscribe me from this",
    "no more texts please, I've asked twice", "Don’t message me", "请不要再给我发短信了", "别给我发信息了",
    "不要再发这种东西给我", "我要退订你们的短信", "请停止发送短信", "唔好再send俾我", "请帮我退订",
    "不要再联系我了", "STOP\n\nSent from my iPhone",
]  # fmt: skip
DOES_NOT = [
    "T恤", "我要买T恤", "TD银行", "T-shirt", "N95口罩", "i'll stop by tomorrow", "I will stop by the branch",
    "Stop by my shop", "the bus stop", "I can't stop crying", "don't stop texting me, I need the reminders",
    "end of the month", "I'll pay at the end of May", "quit my job last week", "cancel my card",
    "my order was cancelled", "取消了吗", "怎么取消还款", "停止计息可以吗", "能不能停止收利息", "不要退订",
    "我不想退订", "怎么退订", "课程退订了但是还在扣款", "no", "No thanks, I paid already", "TT", "tt", "Nn", "ok",
    "好的", "", "？", "123", "start", "恢复", "请不要给我单位打电话", "别打给我家人", "晚上不要给我打电话",
    "不要在上班时间打电话", "Don't call me at work", "stop calling my mother", "please don't call me before 9",
    "不要催我爸妈", "nowstop", "I'd never stop paying",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSES)
def test_refuses(text: str) -> None:
    assert is_opt_out(text), text


@pytest.mark.parametrize("text", DOES_NOT)
def test_does_not_refuse(text: str) -> None:
    assert opt_out_of(text) is None, text


@pytest.mark.parametrize(
    ("text", "came_by", "refused"),
    [
        ("STOP", Channel.WHATSAPP, Channel.WHATSAPP),
        ("stop calling me", Channel.SMS, Channel.PHONE),
        ("别再打电话了", Channel.SMS, Channel.PHONE),
        ("别再打了", Channel.SMS, Channel.PHONE),
        ("請不要再打電話來", Channel.SMS, Channel.PHONE),
        ("Please stop texting me", Channel.EMAIL, Channel.SMS),
        ("别再给我发短信", Channel.WECOM, Channel.SMS),
        ("stop emailing me", Channel.SMS, Channel.EMAIL),
        ("不要再给我发邮件", Channel.EMAIL, Channel.EMAIL),
        ("stop contacting me", Channel.LINE, Channel.LINE),
    ],
)
def test_the_channel_named_is_refused(text: str, came_by: Channel, refused: Channel) -> None:
    found = opt_out_of(text, channel=came_by)
    assert found is not None
    assert found.channel == refused


def test_one_letter_is_a_word_only_where_it_was_asked_for() -> None:
    assert is_opt_out("T", channel=Channel.SMS)
    assert not is_opt_out("T", channel=Channel.EMAIL)
    assert not is_opt_out("N", channel=Channel.WHATSAPP)
    assert is_opt_out("TD", channel=Channel.EMAIL)


def test_our_own_words_quoted_do_not_count() -> None:
    quoted = "I will pay on Friday.\n\nOn Mon, 23 Nov 2026, Bank <care@bank.example> wrote:\n> Reply STOP to end.\nSTOP"
    assert not is_opt_out(quoted, channel=Channel.EMAIL)
    chinese = "周五还。\n\n------------------ 原始邮件 ------------------\n发件人: 客服\n退订请回复\n退订"
    assert not is_opt_out(chinese, channel=Channel.EMAIL)
    assert is_opt_out("退订\n\n在 2026年11月23日，客服写道：\n> 您有一笔待还", channel=Channel.EMAIL)


def test_the_subject_of_a_mail_may_be_the_word() -> None:
    assert is_opt_out("", channel=Channel.EMAIL, subject="Unsubscribe")
    assert is_opt_out("thank you", channel=Channel.EMAIL, subject="退订")
    assert not is_opt_out("I will pay on Friday", channel=Channel.EMAIL, subject="Re: Your loan")


@pytest.mark.parametrize("text", ["START", "start", "Unstop", "恢复", "恢復", "恢复接收。", "请恢复"])
def test_the_channel_is_wanted_again(text: str) -> None:
    assert is_resume(text)
    assert not is_opt_out(text)


@pytest.mark.parametrize("text", ["when do we start", "恢复工作了", "I'll start paying in May", "stop"])
def test_nothing_else_resumes(text: str) -> None:
    assert not is_resume(text)


def test_refusing_everything_is_told_apart() -> None:
    assert is_cease("Never contact me again")
    assert is_cease("永远不要联系我")
    assert is_cease("停止一切催收")
    assert not is_cease("STOP")
    assert not is_cease("请联系我的律师")
