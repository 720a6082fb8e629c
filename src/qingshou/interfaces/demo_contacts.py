"""A little life for the demo's desk of contact: wordings in use, replies to read, a stop, a campaign ready to start.

Invented, as the names and numbers are; every piece goes through the same operations as a lender's own. Nothing is sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.access.actors import actor_of
from qingshou.access.queries import list_active_users
from qingshou.access.roles import Role
from qingshou.audit.actors import SYSTEM
from qingshou.features.book.debtors import list_points
from qingshou.features.cases.queries import WorklistFilter, list_worklist
from qingshou.features.contact.channels.base import Incoming
from qingshou.features.contact.operations.campaign_judging import prepare_campaign
from qingshou.features.contact.operations.campaigns import make_campaign
from qingshou.features.contact.operations.replies import take_incoming
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.operations.template_set import install_starting_set, set_contact_details
from qingshou.features.contact.queries.templates import list_codes
from qingshou.law.contact.terms import Channel, Stop
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import Sealed

_LENDER_PHONE = "02-5550-0100"  # invented, as the debtors' numbers are

_REPLIES = (
    "不好意思，最近太忙忘記繳了，今天晚上就轉帳。",
    "我上個月被公司資遣，還在找工作，可以先繳一部分嗎？",
    "住院開刀剛出院，這個月真的沒有收入。",
    "這筆消費不是我刷的，我要申訴。",
    "可以分期嗎？我一個月最多能繳三千。",
    "你打錯了，我不認識這個人。",
    "退訂",
    "一直傳是怎樣，煩不煩啊！",
)


def give_life(*, now: datetime) -> bool:
    """Bring the demo's contacts to life once, in the lender in force; gives whether anything was done now."""
    if list_codes():
        return False
    people = {user.role: user for user in list_active_users()}
    lead, second = actor_of(people[Role.TEAM_LEAD]), actor_of(people[Role.COMPLIANCE_OFFICER])
    collector = next(user for user in list_active_users() if user.username == "collector")
    cases = list_worklist(filters=WorklistFilter(owner_ids=(collector.pk,), severity="MILD"), limit=20).rows
    with transaction.atomic():  # all of it or nothing: a start that is interrupted begins again
        install_starting_set(actor=lead, now=now, approved_by=second)
        set_contact_details(details={"contact_phone": _LENDER_PHONE}, actor=lead, now=now)
        _replies(cases[: len(_REPLIES)], now)
        for case, kind in zip(cases[len(_REPLIES) :], (Stop.DISPUTE, Stop.HARDSHIP), strict=False):
            place_stop(borrower_id=case.borrower_id, kind=kind, actor=actor_of(collector), now=now, source="CALL")
        campaign = make_campaign(
            name="友善提醒 Friendly options, by e-mail", channel="EMAIL", template_code="OPTIONS", tone="NEUTRAL",
            actor=lead, now=now, seed=20051001,
        )  # fmt: skip
        prepare_campaign(campaign_id=campaign.id, actor=lead, now=now)
    return True


def _replies(cases: Sequence[Any], now: datetime) -> None:
    numbers = _numbers(cases, now)
    for place, (case, words) in enumerate(zip(cases, _REPLIES, strict=False)):
        if case.borrower_id in numbers:
            incoming = Incoming(
                event_ref=f"demo-{place + 1}", channel=Channel.SMS, at=now - timedelta(minutes=7 * (place + 1)),
                sender=numbers[case.borrower_id], body=words,
            )  # fmt: skip
            take_incoming(adapter="demo", incoming=incoming, actor=SYSTEM, now=now)


def _numbers(cases: Sequence[Any], now: datetime) -> dict[UUID, str]:
    """Return each debtor's telephone number, opened for this as one logged reading."""
    fields = {
        borrower_id: {"phone": Sealed("book_contactpoint.value", point.id, PersonalKind.PHONE, point.value)}
        for borrower_id, points in list_points(borrower_ids={case.borrower_id for case in cases}).items()
        for point in reversed(points)
        if point.channel == "PHONE" and point.value is not None
    }
    opened = reveal_many(subject_kind="BORROWER", rows=fields, reader=SYSTEM, role=SENDER, purpose="DEMO", now=now)
    return {borrower_id: str(shown["phone"]) for borrower_id, shown in opened.items() if shown["phone"]}
