"""Named places of the day's run at which a test may stop the process dead: QINGSHOU_FAULT_POINT=day.cases:before.

They lie in production code because only there do they prove anything; without the variable they cost one look-up.
Armed only where the test settings are in force.
"""

import os
import signal

from django.conf import settings

POSITIONS = ("before", "inside", "after")


def reach(step: str, position: str) -> None:
    """Die here, as a power cut would, when the test armed this point."""
    if os.environ.get("QINGSHOU_FAULT_POINT") == f"day.{step}:{position}" and settings.MODE == "test":
        os.kill(os.getpid(), signal.SIGKILL)
