"""Amounts in capitals, at every place where a zero is said, kept or left out."""

from decimal import Decimal

import pytest

from qingshou.features.repayment.rules.capitals import in_capitals
from qingshou.kernel.errors import BadInput


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("0.55", "伍角伍分"), ("1", "壹元整"),
        ("10", "壹拾元整"), ("101", "壹佰零壹元整"), ("1001", "壹仟零壹元整"), ("1010", "壹仟零壹拾元整"),
        ("1200.05", "壹仟贰佰元零伍分"), ("1200.50", "壹仟贰佰元伍角整"), ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"), ("10500", "壹万零伍佰元整"), ("100000", "壹拾万元整"), ("1000000", "壹佰万元整"),
        ("12345678.91", "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角壹分"), ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"), ("100010000", "壹亿零壹万元整"), ("101000000", "壹亿零壹佰万元整"),
    ],
)  # fmt: skip
def test_capitals(amount, text):
    assert in_capitals(amount=Decimal(amount), currency="CNY") == f"人民币{text}"


def test_in_traditional_characters():
    assert in_capitals(amount=Decimal("23000.06"), currency="TWD", language="zh-hant") == "新臺幣貳萬參仟元零陸分"


@pytest.mark.parametrize(("amount", "language"), [("-1", "zh-hans"), ("1e16", "zh-hans"), ("1", "en")])
def test_what_has_no_capitals(amount, language):
    with pytest.raises(BadInput):
        in_capitals(amount=Decimal(amount), currency="CNY", language=language)
