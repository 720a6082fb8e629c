import pytest


@pytest.fixture(autouse=True)
def _in_force(tenant: object) -> None:
    """Every test here works for one lender."""
