"""The rules over frames: what the batch calls. Each stands in its own file beside this one."""

from qingshou.engine.plan import MONEY, RATE
from qingshou.features.delinquency.ageing import age_frame

__all__ = ["MONEY", "RATE", "age_frame"]
