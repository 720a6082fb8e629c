"""The panel of contact on a case's page: may the debtor be reached now and by what, and everything that decides it."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import Desk, case_of, desk_of, facts_of
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.operations.consents import KINDS
from qingshou.features.contact.operations.door import clear_many
from qingshou.features.contact.operations.points import STRUCK_REASONS
from qingshou.features.contact.phrases import calls as call_words
from qingshou.features.contact.phrases.door import CHANNELS, CONSENTS, PARTIES, PLACES, STOPS, STRUCK
from qingshou.features.contact.phrases.messages import STATES as MESSAGE_STATES
from qingshou.features.contact.phrases.templates import CODES
from qingshou.features.contact.queries.calls import open_call
from qingshou.features.contact.queries.gathering import Known, read_known
from qingshou.features.contact.queries.standing import PointShown, Standing, get_attempt, standing
from qingshou.features.contact.queries.templates import list_codes
from qingshou.features.contact.rules.asked import Asked, book_channel
from qingshou.features.contact.scripts.shape import LANGUAGES
from qingshou.features.contact.views.call_shown import light_of
from qingshou.law.contact.terms import SOCIAL, WRITTEN, Channel
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed, sealed_fields

_KINDS = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL, "POST": PersonalKind.ADDRESS}
_POINT_PLACE = "book_contactpoint.value"
_ALWAYS = (Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.POST)
_NOBODY = ""  # a role that sees everything masked
# a stop that is about one number is placed where the number is
_PLACEABLE = ("CEASE", "CHANNEL", "DISPUTE", "COMPLAINT", "HARDSHIP", "VULNERABLE", "REPRESENTED", "BANKRUPTCY",
              "BREATHING_SPACE", "DEATH", "MINOR")  # fmt: skip


@require_GET
@requires("contact.view")
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show how things stand with the debtor of a case."""
    case, desk = case_of(request, case_id), desk_of(request)
    known = read_known(borrower_ids={case.borrower_id}, now=desk.now)
    stands = standing(borrower_id=case.borrower_id, known=known, now=desk.now)
    mine = open_call(placed_by=desk.actor.name)
    channels = _channels(case, known)
    context = {
        "case": case,
        "may_act": cast(Any, request.user).has_perm("contact.work", facts_of(case)) and case.closed_on is None,
        "open_call": mine,
        "lights": _lights(case, channels, desk),
        "stops": [_stop(one) for one in stands.stops],
        "consents": [
            {"consent": one, "words": CONSENTS.get(one.kind, one.kind), "channel": CHANNELS.get(one.channel, "")}
            for one in stands.consents.values()
        ],
        "points": _points(case, stands.points, desk),
        "person": stands.person,
        "asked_hours": _hours(stands),
        "preferred": CHANNELS.get(stands.person.preferred_channel, "") if stands.person else "",
        "history": [_line(one) for one in stands.attempts],
        "names": names_of_users(
            usernames=[*(one.placed_by for one in stands.stops), *(one.placed_by for one in stands.attempts)]
        ),
        **_choices(channels),
        "language_words": call_words.LANGUAGES,
    }
    return render(request, "contact/panel.html", context)


def _channels(case: Any, known: Known) -> list[Channel]:
    """Return the channels worth a line: the common ones, and those the debtor has an account at."""
    held = {one.channel for one in known.points.get(case.borrower_id, ())}
    return [*_ALWAYS, *(one for one in Channel if one in SOCIAL and book_channel(one) in held)]


def _lights(case: Any, channels: Sequence[Channel], desk: Desk) -> list[dict[str, Any]]:
    asked = [Asked(borrower_id=case.borrower_id, channel=one, case_id=case.id) for one in channels]
    judged = clear_many(asked=asked, now=desk.now)
    return [
        {"channel": CHANNELS[one.value], "light": light_of(clearance, desk.now)}
        for one, clearance in zip(channels, judged, strict=True)
    ]


def _stop(stop: Any) -> dict[str, Any]:
    return {
        "stop": stop, "words": STOPS.get(stop.kind, stop.kind), "channel": CHANNELS.get(stop.channel, ""),
        "is_of_number": stop.point_index is not None,
    }  # fmt: skip


def _points(case: Any, points: Sequence[PointShown], desk: Desk) -> list[dict[str, Any]]:
    sealed = {
        str(one.point.id): Sealed(
            _POINT_PLACE, one.point.id, _KINDS.get(one.point.channel, PersonalKind.NOTE), one.point.value
        )
        for one in points
    }
    shown = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=sealed, reader=desk.actor, role=_NOBODY,
                   purpose="CONTACT_PANEL", now=desk.now)  # fmt: skip
    return [
        {
            "id": one.point.id, "value": shown[str(one.point.id)], "is_struck": one.is_struck,
            "channel": CHANNELS.get(one.point.channel, one.point.channel), "state": one.state,
            "party": one.state.party if one.state else "DEBTOR", "place": one.state.place if one.state else "UNKNOWN",
            "party_words": PARTIES[one.state.party if one.state else "DEBTOR"],
            "place_words": PLACES[one.state.place if one.state else "UNKNOWN"] if one.point.channel == "PHONE" else "",
            "struck_words": STRUCK.get(one.state.struck_reason, "") if one.state else "",
        }
        for one in points
    ]  # fmt: skip


def _hours(stands: Standing) -> str:
    person = stands.person
    if person is None or person.asked_from_minute is None or person.asked_until_minute is None:
        return ""
    return f"{clock_of(person.asked_from_minute)}–{clock_of(person.asked_until_minute)}"


def clock_of(minute: int) -> str:
    """Return a minute of the day as a clock shows it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _line(attempt: Any) -> dict[str, Any]:
    message, call = getattr(attempt, "message", None), getattr(attempt, "call", None)
    state: object = MESSAGE_STATES.get(message.state, message.state) if message else None
    return {
        "attempt": attempt, "channel": CHANNELS.get(attempt.channel, attempt.channel),
        "ended": state or call_words.ENDED.get(attempt.outcome, attempt.outcome),
        "is_inbound": attempt.direction == "IN",
        "has_words": message is not None or bool(call is not None and call.note),
        "is_unsaved": call is not None and call.saved_at is None,
    }  # fmt: skip


def _choices(channels: Sequence[Channel]) -> dict[str, Any]:
    return {
        "stop_kinds": [(code, STOPS[code]) for code in _PLACEABLE],
        "all_channels": [(one.value, CHANNELS[one.value]) for one in Channel],
        "written_channels": [(one.value, CHANNELS[one.value]) for one in channels if one in WRITTEN],
        "consent_kinds": [(code, CONSENTS[code]) for code in KINDS],
        "parties": list(PARTIES.items()),
        "places": list(PLACES.items()),
        "struck_reasons": [(code, STRUCK[code]) for code in STRUCK_REASONS],
        "languages": [(code, call_words.LANGUAGES[code]) for code in LANGUAGES],
        "tones": list(call_words.TONES.items()),
        "codes": [(code, CODES.get(code, code)) for code in list_codes()],
    }


@require_POST
@requires("contact.view")
def words(request: HttpRequest, case_id: UUID, attempt_id: UUID) -> HttpResponse:
    """Return what a message or a call's note says, as far as the role may read it; the reading is logged."""
    case, desk = case_of(request, case_id), desk_of(request)
    attempt = get_attempt(attempt_id=attempt_id)
    if attempt is None or attempt.borrower_id != case.borrower_id:
        raise NoSuchContact("There is no such contact of this debtor.")
    message, call = getattr(attempt, "message", None), getattr(attempt, "call", None)
    if message is not None:
        fields = sealed_fields(message, ["subject", "body"])
    elif call is not None:
        fields = {"body": sealed_fields(call, ["note"])["note"]}
    else:
        fields = {}
    shown = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=fields, reader=desk.actor,
                   role=desk.role, purpose="CONTACT_WORDS", now=desk.now)  # fmt: skip
    language = message.language if message is not None else ""
    return render(request, "contact/panel_words.html", {"shown": shown, "language": language})
