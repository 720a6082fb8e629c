"""Lines of a bank's file that take an earlier credit back: the receipt they name is reversed, and no other."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.ledger_errors import AlreadyReversed, GivenBack
from qingshou.features.repayment.operations.receipt_parts import reverse_whole
from qingshou.features.repayment.statements.forms import Line


class Reversed(StrEnum):
    """What became of it; all but the first two are left to a person, with this code as the reason."""

    DONE = "DONE"
    REPEAT = "REPEAT"  # another file had told it before
    UNNAMED = "REVERSAL_NAMES_NOTHING"
    UNKNOWN = "REVERSAL_OF_UNKNOWN"
    SEVERAL = "REVERSAL_OF_SEVERAL"
    OTHERWISE = "ALREADY_REVERSED"  # under another reference: by an approval, or the bank told it twice
    GIVEN_BACK = "PARTLY_REFUNDED"


def take_back(*, line: Line, bank_file_id: UUID, actor: Actor, now: datetime) -> Reversed:
    """Reverse the receipt that a line takes back.

    Takes   line          a debit that the bank calls a reversal; `reverses_ref` names the booking by the bank's number
            bank_file_id  of the file it stands in: what this file itself reversed before it was left half-way is done
    """
    before = Receipt.objects.filter(source="BANK_FILE", reversal_ref=line.key).only("id").first()
    if before is not None:
        return Reversed.DONE if _told_by(before.id, bank_file_id) else Reversed.REPEAT
    if not line.reverses_ref:
        return Reversed.UNNAMED
    named = Receipt.objects.filter(
        source="BANK_FILE", source_ref=line.reverses_ref, amount=-line.amount, currency=line.currency,
        value_date__lte=line.booked_date,
    )  # fmt: skip
    found = list(named.order_by("-value_date", "id").values_list("id", flat=True)[:2])
    if len(found) != 1:
        return Reversed.SEVERAL if found else Reversed.UNKNOWN
    try:
        reverse_whole(
            receipt_id=found[0], reversal_ref=line.key, reason=_reason(bank_file_id), actor=actor, now=now,
            on=line.booked_date,
        )  # fmt: skip
    except AlreadyReversed:
        return Reversed.OTHERWISE
    except GivenBack:
        return Reversed.GIVEN_BACK
    return Reversed.DONE


def _told_by(receipt_id: UUID, bank_file_id: UUID) -> bool:
    told = Receipt.objects.filter(id=receipt_id).values_list("ended_reason", flat=True).get()
    return told == _reason(bank_file_id)


def _reason(bank_file_id: UUID) -> str:
    """Return the code kept with the receipt: that the bank took it back, and which file told so."""
    return f"BANK_RETURN:{bank_file_id.hex[:16]}"
