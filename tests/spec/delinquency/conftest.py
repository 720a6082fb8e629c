"""The engines, for the tables of cases."""

from tests.spec.delinquency.engine_fixtures import duck, spark

__all__ = ["duck", "spark"]
