"""What an opt-out word sets in motion: the stop at once, and one confirmation; and what takes it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.models import Reply, StopPlaced
from qingshou.features.contact.operations.consents import record_consent
from qingshou.features.contact.operations.door import Asked, clear
from qingshou.features.contact.operations.outbox import ToSend, queue_many
from qingshou.features.contact.operations.stops import lift_stop, place_stop
from qingshou.features.contact.queries.templates import approved_version
from qingshou.features.contact.queries.threading import point_of_reply
from qingshou.features.contact.queries.values import values_of
from qingshou.kernel.errors import BadInput
from qingshou.law.contact.terms import Channel, Party, Purpose, Stop

TEMPLATE = "OPT_OUT_CONFIRMED"
SOURCE = "REPLY"
# what became of the confirmation, as the record has it
QUEUED, NO_TEMPLATE, UNFIT, REFUSED, NO_CASE = "QUEUED", "NO_TEMPLATE", "UNFIT", "REFUSED", "NO_CASE"


def refuse_channel(
    *, reply: Reply, channel: Channel, borrower_ids: Sequence[UUID], actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Stop a channel for the debtors of a reply, in the caller's transaction, and queue one confirmation.

    Law   12 CFR 1006.14(h)(1), (2)(i): a medium refused is not used again, but for one confirmation by it
    """
    held = set(
        StopPlaced.objects.filter(
            person__links__borrower__in=borrower_ids, kind=Stop.CHANNEL.value, channel=channel.value,
            lifted_at__isnull=True,
        ).values_list("id", flat=True)
    )  # fmt: skip
    stops = [
        place_stop(borrower_id=borrower_id, kind=Stop.CHANNEL, channel=channel.value, actor=actor, now=now,
                   source=SOURCE)
        for borrower_id in sorted(borrower_ids)
    ]  # fmt: skip
    # it stood already: it was confirmed then, and nothing is written about it a second time
    is_new = any(stop.id not in held for stop in stops)
    confirmed = _confirm(reply, actor, now) if is_new and channel == reply.channel else ""
    kind, subject_id = ("CASE", reply.case_id) if reply.case_id else ("PERSON", stops[0].person_id)
    record(subject_kind=kind, subject_id=subject_id, action="REPLY_OPT_OUT", actor=actor, now=now,
           facts={"reply": reply.id, "channel": channel.value, "stops": [stop.id for stop in stops],
                  "confirmation": confirmed},
           law="12 CFR 1006.14(h)")  # fmt: skip


def want_channel_again(*, reply: Reply, actor: Actor, now: datetime) -> int:
    """Take back a refusal that came by a reply, where the person says so by the very word; gives how many stops."""
    if reply.borrower_id is None:
        return 0
    standing = StopPlaced.objects.filter(
        person=reply.person_id, kind=Stop.CHANNEL.value, channel=reply.channel, source=SOURCE, lifted_at__isnull=True
    ).order_by("id")  # fmt: skip
    stop_ids = list(standing.values_list("id", flat=True))
    if not stop_ids:
        return 0
    record_consent(borrower_id=reply.borrower_id, kind="CHANNEL", is_given=True, channel=reply.channel, actor=actor,
                   now=now, source=SOURCE)  # fmt: skip
    for stop_id in stop_ids:
        lift_stop(stop_id=stop_id, actor=actor, now=now, reason="Asked for this channel again by the agreed word.")
    return len(stop_ids)


def _confirm(reply: Reply, actor: Actor, now: datetime) -> str:
    """Queue the one confirmation by the channel refused; gives what became of it."""
    if reply.borrower_id is None or reply.case_id is None:
        return NO_CASE
    channel = Channel(reply.channel)
    version = approved_version(code=TEMPLATE, channel=channel.value, language=reply.language, tone="NEUTRAL")
    if version is None:
        return NO_TEMPLATE
    point = point_of_reply(reply)
    party = Party(reply.attempt.party) if reply.attempt else Party.DEBTOR
    more = {"party": party, "contact_point_id": point.id if point else None, "case_id": reply.case_id}
    clearance = clear(person=reply.borrower_id, channel=channel, purpose=Purpose.CONFIRM_STOP, now=now, **more)
    if not clearance.is_allowed and clearance.next_at is None:
        return REFUSED
    asked = Asked(
        borrower_id=reply.borrower_id, channel=channel, purpose=Purpose.CONFIRM_STOP, key=f"optout:{reply.id}",
        at=None if clearance.is_allowed else clearance.next_at, **more,
    )  # fmt: skip
    values = values_of(case_ids=[reply.case_id], now=now).get(reply.case_id, {})
    try:
        (queued,) = queue_many(items=[ToSend(asked=asked, version=version, values=values)], actor=actor, now=now)
    except BadInput:  # the wording cannot be filled in: nothing was reserved, and the stop must stand all the same
        return UNFIT
    return QUEUED if queued.message_id else REFUSED
