import pytest


@pytest.fixture(autouse=True)
def _in_force(users: object) -> None:
    """Every test here works for one lender with a desk that cases can be dealt to."""
