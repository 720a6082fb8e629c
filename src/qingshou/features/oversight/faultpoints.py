"""Named places of the day's run at which a test may stop the process dead: QINGSHOU_FAULT_POINT=day.cases:before.

They lie in production code because only there do they prove anything; without the variable they cost one comparison.
Armed only where the test settings are in force.
"""

import os
import signal

from django.conf import settings

POSITIONS = ("before", "inside", "after")
_ARMED = os.environ.get("QINGSHOU_FAULT_POINT", "")


def reach(step: str, position: str) -> None:
    """Die here, as a power cut would, when the test armed this point."""
    if f"day.{step}:{position}" == _ARMED and settings.MODE == "test":
        os.kill(os.getpid(), signal.SIGKILL)
