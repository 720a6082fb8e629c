"""Consent, its withdrawal, and how the person wishes to be reached."""

from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.errors import BadContactInput
from qingshou.features.contact.models import Consent, ContactPerson
from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.law.contact.terms import Channel

KINDS = ("CHANNEL", "HOURS", "CALLS", "WORKPLACE", "RECORDING")
_MINUTES_A_DAY = 24 * 60


def record_consent(
    *, borrower_id: UUID, kind: str, is_given: bool, actor: Actor, now: datetime, channel: str = "",
    source: str = "STAFF", until_at: datetime | None = None, loan_id: UUID | None = None,
) -> Consent:  # fmt: skip
    """Note that the person gave or withdrew consent; the newest word of a kind and channel holds.

    Takes   kind  CHANNEL (use this channel), HOURS (outside the hours), CALLS (more calls than the counters),
                  WORKPLACE, RECORDING
    Stops   BadContactInput  unknown kind or channel, CHANNEL without one, an end in the past
    """
    if kind not in KINDS:
        raise BadContactInput(f"'{kind[:20]}' is no kind of consent: use one of {', '.join(KINDS)}.")
    if channel not in {"", *Channel} or (kind == "CHANNEL" and not channel):
        raise BadContactInput(f"'{channel[:20]}' is no channel: use one of {', '.join(Channel)}.")
    if until_at is not None and until_at <= now:
        raise BadContactInput("Consent ends in the future: give a later time, or none.")
    with transaction.atomic():
        person_id = lock_person_of(borrower_id, now)
        consent = Consent.objects.create(
            id=uuid4(), person_id=person_id, kind=kind, channel=channel, loan_id=loan_id, is_given=is_given, at=now,
            until_at=until_at, source=source, given_by=actor.name[:60],
        )  # fmt: skip
        action = "CONSENT_GIVEN" if is_given else "CONSENT_WITHDRAWN"
        facts = {"consent": consent.id, "kind": kind, "channel": channel, "until": until_at, "source": source}
        record(subject_kind="PERSON", subject_id=person_id, action=action, actor=actor, now=now, facts=facts)
    return consent


def set_preferences(
    *, borrower_id: UUID, actor: Actor, now: datetime, language: str | None = None, time_zone: str | None = None,
    preferred_channel: str | None = None, asked_from_minute: int | None = None, asked_until_minute: int | None = None,
    clears_hours: bool = False, is_minor: bool | None = None,
) -> ContactPerson:  # fmt: skip
    """Note how the person wishes to be reached; what is not given stays as it was.

    Takes   asked_from_minute, asked_until_minute  minutes of the local day, 0-1440, the first before the second
    Stops   BadContactInput  an unknown zone or channel, hours that are none
    """
    _check(time_zone, preferred_channel, asked_from_minute, asked_until_minute)
    with transaction.atomic():
        person = ContactPerson.objects.get(id=lock_person_of(borrower_id, now))
        given = {"language": language, "time_zone": time_zone, "preferred_channel": preferred_channel,
                 "asked_from_minute": asked_from_minute, "asked_until_minute": asked_until_minute,
                 "is_minor": is_minor}  # fmt: skip
        changed: dict[str, str | int | None] = {name: value for name, value in given.items() if value is not None}
        if clears_hours:
            changed |= {"asked_from_minute": None, "asked_until_minute": None}
        for name, value in changed.items():
            setattr(person, name, value)
        if changed:
            person.save(update_fields=list(changed))
            record(subject_kind="PERSON", subject_id=person.id, action="PREFERENCES_SET", actor=actor, now=now,
                   facts=changed)  # fmt: skip
    return person


def _check(zone: str | None, channel: str | None, begin: int | None, end: int | None) -> None:
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise BadContactInput(f"'{zone[:40]}' is no time zone: use a name such as Asia/Shanghai.") from None
    if channel and channel not in set(Channel):
        raise BadContactInput(f"'{channel[:20]}' is no channel: use one of {', '.join(Channel)}.")
    if (begin is None) != (end is None):
        raise BadContactInput("Give both ends of the hours asked for.")
    if begin is not None and end is not None and not 0 <= begin < end <= _MINUTES_A_DAY:
        raise BadContactInput("The hours asked for begin before they end, within one day.")
