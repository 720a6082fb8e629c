"""Estimators against worlds whose truth is known, by formula and by simulation; what cannot be judged is refused."""

import numpy as np
import pytest

from qingshou.features.contact.timing.judging import Log, Method, NoOverlap, compare, judge, weights_of

ARMS = 4
METHODS = tuple(Method)


class World:
    """Two kinds of people, four arms; the best arm differs by kind. Logged by a policy that leans the wrong way."""

    truth = np.array([[0.10, 0.20, 0.15, 0.30], [0.25, 0.10, 0.35, 0.05]])
    logging = np.array([[0.40, 0.30, 0.20, 0.10], [0.10, 0.40, 0.10, 0.40]])
    target = np.array([[0.05, 0.05, 0.05, 0.85], [0.05, 0.05, 0.85, 0.05]])
    value = float((truth * target).sum(axis=1).mean())

    def __init__(self, seed: int, size: int = 4000):
        random = np.random.default_rng(seed)
        kind = np.arange(size) % 2
        logged = self.logging[kind]
        chosen = (random.random(size)[:, None] > logged.cumsum(axis=1)).sum(axis=1)
        reward = (random.random(size) < self.truth[kind, chosen]).astype(float)
        self.log = Log(chosen=chosen, logged=logged, reward=reward)
        self.of = self.target[kind]
        self.believed = np.clip(self.truth[kind] + random.normal(0, 0.05, (size, ARMS)), 0, 1)


@pytest.mark.parametrize("method", METHODS)
def test_estimates_are_unbiased_and_intervals_cover(method):
    worlds = [World(seed) for seed in range(200)]
    found = [judge(one.log, one.of, method=method, believed=one.believed) for one in worlds]
    values = np.array([one.value for one in found])
    assert values.mean() == pytest.approx(World.value, abs=3 * values.std() / np.sqrt(len(values)))
    covered = np.mean([one.low <= World.value <= one.high for one in found])
    assert 0.90 <= covered <= 0.99
    naive = np.mean([one.log.reward.mean() for one in worlds])
    assert abs(naive - World.value) > 0.1  # the mean of what was done says nothing of the other policy


def test_the_doubly_robust_form_survives_a_wrong_belief_and_gains_from_a_right_one():
    wrong, right, plain = [], [], []
    for seed in range(100):
        world = World(seed)
        wrong.append(judge(world.log, world.of, method=Method.DOUBLY_ROBUST, believed=np.full((4000, ARMS), 0.9)).value)
        right.append(judge(world.log, world.of, method=Method.DOUBLY_ROBUST, believed=world.believed).value)
        plain.append(judge(world.log, world.of, method=Method.IPS).value)
    assert np.mean(wrong) == pytest.approx(World.value, abs=0.01)
    assert np.std(right) < np.std(plain)


def test_known_answers_by_hand():
    log = Log(
        chosen=np.array([0, 1, 0]), logged=np.array([[0.5, 0.5], [0.25, 0.75], [0.8, 0.2]]),
        reward=np.array([1.0, 0.0, 1.0]),
    )  # fmt: skip
    target = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.6]])
    weights, clipped = weights_of(log, target)
    assert weights.tolist() == pytest.approx([2.0, 4 / 3, 0.5])
    assert clipped == 0
    assert judge(log, target, method=Method.IPS).value == pytest.approx(2.5 / 3)
    snips = judge(log, target, method=Method.SELF_NORMALISED)
    assert snips.value == pytest.approx(2.5 / (2 + 4 / 3 + 0.5))
    assert snips.effective == pytest.approx((23 / 6) ** 2 / (4 + 16 / 9 + 0.25))
    half = np.full((3, 2), 0.5)
    # direct 0.5 each; residuals +0.5, -0.5, +0.5 by their weights
    assert judge(log, target, method=Method.DOUBLY_ROBUST, believed=half).value == pytest.approx(
        0.5 + (1 - 2 / 3 + 0.25) / 3
    )


def test_clipping_is_said_and_lowers():
    world = World(3)
    free = judge(world.log, world.of, method=Method.IPS)
    cut = judge(world.log, world.of, method=Method.IPS, clip=2.0)
    assert (free.clip, free.clipped) == (None, 0)
    assert cut.clip == 2.0
    assert cut.clipped > 0
    assert cut.value < free.value
    assert cut.effective > free.effective


def test_the_policy_that_was_used_is_worth_what_came_of_it():
    world = World(5)
    for method in (Method.IPS, Method.SELF_NORMALISED):
        found = judge(world.log, world.log.logged, method=method)
        assert found.value == pytest.approx(world.log.reward.mean())
        assert found.effective == pytest.approx(found.size)


@pytest.mark.parametrize("method", METHODS)
def test_a_policy_with_arms_of_no_chance_is_refused(method):
    world = World(1)
    logged = world.log.logged.copy()
    logged[:, 3] = np.where(world.log.chosen == 3, logged[:, 3], 0.0)
    log = Log(chosen=world.log.chosen, logged=logged, reward=world.log.reward)
    with pytest.raises(NoOverlap) as refused:
        judge(log, world.of, method=method, believed=world.believed)
    assert refused.value.fields["rows"] > 0
    within = np.where(logged > 0, logged, 0.0)
    assert judge(log, within, method=Method.IPS).value == pytest.approx(world.log.reward.mean())


def test_what_cannot_be_judged_is_refused():
    nothing = Log(chosen=np.zeros(0, int), logged=np.zeros((0, 2)), reward=np.zeros(0))
    with pytest.raises(NoOverlap):
        judge(nothing, np.zeros((0, 2)), method=Method.IPS)
    world = World(1)
    with pytest.raises(NoOverlap):
        judge(world.log, world.of, method=Method.DOUBLY_ROBUST)
    with pytest.raises(NoOverlap):
        judge(world.log, world.of[:, :2], method=Method.IPS)
    never = Log(chosen=np.array([1]), logged=np.array([[1.0, 0.0]]), reward=np.array([1.0]))
    with pytest.raises(NoOverlap):
        judge(never, np.array([[1.0, 0.0]]), method=Method.IPS)


def test_rows_that_share_a_fate_widen_the_interval():
    world = World(2)
    doubled = Log(
        chosen=np.tile(world.log.chosen, 4), logged=np.tile(world.log.logged, (4, 1)),
        reward=np.tile(world.log.reward, 4), group=np.tile(np.arange(4000), 4),
    )  # fmt: skip
    once = judge(world.log, world.of, method=Method.IPS)
    grouped = judge(doubled, np.tile(world.of, (4, 1)), method=Method.IPS)
    assert (grouped.low, grouped.high) == (pytest.approx(once.low), pytest.approx(once.high))


@pytest.mark.parametrize("method", METHODS)
def test_a_difference_is_found_where_there_is_one_and_not_where_there_is_none(method):
    world = World(11)
    gain = compare(world.log, world.of, None, method=method, believed=world.believed, resamples=400)
    truth = World.value - float((World.truth * World.logging).sum(axis=1).mean())
    assert gain.low <= truth <= gain.high
    assert gain.low > 0
    none = compare(world.log, world.of, world.of, method=method, believed=world.believed, resamples=50)
    assert (none.value, none.low, none.high) == (0.0, 0.0, 0.0)
    again = compare(world.log, world.of, None, method=method, believed=world.believed, resamples=400)
    assert again == gain
