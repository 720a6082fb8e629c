"""The settings under which the tests run: nothing need be set in the environment."""

import os

os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", "var/test")

from qingshou.config.settings import *  # noqa: F403
