"""Named places of posting at which a test may stop the process dead: QINGSHOU_FAULT_POINT=repayment.post:written.

They lie in production code because only there do they prove anything; without the variable they cost one look-up.
Armed only where the test settings are in force.
"""

import os
import signal

from django.conf import settings

# in the order a receipt passes them
POINTS = (
    "recorded",  # the receipt and its account are there, not committed
    "locked",  # the debtor's ledgers are locked
    "written",  # postings and balances are there, not recorded
    "told",  # recorded; promises and plans have looked again; not committed
    "committed",
)
# in the order a bank's file passes them, beside those of each receipt
FILE_POINTS = (
    "chunk_recorded",  # some lines are receipts, the others not yet
    "credits_recorded",  # all are; nothing is taken back or matched
    "matched",  # a piece of the file is on the debts or has its proposals
)


def reach(point: str) -> None:
    """Die here, as a power cut would, when the test armed this point."""
    if os.environ.get("QINGSHOU_FAULT_POINT") == f"repayment.post:{point}" and settings.MODE == "test":
        os.kill(os.getpid(), signal.SIGKILL)
