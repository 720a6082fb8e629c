"""Every movement of a loan has words: on the debtor's page and in the copy of the data, and on the desk's account."""

import pytest

from qingshou.features.portal.phrases.pages import MOVEMENTS
from qingshou.features.repayment.phrases.money import MOVEMENTS as AT_THE_DESK
from qingshou.features.repayment.rules.steps import StepKind


@pytest.mark.parametrize("words", [MOVEMENTS, AT_THE_DESK], ids=["debtor", "desk"])
def test_no_movement_is_shown_as_a_code(words):
    assert {kind.value for kind in StepKind} | {"REVERSAL"} <= words.keys()
