"""The door's judgement of one contact: every reason against it, each with its article and when it falls away.

Fails closed: what is not known to be allowed is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from qingshou.features.contact.rules import counting
from qingshou.features.contact.rules.facts import ALLOWED, REFUSED, Clearance, ConsentFact, Facts, Left
from qingshou.features.contact.rules.house import HOUSE, HousePolicy
from qingshou.features.contact.rules.local import is_open, local_date, next_open, start_of, zone_of
from qingshou.features.contact.rules.stopping import obstacles_of_stops, without_stopped_debts
from qingshou.features.contact.rules.thirds import obstacles_of_thirds
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.contact.shape import Cap, ContactLaw, DayClass, Hours, Window
from qingshou.law.contact.terms import Channel, Party, Place, Purpose, Stop

# what answers the person rather than turning to them
ANSWERING = frozenset({Purpose.ANSWER, Purpose.SERVICE, Purpose.CONFIRM_STOP})
# what no counter admits or holds: each has a limit of its own
_UNCOUNTED = frozenset({Purpose.CONFIRM_STOP, Purpose.STATUTORY, Purpose.SERVICE})
_ROUNDS_MAX = 60
_HORIZON = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason against, and the first instant at which it no longer stands (None: not foreseeable)."""

    reason: Reason
    until: datetime | None


def house_article(code: str) -> Article:
    """Return a rule of the house as an article: it is ours, and so it was read."""
    return Article(HOUSE, code, Confidence.READ)


def judge(facts: Facts, law: ContactLaw, policy: HousePolicy) -> Clearance:
    """Judge one contact.

    Takes   facts   who, how, why, when, and all that happened before
            law     what binds on the day (law.contact.door); `policy` the house's own limits
    Gives   Clearance  ALLOWED or REFUSED with every reason; `next_at` the first time at which, as things stand, it
                       would be allowed; `left` what each counter still admits
    Law     contact_rules of each place; unverified values keep their confidence in the reasons' articles
    """
    facts = without_stopped_debts(facts)
    obstacles = list(obstacles_to(facts, law, policy))
    zone = facts.zones[0]
    return Clearance(
        REFUSED if obstacles else ALLOWED,
        tuple(one.reason for one in obstacles),
        next_at=facts.at if not obstacles else _next_at(facts, law, policy, obstacles),
        left=tuple(_left(facts, law, policy)),
        point_index=facts.point_index,
        zone=zone,
        local_date=local_date(facts.at, zone),
        debts=tuple(sorted(facts.debts)),
        place=facts.place,
        by_consent=_has_consent(facts, "CALLS") and facts.channel is Channel.PHONE,
        kept=() if obstacles else law.articles,
    )


def obstacles_to(facts: Facts, law: ContactLaw, policy: HousePolicy) -> Iterator[Obstacle]:
    """Yield every reason against a contact at its instant."""
    yield from _of_the_point(facts, law)
    if not facts.has_open_debt and facts.purpose in (Purpose.COLLECT, Purpose.LOCATE):
        yield Obstacle(Reason("CLOSED_CASE", {}, house_article("CLOSED_CASE")), None)
    for reason, until in obstacles_of_stops(facts, law):
        yield Obstacle(reason, until)
    for reason, until in obstacles_of_thirds(facts, law):
        yield Obstacle(reason, until)
    yield from _of_consent(facts, law, policy)
    yield from _of_hours(facts, law, policy)
    if facts.purpose is Purpose.SERVICE and not _is_answer_in_time(facts, policy):
        yield Obstacle(Reason("NOT_ASKED_FOR", {}, house_article("NOT_ASKED_FOR")), None)
    if facts.purpose not in _UNCOUNTED:
        yield from _of_counters(facts, law, policy)


def _of_the_point(facts: Facts, law: ContactLaw) -> Iterator[Obstacle]:
    if not facts.has_point:
        yield Obstacle(Reason("NO_POINT", {"channel": facts.channel}, house_article("NO_POINT")), None)
    elif facts.is_struck:
        fields = {"why": facts.struck_reason}
        yield Obstacle(Reason("NUMBER_STRUCK", fields, house_article("NUMBER_STRUCK")), None)
    if facts.place is Place.WORK and facts.employer_forbids and facts.purpose not in ANSWERING:
        article = law.stops.get(Stop.WORKPLACE, house_article("WORKPLACE"))
        yield Obstacle(Reason("WORKPLACE", {}, article), None)
    if facts.is_minor and facts.party is Party.DEBTOR:
        yield Obstacle(Reason("MINOR", {}, law.stops.get(Stop.MINOR, house_article("MINOR"))), None)


def _of_consent(facts: Facts, law: ContactLaw, policy: HousePolicy) -> Iterator[Obstacle]:
    """Consent withdrawn for a channel; channels that need it first; texts whose consent has aged."""
    newest = _newest(facts, "CHANNEL", facts.channel)
    if newest is not None and not newest.is_given and facts.purpose not in (*ANSWERING, Purpose.STATUTORY):
        article = law.stops.get(Stop.CHANNEL, house_article("CHANNEL_REFUSED"))
        yield Obstacle(Reason("CHANNEL_REFUSED", {"channel": facts.channel}, article), None)
    given = newest is not None and newest.is_given and (newest.until_at is None or newest.until_at > facts.at)
    if facts.channel in policy.consent_channels and not given and facts.purpose not in ANSWERING:
        yield Obstacle(Reason("NO_CONSENT", {"channel": facts.channel}, house_article("CONSENT")), None)
    if facts.channel is Channel.SMS and law.text_consent_days is not None and facts.purpose not in ANSWERING:
        fresh = [at for at in (newest.at if given and newest else None, facts.checked_at) if at is not None]
        days = law.text_consent_days
        last = max((local_date(at, facts.zones[0]) for at in fresh), default=None)
        if last is None or local_date(facts.at, facts.zones[0]) > last + timedelta(days=days):
            yield Obstacle(
                Reason("NO_CONSENT", {"channel": facts.channel, "days": days}, law.text_consent_article), None
            )


def _of_hours(facts: Facts, law: ContactLaw, policy: HousePolicy) -> Iterator[Obstacle]:
    hours = hours_that_bind(facts, law, policy)
    opens = next_open(facts.at, facts.zones, hours) if hours else facts.at
    for one in hours:
        closed = [zone for zone in facts.zones if not is_open(facts.at, zone, one)]
        for zone in closed:
            yield Obstacle(Reason("OUTSIDE_HOURS", _hours_fields(facts.at, zone, one), one.article), opens)
    asked = None if facts.channel is Channel.POST or _is_answer_in_time(facts, policy) else _asked_hours(facts)
    if asked is not None and facts.purpose not in ANSWERING and not is_open(facts.at, facts.zones[0], asked):
        fields = _hours_fields(facts.at, facts.zones[0], asked)
        until = next_open(facts.at, facts.zones[:1], [asked])
        yield Obstacle(Reason("OUTSIDE_ASKED_HOURS", fields, asked.article), until)


def hours_that_bind(facts: Facts, law: ContactLaw, policy: HousePolicy) -> list[Hours]:
    """Return the hours a contact is held to: the law's, else the house's; none for a letter, or an answer in time."""
    if facts.channel is Channel.POST or _is_answer_in_time(facts, policy):
        return []
    agreed = _has_consent(facts, "HOURS")
    bound = [one for one in law.hours if facts.channel in one.channels] or [policy.hours]
    return [one for one in bound if not (agreed and one.by_consent)]


def _of_counters(facts: Facts, law: ContactLaw, policy: HousePolicy) -> Iterator[Obstacle]:
    zone = facts.zones[0]
    today = local_date(facts.at, zone)
    for cap in _caps(facts, law, policy):
        days = counting.days_by_unit(cap, facts, today)
        if len(days) >= cap.most:
            code = "HOUSE_LIMIT" if cap.article.instrument == HOUSE else "CAP_REACHED"
            fields = {"counter": cap.code, "count": len(days), "most": cap.most, "days": cap.days}
            free = start_of(counting.frees_on(cap, days, today), zone)
            yield Obstacle(Reason(code, fields, cap.article), free)
    for quiet in law.quiets:
        if facts.channel not in quiet.channels or (quiet.by_consent and _has_consent(facts, "CALLS")):
            continue
        until = counting.quiet_until(quiet, facts, today)
        if until is not None:
            fields = {"counter": quiet.code, "days": quiet.days}
            yield Obstacle(Reason("AFTER_CONVERSATION", fields, quiet.article), start_of(until, zone))
    for gap in law.gaps:
        until = counting.gap_until(gap, facts, today) if facts.channel in gap.channels else None
        if until is not None:
            yield Obstacle(Reason("GAP", {"counter": gap.code, "days": gap.days}, gap.article), start_of(until, zone))
    for rule in law.one_channel:
        used = counting.other_channel_used(rule, facts, today) if facts.channel in rule.channels else ""
        if used:
            monday = today + timedelta(days=7 - today.weekday())
            yield Obstacle(Reason("OTHER_CHANNEL_THIS_WEEK", {"used": used}, rule.article), start_of(monday, zone))


def _caps(facts: Facts, law: ContactLaw, policy: HousePolicy) -> list[Cap]:
    agreed = _has_consent(facts, "CALLS")
    return [
        cap
        for cap in (*law.caps, *policy.caps)
        if counting.binds(cap, facts) and not (cap.by_consent and agreed)
    ]  # fmt: skip


def _left(facts: Facts, law: ContactLaw, policy: HousePolicy) -> Iterator[Left]:
    zone = facts.zones[0]
    today = local_date(facts.at, zone)
    for cap in _caps(facts, law, policy):
        days = counting.days_by_unit(cap, facts, today)
        full = len(days) >= cap.most
        until = start_of(counting.frees_on(cap, days, today), zone) if full else None
        yield Left(cap.code, max(0, cap.most - len(days)), cap.most, until, cap.article)


def _next_at(facts: Facts, law: ContactLaw, policy: HousePolicy, obstacles: Iterable[Obstacle]) -> datetime | None:
    """Walk forward from instant to instant at which something falls away, until nothing stands in the way."""
    at, standing = facts.at, list(obstacles)
    for _ in range(_ROUNDS_MAX):
        ends = [one.until for one in standing]
        if None in ends:
            return None
        later = max(one for one in ends if one is not None)
        if later <= at or later > facts.at + _HORIZON:
            return None
        at = later
        standing = list(obstacles_to(replace(facts, at=at), law, policy))
        if not standing:
            return at
    return None


def _newest(facts: Facts, kind: str, channel: str = "") -> ConsentFact | None:
    return next((one for one in facts.consents if one.kind == kind and one.channel == channel), None)


def _has_consent(facts: Facts, kind: str) -> bool:
    """Tell whether the newest word on a kind is a yes that still holds; more calls end with the next conversation."""
    newest = next((one for one in facts.consents if one.kind == kind and one.channel in ("", facts.channel)), None)
    if newest is None or not newest.is_given or (newest.until_at is not None and newest.until_at <= facts.at):
        return False
    if kind != "CALLS":
        return True
    return not any(one.at > newest.at and one.outcome.value == "CONVERSATION" for one in facts.past)


def _is_answer_in_time(facts: Facts, policy: HousePolicy) -> bool:
    """An answer soon after the person turned to us comes at a time the person chose."""
    since = facts.at - timedelta(minutes=policy.answer_minutes)
    return facts.purpose in ANSWERING and any(not one.is_ours and one.at >= since for one in facts.past)


def _asked_hours(facts: Facts) -> Hours | None:
    """Return the hours the person asked for, in the form of hours."""
    if facts.asked_from_minute is None or facts.asked_until_minute is None:
        return None
    window = Window(_clock(facts.asked_from_minute), _clock(facts.asked_until_minute))
    return Hours(house_article("ASKED_HOURS"), dict.fromkeys(DayClass, window))


def _clock(minute: int) -> time:
    return time.max if minute >= 24 * 60 else time(minute // 60, minute % 60)


def _hours_fields(at: datetime, zone: str, hours: Hours) -> dict[str, object]:
    local = at.astimezone(zone_of(zone))
    window = hours.window_on(local.date())
    return {
        "zone": zone,
        "clock": local.strftime("%H:%M"),
        "opens": window.opens_at.strftime("%H:%M") if window else "",
        "closes": window.closes_at.strftime("%H:%M") if window else "",
    }
