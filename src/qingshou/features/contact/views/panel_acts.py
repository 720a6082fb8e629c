"""What is done on the panel of contact: stops, consents, numbers, wishes; each a form sent, answered with a message."""

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import act, case_of, day_given, desk_of, uuid_given
from qingshou.features.contact.errors import BadContactInput, NoSuchContact
from qingshou.features.contact.operations.consents import record_consent, set_preferences
from qingshou.features.contact.operations.points import learn_point, strike_point, unstrike_point
from qingshou.features.contact.operations.stops import lift_stop, place_stop
from qingshou.features.contact.phrases.door import STOPS
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.queries.standing import standing
from qingshou.law.contact.terms import Party, Place, Stop
from qingshou.tenancy.queries import current_tenant


@require_POST
@requires("contact.work")
@act
def place(request: HttpRequest, case_id: UUID) -> str:
    """Place a stop."""
    case, desk, post = case_of(request, case_id, "contact.work"), desk_of(request), request.POST
    kind = post.get("kind", "")
    if kind not in set(Stop):
        raise BadContactInput(_("Choose what stops contact."))
    loan_id = uuid_given(post.get("loan", ""))
    if loan_id is not None and not case.borrower.loans.filter(id=loan_id).exists():
        raise BadContactInput(_("Choose one of the debtor's loans."))
    place_stop(
        borrower_id=case.borrower_id, kind=Stop(kind), channel=post.get("channel", "") if kind == Stop.CHANNEL else "",
        loan_id=loan_id if kind == Stop.DISPUTE else None, until_at=_end_of(post.get("until", "")),
        note=post.get("note", ""), actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return _("Contact is stopped: %(stop)s.") % {"stop": STOPS[kind]}


@require_POST
@requires("contact.work")
def lift(request: HttpRequest, case_id: UUID, stop_id: UUID) -> Any:
    """Lift a stop of this debtor, with a reason."""

    @act
    def lifting(request: HttpRequest, case_id: UUID) -> str:
        case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
        known = read_known(borrower_ids={case.borrower_id}, now=desk.now)
        stands = standing(borrower_id=case.borrower_id, known=known, now=desk.now)
        if stop_id not in {one.id for one in (*stands.stops, *stands.lifted)}:
            raise NoSuchContact("There is no such stop of this debtor.")
        lift_stop(stop_id=stop_id, actor=desk.actor, now=desk.now, reason=request.POST.get("reason", ""))
        return _("The stop is lifted.")

    return lifting(request, case_id)


@require_POST
@requires("contact.work")
@act
def consent(request: HttpRequest, case_id: UUID) -> str:
    """Note a consent given or withdrawn."""
    case, desk, post = case_of(request, case_id, "contact.work"), desk_of(request), request.POST
    kind = post.get("kind", "")
    record_consent(
        borrower_id=case.borrower_id, kind=kind, channel=post.get("channel", "") if kind == "CHANNEL" else "",
        is_given=post.get("word") == "GIVEN", until_at=_end_of(post.get("until", "")), actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return _("Consent noted.") if post.get("word") == "GIVEN" else _("Withdrawal noted: it holds from now on.")


@require_POST
@requires("contact.work")
def point(request: HttpRequest, case_id: UUID, point_id: UUID) -> Any:
    """Note whose a number is and where, or strike it, or take a strike back."""

    @act
    def noting(request: HttpRequest, case_id: UUID) -> str:
        case, desk, post = case_of(request, case_id, "contact.work"), desk_of(request), request.POST
        whose = {"borrower_id": case.borrower_id, "contact_point_id": point_id, "actor": desk.actor, "now": desk.now}
        if post.get("act") == "strike":
            strike_point(reason=post.get("reason", ""), **whose)
            return _("Struck: it is not used for this debtor any more.")
        if post.get("act") == "unstrike":
            unstrike_point(**whose)
            return _("The strike is taken back.")
        party, place = post.get("party", ""), post.get("place", "")
        learn_point(
            party=Party(party) if party in set(Party) else None, place=Place(place) if place in set(Place) else None,
            employer_forbids=post.get("employer_forbids") == "1", **whose,
        )  # fmt: skip
        return _("Noted.")

    return noting(request, case_id)


@require_POST
@requires("contact.work")
@act
def preferences(request: HttpRequest, case_id: UUID) -> str:
    """Note how the debtor wishes to be reached."""
    case, desk, post = case_of(request, case_id, "contact.work"), desk_of(request), request.POST
    begin, end = _minute(post.get("asked_from", "")), _minute(post.get("asked_until", ""))
    set_preferences(
        borrower_id=case.borrower_id, language=post.get("language", ""), time_zone=post.get("time_zone", "").strip(),
        preferred_channel=post.get("preferred_channel", ""), asked_from_minute=begin, asked_until_minute=end,
        clears_hours=begin is None and end is None, actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return _("Wishes noted.")


def _minute(text: str) -> int | None:
    if not text:
        return None
    hours, _sep, minutes = text.partition(":")
    if not (hours.isdigit() and minutes[:2].isdigit() and int(hours) <= 24 and int(minutes[:2]) < 60):
        raise BadContactInput(_("Give the hours as 09:30."))
    return int(hours) * 60 + int(minutes[:2])


def _end_of(text: str) -> datetime | None:
    """Return the end of a day at the lender's; nothing where none is given."""
    if not text:
        return None
    day = day_given(text)
    if day is None:
        raise BadContactInput(_("Give the date as year-month-day."))
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(current_tenant().time_zone)).astimezone(UTC)
