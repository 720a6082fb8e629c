"""What the law tests share."""

from datetime import date

import pytest


@pytest.fixture
def some_day() -> date:
    """A day on which every jurisdiction has a text in force."""
    return date(2024, 1, 1)
