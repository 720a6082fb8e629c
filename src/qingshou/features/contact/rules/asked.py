"""What is asked of the door: one contact, before anything is known of whether it may be."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qingshou.law.contact.terms import SOCIAL, Channel, Party, Purpose

OWN = "OWN"  # the lender itself collects; an agency has its own code


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One contact.

    `contact_point_id` None: the debtor's first usable number or address of the channel. `debts` (): every open loan.
    `key` names the reservation: the same key twice is one reservation. `at`: when it would be made; None is now.
    """

    borrower_id: UUID
    channel: Channel
    purpose: Purpose = Purpose.COLLECT
    party: Party = Party.DEBTOR
    contact_point_id: UUID | None = None
    case_id: UUID | None = None
    debts: tuple[UUID, ...] = ()
    key: str = ""
    at: datetime | None = None


def book_channel(channel: Channel) -> str:
    """Return the kind of number or address a channel is reached by, as the book names it."""
    if channel in (Channel.PHONE, Channel.SMS, Channel.WHATSAPP):
        return "PHONE"
    if channel in (Channel.POST, Channel.VISIT):
        return "POST"
    return channel.value if channel in SOCIAL or channel is Channel.EMAIL else ""
