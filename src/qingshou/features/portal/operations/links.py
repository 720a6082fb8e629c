"""Links to the debtor's own page: sent through the door, known by a hash, taken back at once."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.cases.errors import CaseClosed
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.operations.campaign_wording import languages_of
from qingshou.features.contact.operations.door import refusal_of
from qingshou.features.contact.operations.outbox import ToSend, queue_many
from qingshou.features.contact.queries.templates import approved_version, language_of_lender
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.templating.variables import nearest_language
from qingshou.features.portal.errors import BadAsk, CannotReach, NoSuchPage
from qingshou.features.portal.models import PortalLink
from qingshou.features.portal.operations.recording import note
from qingshou.features.portal.operations.tokens import hash_of, new_secret
from qingshou.features.portal.rules.policy import PortalPolicy, portal_policy
from qingshou.features.portal.rules.visits import is_link_good
from qingshou.law.contact.terms import Channel, Purpose
from qingshou.tenancy.queries import current_tenant

TEMPLATE = "PORTAL_LINK"
TONE = "NEUTRAL"


def send_link(
    *, case_id: UUID, channel: str, actor: Actor, now: datetime, address: str, is_asked_for: bool = False
) -> PortalLink:  # fmt: skip
    """Make a link to the page of a case's debtor and send it by an approved wording, through the door.

    Takes   channel       one the lender's policy allows
            address       scheme and host where the pages are served, used where the lender's settings name no other
            is_asked_for  the debtor asked for it just now; else it counts as a contact of ours, in its hours
    Gives   the link; its token stands in the message only
    Stops   NoSuchCase, CaseClosed
            BadAsk          the policy does not send links that way
            CannotReach     no wording is approved
            ContactRefused  the door refuses; the refusal is kept
            MissingValue, TooLong  the wording cannot be filled in; then nothing is reserved
    """
    tenant = current_tenant()
    policy = portal_policy(tenant.settings)
    if channel not in policy.link_channels:
        raise BadAsk(f"Links are sent by {', '.join(policy.link_channels)}: choose one of them.", field="channel")
    case = get_case(case_id=case_id)
    if case.closed_on is not None:
        raise CaseClosed("This case is closed: reopen it before anything is sent.")
    language = _language(case.borrower_id)
    version = approved_version(code=TEMPLATE, channel=channel, language=language, tone=TONE)
    if version is None:
        raise CannotReach("No wording of this message is approved for this channel: have one approved first.",
                          why="NO_TEMPLATE")  # fmt: skip
    link, token = _made(case.borrower_id, language, policy, actor, now)
    values = values_of(case_ids=[case_id], now=now).get(case_id, {}) | {
        "portal_link": link_address(policy=policy, served_at=address, lender=tenant.code, token=token),
        "link_days": str(policy.link_days),
    }
    asked = Asked(
        borrower_id=case.borrower_id, channel=Channel(channel), case_id=case_id, key=f"portal-link:{link.id}",
        purpose=Purpose.ANSWER if is_asked_for else Purpose.COLLECT,
    )  # fmt: skip
    with transaction.atomic():
        item = ToSend(asked=asked, version=version, values=values, not_after=link.expires_at)
        (queued,) = queue_many(items=[item], actor=actor, now=now)
        if queued.message_id is not None:
            link.message_id = queued.message_id
            link.save(force_insert=True)
            note(borrower_id=case.borrower_id, case_id=case_id, action="PORTAL_LINK_SENT", actor=actor, now=now,
                 link=link.id, channel=channel, message=queued.message_id, expires_at=link.expires_at)  # fmt: skip
    if queued.message_id is None:
        raise refusal_of(queued.clearance)
    return link


def hand_over_link(*, case_id: UUID, actor: Actor, now: datetime, address: str) -> tuple[PortalLink, str]:
    """Make a link to be handed over in person (read out, printed at the counter); gives it with its address, once.

    Stops   NoSuchCase
    """
    tenant = current_tenant()
    policy = portal_policy(tenant.settings)
    case = get_case(case_id=case_id)
    link, token = _made(case.borrower_id, _language(case.borrower_id), policy, actor, now)
    with transaction.atomic():
        link.save(force_insert=True)
        note(borrower_id=case.borrower_id, case_id=case_id, action="PORTAL_LINK_HANDED_OVER", actor=actor, now=now,
             link=link.id, expires_at=link.expires_at)  # fmt: skip
    return link, link_address(policy=policy, served_at=address, lender=tenant.code, token=token)


def revoke_link(*, link_id: UUID, borrower_id: UUID, actor: Actor, now: datetime) -> PortalLink:
    """Take a link of a debtor back: it opens nothing any more, and visits by it end with their next step.

    Stops   NoSuchPage  no such link of this debtor
    """
    with transaction.atomic():
        link = PortalLink.objects.select_for_update(no_key=True).filter(id=link_id, borrower=borrower_id).first()
        if link is None:
            raise NoSuchPage("There is no such link of this debtor.")
        if link.revoked_at is None:
            link.revoked_at = now
            link.save(update_fields=["revoked_at"])
            note(borrower_id=borrower_id, action="PORTAL_LINK_REVOKED", actor=actor, now=now, link=link.id)
    return link


def find_link(*, token: str, now: datetime) -> PortalLink | None:
    """Return the link of a token where it is good; one query whatever the token is."""
    link = PortalLink.objects.filter(token_hash=hash_of(token)).first()
    if link is None or not is_link_good(expires_at=link.expires_at, revoked_at=link.revoked_at, now=now):
        return None
    return link


def link_address(*, policy: PortalPolicy, served_at: str, lender: str, token: str) -> str:
    """Return the address a debtor opens."""
    return f"{(policy.address or served_at).rstrip('/')}/my/{lender}/{token}"


def _made(
    borrower_id: UUID, language: str, policy: PortalPolicy, actor: Actor, now: datetime
) -> tuple[PortalLink, str]:
    token = new_secret()
    link = PortalLink(
        id=uuid4(), borrower_id=borrower_id, token_hash=hash_of(token), language=language, made_by=actor.name[:60],
        made_at=now, expires_at=now + timedelta(days=policy.link_days),
    )  # fmt: skip
    return link, token


def _language(borrower_id: UUID) -> str:
    said = languages_of([borrower_id]).get(borrower_id, "")
    return nearest_language(said) or language_of_lender(current_tenant())
