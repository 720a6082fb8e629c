"""Chances: exactly one together, none under the floor, sharper with history; a draw chooses, always the same."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.features.contact.timing.policy import NoArm, Policy, chances, chosen, draw_of, hash_in, policy_name

scores = st.lists(st.floats(0, 1), min_size=1, max_size=40)
shares = st.integers(1, 10**8).map(draw_of)


@given(scores, shares, st.integers(0, 10**7))
def test_chances_are_exactly_one_and_never_under_the_floor(of, exploration, contacts):
    made = chances(of, Policy(exploration=exploration, contacts=contacts))
    assert sum(made) == Decimal(1)
    assert all(chance.as_tuple().exponent == -8 for chance in made)
    floor = exploration / len(of)
    assert min(made) >= floor.quantize(Decimal("1e-8"), rounding="ROUND_DOWN")


def test_without_history_every_arm_is_as_likely_as_the_next():
    assert chances([0.9, 0.1, 0.5, 0.2], Policy(contacts=0)) == [Decimal("0.25000000")] * 4


def test_with_much_history_the_floor_is_all_that_is_left_to_the_others():
    made = chances([0.2, 0.6, 0.1, 0.3], Policy(contacts=10**12))
    assert made[0] == pytest.approx(Decimal("0.025"), abs=Decimal("0.0001"))
    assert made[1] == pytest.approx(Decimal("0.925"), abs=Decimal("0.0001"))


def test_the_weights_are_those_of_the_formula():
    # two arms, gap 0.1, sharpness 10 x sqrt(100) = 100: the lesser has 1 / (2 + 10); no exploration to speak of
    made = chances([0.3, 0.2], Policy(exploration=draw_of(2), contacts=100))
    assert float(made[1]) == pytest.approx(1 / 12, abs=1e-7)


def test_ties_of_the_best_share():
    made = chances([0.5, 0.5, 0.1], Policy(contacts=10**10))
    # what rounding leaves over goes to the earlier
    assert made[0] - made[1] in (0, draw_of(1))
    assert made[1] > made[2]


def test_a_draw_always_chooses_the_same_arm_and_draws_give_the_chances():
    made = chances([0.1, 0.3, 0.2], Policy(contacts=400))
    assert chosen(made, Decimal(0)) == 0
    assert chosen(made, draw_of(10**8 - 1)) == 2
    assert chosen(made, made[0]) == 1  # the end of one is the beginning of the next
    random = np.random.default_rng(7)
    count = np.bincount([chosen(made, draw_of(int(unit))) for unit in random.integers(0, 10**8, 20_000)], minlength=3)
    assert count / 20_000 == pytest.approx([float(chance) for chance in made], abs=0.012)


@pytest.mark.parametrize("draw", [Decimal("-0.1"), Decimal(1), Decimal(2)])
def test_a_draw_out_of_range_is_refused(draw):
    with pytest.raises(NoArm):
        chosen([Decimal(1)], draw)


def test_nothing_open_or_no_exploration_is_refused():
    with pytest.raises(NoArm):
        chances([], Policy())
    for share in (Decimal(0), Decimal("-0.1"), Decimal("1.1")):
        with pytest.raises(NoArm):
            Policy(exploration=share)


def test_a_policy_is_named_by_the_hash_of_its_model():
    assert hash_in(policy_name("0123456789abcdef")) == "0123456789abcdef"
    assert len(policy_name("0123456789abcdef")) <= 60
