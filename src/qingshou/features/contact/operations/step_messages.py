"""Messages of the ladder: each step that is a message is asked of the door once, and what became of it is kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.cases.operations import set_next_actions
from qingshou.features.contact.models import CaseStep, TemplateVersion
from qingshou.features.contact.operations.campaign_wording import languages_of
from qingshou.features.contact.operations.door import clear_many
from qingshou.features.contact.operations.outbox import Queued, ToSend, queue_many
from qingshou.features.contact.queries.templates import approved_version
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.rules.ladder import Step, get_ladder
from qingshou.features.contact.templating.rendering import MissingValue, render
from qingshou.law.contact.terms import Channel
from qingshou.tenancy.queries import current_tenant

_PART = 500
# a day of the past is run to catch up with the book, never to write to people about it
_DAYS_BEHIND_MAX = 3
_WAITS_FOR_HOURS = frozenset({"OUTSIDE_HOURS", "OUTSIDE_ASKED_HOURS"})
_BY_HAND = "CONTACT_DEBTOR"


@dataclass(slots=True)
class AskedSteps:
    """What became of the messages of steps: counts by state."""

    states: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: CaseStep
    step: Step
    version: TemplateVersion


def ask_steps(*, now: datetime, actor: Actor, limit: int = 100_000) -> AskedSteps:
    """Ask the door for the message of every step that has not been asked for yet, and queue what it lets through.

    Each part is a transaction of its own and each message has a key of its own, so that a run that is killed goes on
    where it stopped and nobody is written to twice. A step whose wording nobody approved becomes work for a person.

    Gives   AskedSteps  QUEUED, REFUSED, NO_TEMPLATE (a person contacts instead), NO_VALUE, TOO_OLD
    """
    tenant = current_tenant()
    today = now.astimezone(ZoneInfo(tenant.time_zone)).date()
    found = AskedSteps()
    while sum(found.states.values()) < limit:
        with transaction.atomic():
            rows = _next_rows()
            if not rows:
                return found
            _ask_part(rows, today, now, actor, found)
    return found


def _next_rows() -> list[CaseStep]:
    waiting = CaseStep.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("case")
    # one that was answered meanwhile has nothing to send
    waiting = waiting.filter(is_over=False, asked_at__isnull=True, answered_on__isnull=True)
    return list(waiting.order_by("case_id")[:_PART])


def _ask_part(rows: Sequence[CaseStep], today: date, now: datetime, actor: Actor, found: AskedSteps) -> None:
    states: dict[UUID, str] = {}
    wanted: list[_Wanted] = []
    languages = languages_of([row.case.borrower_id for row in rows])
    for row in rows:
        step = get_ladder(row.ladder, row.ladder_version).step(row.step)
        if not step.is_message:
            states[row.case_id] = "BY_HAND"
        elif row.entered_on < today - timedelta(days=_DAYS_BEHIND_MAX):
            states[row.case_id] = "TOO_OLD"
        else:
            language = languages.get(row.case.borrower_id, "")
            version = approved_version(code=step.template, channel=step.channel, language=language, tone=step.tone)
            if version is None:
                states[row.case_id] = "NO_TEMPLATE"
            else:
                wanted.append(_Wanted(row, step, version))
    states |= _queue(wanted, now, actor)
    by_hand = [
        row.case_id for row in rows if states[row.case_id] in ("NO_TEMPLATE", "NO_VALUE") and row.case.closed_on is None
    ]
    if by_hand:
        set_next_actions(case_ids=by_hand, action=_BY_HAND, actor=actor, on=today, now=now)
    for row in rows:
        row.asked_at, row.asked_state = now, states[row.case_id]
    CaseStep.objects.bulk_update(rows, ["asked_at", "asked_state"], batch_size=_PART)
    found.states.update(states.values())


def _queue(wanted: Sequence[_Wanted], now: datetime, actor: Actor) -> dict[UUID, str]:
    asked = [
        Asked(
            borrower_id=one.row.case.borrower_id, channel=Channel(one.step.channel), case_id=one.row.case_id,
            key=f"step:{one.row.case_id}:{one.step.code}:{one.row.entered_on}",
        )
        for one in wanted
    ]  # fmt: skip
    looked = clear_many(asked=asked, now=now)
    # the night's run asks while people sleep: what only the hour forbids is asked for the hour that allows it
    timed = [
        replace(ask, at=clearance.next_at)
        if clearance.next_at and {one.code for one in clearance.reasons} <= _WAITS_FOR_HOURS
        else ask
        for ask, clearance in zip(asked, looked, strict=True)
    ]
    values = values_of(case_ids=[one.row.case_id for one in wanted], now=now)
    items, states = [], {}
    for one, ask in zip(wanted, timed, strict=True):
        own = values.get(one.row.case_id, {})
        if _lacks_values(one.version, own):
            states[one.row.case_id] = "NO_VALUE"
        else:
            items.append(ToSend(asked=ask, version=one.version, values=own))
    for item, queued in zip(items, queue_many(items=items, actor=actor, now=now), strict=True):
        states[item.asked.case_id] = _state(queued)  # type: ignore[index]
    return states


def _lacks_values(version: TemplateVersion, values: Mapping[str, str]) -> bool:
    """Whether a variable of the wording is not known of this debtor: then a person writes."""
    try:
        render(version.subject, values)
        render(version.body, values)
    except MissingValue:
        return True
    return False


def _state(queued: Queued) -> str:
    return "QUEUED" if queued.message_id is not None else "REFUSED"
