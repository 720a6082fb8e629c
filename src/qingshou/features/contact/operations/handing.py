"""From a claimed message to what the adapter is given: words and address opened in one logged read a batch."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.contact.channels.base import Outgoing
from qingshou.features.contact.models import Message
from qingshou.law.contact.terms import Channel
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import Sealed, sealed_fields

_KINDS = {"EMAIL": PersonalKind.EMAIL, "POST": PersonalKind.ADDRESS}
_WITH_NAME = frozenset({Channel.EMAIL, Channel.POST})


def get_with_people(message_ids: Iterable[UUID]) -> list[Message]:
    """Return messages with their debtor and number or address, still sealed, in the order given."""
    wanted = list(message_ids)
    rows = Message.objects.filter(id__in=wanted).select_related(
        "attempt__borrower", "attempt__contact_point", "template_version__template"
    )
    by_id = {row.id: row for row in rows}
    return [by_id[one] for one in wanted if one in by_id]


def open_messages(
    messages: Sequence[Message], *, actor: Actor, now: datetime, purpose: str = "MESSAGE"
) -> dict[UUID, Outgoing]:
    """Return what goes to the adapter of each message; one without a number or address has `to` ''.

    Every opening is logged, by debtor, one row for as many messages as have different debtors.
    """
    opened: dict[UUID, Outgoing] = {}
    for batch in _one_a_debtor(messages):
        rows = {one.attempt.borrower_id: _sealed(one) for one in batch}
        shown = reveal_many(
            subject_kind="BORROWER", rows=rows, reader=actor, role=SENDER, purpose=purpose, now=now
        )  # fmt: skip
        for message in batch:
            opened[message.id] = _outgoing(message, shown[message.attempt.borrower_id])
    return opened


def _one_a_debtor(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Cut the messages into batches in which no debtor stands twice."""
    waiting = list(messages)
    while waiting:
        batch: dict[UUID, Message] = {}
        rest = []
        for message in waiting:
            if message.attempt.borrower_id in batch:
                rest.append(message)
            else:
                batch[message.attempt.borrower_id] = message
        yield list(batch.values())
        waiting = rest


def _sealed(message: Message) -> dict[str, Sealed]:
    attempt = message.attempt
    fields = sealed_fields(message, ["subject", "body", "values"])
    if attempt.contact_point is not None:
        kind = _KINDS.get(attempt.contact_point.channel, PersonalKind.PHONE)
        fields["to"] = sealed_fields(attempt.contact_point, ["value"], kinds={"value": kind})["value"]
    elif message.channel == Channel.POST:
        fields["to"] = sealed_fields(attempt.borrower, ["address"])["address"]
    if message.channel in _WITH_NAME:
        fields["name"] = sealed_fields(attempt.borrower, ["name"])["name"]
    return fields


def _outgoing(message: Message, shown: dict[str, str | None]) -> Outgoing:
    version = message.template_version
    return Outgoing(
        key=message.id,
        channel=Channel(message.channel),
        to=shown.get("to") or "",
        body=shown["body"] or "",
        subject=shown["subject"] or "",
        to_name=shown.get("name") or "",
        language=message.language,
        template_ref=version.template.code if version else "",
        template_values=json.loads(shown["values"]) if shown["values"] else {},
    )
