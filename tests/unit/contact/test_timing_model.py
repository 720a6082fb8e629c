"""The response model: the belief held beforehand without history, the truth with enough, one spelling, one hash."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from qingshou.features.contact.timing.arms import Arm, DayClass, arm_of_code
from qingshou.features.contact.timing.features import (
    Situation,
    Tally,
    context_of,
    names,
    rows,
    vocabulary,
)
from qingshou.features.contact.timing.model import EVERY_ARM, PRIOR_RATE, ModelChanged, fitted, model_of_text
from qingshou.law.contact.terms import Channel

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
MORNING, EVENING = (Arm(Channel.PHONE, DayClass.WORK, band) for band in (8, 19))


def person(**known):
    return context_of(Situation(**known), now=NOW, base_rate=PRIOR_RATE)


def history(count: int, seed: int = 1):
    """Mild debtors answer in the evening (0.6), severe ones in the morning (0.5); else 0.1."""
    random = np.random.default_rng(seed)
    contexts, arms, answered = [], [], []
    for _ in range(count):
        is_severe = bool(random.integers(2))
        arm = (MORNING, EVENING)[random.integers(2)]
        rate = (0.5 if arm == MORNING else 0.1) if is_severe else (0.6 if arm == EVENING else 0.1)
        contexts.append(person(severity="SEVERE" if is_severe else "MILD", overdue_days=120 if is_severe else 10))
        arms.append(arm)
        answered.append(bool(random.random() < rate))
    return contexts, arms, answered


def test_without_history_every_arm_is_believed_alike():
    model = fitted([], [], [], at=NOW)
    scores = model.scores([person(overdue_days=9)] * len(EVERY_ARM), EVERY_ARM)
    assert scores == pytest.approx(np.full(len(EVERY_ARM), PRIOR_RATE), abs=0.01)
    assert (model.contacts, model.base_rate) == (0, PRIOR_RATE)


def test_with_history_the_best_arm_depends_on_the_person():
    model = fitted(*history(4000), at=NOW)
    mild, severe = person(severity="MILD", overdue_days=10), person(severity="SEVERE", overdue_days=120)
    found = model.scores([mild, mild, severe, severe], [MORNING, EVENING, MORNING, EVENING])
    assert found == pytest.approx([0.1, 0.6, 0.5, 0.1], abs=0.06)


def test_an_arm_never_tried_is_believed_at_about_its_channels_rate_beforehand():
    model = fitted(*history(4000), at=NOW)
    (untried,) = model.scores([person(overdue_days=10)], [arm_of_code("EMAIL-REST-14")])
    assert 0.005 < untried < 0.3


def test_the_same_history_gives_the_same_model_to_the_byte():
    first, second = (fitted(*history(500), at=NOW) for _ in range(2))
    assert first.text() == second.text()
    assert first.hash == second.hash
    assert fitted(*history(500, seed=2), at=NOW).hash != first.hash


def test_a_model_reads_back_and_a_changed_one_is_refused():
    model = fitted(*history(300), at=NOW)
    kept = model_of_text(model.text(), named=model.hash)
    assert kept.text() == model.text()
    with pytest.raises(ModelChanged):
        model_of_text(model.text().replace('"contacts":300', '"contacts":301'), named=model.hash)


def test_features_are_named_and_the_rows_have_their_width():
    contexts = [person(product="CARD", region="广东"), person(product="CARD"), person(product="CAR")]
    words = vocabulary(contexts, most=2)
    assert words == ("product:CARD", "product:CAR", "region:广东")
    design = rows(contexts, [MORNING] * 3, words)
    assert design.shape == (3, len(names(words)))
    assert len(set(names(words))) == design.shape[1]
    column = names(words).index("product:CARD")
    assert design[:, column].tolist() == [1.0, 1.0, 0.0]
    assert design[:, names(words).index("PHONE:08")].tolist() == [1.0] * 3


def test_a_persons_own_history_is_counted_and_drawn_towards_what_is_known():
    tally = Tally()
    for ahead in range(4):
        tally.add(EVENING, NOW - timedelta(days=20 - ahead), is_reached=True)
    tally.add(MORNING, NOW - timedelta(days=3), is_reached=False)
    context = person(tally=tally)
    reached = (4 + 2 * PRIOR_RATE) / 7
    assert context["reached"] == pytest.approx(reached, abs=1e-6)
    assert context["band:19"] == pytest.approx((4 + 2 * reached) / 6 - reached, abs=1e-6)
    assert context["band:08"] == pytest.approx((2 * reached) / 3 - reached, abs=1e-6)
    assert context["fresh"] == 0.0
    assert person()["fresh"] == 1.0
    design = rows([context, context], [EVENING, MORNING], ())
    place = names(()).index("same_band")
    assert design[0, place] > 0 > design[1, place]
