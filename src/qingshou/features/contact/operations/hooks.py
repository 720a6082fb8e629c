"""One delivery of a provider: reports and messages, each taken in once however often they come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qingshou.audit.actors import Actor, ActorKind
from qingshou.features.contact.channels.base import Adapter, Event, Incoming, Report
from qingshou.features.contact.operations.replies import take_incoming
from qingshou.features.contact.operations.reports import Taken, take_reports


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one delivery."""

    reports: Taken
    replies: int


def actor_of(adapter: str) -> Actor:
    """Return who acts where a provider reports."""
    return Actor(ActorKind.CLIENT, f"provider:{adapter}")


def take_delivery(
    *, adapter: Adapter, headers: Mapping[str, str], body: bytes, url: str, now: datetime
) -> Delivered:  # fmt: skip
    """Read a delivery and take in all of it.

    Stops   BadSignature, BadReport  then nothing is taken in
    """
    return take_events(
        adapter=adapter.code, events=adapter.read_webhook(headers=headers, body=body, url=url, now=now), now=now
    )


def take_events(*, adapter: str, events: Sequence[Event], now: datetime) -> Delivered:
    """Take in events that were read already.

    Reports first, then replies: a reply speaks of a message that was delivered. When one stops, the provider is not
    told that all is well and comes again; what was taken in before is known then.
    """
    actor = actor_of(adapter)
    reports = [event for event in events if isinstance(event, Report)]
    replies = [event for event in events if isinstance(event, Incoming)]
    taken = take_reports(adapter=adapter, reports=reports, actor=actor, now=now)
    for reply in replies:
        take_incoming(adapter=adapter, incoming=reply, actor=actor, now=now)
    return Delivered(taken, len(replies))
