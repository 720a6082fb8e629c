"""How the debtor may be reached: channels, hours, language, or not at all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qingshou.edges import words
from qingshou.features.contact.errors import BadContactInput
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.queries.standing import standing
from qingshou.features.contact.templating.variables import LANGUAGES
from qingshou.features.portal.operations.wishes import CHOOSABLE, Wishes, state_wishes, stopped_channels
from qingshou.features.portal.phrases.pages import CHANNELS, PROBLEMS
from qingshou.features.portal.views.asks import confirmed
from qingshou.features.portal.views.visiting import Visitor, inside

_HOURS = [f"{hour:02d}:00" for hour in range(25)]


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def wishes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show how the debtor may be reached, and take what they want instead."""
    held = _held(visitor)
    problem: object = ""
    if request.method == "POST":
        held = _given(request)
        try:
            said = Wishes(
                channels=frozenset(held["channels"]), is_quiet=held["is_quiet"], language=held["chosen"],
                preferred_channel=held["preferred"], from_minute=_minute(held["from"]),
                until_minute=_minute(held["until"]),
            )  # fmt: skip
            return confirmed(visitor, state_wishes(borrower_id=visitor.borrower_id, wishes=said, now=visitor.now))
        except BadContactInput:
            problem = PROBLEMS["BAD_HOURS"]
    return visitor.page(
        request, "wishes", status=422 if problem else 200, held=held, problem=problem, hours=_HOURS,
        choices=[(code, CHANNELS[code], code in held["channels"]) for code in CHOOSABLE],
        language_choices=[("", _("As now")), *words.LANGUAGES],
    )  # fmt: skip


def _held(visitor: Visitor) -> dict[str, Any]:
    stopped, is_quiet = stopped_channels(borrower_id=visitor.borrower_id, now=visitor.now)
    known = read_known(borrower_ids={visitor.borrower_id}, now=visitor.now)
    person = standing(borrower_id=visitor.borrower_id, known=known, now=visitor.now).person
    return {
        "channels": [one for one in CHOOSABLE if one not in stopped], "is_quiet": is_quiet,
        "chosen": person.language if person else "", "preferred": person.preferred_channel if person else "",
        "from": _clock(person.asked_from_minute if person else None),
        "until": _clock(person.asked_until_minute if person else None),
    }  # fmt: skip


def _given(request: HttpRequest) -> dict[str, Any]:
    post = request.POST
    chosen = post.get("chosen", "")
    preferred = post.get("preferred", "")
    return {
        "channels": [one for one in CHOOSABLE if one in post.getlist("channels")],
        "is_quiet": post.get("is_quiet") == "1",
        "chosen": chosen if chosen in LANGUAGES else "", "preferred": preferred if preferred in CHOOSABLE else "",
        "from": post.get("from", ""), "until": post.get("until", ""),
    }  # fmt: skip


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(text: str) -> int | None:
    if not text:
        return None
    hours, _sep, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60):
        raise BadContactInput("Give the hours as 09:30.")
    return int(hours) * 60 + int(minutes)
