"""How a call may end: what each ending counts as, what it stops, what must be known for it, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qingshou.law.contact.terms import Outcome, Stop

# the illness of the person or of who depends on them: only the specialist desk goes on
ILLNESS = "ILLNESS"
HARDSHIP_DAYS = 30


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """One ending.

    `counts_as` is what the attempt is settled with. `needs_identity`: the debt was spoken of, so the check must have
    passed; `never_identified`: nobody identified as the debtor can end so. `reason` is noted where none is given.
    """

    code: str
    counts_as: Outcome
    next_action: str
    in_days: int
    stop: Stop | None = None
    needs_identity: bool = False
    never_identified: bool = False
    reason: str = ""
    strikes: bool = False

    @property
    def is_conversation(self) -> bool:
        """Tell whether somebody taken for the person meant was spoken with."""
        return self.counts_as is Outcome.CONVERSATION


_ALL = (
    CallOutcome("PROMISE", Outcome.CONVERSATION, "CHECK_PROMISE", 1, needs_identity=True),
    CallOutcome("CONVERSATION", Outcome.CONVERSATION, "CONTACT_DEBTOR", 3, needs_identity=True),
    CallOutcome("CALL_BACK", Outcome.CONVERSATION, "CALL_BACK", 1),
    CallOutcome("REFUSES", Outcome.CONVERSATION, "CONTACT_DEBTOR", 7, needs_identity=True, reason="REFUSES"),
    CallOutcome("HARDSHIP", Outcome.CONVERSATION, "LOOK_INTO", 1, stop=Stop.HARDSHIP),
    CallOutcome("DISPUTE", Outcome.CONVERSATION, "LOOK_INTO", 1, stop=Stop.DISPUTE, reason="DISPUTE"),
    CallOutcome("COMPLAINT", Outcome.CONVERSATION, "LOOK_INTO", 1, stop=Stop.COMPLAINT),
    CallOutcome("CEASE", Outcome.CONVERSATION, "LOOK_INTO", 1, stop=Stop.CEASE),
    CallOutcome("ATTORNEY", Outcome.CONVERSATION, "LOOK_INTO", 1, stop=Stop.REPRESENTED),
    CallOutcome("HOSTILE", Outcome.CONVERSATION, "CONTACT_DEBTOR", 7, reason="HOSTILE"),
    CallOutcome("IDENTITY_REFUSED", Outcome.CONVERSATION, "CONTACT_DEBTOR", 2, never_identified=True),
    CallOutcome("THIRD_PERSON", Outcome.THIRD_PERSON, "CONTACT_DEBTOR", 1, never_identified=True),
    CallOutcome("THIRD_REFUSED", Outcome.THIRD_PERSON, "FIND_CONTACT", 1, stop=Stop.THIRD_REFUSED,
                never_identified=True),
    CallOutcome("DECEASED", Outcome.THIRD_PERSON, "LOOK_INTO", 1, stop=Stop.DEATH, never_identified=True),
    CallOutcome("WRONG_PERSON", Outcome.WRONG_PERSON, "FIND_CONTACT", 1, never_identified=True, strikes=True),
    CallOutcome("VOICEMAIL_LEFT", Outcome.VOICEMAIL_LEFT, "CONTACT_DEBTOR", 1, never_identified=True),
    CallOutcome("VOICEMAIL_FULL", Outcome.VOICEMAIL_FULL, "CONTACT_DEBTOR", 1, never_identified=True),
    CallOutcome("NO_ANSWER", Outcome.NO_ANSWER, "CONTACT_DEBTOR", 1, never_identified=True),
    CallOutcome("BUSY", Outcome.BUSY, "CONTACT_DEBTOR", 0, never_identified=True),
    CallOutcome("ANNOUNCEMENT", Outcome.ANNOUNCEMENT, "CONTACT_DEBTOR", 1, never_identified=True),
    CallOutcome("NOT_IN_SERVICE", Outcome.NOT_IN_SERVICE, "FIND_CONTACT", 1, never_identified=True),
    CallOutcome("DROPPED", Outcome.DROPPED, "CONTACT_DEBTOR", 0),
)  # fmt: skip

OUTCOMES: Mapping[str, CallOutcome] = MappingProxyType({one.code: one for one in _ALL})
# the endings that stand in the list, most frequent first: before the check, and after it
WITHOUT_IDENTITY = tuple(code for code, one in OUTCOMES.items() if not one.needs_identity)
WITH_IDENTITY = tuple(code for code, one in OUTCOMES.items() if not one.never_identified)


def stop_of(outcome: CallOutcome, reason: str) -> Stop | None:
    """Return the stop an ending places; hardship by illness is for the specialist desk."""
    return Stop.VULNERABLE if outcome.stop is Stop.HARDSHIP and reason == ILLNESS else outcome.stop
