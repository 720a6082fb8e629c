"""The sender: claims what is due, asks the door once more, hands over, writes the answer. docs/algorithms/outbox.md.

Any number of senders may work for a lender at once, and each may be killed at any instant: nothing is sent twice
without the provider having said that it never received it, and nothing is forgotten.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.contact.channels.base import Adapter, AnswerLost, Outgoing, Rejected, Unreachable
from qingshou.features.contact.faultpoints import reach
from qingshou.features.contact.operations import answers, claiming
from qingshou.features.contact.operations.asking import ask_due, recover
from qingshou.features.contact.operations.claiming import Claimed
from qingshou.features.contact.operations.handing import get_with_people, open_messages
from qingshou.features.contact.operations.providers import Providers
from qingshou.features.contact.rules.sending import Pace
from qingshou.features.contact.rules.sending import pace as usual_pace
from qingshou.law.contact.terms import Channel

Clock = Callable[[], datetime]
_NO_ADDRESS = "NO_ADDRESS"


@dataclass(slots=True)
class Tally:
    """What one run of the sender did, by code."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        """Count something."""
        if count:
            self.counts[what] = self.counts.get(what, 0) + count

    @property
    def handed(self) -> int:
        """Return how many messages were handed over."""
        return self.counts.get("SENT", 0)


def send_due(
    *, providers: Providers, actor: Actor, clock: Clock, pace: Pace | None = None, most: int | None = None,
    until: datetime | None = None, progress: Callable[[Tally], None] | None = None,
) -> Tally:  # fmt: skip
    """Send what is due of the lender in force, and find out what became of what dead senders had in hand.

    Takes   clock     tells the time anew: a run is longer than an instant
            most      of messages handed over in this run
            until     no batch is begun after it
            progress  told after every message
    Gives   Tally     SENT, REJECTED, UNREACHABLE, ANSWER_LOST, HELD (no longer lawful, put off or cancelled),
                      OVERDUE, RECOVERED, and ASKED_... by what came of it
    """
    run = _Run(providers, actor, clock, pace or usual_pace(), progress)
    run.tally.add("RECOVERED", recover(actor=actor, now=clock()))
    for found, count in ask_due(providers=providers, actor=actor, clock=clock, pace=run.pace).items():
        run.tally.add(f"ASKED_{found}", count)
    run.tally.add("OVERDUE", claiming.drop_overdue(actor=actor, now=clock()))
    while (most is None or run.tally.handed < most) and (until is None or clock() < until):
        wanted = run.pace.batch_size if most is None else min(run.pace.batch_size, most - run.tally.handed)
        claimed = claiming.claim(
            providers=providers, channels=run.open_channels(), now=clock(), pace=run.pace, most=wanted
        )
        if claimed is None:
            break
        reach("claimed")
        run.send_batch(claimed)
    return run.tally


@dataclass(slots=True)
class _Run:
    providers: Providers
    actor: Actor
    clock: Clock
    pace: Pace
    progress: Callable[[Tally], None] | None
    tally: Tally = field(default_factory=Tally)
    resting: set[str] = field(default_factory=set)  # codes of adapters that could not be reached

    def open_channels(self) -> list[Channel]:
        """Return the channels whose adapter is not resting; letters go by batch, not one by one."""
        served = self.providers.channels - {Channel.POST, Channel.PHONE, Channel.VISIT}
        return sorted(channel for channel in served if self.providers.of(channel).code not in self.resting)

    def send_batch(self, claimed: Claimed) -> None:
        """Hand over a batch, the door asked anew whenever its last answer has grown old."""
        waiting = list(claimed.ids)
        begun = time.monotonic()
        allowed = self._judge(waiting, claimed.token)
        reach("judged")
        judged_at = time.monotonic()
        rows = {row.id: row for row in get_with_people(allowed)}
        outgoing = open_messages(list(rows.values()), actor=self.actor, now=self.clock())
        reach("opened")
        while allowed:
            if time.monotonic() - begun > self.pace.lease_s - self.pace.send_s_max:
                break  # too little is left of the lease: whoever comes next has them
            if time.monotonic() - judged_at > self.pace.judged_s_max:
                allowed, judged_at = self._judge(allowed, claimed.token), time.monotonic()
                if not allowed:
                    break
            message_id = allowed.pop(0)
            adapter = self.providers.of(outgoing[message_id].channel)
            if adapter.code in self.resting:
                claiming.give_back(
                    message_ids=[message_id], token=claimed.token,
                    not_before=self.clock() + timedelta(seconds=self.pace.pause_s),
                )  # fmt: skip
                continue
            self._hand_over(outgoing[message_id], adapter, claimed.token)
            if self.progress:
                self.progress(self.tally)
        claiming.give_back(message_ids=allowed, token=claimed.token)

    def _judge(self, message_ids: list[UUID], token: UUID) -> list[UUID]:
        allowed = claiming.judge(
            claimed=message_ids, token=token, actor=self.actor, now=self.clock(), pace=self.pace
        )  # fmt: skip
        self.tally.add("HELD", len(message_ids) - len(allowed))
        return allowed

    def _hand_over(self, outgoing: Outgoing, adapter: Adapter, token: UUID) -> None:
        """Mark, send, write: between mark and write lies the one moment that nobody can see into."""
        given: dict[str, Any] = {"message_id": outgoing.key, "token": token, "actor": self.actor}
        marked = claiming.mark(
            message_id=outgoing.key, token=token, adapter=adapter.code, now=self.clock(), pace=self.pace
        )
        if not marked:
            claiming.give_back(message_ids=[outgoing.key], token=token)
            self.tally.add("HELD")
            return
        reach("marked")
        try:
            if not outgoing.to:
                raise Rejected("There is no number or address to send to.", error_code=_NO_ADDRESS)
            handed = adapter.send(outgoing)
        except Rejected as refusal:
            answers.note_rejected(error_code=refusal.error_code, now=self.clock(), **given)
            self.tally.add("REJECTED")
        except Unreachable:
            answers.note_unreachable(now=self.clock(), pace=self.pace, **given)
            self.resting.add(adapter.code)
            self.tally.add("UNREACHABLE")
        except AnswerLost:
            answers.note_lost(now=self.clock(), pace=self.pace, **given)
            self.tally.add("ANSWER_LOST")
        else:
            reach("handed")
            answers.note_handed(message_id=outgoing.key, adapter=adapter.code, handed=handed, actor=self.actor,
                                now=self.clock())  # fmt: skip
            self.tally.add("SENT")
            reach("written")
