"""What an event does to limitation in England and Wales, and in Scotland."""

from datetime import date

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.limitation.terms import Effect, Event, Limitation
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
# Region to its period, what starts it again, and what its end does.
REGIONS = {
    "ENGLAND": ("england_period", "1980 Act ss. 29(5), 30", "1980 Act s. 29(7)"),
    "SCOTLAND": ("scotland_period", "1973 Act s. 10", "1973 Act s. 6"),
}


@rule(LAW, article="1980 Act ss. 5, 29, 30; 1973 Act ss. 6, 10", confidence=Confidence.UNVERIFIED)
def effect_of(
    *,
    event: Event,
    on: date,
    due_date: date,
    restarted_date: date | None = None,
    is_signed_writing: bool = True,
    region: str = "ENGLAND",
) -> Limitation:
    """Return what an event does to limitation; `is_signed_writing`: an acknowledgment was written and signed."""
    if region not in REGIONS:
        raise BadInput(f"'{region[:20]}' has no limitation entered: use one of {', '.join(REGIONS)}.")
    value_id, restart, end = REGIONS[region]
    old, why = _last_day(value_id, max(due_date, restarted_date or due_date))
    if on < due_date:
        reason = Reason("NOT_DUE_YET", {"due_date": due_date}, why.article)
        return _limitation(Effect.NOT_RUNNING, False, old, old, reason, why)
    if on > old:
        article = LAW.cite(end, Confidence.UNVERIFIED)
        return _limitation(
            Effect.STAYS_EXPIRED, True, old, None, Reason("EXPIRED_FOR_GOOD", {"last_date": old}, article)
        )
    article = LAW.cite(restart, Confidence.UNVERIFIED)
    if event is Event.DEMAND_ARRIVED:
        return _limitation(Effect.NO_EFFECT, False, old, old, Reason("DEMAND_IS_NO_ACKNOWLEDGMENT", {}, article), why)
    if event is not Event.PART_PAYMENT and not is_signed_writing:
        return _limitation(Effect.NO_EFFECT, False, old, old, Reason("NOT_SIGNED_WRITING", {}, article), why)
    new, why = _last_day(value_id, on)
    return _limitation(Effect.RESTARTS, False, old, new, Reason(event, {"on": on}, article), why)


def _last_day(value_id: str, start: date) -> tuple[date, Reason]:
    years = LAW.value_on(value_id, start)
    fields = {"years": years.whole, "from_date": start}
    return add_months(start, 12 * years.whole), Reason("LIMITATION_YEARS", fields, years.article)


def _limitation(
    effect: Effect, was_expired: bool, old: date, new: date | None, *reasons: Reason
) -> Limitation:  # fmt: skip
    return Limitation(effect=effect, was_expired=was_expired, old_last_date=old, new_last_date=new, reasons=reasons)
