"""Columnar batch: the same narwhals expressions run by DuckDB on one machine and by Spark on a cluster."""

from qingshou.engine.plan import Engine, Frame, Limits, StringOrPath
from qingshou.engine.session import ENGINES, open_engine

__all__ = ["ENGINES", "Engine", "Frame", "Limits", "StringOrPath", "open_engine"]
