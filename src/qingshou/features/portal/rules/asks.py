"""What a debtor may ask for on their page, and how it ends."""

from enum import StrEnum


class AskKind(StrEnum):
    """Something asked for."""

    CALL_AT = "CALL_AT"
    PLAN = "PLAN"
    DISPUTE = "DISPUTE"
    HARDSHIP = "HARDSHIP"
    COMPLAINT = "COMPLAINT"
    CHANNELS = "CHANNELS"
    DATA_COPY = "DATA_COPY"
    QUESTION = "QUESTION"


class AskState(StrEnum):
    """Where an ask stands."""

    OPEN = "OPEN"
    DONE = "DONE"
    DECLINED = "DECLINED"


DISPUTE_REASONS = ("NOT_MINE", "PAID_ALREADY", "WRONG_AMOUNT", "WRONG_CHARGES", "FRAUD", "TOO_OLD", "OTHER")
