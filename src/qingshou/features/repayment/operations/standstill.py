"""Charges that stand still: what accrued in those days is taken off the tape's figures, at once and at each tape."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.book.owing import LoanOnTape, list_loans_on_tape, list_paid_on_tape
from qingshou.features.repayment.models import LedgerEvent, Receipt
from qingshou.features.repayment.operations.locked_books import LockedBooks
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.operations.replay import Order, Recorded, run, steps_from
from qingshou.features.repayment.queries.hardship import Standstill, standstills_of
from qingshou.features.repayment.rules.allocating import laid_by_kind
from qingshou.features.repayment.rules.books import Books, Slot
from qingshou.features.repayment.rules.hardship import standstill_of
from qingshou.features.repayment.rules.standstill import (
    BODY,
    CHARGES,
    Amounts,
    Figures,
    Span,
    amounts_of,
    figures_of,
    frozen_days,
    never_owed,
)
from qingshou.features.repayment.rules.steps import Step, StepKind, do, slots_of
from qingshou.features.repayment.rules.tape_payments import OurReceipt, without_receipt
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

Laid = Mapping[UUID, Amounts]  # loan -> what payments that only the tape knows put on each kind


@dataclass(frozen=True, slots=True)
class Standing:
    """What a debtor's standstills do to the next tape of each loan."""

    locked: LockedBooks
    books: Books  # up to the tape's day: what comes later is done again on top
    spans: Mapping[UUID, Sequence[Span]]
    last: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)  # facts of the last step, by loan
    laid: Laid = field(default_factory=dict)

    def frozen_before(self, loan: UUID) -> dict[PartKind, Decimal]:
        """Return what of the tape before this one was never owed."""
        return amounts_of(self.last.get(loan, {}).get("frozen", {}))

    def step_after(self, tape: Step, *, lacking: Amounts | None = None) -> Step | None:
        """Return the step that takes off what of this tape is never owed; None where nothing ever stood still.

        Takes   lacking  by kind, what the tape is higher by because it does not show what we did
        """
        loan = tape.loan
        if loan is None or not self.spans.get(loan) or self.books.is_charged_off(loan):
            return None
        was, told = self.last.get(loan, {}), slots_of(loan, tape.facts["parts"])
        before = self.frozen_before(loan)
        figures = figures_of(
            loan=loan, currency=self.locked.ledgers[loan].currency, facts=tape.facts,
            moves=do(tape, books=self.books, terms=self.locked.terms).get(loan, ()), told=told, taken_off=before,
            since=date.fromisoformat(tape.facts["since"]), tape_paid=self.laid.get(loan),
            is_revolving=_is_revolving(self.locked, loan),
        )  # fmt: skip
        figures = _with_paid(figures, amounts_of(was.get("owed", {})))
        held = {kind: figures.held.get(kind, ZERO) + amount for kind, amount in (lacking or {}).items()}
        figures = replace(figures, held={**figures.held, **held})
        found = never_owed(before=before, figures=figures, spans=self.spans[loan])
        facts = _facts(found, figures, self.spans[loan])
        return Step(StepKind.STANDSTILL, tape.effective_date, tape.sequence + 1, facts, loan)

    def is_news(self, step: Step | None) -> bool:
        """Tell whether a step takes off another sum than the one before it."""
        if step is None or step.loan is None:
            return False
        return bool(step.facts["frozen"] != self.last.get(step.loan, {}).get("frozen", {}))


def standing_of(
    *, books: Mapping[UUID, LockedBooks], told: Mapping[UUID, LoanOnTape], later: Mapping[UUID, Recorded], as_of: date
) -> dict[UUID, Standing]:
    """Return what standstills do to the tape of a day, by debtor; a debtor without any is not in it.

    Takes   books  of the debtors, locked
            later  their steps after the day, where there are any
    """
    found = standstills_of(borrower_ids=books)
    if not found:
        return {}
    loans = [loan for debtor in found for loan in books[debtor].ledgers if loan in told]
    last = _last_facts(loans)
    unknown = _only_on_tape(loans, list(found), {loan: row.tape_as_of for one in books.values()
                                                 for loan, row in one.ledgers.items()}, as_of)  # fmt: skip
    made = {}
    for debtor, standstills in found.items():
        locked = books[debtor]
        before = locked.books.copy()
        for step in reversed(later[debtor].steps if debtor in later else []):
            before.undo(step.was)
        spans = _spans(locked, standstills, told)
        laid = {loan: _laid(loan, amount, before, locked, as_of) for loan, amount in unknown.items()
                if loan in locked.ledgers}  # fmt: skip
        made[debtor] = Standing(locked, before, spans, last, laid)
    return made


def begin_standstill(*, locked: LockedBooks, actor: Actor, now: datetime, on: date) -> Decimal:
    """Take off what accrued already in the days of a debtor's standstills, as far as the ledgers tell it.

    Takes   locked  the debtor's books, locked before the person and the case
            on      the day that promises and plans are judged on
    Gives   Decimal  how much less is owed; the step is there even where that is nothing: the next tape begins from it
    """
    standstills = standstills_of(borrower_ids=[locked.borrower_id]).get(locked.borrower_id, [])
    told = {one.id: one for one in list_loans_on_tape(borrower_ids=[locked.borrower_id], with_schedule=False)}
    spans = _spans(locked, standstills, told)
    recorded = steps_from(locked, (date.min, 0))
    add: list[Step] = []
    changed: dict[Order, Mapping[str, Any]] = {}
    for loan in sorted(locked.ledgers):
        found = _caught_up(loan, locked, recorded, spans.get(loan, ()))
        if found is None:
            continue
        tape, facts = found
        held = _standing_after(recorded, tape)
        if held is not None:
            changed[held.order] = facts
        else:
            add.append(Step(StepKind.STANDSTILL, tape.effective_date, _free(recorded, tape, locked, add), facts, loan))
    if not add and not changed:
        return ZERO
    before = {loan: locked.books.owed(loan) for loan in locked.ledgers}
    run(locked, actor=actor, now=now, add=add, changed_facts=changed)
    less = {loan: before[loan] - locked.books.owed(loan) for loan in before}
    touched = [step.loan for step in add if step.loan] + [one.loan for one in recorded.steps if one.order in changed
                                                          and one.loan]  # fmt: skip
    record_many(
        entries=[
            Entry("LOAN", loan, "CHARGES_STAND_STILL", {"never_owed": less[loan], "owed": locked.books.owed(loan)})
            for loan in touched
        ],
        actor=actor, now=now,
    )  # fmt: skip
    if any(less.values()):
        tell_money_moved(borrower_id=locked.borrower_id, on=on, actor=actor, now=now)
    return sum(less.values(), ZERO)


def _caught_up(
    loan: UUID, locked: LockedBooks, recorded: Recorded, spans: Sequence[Span]
) -> tuple[Step, dict[str, Any]] | None:
    """Return the last tape and the facts of the step that belongs after it; None where nothing new stands still."""
    tapes = [step for step in recorded.steps if step.kind is StepKind.TAPE and step.loan == loan]
    held = [step for step in recorded.steps if step.kind is StepKind.STANDSTILL and step.loan == loan]
    known = set(held[-1].facts["hardships"]) if held else set()
    new = [span.from_date for span in spans if str(span.hardship) not in known]
    if not tapes or not new or locked.books.is_charged_off(loan):
        return None
    start = min(new)
    earlier = [step for step in held if step.effective_date < start]
    frozen = amounts_of(earlier[-1].facts["frozen"]) if earlier else {}
    figures = _figures(loan, locked, recorded, tapes, 0)
    for place, tape in enumerate(tapes):
        figures = _figures(loan, locked, recorded, tapes, place)
        if place and tape.effective_date >= start:
            frozen = never_owed(before=frozen, figures=figures, spans=spans)
    return tapes[-1], _facts(frozen, figures, spans)


def _figures(loan: UUID, locked: LockedBooks, recorded: Recorded, tapes: Sequence[Step], place: int) -> Figures:
    tape = tapes[place]
    former = tapes[place - 1] if place else tape
    between = [one for one in recorded.steps if former.order < one.order < tape.order]
    taken: dict[PartKind, Decimal] = defaultdict(Decimal)
    paid = paid_body = ZERO
    for step in between:
        for move in step.was.get(loan, ()):
            if isinstance(move.place, Slot) and step.kind is StepKind.STANDSTILL:
                taken[move.place.kind if move.place.kind in CHARGES else BODY] -= move.amount
            elif isinstance(move.place, Slot) and step.kind is StepKind.ALLOCATION:
                is_charge = move.place.kind in CHARGES
                paid, paid_body = paid - is_charge * move.amount, paid_body - (not is_charge) * move.amount
    since = date.fromisoformat(tape.facts.get("since") or former.facts["as_of"])
    return figures_of(
        loan=loan, currency=locked.ledgers[loan].currency, facts=tape.facts, moves=tape.was.get(loan, ()),
        told=slots_of(loan, tape.facts["parts"]), taken_off=taken, since=since, paid=paid,
        paid_body=paid_body, is_revolving=_is_revolving(locked, loan),
    )  # fmt: skip


def _with_paid(figures: Figures, owed: Amounts) -> Figures:
    """Return figures with what was paid since the tape before: what our books hold less of than they did then."""
    if not owed:
        return figures
    less = {kind: max(owed.get(kind, ZERO) - figures.held.get(kind, ZERO), ZERO) for kind in (*CHARGES, BODY)}
    return replace(figures, paid=sum((less[kind] for kind in CHARGES), ZERO), paid_body=less[BODY])


def _is_revolving(locked: LockedBooks, loan: UUID) -> bool:
    return locked.ledgers[loan].product == "CARD"


def _facts(frozen: Amounts, figures: Figures, spans: Sequence[Span]) -> dict[str, Any]:
    """Return what the step needs to be done again, and what explains it."""
    past = [span for span in spans if span.from_date <= figures.as_of] or list(spans)
    first = min(span.from_date for span in past)
    owed = {kind.value: _text(figures.told.get(kind, ZERO) - frozen.get(kind, ZERO)) for kind in (*CHARGES, BODY)}
    return {
        "as_of": figures.as_of.isoformat(),
        "frozen": {kind.value: _text(amount) for kind, amount in frozen.items()},
        "owed": owed,
        "hardships": sorted({str(span.hardship) for span in spans}),
        "from": first.isoformat(),
        "until": max(span.until_date for span in past).isoformat(),
        "days": frozen_days(spans=past, after=date.fromordinal(first.toordinal() - 1), until=figures.as_of),
        "law": "; ".join(dict.fromkeys(span.law for span in past if span.law)),
        "reason": "; ".join(dict.fromkeys(span.said for span in past if span.said)),
    }


def _text(amount: Decimal) -> str:
    """Return an amount in one form, so that equal ones are the same text."""
    return format(amount.normalize(), "f")


def _spans(
    locked: LockedBooks, standstills: Iterable[Standstill], told: Mapping[UUID, LoanOnTape]
) -> dict[UUID, list[Span]]:
    rows = list(standstills)
    return {
        loan: [
            standstill_of(
                kind=one.kind, from_date=one.from_on, until_date=one.until_on, hardship=one.hardship_id,
                is_secured=told[loan].is_secured, said=one.law, is_cut_short=one.is_cut_short,
            )
            for one in rows
        ]
        for loan in locked.ledgers
        if loan in told
    }  # fmt: skip


def _standing_after(recorded: Recorded, tape: Step) -> Step | None:
    after = (one for one in recorded.steps if one.kind is StepKind.STANDSTILL and one.loan == tape.loan)
    return next((one for one in after if one.order > tape.order), None)


def _free(recorded: Recorded, tape: Step, locked: LockedBooks, add: Sequence[Step]) -> int:
    """Return the place right after the tape, which is kept free for this; of an old ledger the next place there is."""
    taken = {step.order for step in recorded.steps}
    wanted = tape.sequence + 1
    return wanted if (tape.effective_date, wanted) not in taken else locked.next_sequence + len(add)


def _last_facts(loans: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    rows = LedgerEvent.objects.filter(ledger_id__in=loans, kind=StepKind.STANDSTILL.value, is_undone=False)
    rows = rows.order_by("ledger_id", "-effective_date", "-sequence").distinct("ledger_id")
    return dict(rows.values_list("ledger_id", "facts"))


def _only_on_tape(
    loans: Sequence[UUID], debtors: Sequence[UUID], since: Mapping[UUID, date], as_of: date
) -> dict[UUID, Decimal]:  # fmt: skip
    """Return loan -> what came since its last tape that only this tape knows of."""
    if not loans:
        return {}
    paid = list_paid_on_tape(loan_ids=loans, after=min(since[loan] for loan in loans), until=as_of)
    if not paid:
        return {}
    ours = Receipt.objects.filter(borrower_id__in=debtors, state="APPLIED").values_list(
        "external_ref", "payment_ref", "source_ref", "value_date", "amount"
    )
    receipts = [OurReceipt(row[:3], row[3], row[4]) for row in ours]
    found: dict[UUID, Decimal] = {}
    for one in without_receipt(paid=paid, receipts=receipts):
        if one.paid_date > since[one.loan_id]:
            found[one.loan_id] = found.get(one.loan_id, ZERO) + one.amount
    return found


def _laid(loan: UUID, amount: Decimal, books: Books, locked: LockedBooks, on: date) -> dict[PartKind, Decimal]:
    """Return what such a sum would have paid by kind, so that it is not taken for what the core system took back."""
    found: dict[PartKind, Decimal] = {}
    laid = laid_by_kind(loan=loan, amount=amount, books=books, terms=locked.terms, policy=locked.policy, on=on)
    for kind, paid in laid.items():
        group = kind if kind in CHARGES else BODY
        found[group] = found.get(group, ZERO) + paid
    return found
