"""The front door to limitation: the effect of an event by place."""

from datetime import date

from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.china.limitation import rules as china
from qingshou.law.limitation.terms import Effect, Event, Limitation
from qingshou.law.uk.limitation import rules as uk
from qingshou.law.us.reg_f import conduct as reg_f

PLACES = ("china", "uk", "us")


def effect_of(
    *,
    event: Event,
    on: date,
    due_date: date,
    jurisdiction: str = "china",
    region: str = "",
    restarted_date: date | None = None,
    shows_agreement: bool = True,
    is_signed_writing: bool = True,
) -> Limitation:
    """Return what an event does to limitation at a place.

    Takes   event              what the debtor did on the day `on`
            due_date           of the debt; of one in instalments the last instalment's (China 189)
            region             uk: ENGLAND (also when empty) or SCOTLAND
            restarted_date     the latest earlier event that started the period again
            shows_agreement    China: the signed demand shows agreement to pay
            is_signed_writing  uk: the acknowledgment is in writing and signed
    Gives   Limitation         us: UNCLEAR without days, since each state has its own law; the warning that a payment
                               may revive a barred debt is among the reasons
    Stops   NotCovered         no limitation of the place is entered, or not for the dates
    """
    if jurisdiction == "china":
        return china.effect_of(
            event=event,
            on=on,
            due_date=due_date,
            restarted_date=restarted_date,
            shows_agreement=shows_agreement,
        )
    if jurisdiction == "uk":
        return uk.effect_of(
            event=event,
            on=on,
            due_date=due_date,
            restarted_date=restarted_date,
            is_signed_writing=is_signed_writing,
            region=region or "ENGLAND",
        )
    if jurisdiction == "us":
        return _us(event, on)
    raise NotCovered(
        f"No limitation is entered for '{jurisdiction[:40]}': ask for one of {', '.join(PLACES)}, or ask a lawyer.",
        what="limitation",
        jurisdiction=jurisdiction[:40],
    )


def _us(event: Event, on: date) -> Limitation:
    state = Article("us.reg_f", "state law", Confidence.UNVERIFIED)
    reasons = (
        Reason("MAY_REVIVE_BARRED_DEBT", {"event": event}, state),
        *reg_f.suit_on_barred_debt(on=on).reasons,
    )
    return Limitation(
        effect=Effect.UNCLEAR, was_expired=None, old_last_date=None, new_last_date=None, reasons=reasons
    )  # fmt: skip
