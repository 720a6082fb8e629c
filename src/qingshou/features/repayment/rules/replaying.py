"""Putting a step in its place among others, or taking one out: what came after is done again. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qingshou.features.repayment.rules.books import Books, Done
from qingshou.features.repayment.rules.loan_terms import Terms
from qingshou.features.repayment.rules.steps import Step, clipped, do
from qingshou.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Redone:
    """One step and what it does now; `was` of the step is what it had done."""

    step: Step
    done: Done

    @property
    def is_changed(self) -> bool:
        """Tell whether it does another thing than before, so that what it posted must be reversed and posted anew."""
        return dict(self.step.was) != dict(self.done)


@dataclass(frozen=True, slots=True)
class Replayed:
    """Every step from the first that changed on, in order, and the books after the last."""

    steps: tuple[Redone, ...]
    books: Books
    clipped: Decimal  # of waivers: less was open than had been given up

    @property
    def changed(self) -> tuple[Redone, ...]:
        """The steps that do another thing than before."""
        return tuple(one for one in self.steps if one.is_changed)


def replay(
    *,
    books: Books,
    later: Sequence[Step],
    terms: Terms,
    add: Iterable[Step] = (),
    drop: Iterable[tuple[date, int]] = (),
    changed_facts: Mapping[tuple[date, int], Mapping[str, object]] | None = None,
) -> Replayed:
    """Do steps again from a point on.

    Takes   books    as they stand now; not changed
            later    every step at or after the point, in order, with what each did
            add      new steps, each not before the first of `later`; they are done in their place
            drop     places of steps that are taken out for good
            changed_facts  steps of which something new is known
    Gives   Replayed; a step that does the same as before is in it, unchanged
    """
    after, gone = books.copy(), frozenset(drop)
    for step in sorted(later, key=lambda one: one.order, reverse=True):
        after.undo(step.was)
    news = changed_facts or {}
    redone, less = [], ZERO
    for step in sorted((*later, *add), key=lambda one: one.order):
        now = step if step.order not in news else _with(step, news[step.order])
        done = {} if step.order in gone else do(now, books=after, terms=terms)
        after.do(done)
        less += ZERO if step.order in gone else clipped(now, done)
        redone.append(Redone(now, done))
    return Replayed(tuple(redone), after, less)


def _with(step: Step, facts: Mapping[str, object]) -> Step:
    return Step(
        step.kind, step.effective_date, step.sequence, {**step.facts, **facts}, step.loan, step.receipt, step.was
    )  # fmt: skip
