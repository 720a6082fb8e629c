"""When a link and a visit are good."""

from datetime import datetime, timedelta

from qingshou.features.portal.rules.policy import PortalPolicy

CONTACT_KEY = "portal-visit:"  # of the contact that asking for a code is; the visit's id follows


def is_link_good(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a link opens the door: not taken back, and not over. At its last instant it is over."""
    return revoked_at is None and now < expires_at


def is_visit_over(
    *, seen_at: datetime, expires_at: datetime, ended_at: datetime | None, now: datetime, policy: PortalPolicy
) -> bool:
    """Whether a visit is over: signed out, past its absolute end, or left alone too long."""
    idle = timedelta(minutes=policy.idle_minutes)
    return ended_at is not None or now >= expires_at or now - seen_at >= idle
