"""Stops: which of them stand in the way of which purpose, and until when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from qingshou.features.contact.rules.facts import Facts, StopFact
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.contact.terms import Channel, Outcome, Party, Purpose, Stop

_ALWAYS = frozenset({Purpose.ANSWER, Purpose.SERVICE, Purpose.CONFIRM_STOP, Purpose.STATUTORY})

# What a stop leaves open. Everything else it forbids.
#   CEASE: efforts end, or a remedy is or may be invoked, may still be told, once (12 CFR 1006.6(c)(2))
#   BREATHING_SPACE: the debtor's own question, a required statement (SI 2020/1311 reg 11(2))
_OPEN: dict[Stop, frozenset[Purpose]] = {
    Stop.CEASE: _ALWAYS | {Purpose.REMEDY},
    Stop.CHANNEL: frozenset({Purpose.ANSWER, Purpose.SERVICE, Purpose.CONFIRM_STOP}),
    Stop.DISPUTE: _ALWAYS,
    Stop.COMPLAINT: _ALWAYS,
    Stop.BANKRUPTCY: _ALWAYS,
    Stop.DEATH: frozenset({Purpose.STATUTORY, Purpose.LOCATE}),
    Stop.VULNERABLE: _ALWAYS,
    Stop.BREATHING_SPACE: _ALWAYS,
    Stop.REPRESENTED: _ALWAYS,
    Stop.MINOR: frozenset({Purpose.STATUTORY}),
    Stop.HARDSHIP: _ALWAYS,
    Stop.THIRD_REFUSED: frozenset({Purpose.CONFIRM_STOP}),
    Stop.WORKPLACE: frozenset({Purpose.ANSWER, Purpose.SERVICE, Purpose.CONFIRM_STOP}),
}
# stops of a number, not of a person
_OF_A_NUMBER = frozenset({Stop.THIRD_REFUSED, Stop.WORKPLACE})


def in_force(stop: StopFact, at: datetime) -> bool:
    """Tell whether a stop holds at an instant."""
    return stop.from_at <= at and (stop.until_at is None or at < stop.until_at)


def without_stopped_debts(facts: Facts) -> Facts:
    """Leave out the debts that a stop covers alone: the rest may still be spoken of.

    A contact asked for about one stopped debt only keeps it, and is refused for it.
    """
    stopped = {one.loan_id for one in facts.stops if one.loan_id is not None and in_force(one, facts.at)}
    free = facts.debts - stopped
    return replace(facts, debts=frozenset(free)) if free and free != facts.debts else facts


def obstacles_of_stops(facts: Facts, law: ContactLaw) -> Iterator[tuple[Reason, datetime | None]]:
    """Yield what each stop in force says against this contact: its reason and its end."""
    for stop in facts.stops:
        if not in_force(stop, facts.at) or not _speaks_of(stop, facts) or _leaves_open(stop, facts):
            continue
        code = "CHANNEL_REFUSED" if stop.kind is Stop.CHANNEL else "STOPPED"
        fields: dict[str, object] = {"stop": stop.kind, "since": stop.from_at}
        if stop.channel:
            fields["channel"] = stop.channel
        if stop.until_at is not None:
            fields["until"] = stop.until_at
        article = law.stops.get(stop.kind, Article("house", f"STOP_{stop.kind}", Confidence.READ))
        yield Reason(code, fields, article), stop.until_at


def _speaks_of(stop: StopFact, facts: Facts) -> bool:
    if stop.channel and stop.channel != facts.channel:
        return False
    if stop.kind in _OF_A_NUMBER and stop.point_index is not None and stop.point_index != facts.point_index:
        return False
    if stop.loan_id is not None:
        # what is left after `without_stopped_debts` is either free of stops or asked for alone
        return stop.loan_id in facts.debts
    if stop.kind is Stop.REPRESENTED:
        return facts.party is not Party.ATTORNEY
    if stop.kind is Stop.BREATHING_SPACE:  # a guarantor alone is not protected (reg 2(1)); the adviser may be spoken to
        return facts.party not in (Party.ATTORNEY, Party.GUARANTOR)
    return True


def _leaves_open(stop: StopFact, facts: Facts) -> bool:
    if facts.purpose not in _OPEN[stop.kind]:
        # a notice the law requires may go by post though another channel was refused
        return stop.kind is Stop.CHANNEL and facts.purpose is Purpose.STATUTORY and facts.channel is Channel.POST
    since = [one for one in facts.past if one.at >= stop.from_at and one.outcome is not Outcome.RELEASED]
    if facts.purpose in (Purpose.CONFIRM_STOP, Purpose.REMEDY):
        # once: the confirmation of a refusal, the word that a remedy is invoked
        return not any(one.is_ours and one.purpose is facts.purpose for one in since)
    if facts.purpose is Purpose.ANSWER and stop.kind is Stop.CHANNEL:
        # one reply to each message the person sends by the refused channel (12 CFR 1006.14(h)(2)(ii))
        asked = sum(not one.is_ours and one.channel is facts.channel for one in since)
        told = sum(one.is_ours and one.purpose is Purpose.ANSWER and one.channel is facts.channel for one in since)
        return told < asked
    return True
