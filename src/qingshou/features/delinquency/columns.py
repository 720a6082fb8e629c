"""The rules over frames: what the batch calls. Each stands in its own file beside this one."""

from qingshou.engine.plan import MONEY, RATE
from qingshou.features.delinquency.ageing import age_frame
from qingshou.features.delinquency.classing import CLASSIFIED_COLUMNS, READ_COLUMNS, classify_frame

__all__ = ["CLASSIFIED_COLUMNS", "MONEY", "RATE", "READ_COLUMNS", "age_frame", "classify_frame"]
