"""People who may own cases."""

import pytest

from qingshou.access.models import User


@pytest.fixture
def people(users: dict[str, User]) -> dict[str, User]:
    """One user a role, and a second collector."""
    second = User.objects.create(username="collector2", display_name="Second", role="COLLECTOR", capacity_cases=150)
    return users | {"COLLECTOR2": second}
