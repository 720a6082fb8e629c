"""A new tape and the ledgers beside it: each is set to the tape's word, and what came after the tape is done again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.book.owing import LoanOnTape, list_loans_on_tape, payments_with_refs
from qingshou.features.repayment.models import LedgerEvent, LoanLedger, Receipt
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.ledger_opening import open_missing
from qingshou.features.repayment.operations.locked_books import LockedBooks, load_many
from qingshou.features.repayment.operations.posting import Writing
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.operations.replay import Order, Recorded, run, steps_from
from qingshou.features.repayment.operations.standstill import Standing, standing_of
from qingshou.features.repayment.operations.tape_differences import Pending, load_pending
from qingshou.features.repayment.queries.hardship import list_standing_without_ledger
from qingshou.features.repayment.queries.on_tape import may_open, parts_on_tape, tape_facts
from qingshou.features.repayment.rules.books import Books
from qingshou.features.repayment.rules.opening import is_shown
from qingshou.features.repayment.rules.steps import Step, StepKind, do
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant

_PART = 200  # debtors whose books are in memory at once


@dataclass(frozen=True, slots=True)
class Synced:
    """What a tape did to the ledgers: how many it spoke of, how many it changed, how many were opened beside them."""

    ledgers: int = 0
    changed: int = 0
    opened: int = 0
    unknown: int = 0  # the tape no longer tells what is owed: they stay as they are

    def __add__(self, other: "Synced") -> "Synced":
        return Synced(
            self.ledgers + other.ledgers, self.changed + other.changed, self.opened + other.opened,
            self.unknown + other.unknown,
        )  # fmt: skip


def sync_tape(*, as_of: date, actor: Actor, now: datetime, borrower_ids: Iterable[UUID] | None = None) -> Synced:
    """Bring every ledger up to the working set's tape of a day; run again, it finds nothing to do.

    Takes   as_of         the day of the tape
            borrower_ids  only these debtors
    Gives   Synced        a ledger that agrees is left alone; else a TAPE event dated `as_of` sets its parts, and what
                          has a later value date is done again on top. Debtors whose parts changed are looked at again
                          by promises and plans
    """
    lender = current_tenant()
    found = Synced()
    behind = LoanLedger.objects.filter(loan__as_of=as_of, tape_as_of__lt=as_of)
    wanted = set(behind.values_list("borrower_id", flat=True)) | set(list_standing_without_ledger(on=as_of))
    debtors = sorted(wanted if borrower_ids is None else wanted & set(borrower_ids))
    for start in range(0, len(debtors), _PART):
        with transaction.atomic():
            found += _sync_part(debtors[start : start + _PART], lender, as_of, actor, now)
    return found


def _sync_part(debtors: Sequence[UUID], lender: Tenant, as_of: date, actor: Actor, now: datetime) -> Synced:
    ledgers = locked_books.lock_ledgers(debtors)
    told = {one.id: one for one in list_loans_on_tape(borrower_ids=debtors)}
    books = load_many(borrower_ids=debtors, lender=lender, ledgers=ledgers)
    with_later = _with_later_steps([row.id for row in ledgers], as_of)
    later = {one: steps_from(books[one], (as_of, books[one].next_sequence)) for one in books if one in with_later}
    standing = standing_of(books=books, told=told, later=later, as_of=as_of)
    pending = load_pending(
        loans=[row.id for row in ledgers], as_of=as_of, since={row.id: row.tape_as_of for row in ledgers}
    )
    writing, entries, changed, found = Writing(lender.id, actor, now), [], [], Synced()
    for debtor, locked in books.items():
        due = [told[row.id] for row in locked.ledgers.values() if _is_behind(row.tape_as_of, told.get(row.id), as_of)]
        known = [one for one in due if one.is_closed or one.balance is not None]
        before = {one.id: locked.books.owed(one.id) for one in known}
        steps = _steps(locked, known, as_of, later.get(debtor), standing.get(debtor), pending)
        _run(locked, steps, known, as_of, later=later.get(debtor), writing=writing)
        set_to = [step.loan for step in steps if step.kind is StepKind.TAPE and step.loan is not None]
        never = {step.loan: step.facts["frozen"] for step in steps if step.kind is StepKind.STANDSTILL}
        for loan in set_to:
            facts = {"as_of": as_of, "before": before[loan], "owed": locked.books.owed(loan)}
            facts |= {"never_owed": never[loan]} if never.get(loan) else {}
            entries.append(Entry("LOAN", loan, "LEDGER_SET_TO_TAPE", facts))
        changed += [debtor] if steps else []
        found += Synced(len(due), len(set_to), 0, len(due) - len(known))
    writing.write()
    pending.write()
    record_many(entries=entries, actor=actor, now=now)
    for debtor in debtors:
        missing = [one for one in told.values() if one.borrower_id == debtor and one.id not in books[debtor].ledgers]
        if any(may_open(one) for one in missing):
            open_missing(borrower_id=debtor, lender=lender, actor=actor, now=now)
            found += Synced(opened=sum(1 for one in missing if may_open(one)))
            changed += [] if debtor in changed else [debtor]
    for debtor in changed:
        tell_money_moved(borrower_id=debtor, on=as_of, actor=actor, now=now)
    return found


def _is_behind(tape_as_of: date, told: LoanOnTape | None, as_of: date) -> bool:
    return told is not None and told.as_of == as_of and tape_as_of < as_of


def _with_later_steps(loans: Sequence[UUID], as_of: date) -> frozenset[UUID]:
    rows = LedgerEvent.objects.filter(ledger_id__in=loans, is_undone=False, effective_date__gt=as_of)
    return frozenset(rows.values_list("ledger__borrower_id", flat=True).distinct())


def _steps(
    locked: LockedBooks, told: Sequence[LoanOnTape], as_of: date, later: Recorded | None, standing: Standing | None,
    pending: Pending,
) -> list[Step]:  # fmt: skip
    """Return the steps for each loan that does not stand as its tape says; with later steps, for every loan.

    The place after each is kept free: what of the tape's figure is never owed is taken off there. Then comes what we
    did and the tape does not show.
    """
    held = locked.books.copy()
    for step in reversed(later.steps if later else []):
        held.undo(step.was)
    made: list[Step] = []
    place = locked.next_sequence
    for one in told:
        parts = dict(parts_on_tape(one))
        facts = tape_facts(one, parts, since=locked.ledgers[one.id].tape_as_of)
        tape = Step(StepKind.TAPE, as_of, place, facts, one.id)
        missing = pending.judge(tape, held=held, frozen=standing.frozen_before(one.id) if standing else {})
        still = standing.step_after(tape, lacking=pending.lacking(one.id, missing)) if standing else None
        acts = pending.steps_after(tape, missing)
        steps = [tape, *([still] if still else []), *acts]
        is_news = standing is not None and standing.is_news(still)
        if not later and not is_news and _agrees(locked, one.id, steps):
            continue
        made += steps
        place += 2 + len(acts)
    return made


def _agrees(locked: LockedBooks, loan: UUID, steps: Sequence[Step]) -> bool:
    """Tell whether the books stand already as these steps would leave them."""
    if locked.books.is_charged_off(loan):
        return True
    books = Books(frozenset([loan]), dict(locked.books.parts_of(loan)))
    for step in steps:
        books.do(do(step, books=books, terms=locked.terms))
    return dict(books.open_of(loan)) == dict(locked.books.open_of(loan))


def _run(
    locked: LockedBooks, steps: Sequence[Step], told: Sequence[LoanOnTape], as_of: date, *, later: Recorded | None,
    writing: Writing,
) -> None:  # fmt: skip
    booked = _booked_since(later, told) if later else {}
    run(
        locked, actor=writing.actor, now=writing.now, add=steps, changed_facts=booked,
        tape_as_of={one.id: as_of for one in told}, later=later or Recorded(), writing=writing,
    )  # fmt: skip


def _booked_since(later: Recorded, told: Sequence[LoanOnTape]) -> dict[Order, dict[str, object]]:
    """Return the later receipts that the tape shows already, with what of them each loan has booked."""
    allocations = [step for step in later.steps if step.kind is StepKind.ALLOCATION and step.receipt is not None]
    receipts = {
        row[0]: row[1:]
        for row in Receipt.objects.filter(id__in=[step.receipt for step in allocations]).values_list(
            "id", "external_ref", "payment_ref"
        )
    }
    refs = [ref for pair in receipts.values() for ref in pair]
    shown = payments_with_refs(loan_ids=[one.id for one in told], refs=refs) if refs else []
    found: dict[Order, dict[str, object]] = {}
    for step in allocations:
        mine = receipts.get(step.receipt, ())
        booked = {str(loan): str(amount) for loan, ref, amount in shown if is_shown(refs=mine, tape_refs=[ref])}
        if booked and booked != step.facts.get("booked"):
            found[step.order] = {"booked": {**step.facts.get("booked", {}), **booked}}
    return found
