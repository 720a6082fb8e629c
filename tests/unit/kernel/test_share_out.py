"""Splitting an amount by weights: exact, the largest remainder first, equal remainders to the first."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import share_out


@pytest.mark.parametrize(
    ("total", "weights", "currency", "shares"),
    [
        ("100.00", "1 1 1", "CNY", "33.34 33.33 33.33"),
        ("100", "1 1 1", "KRW", "34 33 33"),
        ("0.005", "1 2 1", "BHD", "0.001 0.003 0.001"),
        # 3/7 and 10/7 leave the same remainder: cut to 28 digits they differ, and the second took the unit.
        ("0.003", "0.001 0.003 0.010 0.007", "KWD", "0.000 0.001 0.001 0.001"),
        ("0.01", "1 1", "CNY", "0.01 0.00"),
        ("-0.03", "1 1", "CNY", "-0.02 -0.01"),
        ("0.00", "1 0", "CNY", "0.00 0.00"),
        ("5.00", "0 1", "CNY", "0.00 5.00"),
        ("999999999999999.99", "999999999999999.98 0.01", "CNY", "999999999999999.98 0.01"),
    ],
)
def test_by_largest_remainder(total, weights, currency, shares):
    found = share_out(Decimal(total), [Decimal(one) for one in weights.split()], currency)
    assert [str(one) for one in found] == shares.split()


@pytest.mark.parametrize("weights", ["0 0", "", "1 -1", "2 -1"])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(BadInput, match="zero or more and not all zero"):
        share_out(Decimal(1), [Decimal(one) for one in weights.split()], "CNY")


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 10**17), st.lists(st.integers(0, 10**17), min_size=1, max_size=6).filter(any))
def test_every_share_is_its_exact_part_rounded_one_way_or_the_other(cents, weights):
    found = share_out(Decimal(cents).scaleb(-2), [Decimal(one).scaleb(-2) for one in weights], "CNY")
    units = [int(one.scaleb(2)) for one in found]
    assert sum(units) == cents
    exact = [Fraction(cents * one, sum(weights)) for one in weights]
    ups = [got - int(one) for got, one in zip(units, exact, strict=True)]
    assert set(ups) <= {0, 1}
    for place, up in enumerate(ups):
        for other, its in enumerate(ups):
            mine, theirs = exact[place] % 1, exact[other] % 1
            assert not (up < its and (mine, -place) > (theirs, -other))
