"""The least provision of each class."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
_CLASSES = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")


@rule(LAW, article="general and specific provision", confidence=Confidence.SECONDARY)
def rates(on: date) -> dict[str, Taken]:
    """Return each class's rate on the loan's balance."""
    return {class_code: LAW.value_on(class_code.lower(), on) for class_code in _CLASSES}
