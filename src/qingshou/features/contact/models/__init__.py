"""Rows of contact, one file a subject."""

from qingshou.features.contact.models.attempts import Attempt, Refusal
from qingshou.features.contact.models.calls import Call, PromiseTaken, Recording
from qingshou.features.contact.models.campaigns import Campaign, CampaignMember
from qingshou.features.contact.models.decisions import Decision
from qingshou.features.contact.models.inbound import Reply
from qingshou.features.contact.models.messages import DeliveryEvent, LetterBatch, Message
from qingshou.features.contact.models.people import Consent, ContactPerson, PersonLink, PointState, StopPlaced
from qingshou.features.contact.models.steps import CaseStep
from qingshou.features.contact.models.templates import Template, TemplateVersion

__all__ = [
    "Attempt",
    "Call",
    "Campaign",
    "CampaignMember",
    "CaseStep",
    "Consent",
    "ContactPerson",
    "Decision",
    "DeliveryEvent",
    "LetterBatch",
    "Message",
    "PersonLink",
    "PointState",
    "PromiseTaken",
    "Recording",
    "Refusal",
    "Reply",
    "StopPlaced",
    "Template",
    "TemplateVersion",
]
