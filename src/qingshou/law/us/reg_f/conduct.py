"""Regulation F beside the count of calls: what may be said or sent once the person has spoken, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.contact.public_holidays import public_holidays
from qingshou.law.register import rule
from qingshou.law.us.reg_f.rules import LAW, open_hours

ALLOWED, BLOCKED = "allowed", "blocked"
_DAY = timedelta(days=1)
_SATURDAY = 5
# After a cease notice: what may still be said, 1006.6(c)(2).
_AFTER_CEASE = {
    "EFFORTS_END": "1006.6(c)(2)(i)",
    "MAY_INVOKE_REMEDY": "1006.6(c)(2)(ii)",
    "INTENDS_TO_INVOKE_REMEDY": "1006.6(c)(2)(iii)",
}


@rule(LAW, article="1006.6(b)(1), comment 6(b)(1)(i)-1, -2", confidence=Confidence.UNVERIFIED)
def convenient(*, at: datetime, zones: Sequence[str]) -> Verdict:
    """Tell whether a moment is convenient in every place where the person may be.

    Takes   at     the moment of calling or sending (when it is read does not matter), with its zone
            zones  IANA names of all places the person may be in
    Gives   Verdict  allowed or blocked, a reason for each place
    """
    if not zones or at.tzinfo is None:
        raise BadInput("Give the moment with its zone, and at least one zone the person may be in.")
    reasons: list[Reason] = []
    for zone in zones:
        local = at.astimezone(ZoneInfo(zone))
        found = open_hours(clock=local.time(), on=local.date()).reasons[0]
        reasons.append(Reason(found.code, {**found.fields, "zone": zone}, found.article))
    reasons.sort(key=lambda one: one.code != "OUTSIDE_HOURS")
    return Verdict(BLOCKED if reasons[0].code == "OUTSIDE_HOURS" else ALLOWED, tuple(reasons))


@rule(LAW, article="1006.6(b)(2); 15 USC 1692c(a)(2)", confidence=Confidence.READ)
def represented(
    *, on: date, attorney_silent: bool = False, attorney_consents: bool = False, consumer_consents: bool = False
) -> Verdict:
    """Tell whether a consumer known to have an attorney may be contacted.

    `attorney_silent`: no answer within a reasonable time, which the text does not put in days.
    """
    if attorney_silent:
        return _say(ALLOWED, "ATTORNEY_SILENT", "1006.6(b)(2)(i)", on)
    if attorney_consents:
        return _say(ALLOWED, "ATTORNEY_CONSENTS", "1006.6(b)(2)(ii)", on)
    if consumer_consents:
        return _say(ALLOWED, "CONSUMER_CONSENTS", "1006.6(b)(4)", on)
    return _say(BLOCKED, "ONLY_THE_ATTORNEY", "1006.6(b)(2); 15 USC 1692c(a)(2)", on)


@rule(LAW, article="1006.6(c)", confidence=Confidence.READ)
def after_cease(*, purpose: str, on: date) -> Verdict:
    """Tell whether a contact after a notice to cease is allowed: EFFORTS_END, MAY_INVOKE_REMEDY, ..., or any other."""
    article = _AFTER_CEASE.get(purpose)
    if article:
        return _say(ALLOWED, purpose, article, on)
    return _say(BLOCKED, "CEASED", "1006.6(c)(1); 15 USC 1692c(c)", on)


@rule(LAW, article="1006.14(h)", confidence=Confidence.READ)
def after_opt_out(
    *, on: date, kind: str = "MESSAGE", already_sent: int = 0, person_used_it_since: bool = False
) -> Verdict:
    """Tell whether a medium may be used after the person asked that it not be.

    Takes   kind                  CONFIRMATION, REPLY, REQUIRED_BY_LAW or MESSAGE
            already_sent          confirmations, or replies to what the person last sent, that have gone out
            person_used_it_since  the person wrote or called by the same medium after opting out
    """
    if kind == "REQUIRED_BY_LAW":
        return _say(ALLOWED, "REQUIRED_BY_LAW", "1006.14(h)(2)(iii)", on)
    if kind == "CONFIRMATION" and LAW.value_on("confirmations_of_opt_out", on).is_met_by(already_sent + 1):
        return _say(ALLOWED, "ONE_CONFIRMATION", "1006.14(h)(2)(i)", on)
    if person_used_it_since and LAW.value_on("replies_after_opt_out", on).is_met_by(already_sent + 1):
        return _say(ALLOWED, "ONE_REPLY", "1006.14(h)(2)(ii)", on)
    return _say(BLOCKED, "MEDIUM_REFUSED", "1006.14(h)(1)", on)


@rule(LAW, article="1006.6(d)(5)", confidence=Confidence.READ)
def text_consent(*, last_known: date, on: date) -> Verdict:
    """Tell whether a text on a date lies within the days after consent, the person's own text, or a number check."""
    limit = LAW.value_on("text_consent_days", on)
    days = (on - last_known).days
    facts = {"days": days, "most": limit.whole, "last_date": last_known + limit.last_whole * _DAY}
    if days < 0:
        raise BadInput(f"The consent of {last_known} lies after the text of {on}: check the dates.")
    is_within = limit.is_met_by(days)
    code = "WITHIN_TEXT_CONSENT" if is_within else "TEXT_CONSENT_TOO_OLD"
    return Verdict(ALLOWED if is_within else BLOCKED, (Reason(code, facts, limit.article),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The dates that follow from a validation notice; the last day belongs to the period."""

    assumed_receipt_date: date
    period_end_date: date


@rule(LAW, article="1006.34(b)(5)", confidence=Confidence.READ)
def validation(*, sent_date: date, received_date: date | None = None) -> Validation:
    """Return the earliest receipt that may be assumed, and the end of the validation period.

    Legal public holidays, Saturdays and Sundays do not count towards the receipt; the period itself is calendar days.
    """
    left = LAW.value_on("assumed_receipt_days", sent_date).first_whole
    is_holiday = public_holidays("US", observed=False)
    day = sent_date
    while left:
        day += _DAY
        left -= not (day.weekday() >= _SATURDAY or is_holiday(day))
    length = LAW.value_on("validation_days", sent_date).whole
    return Validation(assumed_receipt_date=day, period_end_date=(received_date or day) + length * _DAY)


@rule(LAW, article="1006.38(c), (d)(2)", confidence=Confidence.READ)
def after_dispute(
    *,
    received_date: date,
    period_end_date: date,
    on: date,
    is_written: bool = True,
    verification_sent_date: date | None = None,
    asks_original_creditor: bool = False,
) -> Verdict:
    """Tell whether collection may go on after a dispute, or a request for the original creditor's name."""
    article = "1006.38(c)(1)" if asks_original_creditor else "1006.38(d)(2)(i)"
    if verification_sent_date is not None and verification_sent_date <= on:
        return _say(ALLOWED, "VERIFICATION_SENT", article, on, verification_sent=verification_sent_date)
    if not is_written:
        return _say(ALLOWED, "NOT_IN_WRITING", article, on)
    if received_date > period_end_date:
        return _say(ALLOWED, "AFTER_VALIDATION_PERIOD", article, on, period_end=period_end_date)
    if on < received_date:
        return _say(ALLOWED, "BEFORE_DISPUTE", article, on, received=received_date)
    return _say(BLOCKED, "DISPUTED", article, on, received=received_date)


@rule(LAW, article="1006.30(c)(1)", confidence=Confidence.READ)
def payment_may_go_to(*, debts: Sequence[str], disputed: frozenset[str], on: date) -> Mapping[str, Verdict]:
    """Tell for each debt whether one payment may be applied to it: never to a disputed one."""
    return {
        debt: _say(BLOCKED, "DISPUTED_DEBT", "1006.30(c)(1)", on, debt=debt)
        if debt in disputed
        else _say(ALLOWED, "NOT_DISPUTED", "1006.30(c)(1)", on, debt=debt)
        for debt in debts
    }


@rule(LAW, article="15 USC 1692h; 1006.30(c)(2)", confidence=Confidence.UNVERIFIED)
def directions(*, on: date) -> Verdict:
    """Tell that one payment on several debts follows the consumer's directions, where there are any."""
    LAW.value_on("every_day_opens", on)
    article = LAW.cite("15 USC 1692h; 1006.30(c)(2)", Confidence.UNVERIFIED)
    return Verdict(ALLOWED, (Reason("FOLLOWS_DIRECTIONS", {}, article),))


@rule(LAW, article="1006.26(b)", confidence=Confidence.READ)
def suit_on_barred_debt(*, on: date) -> Verdict:
    """Tell that no suit may be brought or threatened on a time-barred debt; claims in bankruptcy are excepted."""
    return _say(BLOCKED, "NO_SUIT_ON_BARRED_DEBT", "1006.26(b)", on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long records are kept; the day itself is the last."""

    records_until_date: date
    recording_until_date: date | None


@rule(LAW, article="1006.100", confidence=Confidence.READ)
def retention(*, last_activity_date: date, recorded_date: date | None = None) -> Retention:
    """Return how long records are kept, and the recording of one call."""
    years = LAW.value_on("record_years", last_activity_date).whole
    recording = None
    if recorded_date is not None:
        recording = add_months(recorded_date, 12 * LAW.value_on("recording_years", recorded_date).whole)
    return Retention(records_until_date=add_months(last_activity_date, 12 * years), recording_until_date=recording)


@rule(LAW, article="15 USC 1692b(3); 1006.10(c)", confidence=Confidence.READ)
def location_contact(
    *, earlier_contacts: int, on: date, asked_again: bool = False, earlier_answer_wrong: bool = False
) -> Verdict:
    """Tell whether a third person may be asked where the consumer is; a debt is never stated."""
    limit = LAW.value_on("location_contacts", on)
    if limit.is_met_by(earlier_contacts + 1):
        return Verdict(ALLOWED, (Reason("FIRST_LOCATION_CONTACT", {}, limit.article),))
    if asked_again or earlier_answer_wrong:
        return Verdict(ALLOWED, (Reason("ASKED_AGAIN" if asked_again else "ANSWER_WRONG", {}, limit.article),))
    return Verdict(BLOCKED, (Reason("ASKED_ALREADY", {"contacts": earlier_contacts}, limit.article),))


def _say(value: str, code: str, article: str, on: date, **facts: object) -> Verdict:
    LAW.value_on("every_day_opens", on)
    return Verdict(value, (Reason(code, facts, LAW.cite(article, Confidence.READ)),))
