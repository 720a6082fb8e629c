"""What the contact endpoints take and give; no personal values: numbers and names are read elsewhere, and logged."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from qingshou.access.predicates import CaseFacts
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.rules.codec import reasons_as_json
from qingshou.features.contact.rules.facts import Clearance
from qingshou.kernel.errors import NotFound
from qingshou.rest.principal import Principal, principal_of

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


def case_of(request: HttpRequest, case_id: UUID, permission: str, *, name: str = "case") -> tuple[Any, Principal]:
    """Return the case where the caller may do this to it; else the thing of that name does not exist for the caller."""
    case, caller = get_case(case_id=case_id), principal_of(request)
    facts = CaseFacts(owner_id=case.owner_id, owner_team_id=case.owner.team_id if case.owner else None)
    caller.ensure(permission, facts, name=name)
    return case, caller


def missing(name: str) -> NotFound:
    """Return what is answered for a thing that is not there: the same words as for one that is somebody else's."""
    return NotFound(f"There is no such {name}, or it is not for you.", name=name)
