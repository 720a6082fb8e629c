"""Opening a debtor's ledgers: when their money first moves, from what the tape says is owed."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record, record_many
from qingshou.features.book.owing import LoanOnTape, borrowers_of_loans, list_loans_on_tape
from qingshou.features.repayment.models import LoanLedger
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan
from qingshou.features.repayment.operations.locked_books import LedgerRow, LockedBooks, load_books
from qingshou.features.repayment.operations.replay import run
from qingshou.features.repayment.queries.on_tape import may_open, parts_on_tape, tape_facts
from qingshou.features.repayment.rules.steps import Step, StepKind
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant

_INSERT = """
INSERT INTO repayment_loanledger (tenant_id, id, loan_id, borrower_id, currency, state, tape_as_of, sequence,
    order_kinds, order_sequence, order_future, opened_at)
SELECT %(tenant)s, x.id, x.id, x.borrower, x.currency, 'OPEN', x.tape_as_of, 0, '{}', '', '', %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id uuid, borrower uuid, currency text, tape_as_of date)
ORDER BY x.id ON CONFLICT DO NOTHING RETURNING id
"""


def open_ledger(*, loan_id: UUID, actor: Actor, now: datetime) -> LoanLedger:
    """Return the ledger of a loan, opened if it is not there yet, with those of the debtor's other loans.

    Takes   loan_id  a loan of the working set
    Gives   LoanLedger  its parts as the tape has them: a TAPE event with one posting a part
    Stops   NoSuchLoan      it is not in the working set
            BalanceUnknown  the tape does not tell what is owed on it
    """
    borrower = borrowers_of_loans(loan_ids=[loan_id]).get(loan_id)
    if borrower is None:
        raise NoSuchLoan("There is no such loan in the working set, or it is not for you.")
    with transaction.atomic():
        locked = lock_books(borrower_id=borrower, lender=current_tenant(), actor=actor, now=now)
        if loan_id not in locked.ledgers:
            # closed, or its balance unknown: opening it by itself says which
            (told,) = list_loans_on_tape(loan_ids=[loan_id])
            parts_on_tape(told)
            ledgers = _insert([told], now)
            _lay(load_books(borrower_id=borrower, lender=locked.lender, ledgers=ledgers), [told], actor, now)
    return LoanLedger.objects.get(id=loan_id)


def lock_books(
    *, borrower_id: UUID, lender: Tenant, actor: Actor, now: datetime, receipts: Iterable[UUID] = ()
) -> LockedBooks:
    """Return a debtor's books under lock, with ledgers opened where the debtor has none yet.

    A loan that comes with a later tape gets its ledger by the day's run (ledger_sync.py).
    """
    ledgers = locked_books.lock_ledgers([borrower_id])
    if not ledgers:
        return open_missing(borrower_id=borrower_id, lender=lender, actor=actor, now=now, receipts=receipts)
    return load_books(borrower_id=borrower_id, lender=lender, ledgers=ledgers, receipts=receipts)


def open_missing(
    *, borrower_id: UUID, lender: Tenant, actor: Actor, now: datetime, receipts: Iterable[UUID] = ()
) -> LockedBooks:
    """Open every ledger a debtor's loans lack, in id order: of two who open at once the second waits for the first."""
    told = [one for one in list_loans_on_tape(borrower_ids=[borrower_id]) if may_open(one)]
    ledgers = _insert(told, now)
    locked = load_books(borrower_id=borrower_id, lender=lender, ledgers=ledgers, receipts=receipts)
    _lay(locked, told, actor, now)
    return locked


def open_before_locking(*, borrower_ids: Collection[UUID], lender: Tenant, actor: Actor, now: datetime) -> None:
    """Open the ledgers of debtors who have none yet: for whoever locks several debtors' ledgers together, before that.

    Opened one debtor after the other under the locks of the rest, two who split money over the same debtors would wait
    for each other: one holds what the other wants, and waits for what the other has just opened. Here nothing is held
    while another's opening is waited for but ledgers nobody else can see yet.
    """
    having = {row.borrower_id for row in locked_books.read_ledgers(list(borrower_ids))}
    missing = set(borrower_ids) - having
    told = [one for one in list_loans_on_tape(borrower_ids=missing) if may_open(one)] if missing else []
    made = _write(told, now)
    for borrower in sorted({one.borrower_id for one in told}):
        mine = [one for one in told if one.borrower_id == borrower and one.id in made]
        if mine:
            ledgers = [new_row(one) for one in mine]
            _lay(load_books(borrower_id=borrower, lender=lender, ledgers=ledgers), mine, actor, now)


def _insert(told: Sequence[LoanOnTape], now: datetime) -> list[LedgerRow]:
    """Write the ledgers that are missing and return all of these, locked: a row of our own making is ours till the end.

    Those that somebody else wrote meanwhile are waited for, then read and locked with the rest.
    """
    if len(_write(told, now)) < len(told):
        return locked_books.lock_ledgers(sorted({one.borrower_id for one in told}))
    return [new_row(one) for one in sorted(told, key=lambda one: one.id)]


def _write(told: Sequence[LoanOnTape], now: datetime) -> set[UUID]:
    """Write the ledgers that are missing, in id order; returns which were."""
    rows = [
        {"id": one.id, "borrower": one.borrower_id, "currency": one.currency, "tape_as_of": one.as_of} for one in told
    ]  # fmt: skip
    given = {"rows": json.dumps(rows, default=str), "tenant": current_tenant_id(), "now": now}
    return {row[0] for row in read_rows(_INSERT, given)} if told else set()


def new_row(one: LoanOnTape) -> LedgerRow:
    """Return the row of a ledger on which nothing was recorded yet."""
    return LedgerRow(
        id=one.id, borrower_id=one.borrower_id, currency=one.currency, state="OPEN", tape_as_of=one.as_of, sequence=0,
        order_kinds=[], product=one.product, contract_rate=one.contract_rate, loan_ref=one.loan_ref,
    )  # fmt: skip


def _lay(locked: LockedBooks, told: Iterable[LoanOnTape], actor: Actor, now: datetime) -> None:
    """Lay the tape's parts on the ledgers that are new: no step was ever recorded on them."""
    by_id = {one.id: one for one in told}
    fresh = [by_id[row.id] for row in locked.ledgers.values() if row.sequence == 0 and row.id in by_id]
    steps = [
        Step(
            # every second place: right after a tape what of it is never owed may have to be taken off (standstill.py)
            StepKind.TAPE, one.as_of, locked.next_sequence + 2 * place, tape_facts(one, parts_on_tape(one)), one.id,
        )
        for place, one in enumerate(fresh)
    ]  # fmt: skip
    if not steps:
        return
    run(locked, actor=actor, now=now, add=steps)
    entries = [
        Entry("LOAN", one.id, "LEDGER_OPENED",
              {"as_of": one.as_of, "owed": locked.books.owed(one.id), "currency": one.currency})
        for one in fresh
    ]  # fmt: skip
    if len(entries) == 1:  # by far the most, and a table of one row is dear
        (one,) = entries
        record(
            subject_kind=one.subject_kind, subject_id=one.subject_id, action=one.action, actor=actor, now=now,
            facts=one.facts, is_first=True,
        )  # fmt: skip
        return
    record_many(entries=entries, actor=actor, now=now)
