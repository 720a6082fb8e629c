from collections.abc import Iterator

import pytest
import time_machine
from tests.integration.portal.rows import NOW, ready


@pytest.fixture(autouse=True)
def clock() -> Iterator[object]:
    """Every test here begins at half past ten in Shanghai, and may move the clock."""
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture(autouse=True)
def _in_use(users: dict[str, object]) -> None:
    """The starting wordings are in use."""
    ready(users)
