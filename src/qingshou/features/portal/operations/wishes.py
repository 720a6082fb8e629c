"""How the debtor wants to be reached, as they say it themself: it holds from the moment it is said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from qingshou.features.contact.operations.consents import record_consent, set_preferences
from qingshou.features.contact.operations.stops import lift_stop, lock_person_of, place_stop
from qingshou.features.contact.queries.stops import list_stops
from qingshou.features.portal.models import PortalAsk
from qingshou.features.portal.operations.asks import place_ask
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.rules.asks import AskKind
from qingshou.law.contact.terms import Stop

SOURCE = "PORTAL"
CHOOSABLE = ("PHONE", "SMS", "EMAIL", "POST")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the debtor wants. `channels`: those that may be used, of CHOOSABLE; hours in minutes of the local day."""

    channels: frozenset[str]
    is_quiet: bool
    language: str
    preferred_channel: str
    from_minute: int | None
    until_minute: int | None


def state_wishes(*, borrower_id: UUID, wishes: Wishes, now: datetime) -> PortalAsk:
    """Let the debtor's wishes hold: stops placed and lifted, consent noted, preferences set, in one transaction.

    Gives   the ask that keeps what was changed, done already
    Stops   BadContactInput  hours that are none
    Law     12 CFR 1006.14(h), 1006.6(c): a channel refused, and contact refused, from then on
    """
    with transaction.atomic():
        lock_person_of(borrower_id, now)
        changed = _set_channels(borrower_id, wishes.channels, now)
        changed |= _set_quiet(borrower_id, wishes.is_quiet, now)
        has_hours = wishes.from_minute is not None and wishes.until_minute is not None
        set_preferences(
            borrower_id=borrower_id, actor=DEBTOR, now=now, language=wishes.language,
            preferred_channel=wishes.preferred_channel, asked_from_minute=wishes.from_minute,
            asked_until_minute=wishes.until_minute, clears_hours=not has_hours,
        )  # fmt: skip
        return place_ask(borrower_id=borrower_id, kind=AskKind.CHANNELS, now=now, facts=changed, is_done=True)


def stopped_channels(*, borrower_id: UUID, now: datetime) -> tuple[frozenset[str], bool]:
    """Return the channels that are stopped, and whether all contact is."""
    standing = [one for one in list_stops(borrower_id=borrower_id)
                if one.lifted_at is None and (one.until_at is None or one.until_at > now)]  # fmt: skip
    channels = frozenset(one.channel for one in standing if one.kind == Stop.CHANNEL)
    return channels, any(one.kind == Stop.CEASE for one in standing)


def _set_channels(borrower_id: UUID, wanted: Collection[str], now: datetime) -> dict[str, object]:
    stopped, _ = stopped_channels(borrower_id=borrower_id, now=now)
    to_stop = [one for one in CHOOSABLE if one not in wanted and one not in stopped]
    to_free = [one for one in CHOOSABLE if one in wanted and one in stopped]
    for channel in to_stop:
        place_stop(borrower_id=borrower_id, kind=Stop.CHANNEL, channel=channel, actor=DEBTOR, now=now, source=SOURCE)
    for channel in to_free:
        record_consent(borrower_id=borrower_id, kind="CHANNEL", channel=channel, is_given=True, actor=DEBTOR, now=now,
                       source=SOURCE)  # fmt: skip
        _lift(borrower_id, Stop.CHANNEL, channel, now)
    return {"stopped": to_stop, "freed": to_free}


def _set_quiet(borrower_id: UUID, is_wanted: bool, now: datetime) -> dict[str, object]:
    _, is_quiet = stopped_channels(borrower_id=borrower_id, now=now)
    if is_wanted and not is_quiet:
        place_stop(borrower_id=borrower_id, kind=Stop.CEASE, actor=DEBTOR, now=now, source=SOURCE)
    elif is_quiet and not is_wanted:
        _lift(borrower_id, Stop.CEASE, "", now)
    return {"quiet": is_wanted}


def _lift(borrower_id: UUID, kind: Stop, channel: str, now: datetime) -> None:
    for stop in list_stops(borrower_id=borrower_id):
        if stop.kind == kind and stop.channel == channel and stop.lifted_at is None:
            lift_stop(stop_id=stop.id, actor=DEBTOR, now=now, reason="The debtor asked for it on their own page.")
