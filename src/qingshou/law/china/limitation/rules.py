"""What an event does to the general limitation period, within it and after it."""

from datetime import date

from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.china.civil_code.rules import deadline
from qingshou.law.limitation.terms import Effect, Event, Limitation
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
# Within the period every event is the debtor's agreement, or a demand that demonstrably arrived.
_RESTARTS_BY = {
    Event.PLAN_ACCEPTED: "195(2); 时效规定 14",
    Event.PART_PAYMENT: "195(2); 时效规定 14",
    Event.ASKED_FOR_TIME: "195(2); 时效规定 14",
    Event.SIGNED_DEMAND: "195(1); 时效规定 8(1)",
    Event.DEMAND_ARRIVED: "195(1); 时效规定 8",
    Event.SECURITY_GIVEN: "195(2); 时效规定 14",
}


@rule(LAW, article="188, 189", confidence=Confidence.READ)
def last_day(*, due_date: date, restarted_date: date | None = None) -> tuple[date, tuple[Reason, ...]]:
    """Return the last day of the period, with the reasons.

    Takes   due_date        of the debt; of one in instalments the last instalment's (189)
            restarted_date  the latest event that started it again
    Gives   the day, moved over a holiday where that year's are published (203), else the earlier day
    Stops   NotCovered      it starts before 2017-10-01
    """
    start = max(due_date, restarted_date or due_date)
    years = LAW.value_on("period", start)
    reasons = [Reason("LIMITATION_YEARS", {"years": years.whole, "from_date": start}, years.article)]
    try:
        end = deadline(from_date=start, years=years.whole)
    except NotCovered:
        end = deadline(from_date=start, years=years.whole, is_rolled_over_holidays=False)
        reasons.append(Reason("HOLIDAYS_NOT_PUBLISHED", {"last_date": end.last_date}, end.reasons[0].article))
    reasons += [one for one in end.reasons if one.code == "DAY_AFTER_HOLIDAY"]
    return end.last_date, tuple(reasons)


@rule(LAW, article="192, 195; 时效规定 14, 19", confidence=Confidence.READ)
def effect_of(
    *,
    event: Event,
    on: date,
    due_date: date,
    restarted_date: date | None = None,
    shows_agreement: bool = True,
) -> Limitation:
    """Return what an event does to limitation.

    Takes   event            what the debtor did, on a day
            due_date         of the debt; of one in instalments the last instalment's
            restarted_date   the latest earlier event that started the period again
            shows_agreement  of a signed demand after expiry: the signature shows agreement to pay (19(3))
    Gives   Limitation       the last day itself still belongs to the period
    """
    old, why = last_day(due_date=due_date, restarted_date=restarted_date)
    if on < due_date:
        return Limitation(
            effect=Effect.NOT_RUNNING,
            was_expired=False,
            old_last_date=old,
            new_last_date=old,
            reasons=(Reason("NOT_DUE_YET", {"due_date": due_date}, _read("188")), *why),
        )
    if on <= old:
        return _again(Effect.RESTARTS, old, on, due_date, Reason(event, {"on": on}, _read(_RESTARTS_BY[event])))
    effect, reason = _after_end(event, on, old, shows_agreement)
    if effect is Effect.EXPIRY_WAIVED:
        return _again(effect, old, on, due_date, reason)
    return Limitation(effect=effect, was_expired=True, old_last_date=old, new_last_date=None, reasons=(reason, *why))


def _after_end(event: Event, on: date, old: date, shows_agreement: bool) -> tuple[Effect, Reason]:
    fields = {"on": on, "last_date": old}
    unsure = LAW.cite("192(2); 时效规定 19(1)", Confidence.UNVERIFIED)
    match event:
        case Event.PLAN_ACCEPTED:
            return Effect.EXPIRY_WAIVED, Reason("AGREED_AFTER_EXPIRY", fields, _read("192(2)"))
        case Event.PART_PAYMENT:
            return Effect.NOT_RETURNABLE, Reason("PAID_AFTER_EXPIRY", fields, _read("192(2)"))
        case Event.SIGNED_DEMAND if shows_agreement:
            return Effect.EXPIRY_WAIVED, Reason("SIGNED_AFTER_EXPIRY", fields, _read("时效规定 19(3)"))
        case Event.SIGNED_DEMAND:
            return Effect.STAYS_EXPIRED, Reason("SIGNED_WITHOUT_AGREEMENT", fields, _read("时效规定 19(3)"))
        case Event.ASKED_FOR_TIME:
            return Effect.UNCLEAR, Reason("ASKED_AFTER_EXPIRY", fields, unsure)
        case Event.SECURITY_GIVEN:
            return Effect.UNCLEAR, Reason("SECURED_AFTER_EXPIRY", fields, unsure)
        case Event.DEMAND_ARRIVED:
            return Effect.STAYS_EXPIRED, Reason("DEMANDED_AFTER_EXPIRY", fields, _read("192(2)"))


def _again(effect: Effect, old: date, on: date, due_date: date, reason: Reason) -> Limitation:
    new, why = last_day(due_date=due_date, restarted_date=on)
    stop = LAW.value_on("long_stop", on)
    stop_date = deadline(from_date=due_date, years=stop.whole, is_rolled_over_holidays=False).last_date
    more = (Reason("LONG_STOP", {"last_date": stop_date}, stop.article),) if new > stop_date else ()
    return Limitation(
        effect=effect,
        was_expired=effect is Effect.EXPIRY_WAIVED,
        old_last_date=old,
        new_last_date=new,
        reasons=(reason, *why, *more),
    )


def _read(article: str) -> Article:
    return LAW.cite(article, Confidence.READ)
