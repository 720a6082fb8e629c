"""Messages of a plan: its code and its reminders, by an approved wording, through the door and contact's outbox."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.contact.operations.campaign_wording import languages_of
from qingshou.features.contact.operations.outbox import Queued, ToSend, queue_many
from qingshou.features.contact.queries.templates import approved_version
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.templating.rendering import MissingValue, render
from qingshou.features.contact.templating.variables import currency_words, nearest_language
from qingshou.kernel.money import Rounding, minor_digits, round_money
from qingshou.law.contact.terms import Channel, Purpose

CODE, REMINDER = "PLAN_CODE", "PLAN_REMINDER"
TONE = "NEUTRAL"


def queue_message(
    *, template: str, case_id: UUID, borrower_id: UUID, channels: Sequence[str], extra: Mapping[str, str],
    purpose: Purpose, key: str, actor: Actor, now: datetime, not_after: datetime | None = None,
) -> tuple[Queued | None, str]:  # fmt: skip
    """Queue one message by the first of the channels that has a wording and that the door lets through.

    Takes   extra  values of the plan, beside those of the case; `currency` in the debtor's language is added
            key    of the reservation: asked again, it is the same message
    Gives   (what the outbox answered, the channel); (None, why not): NO_TEMPLATE, NO_VALUE or REFUSED
    """
    language = languages_of([borrower_id]).get(borrower_id, "")
    values = values_of(case_ids=[case_id], now=now).get(case_id, {}) | dict(extra)
    why = "NO_TEMPLATE"
    for channel in channels:
        version = approved_version(code=template, channel=channel, language=language, tone=TONE)
        if version is None:
            continue
        try:
            render(version.subject, values)
            render(version.body, values)
        except MissingValue:
            why = "NO_VALUE"
            continue
        asked = Asked(borrower_id=borrower_id, channel=Channel(channel), purpose=purpose, case_id=case_id, key=key)
        item = ToSend(asked=asked, version=version, values=values, not_after=not_after)
        (queued,) = queue_many(items=[item], actor=actor, now=now)
        if queued.message_id is not None:
            return queued, channel
        why = "REFUSED"
    return None, why


def plan_values(*, number: str, amount: Decimal, currency: str, due_on: date, language: str) -> dict[str, str]:
    """Return the values of a plan's messages."""
    return {
        "plan_number": number,
        "plan_amount": f"{round_money(amount, currency, Rounding.HALF_UP):,.{minor_digits(currency)}f}",
        "plan_due_date": due_on.isoformat(),
        "currency": currency_words(currency, nearest_language(language) or "zh-hans"),
    }
