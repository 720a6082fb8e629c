"""Numbers are read exactly or refused with a reason; nothing is rounded, nothing guessed."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.book.intake.numbers import NumberSpec, number_reader, whole_reader
from qingshou.features.book.intake.reasons import Reason

PLAIN: dict = {}
US = {"group": ",", "currency": True, "parentheses": True}
EU = {"decimal": ",", "group": "."}

TABLE = [
    (PLAIN, "1234.50", Decimal("1234.50")),
    (PLAIN, "-0.001", Decimal("-0.001")),
    (PLAIN, "+5", Decimal(5)),
    (PLAIN, ".5", Decimal("0.5")),
    (PLAIN, "2.675000", Decimal("2.675")),
    (PLAIN, "999999999999999.999", Decimal("999999999999999.999")),
    (PLAIN, "1000000000000000", Reason.TOO_MANY_DIGITS),
    (PLAIN, "0.0001", Reason.TOO_MANY_DECIMALS),
    (PLAIN, "123456789012345.00000000000000000000001", Reason.TOO_MANY_DECIMALS),
    (PLAIN, "1,234", Reason.NOT_A_NUMBER),
    (PLAIN, "1_000", Reason.NOT_A_NUMBER),
    (PLAIN, "NaN", Reason.NOT_FINITE),
    (PLAIN, "-inf", Reason.NOT_FINITE),
    (PLAIN, "1e309", Reason.EXPONENT),
    (PLAIN, "1e5", Reason.EXPONENT),
    (PLAIN, "١٢٣", Reason.FOREIGN_DIGITS),
    (PLAIN, "１２３", Reason.FOREIGN_DIGITS),
    (PLAIN, "--5", Reason.NOT_A_NUMBER),
    (PLAIN, "0x10", Reason.NOT_A_NUMBER),
    (PLAIN, "=1+1", Reason.NOT_A_NUMBER),
    (US, "$60,000.00", Decimal("60000.00")),
    (US, "$1,234,567.89", Decimal("1234567.89")),
    (US, "($1,000.00)", Decimal("-1000.00")),
    (US, "-$5.00", Decimal("-5.00")),
    (US, "$-5.00", Decimal("-5.00")),
    (US, "-$-5.00", Reason.NOT_A_NUMBER),
    (US, "$12,34.00", Reason.NOT_A_NUMBER),
    (US, "¥ 1,000", Decimal(1000)),
    (US, "1,000元", Decimal(1000)),
    (US, "NT$1,000", Decimal(1000)),
    (EU, "1.234.567,89", Decimal("1234567.89")),
    (EU, "1.5", Reason.NOT_A_NUMBER),
    ({"scientific": True}, "5e+05", Decimal(500000)),
    ({"scientific": True}, "1e309", Reason.TOO_MANY_DIGITS),
    ({"scientific": True}, "1e-5", Reason.TOO_MANY_DECIMALS),
    ({"unit": "万元"}, "1.23456", Decimal("12345.6")),
    ({"unit": "cents"}, "12345", Decimal("123.45")),
    ({"trailing_minus": True}, "5.00-", Decimal("-5.00")),
    ({"full_width": True}, "１２３．５", Decimal("123.5")),
]


@pytest.mark.parametrize(("form", "text", "expected"), TABLE, ids=[f"{row[1]!r}" for row in TABLE])
def test_amounts(form, text, expected):
    assert number_reader(NumberSpec(**form), digits_max=15, decimals_max=3)(text) == expected


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ({"unit": "percent"}, "6.12", Decimal("0.0612")),
        ({"unit": "basis_points"}, "612", Decimal("0.0612")),
        ({"percent_sign": True}, "6.12%", Decimal("0.0612")),
        ({"percent_sign": True}, "0.0612", Decimal("0.0612")),
    ],
)
def test_rates(form, text, expected):
    assert number_reader(NumberSpec(**form), digits_max=3, decimals_max=6)(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30", 30),
        ("30.0", 30),
        ("-3", -3),
        ("30.5", Reason.NOT_A_WHOLE_NUMBER),
        ("99999999999", Reason.TOO_MANY_DIGITS),
    ],
)
def test_whole_numbers(text, expected):
    assert whole_reader(NumberSpec())(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.decimals(min_value="-999999999999999.999", max_value="999999999999999.999", places=3))
def test_every_amount_comes_back_as_it_was(amount):
    for form, text in (
        (PLAIN, f"{amount:f}"),
        (US, f"{amount:,f}"),
        (EU, f"{amount:,f}".translate(str.maketrans(",.", ".,"))),
    ):
        assert number_reader(NumberSpec(**form), digits_max=15, decimals_max=3)(text) == amount


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read_exactly_or_refused(text):
    result = number_reader(NumberSpec(), digits_max=15, decimals_max=3)(text)
    if not isinstance(result, Reason):
        assert result == Decimal(text)
        assert text.isascii()
