"""Named places of sending at which a test may stop the process dead: QINGSHOU_FAULT_POINT=contact.send:handed.

They lie in production code because only there do they prove anything; without the variable they cost one look-up.
Armed only where the test settings are in force.
"""

import os
import signal

from django.conf import settings

# in the order a message passes them
POINTS = (
    "claimed",  # the lease is written
    "judged",  # the door was asked again
    "opened",  # the words and the address are in memory
    "marked",  # SENDING is written, nothing handed over
    "handed",  # the provider has it, nothing written
    "writing",  # the answer is written, not committed
    "written",  # committed
)
# passed only by what a dead sender left behind
AFTERWARDS = (
    "recovered",  # it is UNCERTAIN
    "asked",  # the provider said what became of it, nothing written
)


def reach(point: str) -> None:
    """Die here, as a power cut would, when the test armed this point."""
    if os.environ.get("QINGSHOU_FAULT_POINT") == f"contact.send:{point}" and settings.MODE == "test":
        os.kill(os.getpid(), signal.SIGKILL)
