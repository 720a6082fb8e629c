"""Visits: a link and a one-time code open one, for a short time; the browser holds a secret, we hold its hash."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.features.cases.queries import latest_case_of
from qingshou.features.contact.operations.attempts import note_inbound
from qingshou.features.contact.operations.outbox import Queued, ToSend, queue_many
from qingshou.features.contact.queries.templates import approved_version
from qingshou.features.contact.queries.values import details_of, values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.templating.rendering import MissingValue
from qingshou.features.portal.errors import CannotReach, NoSuchPage, TooOften
from qingshou.features.portal.models import PortalLink, PortalVisit
from qingshou.features.portal.operations.recording import note
from qingshou.features.portal.operations.tokens import hash_of, new_secret
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.points import WayToReach, ways_of
from qingshou.features.portal.rules.policy import PortalPolicy, portal_policy
from qingshou.features.portal.rules.visits import CONTACT_KEY, is_link_good, is_visit_over
from qingshou.features.repayment.operations.codes import keep_blank, keep_code, new_code, use_code
from qingshou.features.repayment.rules.plan_policy import CodePolicy
from qingshou.law.contact.terms import Channel, Purpose
from qingshou.tenancy.queries import current_tenant

PURPOSE = "PORTAL"
TEMPLATE = "PORTAL_CODE"
TONE = "NEUTRAL"
_DAY = timedelta(days=1)
_SEEN_EVERY_S = 15  # noting every request would make each read a write


@dataclass(frozen=True, slots=True)
class Begun:
    """A visit that waits for its code, with the secret for the browser's cookie."""

    visit: PortalVisit
    secret: str


def begin_visit(*, link_id: UUID, point_id: UUID, language: str, now: datetime) -> Begun:
    """Send a code to one of the debtor's known numbers or addresses, and begin the visit that waits for it.

    The debtor asked for it this moment, so it is a service: noted as a contact from outside, sent at any hour, and no
    contact of ours.

    Stops   NoSuchPage   the link is no longer good, or no such number of this debtor may be used
            TooOften     by the link, for the debtor or by the channel too many codes were asked for
            CannotReach  no wording is approved, or the door refuses all the same (the refusal is kept)
    """
    tenant = current_tenant()
    policy = portal_policy(tenant.settings)
    with transaction.atomic():
        link = _locked_link(link_id, now)
        ways = ways_of(borrower_id=link.borrower_id, policy=policy, reader=DEBTOR, now=now)
        way = next((one for one in ways if one.id == point_id), None)
        if way is None:
            raise NoSuchPage("No such number or address of this debtor may be used.")
        pressing = _too_often(link, way.channel, policy, now)
        secret = new_secret()
        visit = PortalVisit(
            id=uuid4(), link=link, secret_hash=hash_of(secret), channel=way.channel, begun_at=now, seen_at=now,
            expires_at=now + timedelta(minutes=policy.confirm_minutes),
        )  # fmt: skip
        if pressing is not None:
            _rehearse(link, visit, way, language, policy, now)
            raise pressing
        queued = _send_code(link, visit, way, language, policy, now)
    if queued.message_id is None:
        raise CannotReach("The code could not be sent this way.", why="REFUSED")
    return Begun(visit, secret)


def _rehearse(
    link: PortalLink, visit: PortalVisit, way: WayToReach, language: str, policy: PortalPolicy, now: datetime
) -> None:  # fmt: skip
    """Do all that sending a code takes; the caller's transaction is given up, so that nothing of it stays.

    Without it the answer would come sooner where a code is not sent, and the time would tell what the page does not.
    """
    with suppress(CannotReach):
        _queue_code(link, visit, way, language, policy, now)


def begin_unsent(*, link_id: UUID, why: str, now: datetime) -> Begun:
    """Begin a visit whose code is not sent, so that whoever asked learns nothing from the answer; that is recorded.

    Takes   why  TOO_OFTEN, or `why` of CannotReach
    Stops   NoSuchPage  the link is no longer good
            TooOften    the link began so many such visits that no debtor is behind them
    """
    policy = portal_policy(current_tenant().settings)
    with transaction.atomic():
        link = _locked_link(link_id, now)
        unsent = PortalVisit.objects.filter(link=link, channel="", begun_at__gt=now - _DAY).count()
        if unsent >= policy.throttle["unsent_per_link_day"]:
            raise TooOften("Too many codes were asked for: try again tomorrow.", minutes=24 * 60)
        secret = new_secret()
        visit = PortalVisit.objects.create(
            link=link, secret_hash=hash_of(secret), begun_at=now, seen_at=now,
            expires_at=now + timedelta(minutes=policy.confirm_minutes),
        )  # fmt: skip
        keep_blank(purpose=PURPOSE, subject_id=visit.id, borrower_id=link.borrower_id,
                   policy=CodePolicy(**policy.code), now=now)  # fmt: skip
        note(borrower_id=link.borrower_id, action="PORTAL_CODE_NOT_SENT", actor=DEBTOR, now=now, link=link.id,
             visit=visit.id, why=why)  # fmt: skip
    return Begun(visit, secret)


def _send_code(
    link: PortalLink, visit: PortalVisit, way: WayToReach, language: str, policy: PortalPolicy, now: datetime
) -> Queued:
    """Queue the code through the door; the visit and its code are kept where it was let through."""
    row, queued = _queue_code(link, visit, way, language, policy, now)
    if queued.message_id is not None:
        visit.save(force_insert=True)
        keep_code(row, message_id=queued.message_id, now=now)
        note(borrower_id=link.borrower_id, case_id=latest_case_of(borrower_ids=[link.borrower_id]),
             action="PORTAL_CODE_SENT", actor=DEBTOR, now=now, link=link.id, visit=visit.id, channel=way.channel,
             message=queued.message_id)  # fmt: skip
    return queued


def _queue_code(
    link: PortalLink, visit: PortalVisit, way: WayToReach, language: str, policy: PortalPolicy, now: datetime
) -> tuple[Any, Queued]:
    """Make a code and queue its message through the door; gives the code, not kept yet."""
    case_id = latest_case_of(borrower_ids=[link.borrower_id])
    channel = Channel(way.channel)
    version = approved_version(code=TEMPLATE, channel=way.channel, language=language or link.language, tone=TONE)
    if version is None:
        raise CannotReach("No wording of this message is approved for this channel.", why="NO_TEMPLATE")
    code = CodePolicy(**policy.code)
    row, digits = new_code(
        purpose=PURPOSE, subject_id=visit.id, borrower_id=link.borrower_id, policy=code, now=now
    )  # fmt: skip
    note_inbound(borrower_id=link.borrower_id, channel=channel, at=now, actor=DEBTOR, now=now,
                 key=f"{CONTACT_KEY}{visit.id}", case_id=case_id)  # fmt: skip
    known = values_of(case_ids=[case_id], now=now).get(case_id, {}) if case_id else {}
    values = details_of(current_tenant()) | known | {"one_time_code": digits, "code_minutes": str(code.minutes)}
    asked = Asked(
        borrower_id=link.borrower_id, channel=channel, purpose=Purpose.SERVICE, contact_point_id=way.id,
        case_id=case_id, key=f"portal-code:{row.id}",
    )  # fmt: skip
    try:
        item = ToSend(asked=asked, version=version, values=values, not_after=row.expires_at)
        (queued,) = queue_many(items=[item], actor=DEBTOR, now=now)
    except MissingValue:
        raise CannotReach("The approved wording asks for something that is not known.", why="NO_VALUE") from None
    return row, queued


def confirm_visit(*, secret: str, digits: str, now: datetime) -> Begun | None:
    """Open a visit by its code: right once, in time, within its tries. The secret is changed as it opens.

    Gives   the open visit with its new secret; None: the code is wrong, used, too old or tried too often
    Stops   NoSuchPage  no visit waits behind this secret
    """
    policy = portal_policy(current_tenant().settings)
    with transaction.atomic():
        visit = _locked_visit(secret)
        if visit is None or visit.confirmed_at is not None or not _is_good(visit, policy, now):
            raise NoSuchPage("No visit waits for a code here.")
        is_right = use_code(purpose=PURPOSE, subject_id=visit.id, digits=digits, now=now)
        fresh = new_secret()
        if is_right:
            visit.secret_hash, visit.confirmed_at, visit.seen_at = hash_of(fresh), now, now
            visit.expires_at = now + timedelta(minutes=policy.visit_minutes)
            visit.save(update_fields=["secret_hash", "confirmed_at", "seen_at", "expires_at"])
        elif visit.wrong_tries < policy.code["tries"]:
            visit.wrong_tries += 1
            visit.save(update_fields=["wrong_tries"])
        else:  # no digits open it any more: recorded as often as asked, it would fill the record
            return None
        note(borrower_id=visit.link.borrower_id, action="PORTAL_ENTERED" if is_right else "PORTAL_CODE_REFUSED",
             actor=DEBTOR, now=now, visit=visit.id, link=visit.link_id)  # fmt: skip
    return Begun(visit, fresh) if is_right else None


def current_visit(*, secret: str, now: datetime, is_confirmed: bool = True) -> PortalVisit | None:
    """Return the visit behind a cookie's secret where it is good, with its link; notes that it was seen."""
    policy = portal_policy(current_tenant().settings)
    visit = PortalVisit.objects.select_related("link").filter(secret_hash=hash_of(secret)).first()
    if visit is None or (visit.confirmed_at is not None) != is_confirmed or not _is_good(visit, policy, now):
        return None
    if (now - visit.seen_at).total_seconds() >= _SEEN_EVERY_S:
        PortalVisit.objects.filter(id=visit.id, seen_at__lt=now).update(seen_at=now)
    return visit


def end_visit(*, visit_id: UUID, now: datetime) -> None:
    """Sign a debtor out; twice is once."""
    with transaction.atomic():
        visit = PortalVisit.objects.select_for_update(no_key=True).get(id=visit_id)
        if visit.ended_at is None:
            visit.ended_at = now
            visit.save(update_fields=["ended_at"])
            link = PortalLink.objects.get(id=visit.link_id)
            note(borrower_id=link.borrower_id, action="PORTAL_LEFT", actor=DEBTOR, now=now, visit=visit.id)


def _is_good(visit: PortalVisit, policy: PortalPolicy, now: datetime) -> bool:
    """A link that was taken back ends its visits; one that only ran out lets an open visit go on."""
    if visit.link.revoked_at is not None:
        return False
    return not is_visit_over(
        seen_at=visit.seen_at, expires_at=visit.expires_at, ended_at=visit.ended_at, now=now, policy=policy
    )  # fmt: skip


def _locked_visit(secret: str) -> PortalVisit | None:
    rows = PortalVisit.objects.select_for_update(no_key=True, of=("self",)).select_related("link")
    return rows.filter(secret_hash=hash_of(secret)).first()


def _locked_link(link_id: UUID, now: datetime) -> PortalLink:
    """Lock a good link, with all of the debtor's by which codes may have been asked for within the day."""
    found = PortalLink.objects.filter(id=link_id).first()
    if found is None:
        raise NoSuchPage("This link is not good any more.")
    of_debtor = PortalLink.objects.filter(borrower=found.borrower_id, expires_at__gt=now - _DAY)
    locked = {one.id: one for one in of_debtor.order_by("id").select_for_update(no_key=True)}
    link = locked.get(link_id)
    if link is None or not is_link_good(expires_at=link.expires_at, revoked_at=link.revoked_at, now=now):
        raise NoSuchPage("This link is not good any more.")
    return link


def _too_often(link: PortalLink, channel: str, policy: PortalPolicy, now: datetime) -> TooOften | None:
    """Count the codes that were sent; the debtor's links are locked, so that none is counted twice."""
    sent = PortalVisit.objects.filter(link__borrower=link.borrower_id, begun_at__gt=now - _DAY).exclude(channel="")
    counted = (
        ("codes_per_link_day", sent.filter(link=link)),
        ("codes_per_channel_day", sent.filter(channel=channel)),
        ("codes_per_debtor_day", sent),
    )
    in_hour = sent.filter(link=link, begun_at__gt=now - timedelta(hours=1)).count()
    is_full = [rows.count() >= policy.throttle[limit] for limit, rows in counted]  # all of them, whichever is full
    if in_hour >= policy.throttle["codes_per_link_hour"]:
        return TooOften("Too many codes were asked for: wait an hour.", minutes=60)
    if any(is_full):
        return TooOften("Too many codes were asked for: try again tomorrow.", minutes=24 * 60)
    return None
