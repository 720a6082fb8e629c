"""What providers report of messages: taken in exactly once, in any order, known to us already or not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.features.contact.channels.base import Report
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import DeliveryEvent, Message
from qingshou.features.contact.operations.answers import early_reports
from qingshou.features.contact.operations.locked_messages import hold_ref, learn, lock_messages, write_learned
from qingshou.features.contact.rules.messages import State, Told
from qingshou.tenancy.context import current_tenant_id

# In the order of their ids: two deliveries of the same reports in different orders then wait for each other once, and
# the second finds them there. The message is looked for by a whole key each time: the lender is
# left to the policy, for named here the planner may read all messages of one it has no figures of yet.
_TAKE = """
INSERT INTO contact_deliveryevent
    (id, tenant_id, adapter, event_ref, message_id, provider_ref, state, error_code, at, received_at)
SELECT e.id, %(tenant)s, %(adapter)s, e.event_ref,
    COALESCE((SELECT m.id FROM contact_message m WHERE m.id = e.key),
             (SELECT m.id FROM contact_message m
              WHERE m.adapter = %(adapter)s AND m.provider_ref = e.provider_ref AND m.provider_ref <> '' LIMIT 1)),
    e.provider_ref, e.state, e.error_code, e.at, %(now)s
FROM unnest(%(ids)s::uuid[], %(refs)s::text[], %(keys)s::uuid[], %(provider_refs)s::text[], %(states)s::text[],
            %(errors)s::text[], %(ats)s::timestamptz[])
    AS e(id, event_ref, key, provider_ref, state, error_code, at)
ORDER BY e.event_ref
ON CONFLICT (tenant_id, adapter, event_ref) DO NOTHING
RETURNING event_ref, message_id
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of reports: new ones that lifted a message or only stand beside it, repeats, and unknown ones."""

    applied: int = 0
    repeated: int = 0
    unknown: int = 0  # of a message we do not know by that id (yet)


def take_reports(*, adapter: str, reports: Sequence[Report], actor: Actor, now: datetime) -> Taken:
    """Take in what a provider reports; the same report again, by whichever sender, changes nothing.

    Gives   Taken  counts; every report is kept, also one that speaks of none of our messages
    """
    unique = {report.event_ref[:120]: report for report in reports}
    if not unique:
        return Taken()
    with transaction.atomic():
        hold_ref(adapter, _unknown_refs(adapter, [report.provider_ref[:120] for report in unique.values()]))
        fresh = _keep(adapter, unique, now)
        by_message: dict[UUID, list[Report]] = {}
        for event_ref, message_id in fresh.items():
            if message_id is not None:
                by_message.setdefault(message_id, []).append(unique[event_ref])
        _apply(adapter, by_message, actor, now)
    known = sum(len(told) for told in by_message.values())
    return Taken(applied=known, repeated=len(reports) - len(fresh), unknown=len(fresh) - known)


def _unknown_refs(adapter: str, refs: Sequence[str]) -> set[str]:
    """Return the provider's ids that no message has yet: only of these may somebody else be learning right now."""
    wanted = {ref for ref in refs if ref}
    if not wanted:
        return set()
    known = Message.objects.filter(adapter=adapter, provider_ref__any_of=wanted).values_list("provider_ref", flat=True)
    return wanted - set(known)


def _keep(adapter: str, unique: Mapping[str, Report], now: datetime) -> dict[str, UUID | None]:
    """Insert those that are new; gives their message, where it is known."""
    told = list(unique.values())
    given = {
        "tenant": current_tenant_id(),
        "adapter": adapter,
        "now": now,
        "ids": [uuid4() for _ in told],
        "refs": list(unique),
        "keys": [one.key for one in told],
        "provider_refs": [one.provider_ref[:120] for one in told],
        "states": [State(one.state).value for one in told],
        "errors": [one.error_code[:60] for one in told],
        "ats": [one.at for one in told],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        return dict(cursor.fetchall())


def _apply(adapter: str, by_message: Mapping[UUID, Iterable[Report]], actor: Actor, now: datetime) -> None:
    if not by_message:
        return
    changed: list[Message] = []
    untold: list[Message] = []
    for message_id, message in lock_messages(by_message).items():
        told = [Told(State(one.state), one.at, one.error_code) for one in by_message[message_id]]
        ref = next((one.provider_ref for one in by_message[message_id] if one.provider_ref), "")
        if ref and not message.provider_ref:
            # reports that came by this id alone waited for it
            message.provider_ref = ref
            told += early_reports(adapter, ref)
        if not message.adapter:
            message.adapter = adapter
        (changed if learn(message, told) else untold).append(message)
    write_learned(changed, untold, actor=actor, now=now)


def note_replied(*, message_id: UUID, at: datetime, actor: Actor, now: datetime) -> None:
    """Say that a message was answered: it was read, whatever the provider told; stops with NoSuchContact."""
    with transaction.atomic():
        message = lock_messages([message_id]).get(message_id)
        if message is None:
            raise NoSuchContact("There is no such message. It may belong to someone else.")
        is_changed = learn(message, [Told(State.REPLIED, at)])
        write_learned([message] if is_changed else [], [] if is_changed else [message], actor=actor, now=now)


def count_unmatched(*, adapter: str = "") -> int:
    """Return how many reports speak of a message that is not known by that id."""
    known = Message.objects.exclude(provider_ref="").values("provider_ref")
    rows = DeliveryEvent.objects.filter(message__isnull=True).exclude(provider_ref__in=known)
    return (rows.filter(adapter=adapter) if adapter else rows).count()
