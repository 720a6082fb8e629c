"""What people type on a telephone: amounts and codes, read as they were meant or not at all."""

from decimal import Decimal

import pytest

from qingshou.features.portal.views.forms import amount_given, digits_given


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500", "500"),
        ("500.5", "500.5"),
        (" ¥1,000.00 ", "1000.00"),
        ("NT$ 12 345", "12345"),
        ("１０００．５０", "1000.50"),
        ("1，000", "1000"),
        ("1,2345", "12345"),
        ("1,00,000", "100000"),
        ("100,50", "100.50"),
        ("100,5", "100.5"),
        ("1.234,56", "1234.56"),
    ],
)
def test_an_amount_is_read_as_it_was_meant(text, amount):
    assert amount_given(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "-5",
        "1e5",
        "NaN",
        "1.000",
        "1.2.3",
        "1,2,3",
        "1,234,5",
        "12,34.50",
        "٥٠٠",
        "1_000",
        "9" * 16,
        "5.",
        ".5",
    ],
)
def test_what_could_be_meant_otherwise_is_no_amount(text):
    assert amount_given(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [("123456", "123456"), (" 123 456 ", "123456"), ("123-456", "123456"), ("１２３４５６", "123456"),
     ("12a456", ""), ("", ""), ("٣" * 6, ""), ("1" * 21, "")],
)  # fmt: skip
def test_a_code_is_read_as_typed_or_pasted(text, digits):
    assert digits_given(text) == digits
