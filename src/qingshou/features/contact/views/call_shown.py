"""What the call page shows, put together: the light, the numbers, the script; and the debt only once it may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qingshou.edges.figures import money
from qingshou.features.book.debtors import PointRow
from qingshou.features.cases.views.shown import Desk
from qingshou.features.contact.channels.ari import AriExchange
from qingshou.features.contact.channels.base import NoAdapter
from qingshou.features.contact.channels.chosen import telephone_of
from qingshou.features.contact.channels.telephone import ClickToDial
from qingshou.features.contact.operations.call_identity import identity_check
from qingshou.features.contact.operations.door import clear_many
from qingshou.features.contact.phrases import calls as words
from qingshou.features.contact.phrases.door import (
    CHANNELS,
    PARTIES,
    PLACES,
    STOPS,
    STRUCK,
    article_words,
    counter_words,
    local_words,
    next_words,
    reason_lines,
)
from qingshou.features.contact.phrases.reasons import OF_CALLS, REASONS
from qingshou.features.contact.queries.calls import last_attempts, numbers_of, promises_of_case
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.queries.values import details_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.rules.call_outcomes import OUTCOMES, WITH_IDENTITY, WITHOUT_IDENTITY
from qingshou.features.contact.rules.facts import Clearance, Left
from qingshou.features.contact.rules.stopping import in_force
from qingshou.features.contact.rules.zones import COUNTRY
from qingshou.features.contact.scripts.reading import current_script, offer_policy
from qingshou.features.contact.scripts.shape import LANGUAGES, TONES
from qingshou.features.contact.templating.rendering import render
from qingshou.features.contact.templating.variables import currency_words
from qingshou.kernel.errors import BadInput
from qingshou.law.contact.terms import Channel, Party, Purpose
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed, sealed_fields
from qingshou.tenancy.queries import current_tenant

GREEN, AMBER, RED = "green", "amber", "red"
_POINT_PLACE = "book_contactpoint.value"
_NOBODY = ""  # a role that sees everything masked


@dataclass(frozen=True, slots=True)
class Light:
    """Whether one may call now: a colour and always its words, with every reason and the next time."""

    colour: str
    words: str
    reasons: tuple[tuple[str, str], ...]  # sentence, article
    next_words: str
    counters: tuple[dict[str, Any], ...]
    zone: str
    local: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number that may be chosen, masked, with what the door says of it."""

    point: PointRow
    shown: str
    party: str
    party_words: object
    place_words: object
    is_struck: bool
    struck_words: object
    purpose: Purpose
    clearance: Clearance
    light: Light


def light_of(clearance: Clearance, now: datetime) -> Light:
    """Return the light of a clearance: amber where it is allowed and a counter is at its last."""
    tight = [one for one in clearance.left if one.left <= 1]
    colour = RED if not clearance.is_allowed else AMBER if tight else GREEN
    said = {RED: _("Do not call now"), AMBER: _("You may call; it is the last for now"), GREEN: _("You may call")}
    return Light(
        colour=colour,
        words=said[colour],
        reasons=reason_lines(clearance.reasons),
        next_words="" if clearance.is_allowed else next_words(clearance.next_at, clearance.zone),
        counters=tuple(_counter(one) for one in clearance.left),
        zone=clearance.zone,
        local=local_words(now, clearance.zone),
    )


def _counter(left: Left) -> dict[str, Any]:
    return {
        "words": counter_words(left.code), "left": left.left, "most": left.most, "article": article_words(left.article),
        "is_out": left.left == 0,
    }  # fmt: skip


def number_lines(*, case: Any, desk: Desk) -> list[NumberLine]:
    """Return the debtor's telephone numbers, masked; each judged by the door for what it may be called for."""
    held = numbers_of(borrower_id=case.borrower_id)
    sealed = {str(point.id): Sealed(_POINT_PLACE, point.id, PersonalKind.PHONE, point.value) for point, _s in held}
    shown = reveal(
        subject_kind="BORROWER", subject_id=case.borrower_id, fields=sealed, reader=desk.actor, role=_NOBODY,
        purpose="CALL_PAGE", now=desk.now,
    )  # fmt: skip
    asked = []
    for point, state in held:
        party = state.party if state else Party.DEBTOR
        purpose = Purpose.LOCATE if party is Party.THIRD else Purpose.COLLECT
        asked.append(
            Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, purpose=purpose, party=party,
                  contact_point_id=point.id, case_id=case.id)
        )  # fmt: skip
    clearances = clear_many(asked=asked, now=desk.now)
    return [
        NumberLine(
            point=point, shown=shown[str(point.id)] or "", party=one.party.value, party_words=PARTIES[one.party.value],
            place_words=PLACES[state.place if state else "UNKNOWN"],
            is_struck=point.is_struck or bool(state and state.is_struck),
            struck_words=STRUCK.get(state.struck_reason, "") if state else "", purpose=one.purpose,
            clearance=clearance, light=light_of(clearance, desk.now),
        )
        for (point, state), one, clearance in zip(held, asked, clearances, strict=True)
    ]  # fmt: skip


def overall_light(case: Any, lines: Sequence[NumberLine], desk: Desk) -> Light:
    """Return the light of the page: the best number's; where there is none, what the door says of the channel."""
    usable = [one for one in lines if not one.is_struck]
    best = min(usable or lines, key=lambda one: [GREEN, AMBER, RED].index(one.light.colour), default=None)
    if best is not None:
        return best.light
    asked = Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)
    return light_of(clear_many(asked=[asked], now=desk.now)[0], desk.now)


def name_of(case: Any, desk: Desk) -> str:
    """Return the debtor's name as the role may see it."""
    fields = sealed_fields(case.borrower, ["name"])
    shown = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=fields, reader=desk.actor,
                   role=desk.role, purpose="CALL_PAGE", now=desk.now)  # fmt: skip
    return shown["name"] or ""


def dialled(case: Any, call: Any, desk: Desk) -> dict[str, Any]:
    """Return the number of a begun call as the role may see it, with the link that dials it."""
    point = next((one for one, _s in numbers_of(borrower_id=case.borrower_id)
                  if one.id == call.attempt.contact_point_id), None)  # fmt: skip
    if point is None:
        return {"shown": "", "uri": ""}
    fields = {"value": Sealed(_POINT_PLACE, point.id, PersonalKind.PHONE, point.value)}
    shown = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=fields, reader=desk.actor,
                   role=desk.role, purpose="CALL", now=desk.now)["value"]  # fmt: skip
    if not shown or "*" in shown or call.adapter != "CLICK":
        return {"shown": shown or "", "uri": ""}
    telephone = telephone_of_lender()
    if not isinstance(telephone, ClickToDial):
        return {"shown": shown, "uri": ""}
    try:
        link = telephone.link(shown, country=COUNTRY.get(current_tenant().jurisdiction, ""))
    except BadInput:
        return {"shown": shown, "uri": "", "is_impossible": True}
    return {"shown": link.shown, "uri": link.uri}


def telephone_of_lender() -> ClickToDial | AriExchange | None:
    """Return how this lender calls: by a link, by its exchange, or not at all."""
    try:
        return telephone_of(settings.QINGSHOU_CHANNELS.get(current_tenant().code) or {})
    except NoAdapter:
        return None


def script_context(call: Any, case: Any, name: str, desk: Desk, *, language: str = "") -> dict[str, Any]:
    """Return the script's step with its branches; of the debt nothing is filled in before the identity check."""
    script = current_script()
    is_checked = call.identity_checked_at is not None
    code = call.path[-1] if call.path else ""
    if code not in script.steps or (not is_checked and not script.steps[code].is_safe):
        code = script.opens["DEBTOR"]
    step = script.steps[code]
    spoken = language if language in LANGUAGES else language_of(case, desk)
    text = script.says(code, language=spoken, tone=call.tone if call.tone in TONES else "NEUTRAL")
    branches = [one for one in step.branches if is_checked or one.code != "PASSED"]
    if not is_checked:
        branches = [one for one in branches if one.to == "BACK" or script.steps[one.to].is_safe]
    ending = step.ends
    return {
        "script": {
            "code": code,
            "step_words": words.STEPS.get(code, code),
            "hint": words.HINTS.get(code, ""),
            "text": render(text, _values(case, name, desk, spoken if is_checked else "")),
            "language": spoken,
            "tone_words": words.TONES.get(call.tone, call.tone),
            "branches": [
                {"code": one.code, "words": words.BRANCHES.get(one.code, one.code), "key": number}
                for number, one in enumerate(branches, 1)
            ],
            "path": [words.STEPS.get(one, one) for one in call.path[-6:]],
            "can_undo": len(call.path) > 1,
            "ending": ending_of(ending, desk.day_of(case)) if ending else None,
            "is_identity": code in ("GREETING", "IDENTITY") and not is_checked,
        },
        "is_end": ending is not None,
        "languages": [(one, words.LANGUAGES[one]) for one in LANGUAGES],
    }


def ending_of(ending: Any, on: Any) -> dict[str, Any]:
    """Return what the form is filled with where the script ends."""
    outcome = OUTCOMES[ending.outcome]
    days = outcome.in_days if ending.in_days is None else ending.in_days
    return {
        "outcome": outcome.code, "reason": ending.reason or outcome.reason,
        "next_action": ending.next_action or outcome.next_action, "on": on + timedelta(days=days),
    }  # fmt: skip


def language_of(case: Any, desk: Desk) -> str:
    """Return the language to speak: as the person asked, as the tape says, else the page's."""
    known = read_known(borrower_ids={case.borrower_id}, now=desk.now)
    people = [known.history.people.get(one) for one in known.identities[case.borrower_id].all_ids]
    said = next((one.language for one in people if one is not None and one.language), "") or case.borrower.language
    spoken = said.lower().replace("_", "-")
    spoken = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant"}.get(spoken, spoken)
    return spoken if spoken in LANGUAGES else str(get_language() or "zh-hans")


def _values(case: Any, name: str, desk: Desk, debt_in: str) -> dict[str, str]:
    """Return what the script's places are filled with; of the debt only in a language given."""
    tenant = current_tenant()
    details = details_of(tenant)
    values = {
        "debtor_name": name or case.borrower.borrower_ref, "agent_name": desk.user.display_name or desk.actor.name,
        "lender_name": details["lender_name"] or tenant.name,
        "contact_phone": details["contact_phone"] or _("(our official number)"),
    }  # fmt: skip
    if debt_in:
        is_known = case.arrears is not None
        values |= {
            "amount_due": money(case.arrears, case.currency) if is_known else _("(amount not on file)"),
            "currency": currency_words(case.currency, debt_in),
            "overdue_days": str(case.overdue_days if case.overdue_days is not None else _("several")),
        }  # fmt: skip
    return values


def outcome_lines(*, is_checked: bool) -> list[dict[str, Any]]:
    """Return the endings to choose from, with what each sets in motion and what comes next."""
    codes = WITH_IDENTITY if is_checked else tuple(sorted(WITHOUT_IDENTITY, key=_often))
    return [
        {
            "code": code, "words": words.OUTCOMES[code], "effect": words.EFFECTS.get(code, ""),
            "next_action": OUTCOMES[code].next_action, "in_days": OUTCOMES[code].in_days, "key": number,
        }
        for number, code in enumerate(codes, 1)
    ]  # fmt: skip


_OFTEN = ("NO_ANSWER", "BUSY", "VOICEMAIL_LEFT", "THIRD_PERSON", "WRONG_PERSON", "CALL_BACK", "NOT_IN_SERVICE",
          "IDENTITY_REFUSED", "DROPPED")  # fmt: skip


def _often(code: str) -> int:
    return _OFTEN.index(code) if code in _OFTEN else len(_OFTEN) + list(OUTCOMES).index(code)


def identity_context(call: Any) -> dict[str, Any]:
    """Return the fields of the identity check."""
    check = identity_check(call=call)
    return {
        "identity": {
            "is_possible": check.is_possible,
            "is_third": call.attempt.party in (Party.THIRD, Party.ATTORNEY),
            "needs": check.needs,
            "tries_left": check.tries_left,
            "facts": [
                {"code": code, "kind": kind, "words": words.FACTS[code], "is_must": code in check.must}
                for code, kind in check.facts.items()
            ],
        }
    }


def debt_context(case: Any, call: Any, desk: Desk) -> dict[str, Any]:
    """Return what is owed and what happened; asked for only once the identity check has passed."""
    if call.identity_checked_at is None:
        raise ValueError("nothing of the debt is read before the identity check passes")
    open_options = offer_policy().open_to(severity=case.severity, stage=case.stage)
    known = read_known(borrower_ids={case.borrower_id}, now=desk.now)
    people = known.identities[case.borrower_id].all_ids
    stops = [one for person in people for one in known.history.stops.get(person, ()) if in_force(one, desk.now)]
    days = offer_policy().promise_days_max
    on = desk.day_of(case)
    return {
        "case": case,
        "channel_words": CHANNELS,
        "loans": list(case.borrower.loans.filter(is_closed=False).order_by("-overdue_days", "loan_ref")),
        "product_words": desk.product_words,
        "last_contacts": [
            {"at": one.at, "channel": one.channel, "ended": words.ENDED.get(one.outcome, one.outcome),
             "is_inbound": one.direction == "IN"}
            for one in last_attempts(borrower_id=case.borrower_id, without=call.attempt_id)
        ],
        "promises": [
            {"promise": one, "pay_by": words.PAY_BY.get(one.pay_by, one.pay_by)}
            for one in promises_of_case(case_id=case.id)
        ],
        "stops": [{"words": STOPS[one.kind.value], "since": one.from_at} for one in stops],
        "options": [(code, words.OPTIONS[code]) for code in open_options],
        "pay_by": [(code, words.PAY_BY[code]) for code in offer_policy().pay_by],
        "promise_latest": on + timedelta(days=days.get(case.severity, min(days.values()))),
        "reasons": [(code, REASONS[code]) for code in OF_CALLS],
    }  # fmt: skip
