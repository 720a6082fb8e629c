"""The interval of a difference, against Newcombe's own published examples."""

import pytest

from qingshou.features.contact.rules.intervals import Share, difference, wilson


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10, cases (a) to (h)
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_examples(first, second, low, high):
    found = difference(Share(*first), Share(*second))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_of_nothing_and_of_nobody():
    assert wilson(Share(0, 0)) == (0.0, 1.0)
    low, high = wilson(Share(0, 10))
    assert low == 0.0
    assert round(high, 4) == 0.2775


def test_of_nobody_there_is_no_difference():
    assert difference(Share(1, 10), Share(0, 0)) is None
    assert Share(0, 0).value is None


@pytest.mark.parametrize(
    ("first", "second", "is_early"),
    [
        ((10, 30), (10, 30), False),
        ((10, 30), (10, 29), True),  # too few people
        ((3, 3000), (1, 300), True),  # too few to whom it happened
        ((4, 3000), (1, 300), False),
        ((3000, 3000), (296, 300), True),  # too few to whom it did not
    ],
)
def test_few_is_early(first, second, is_early):
    found = difference(Share(*first), Share(*second))
    assert found.is_early is is_early


def test_clear_is_what_leaves_zero_out_on_enough_people():
    assert difference(Share(300, 1000), Share(20, 100)).is_clear
    assert not difference(Share(300, 1000), Share(28, 100)).is_clear
    assert not difference(Share(9, 10), Share(1, 10)).is_clear
