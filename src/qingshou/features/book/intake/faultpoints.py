"""Named places at which a test may stop the process dead: QINGSHOU_FAULT_POINT=<name> kills it there.

They live in production code because only there do they prove anything; without the variable they cost one comparison.
"""

import os
import signal

_ARMED = os.environ.get("QINGSHOU_FAULT_POINT", "")

NAMES = (
    "intake.locked",
    "intake.staged",
    "intake.settled",
    "intake.quarantined",
    "intake.pending",
    "intake.vaulted",
    "lake.written",
    "lake.renamed",
    "intake.published",
)


def reach(name: str) -> None:
    """Die here, as a power cut would, when the test armed this point."""
    if name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
