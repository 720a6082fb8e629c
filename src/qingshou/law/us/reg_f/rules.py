"""Regulation F as the door and the desk ask it: contact, hours, consent to texts, validation, disputes, records."""

from datetime import date, time

from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.contact.build import NOT_MADE, cap, hours, quiet
from qingshou.law.contact.shape import ContactLaw, ThirdPersons, Unit
from qingshou.law.contact.terms import NOT_CONNECTED, Channel, Stop
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
_PHONE = frozenset({Channel.PHONE})
# What each stop rests on, and how sure we are of the text.
_STOPS = {
    Stop.CEASE: ("15 USC 1692c(c); 1006.6(c)(1)", Confidence.READ),
    Stop.REPRESENTED: ("15 USC 1692c(a)(2); 1006.6(b)(2)", Confidence.READ),
    Stop.WORKPLACE: ("15 USC 1692c(a)(3)", Confidence.READ),
    Stop.CHANNEL: ("1006.14(h)(1)", Confidence.READ),
    Stop.DISPUTE: ("1006.38(d)(2)", Confidence.READ),
    Stop.BANKRUPTCY: ("11 USC 362(a)(6)", Confidence.SECONDARY),
    Stop.THIRD_REFUSED: ("15 USC 1692b(3); 1006.10(c)", Confidence.READ),
}


@rule(LAW, article="1006.6, 1006.10, 1006.14", confidence=Confidence.READ)
def contact(on: date) -> ContactLaw:
    """Return what binds contact by a debt collector on a date."""
    text_consent = LAW.value_on("text_consent_days", on)
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, by_consent=True),),
        caps=(
            cap(
                LAW,
                on,
                "calls_most",
                unit=Unit.DEBT,
                channels=_PHONE,
                days=LAW.value_on("calls_days", on).whole,
                per_collector=True,
                ignores=NOT_CONNECTED | NOT_MADE,
                by_consent=True,
            ),
        ),
        quiets=(quiet(LAW, on, "days_after_conversation", unit=Unit.DEBT, channels=_PHONE, per_collector=True),),
        third_persons=(
            ThirdPersons(
                LAW.value_on("location_contacts", on).article, allowed=True, if_number_invalid=True, once=True
            ),
        ),
        stops={stop: LAW.cite(*place) for stop, place in _STOPS.items()},
        text_consent_days=text_consent.whole,
        text_consent_article=text_consent.article,
    )


@rule(LAW, article="15 USC 1692c(a)(1); 1006.6(b)(1)", confidence=Confidence.READ)
def open_hours(*, clock: time, on: date) -> Verdict:
    """Tell whether a local time is convenient: strictly after 08:00 and strictly before 21:00.

    Gives   Verdict  allowed or blocked; at exactly 08:00 and 21:00 the statute and the regulation differ: blocked
    """
    found = hours(LAW, on)
    window = found.window_on(on)
    if window is None:
        raise ValueError("Regulation F has open hours on every day")
    fields = {"clock": f"{clock:%H:%M}", "opens": f"{window.opens_at:%H:%M}", "closes": f"{window.closes_at:%H:%M}"}
    if window.holds(clock):
        return Verdict("allowed", (Reason("WITHIN_HOURS", fields, found.article),))
    return Verdict("blocked", (Reason("OUTSIDE_HOURS", fields, found.article),))
