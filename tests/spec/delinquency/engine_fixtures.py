"""Engines opened once a session. Without Java the Spark tests fail and say so: they are never skipped."""

from collections.abc import Iterator

import pytest

from qingshou.engine import Engine, Limits, open_engine
from qingshou.engine.spark import stop_spark


@pytest.fixture(scope="session")
def duck() -> Iterator[Engine]:
    """DuckDB with little memory."""
    with open_engine("duckdb", limits=Limits(memory_mib=256, threads=2)) as engine:
        yield engine


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """Spark on two local threads; Misconfigured names what is missing."""
    with open_engine("spark", master="local[2]", limits=Limits(memory_mib=1024)) as engine:
        yield engine
    stop_spark()
