"""What the contact endpoints take and give; no personal values: numbers and names are read elsewhere, and logged."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from qingshou.features.contact.rules.codec import reasons_as_json
from qingshou.features.contact.rules.facts import Clearance

ChannelCode = Literal["PHONE", "SMS", "EMAIL", "POST", "VISIT", "WECOM", "DINGTALK", "WHATSAPP", "TELEGRAM", "LINE"]
PurposeCode = Literal["COLLECT", "ANSWER", "SERVICE", "CONFIRM_STOP", "STATUTORY", "REMEDY", "LOCATE"]
PartyCode = Literal["DEBTOR", "GUARANTOR", "RELATED", "THIRD", "ATTORNEY"]


class ReasonOut(Schema):
    """One reason against a contact, with its article and how sure we are of it."""

    code: str = Field(examples=["OUTSIDE_HOURS"])
    fields: dict[str, Any]
    instrument: str = Field(examples=["china.collection_2025"])
    article: str
    confidence: str = Field(examples=["secondary"])


class LeftOut(Schema):
    """What a counter still admits."""

    counter: str = Field(examples=["CONVERSATIONS_A_DAY"])
    left: int
    most: int
    until: datetime | None = None


class ClearanceOut(Schema):
    """The door's answer; `next_at` is null where no time is foreseeable."""

    channel: str
    value: Literal["ALLOWED", "REFUSED"]
    reasons: list[ReasonOut]
    next_at: datetime | None = None
    left: list[LeftOut]
    zone: str = Field(examples=["Asia/Shanghai"])
    local_date: date | None = None


def clearance_out(channel: str, found: Clearance) -> dict[str, Any]:
    """Return a clearance as the interface gives it."""
    return {
        "channel": channel,
        "value": found.value,
        "reasons": reasons_as_json(found.reasons),
        "next_at": found.next_at,
        "left": [{"counter": one.code, "left": one.left, "most": one.most, "until": one.until} for one in found.left],
        "zone": found.zone,
        "local_date": found.local_date,
    }
