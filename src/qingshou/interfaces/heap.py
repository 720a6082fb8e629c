"""How a long-lived process collects garbage: seldom, and never over what start-up left behind."""

import atexit
import gc

# A batch of a thousand debtors makes and drops millions of objects, nearly all freed the moment they are dropped. The
# interpreter's own thresholds would look through the whole heap hundreds of times a minute for the few that are not:
# a third of the processor's time of a campaign.
_YOUNG, _MIDDLE, _OLD = 20_000, 20, 20


def settle_heap() -> None:
    """Set aside all that is loaded by now, and collect what comes after in larger steps."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # libraries take stock of their own at the end
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
