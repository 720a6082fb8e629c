"""Open an engine by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from qingshou.engine.plan import Engine, Limits
from qingshou.kernel.errors import BadInput

ENGINES = ("duckdb", "spark")


@contextmanager
def open_engine(name: str = "duckdb", *, master: str | None = None, limits: Limits | None = None) -> Iterator[Engine]:
    """Open an engine for the length of a `with`.

    Takes   name    duckdb (one machine) or spark
            master  Spark only: local[2] or a cluster's address
            limits  memory, threads, spill folder
    Gives   Engine  closed at the end of the block
    Stops   BadInput on another name; Misconfigured when Spark or Java is missing
    """
    engine = _make(name, master, limits or Limits())
    try:
        yield engine
    finally:
        engine.close()


def _make(name: str, master: str | None, limits: Limits) -> Engine:
    if name == "duckdb":
        if master is not None:
            raise BadInput("A master address is for Spark only: leave it out, or choose the engine spark.")
        from qingshou.engine.duck import DuckEngine

        return DuckEngine(limits=limits)
    if name == "spark":
        from qingshou.engine.spark import SparkEngine

        return SparkEngine(master=master or "local[2]", limits=limits)
    raise BadInput(f"'{name[:20]}' is not an engine: use one of {', '.join(ENGINES)}.")
