"""What may follow from a confirmed reason."""

import pytest

from qingshou.features.contact.inbound.classifier import REASONS
from qingshou.features.contact.phrases.inbound import EFFECTS as WORDS
from qingshou.features.contact.phrases.reasons import OF_REPLIES
from qingshou.features.contact.rules.reply_effects import EFFECTS, NEXT_ACTIONS, offered


def test_reasons_are_one_list_and_every_effect_has_words() -> None:
    assert set(OF_REPLIES) == set(REASONS) == set(EFFECTS)
    assert {one.code for some in EFFECTS.values() for one in some} == set(WORDS)


@pytest.mark.parametrize("reason", OF_REPLIES)
def test_at_most_one_next_action_is_ticked_to_begin_with(reason: str) -> None:
    assert sum(one.is_ticked and one.code in NEXT_ACTIONS for one in EFFECTS[reason]) <= 1


def test_nothing_is_offered_that_cannot_be_done() -> None:
    assert [one.code for one in offered("WRONG_PERSON", has_point=True, is_live=True)] == ["STRIKE_POINT"]
    assert offered("WRONG_PERSON", has_point=False, is_live=True) == ()
    assert [one.code for one in offered("DISPUTE", has_point=True, is_live=False)] == ["STOP_DISPUTE"]
    assert offered("REFUSES", has_point=True, is_live=True) == ()
