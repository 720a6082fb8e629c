"""The questions beside the count of calls, asked as data: `{"ask": "validation", "sent": "2022-04-04"}`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Reason, Verdict
from qingshou.law.us.reg_f import conduct
from qingshou.law.us.reg_f.rules import open_hours


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: allowed or blocked, or dates; with reasons where the rule gives any."""

    found: str | Mapping[str, Any]
    reasons: tuple[Reason, ...] = ()


class _Asked:
    """The fields of one question, read with their place named when something is wrong."""

    def __init__(self, given: Mapping[str, Any], where: str) -> None:
        self.given, self.where = given, where

    def day(self, name: str) -> date:
        """Return a date that must be there."""
        found = self.day_or_none(name)
        if found is None:
            raise BadInput(f"{self.where}.{name}: give the date as YYYY-MM-DD.")
        return found

    def day_or_none(self, name: str) -> date | None:
        """Return a date, if given."""
        return parse_date(str(self.given[name])) if self.given.get(name) is not None else None

    def clock(self, name: str) -> time:
        """Return a time of day that must be there."""
        try:
            return time.fromisoformat(str(self.given.get(name)))
        except ValueError:
            raise BadInput(f"{self.where}.{name}: give the local time as HH:MM.") from None

    def flag(self, name: str, otherwise: bool = False) -> bool:
        """Return true or false."""
        return bool(self.given.get(name, otherwise))

    def text(self, name: str) -> str:
        """Return a word; '' where it is not given."""
        return str(self.given.get(name, ""))

    def number(self, name: str) -> int:
        """Return a whole number; 0 where it is not given."""
        found = self.given.get(name, 0)
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            raise BadInput(f"{self.where}.{name}: give a whole number.")
        return found

    def words(self, name: str) -> list[str]:
        """Return a list of words."""
        found = self.given.get(name, [])
        return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def answer(given: Mapping[str, Any], where: str) -> Answer:
    """Answer one question.

    Takes   given  `ask` names the question; the other fields are its facts
            where  its place in the file, for errors
    Stops   BadInput  unknown question or fact; NotCovered before 2021-11-30
    """
    name = str(given.get("ask"))
    if name not in _ASK:
        raise BadInput(f"{where}.ask ('{name[:30]}'): use one of {', '.join(sorted(_ASK))}.")
    return _ASK[name](_Asked(given, where))


def _hours(asked: _Asked) -> Answer:
    # The time of a message is when it is sent; when it is read does not matter.
    return _of(open_hours(clock=asked.clock("local_time"), on=asked.day("on")))


def _zones(asked: _Asked) -> Answer:
    try:
        at = datetime.fromisoformat(asked.text("at"))
    except ValueError:
        raise BadInput(f"{asked.where}.at: give a moment with its zone, as 2022-04-04T10:30-04:00.") from None
    return _of(conduct.convenient(at=at, zones=asked.words("zones")))


def _represented(asked: _Asked) -> Answer:
    verdict = conduct.represented(
        on=asked.day("on"),
        attorney_silent=asked.flag("attorney_silent"),
        attorney_consents=asked.flag("attorney_consents"),
        consumer_consents=asked.flag("consumer_consents"),
    )
    return _of(verdict)


def _cease(asked: _Asked) -> Answer:
    return _of(conduct.after_cease(purpose=asked.text("purpose"), on=asked.day("on")))


def _opt_out(asked: _Asked) -> Answer:
    verdict = conduct.after_opt_out(
        on=asked.day("on"),
        kind=asked.text("kind") or "MESSAGE",
        already_sent=asked.number("already_sent"),
        person_used_it_since=asked.flag("person_used_it_since"),
    )
    return _of(verdict)


def _text_consent(asked: _Asked) -> Answer:
    return _of(conduct.text_consent(last_known=asked.day("last_known"), on=asked.day("on")))


def _validation(asked: _Asked) -> Answer:
    found = conduct.validation(sent_date=asked.day("sent"), received_date=asked.day_or_none("received"))
    dates = {
        "assumed_receipt_earliest": found.assumed_receipt_date.isoformat(),
        "validation_period_end": found.period_end_date.isoformat(),
    }
    return Answer(dates)


def _dispute(asked: _Asked) -> Answer:
    verdict = conduct.after_dispute(
        received_date=asked.day("received"),
        period_end_date=asked.day("period_end"),
        on=asked.day("on"),
        is_written=asked.flag("is_written", otherwise=True),
        verification_sent_date=asked.day_or_none("verification_sent"),
        asks_original_creditor=asked.flag("asks_original_creditor"),
    )
    return _of(verdict)


def _payment(asked: _Asked) -> Answer:
    verdicts = conduct.payment_may_go_to(
        debts=asked.words("debts"), disputed=frozenset(asked.words("disputed")), on=asked.day("on")
    )
    found = {debt: verdict.value for debt, verdict in verdicts.items()}
    return Answer(found, tuple(reason for verdict in verdicts.values() for reason in verdict.reasons))


def _retention(asked: _Asked) -> Answer:
    found = conduct.retention(
        last_activity_date=asked.day("last_activity"), recorded_date=asked.day_or_none("recorded")
    )
    recording = found.recording_until_date
    dates = {
        "recording_keep_until": recording.isoformat() if recording else None,
        "records_keep_until": found.records_until_date.isoformat(),
    }
    return Answer(dates)


def _location(asked: _Asked) -> Answer:
    verdict = conduct.location_contact(
        earlier_contacts=asked.number("earlier_contacts"),
        on=asked.day("on"),
        asked_again=asked.flag("asked_again"),
        earlier_answer_wrong=asked.flag("earlier_answer_wrong"),
    )
    return _of(verdict)


def _of(verdict: Verdict) -> Answer:
    return Answer(verdict.value, verdict.reasons)


_ASK: Mapping[str, Callable[[_Asked], Answer]] = {
    "hours": _hours,
    "hours_in_zones": _zones,
    "represented": _represented,
    "after_cease": _cease,
    "after_opt_out": _opt_out,
    "text_consent": _text_consent,
    "validation": _validation,
    "after_dispute": _dispute,
    "payment": _payment,
    "retention": _retention,
    "location": _location,
}
QUESTIONS = tuple(_ASK)
