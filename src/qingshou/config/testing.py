"""The settings under which the tests run: nothing need be set in the environment."""

import os

os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", "var/test")

from qingshou.config.settings import *  # noqa: F403

# every test makes a person a role: argon2, slow by design, would take most of the tests' time
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405
