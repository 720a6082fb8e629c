"""What a person wrote, without what they answer and how they sign."""

import pytest

from qingshou.features.contact.inbound.quoting import own_words

QUOTED = [
    ("好的，周五还\n\n在 2026年11月23日，客服 <a@b.example> 写道：\n> 您好", "好的，周五还"),
    ("好的\n--- 原始邮件 ---\n您好", "好的"),
    ("收到\n发件人：客服\n发送时间：今天\n您好", "收到"),
    ("Fine\n\n-----Original Message-----\nFrom: Care", "Fine"),
    ("Fine\r\n\r\nFrom: Care <care@bank.example>\r\nSent: Monday", "Fine"),
    ("Fine\n\nOn Mon, 23 Nov 2026 at 09:12, Customer Care of the Bank\n<care@bank.example> wrote:\n> Hello", "Fine"),
    ("> you owe\nI do not\n> please pay\nNever did", "I do not\nNever did"),
    ("I will pay\n--\nA. Person\nTel. 1", "I will pay"),
    ("I will pay\n\nKind regards,\nA. Person", "I will pay"),
    ("我会还的\n\n此致\n敬礼", "我会还的"),
    ("明天还\n发自我的iPhone", "明天还"),
    ("STOP\n\nSent from my iPhone", "STOP"),
    ("Cheers", "Cheers"),
    ("on my way to the bank\nwill pay today", "on my way to the bank\nwill pay today"),
    ("T", "T"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "said"), QUOTED)
def test_own_words(text: str, said: str) -> None:
    assert own_words(text) == said
