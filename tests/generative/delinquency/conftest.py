"""The engines, for random frames."""

from tests.spec.delinquency.engine_fixtures import duck, spark

__all__ = ["duck", "spark"]
