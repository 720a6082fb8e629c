"""The tests' settings of an installation that asks those who steer others for a second factor."""

from qingshou.config.testing import *  # noqa: F403

QINGSHOU_REQUIRE_SECOND_FACTOR = True
