"""Amounts in the capitals of Chinese commerce (大写), which nobody can alter by a stroke."""

from decimal import Decimal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import Rounding, round_money

_DIGITS = {"zh-hans": "零壹贰叁肆伍陆柒捌玖", "zh-hant": "零壹貳參肆伍陸柒捌玖"}
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = {"zh-hans": ("", "万", "亿", "万亿"), "zh-hant": ("", "萬", "億", "萬億")}
_NAMES = {
    "zh-hans": {"CNY": "人民币", "HKD": "港币", "TWD": "新台币", "USD": "美元", "EUR": "欧元"},
    "zh-hant": {"CNY": "人民幣", "HKD": "港幣", "TWD": "新臺幣", "USD": "美元", "EUR": "歐元"},
}
_ZERO, _YUAN, _JIAO, _FEN, _WHOLE = "零", "元", "角", "分", "整"


def in_capitals(*, amount: Decimal, currency: str, language: str = "zh-hans") -> str:
    """Return an amount in capitals: 人民币壹仟贰佰元零伍分.

    Takes   amount    0 to below 10^16, two decimals
            language  zh-hans or zh-hant
    Stops   BadInput  a negative amount, one too large, or another language
    """
    if language not in _DIGITS or not 0 <= amount < Decimal(10) ** 16:
        raise BadInput("Capitals are written for amounts of zero or more in zh-hans and zh-hant: check both.")
    cents = int(round_money(amount, "CNY", Rounding.HALF_UP) * 100)
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    digits, text = _DIGITS[language], _NAMES[language].get(currency, currency)
    if whole or not cents:
        text += (_whole(whole, language) or _ZERO) + _YUAN
    if jiao:
        text += digits[jiao] + _JIAO
    elif fen and whole:
        text += _ZERO
    return text + (digits[fen] + _FEN if fen else _WHOLE)


def _whole(number: int, language: str) -> str:
    groups = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    text = ""
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            continue
        # a zero is said once where places between two digits are empty
        is_gap = text and (group < 1000 or groups[place + 1] == 0)
        text += (_ZERO if is_gap else "") + _four(group, language) + _GROUPS[language][place]
    return text


def _four(group: int, language: str) -> str:
    text, is_gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            text += (_ZERO if is_gap and text else "") + _DIGITS[language][digit] + _PLACES[place]
            is_gap = False
        else:
            is_gap = True
    return text
