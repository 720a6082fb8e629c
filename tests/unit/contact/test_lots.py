"""Lots: stable, uniform, one a person, and independent of one another from campaign to campaign."""

from decimal import Decimal

import pytest

from qingshou.features.contact.rules.lots import draw, is_held_out

PEOPLE = [f"B:{number:08d}" for number in range(20_000)]


def test_a_lot_is_what_it_was():
    """Pinned: another reading of the digest would leave other people alone in campaigns that run."""
    assert draw(seed=7, person="B:1") == Decimal("0.93009482")
    assert draw(seed=7, person="B:1") == draw(seed=7, person="B:1")
    assert draw(seed=8, person="B:1") != draw(seed=7, person="B:1")
    assert draw(seed=7, person="B:2") != draw(seed=7, person="B:1")


def test_lots_lie_in_the_unit_interval_with_eight_places():
    lots = [draw(seed=3, person=person) for person in PEOPLE[:2000]]
    assert all(0 <= lot < 1 for lot in lots)
    assert all(lot.as_tuple().exponent == -8 for lot in lots)


@pytest.mark.parametrize("seed", [0, 1, 2**62 - 1])
def test_lots_are_uniform(seed):
    """Chi-square over 100 cells of 20,000 lots: 99 degrees of freedom, 148.2 at one in a thousand."""
    cells = [0] * 100
    for person in PEOPLE:
        cells[int(draw(seed=seed, person=person) * 100)] += 1
    expected = len(PEOPLE) / 100
    assert sum((count - expected) ** 2 / expected for count in cells) < 148.2


def test_lots_of_two_campaigns_have_nothing_to_do_with_each_other():
    """Chi-square of the four-fold table of being held out in both: 1 degree of freedom, 10.83 at one in a thousand."""
    share = Decimal("0.3")
    table = [[0, 0], [0, 0]]
    for person in PEOPLE:
        first, second = (is_held_out(draw(seed=seed, person=person), share=share) for seed in (11, 12))
        table[first][second] += 1
    total, rows = len(PEOPLE), [sum(row) for row in table]
    columns = [table[0][turn] + table[1][turn] for turn in (0, 1)]
    statistic = sum(
        (table[one][two] - rows[one] * columns[two] / total) ** 2 / (rows[one] * columns[two] / total)
        for one in (0, 1)
        for two in (0, 1)
    )
    assert statistic < 10.83


@pytest.mark.parametrize(
    ("lot", "share", "held_out"),
    [
        ("0.09999999", "0.100", True),
        ("0.10000000", "0.100", False),
        ("0.00000000", "0.000", False),
        ("0.00000000", "0.001", True),
    ],
)
def test_a_lot_below_the_share_is_left_alone(lot, share, held_out):
    assert is_held_out(Decimal(lot), share=Decimal(share)) is held_out
