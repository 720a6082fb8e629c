"""Writing to the ledger: everything one movement writes goes in one statement, so that a payment stays a few of them.

Rows are collected as they come up and written together: events, transactions, postings, accounts, balances. What a
statement of this kind cannot be is half done. The models' constraints judge every row as always; foreign keys are
looked at when the transaction ends.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from qingshou.audit.actors import Actor
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.locked_books import LockedBooks, own_account
from qingshou.features.repayment.rules.books import Move, Place, Unapplied

_WRITE = """
WITH own AS (
    INSERT INTO repayment_account (id, tenant_id, kind, currency, position)
    SELECT x.id, %(tenant)s, x.kind, x.currency, 0 FROM jsonb_to_recordset(%(own)s::jsonb)
        AS x(id uuid, kind text, currency text)
    WHERE NOT EXISTS (SELECT 1 FROM repayment_account a WHERE a.id = x.id) ORDER BY x.id ON CONFLICT DO NOTHING
), accounts AS (
    INSERT INTO repayment_account (id, tenant_id, ledger_id, kind, currency, due_date, position, balance)
    SELECT x.id, %(tenant)s, x.ledger, x.kind, x.currency, x.due_date, x.position, x.balance
    FROM jsonb_to_recordset(%(accounts)s::jsonb) AS x(id uuid, ledger uuid, kind text, currency text, due_date date,
        position int, balance numeric)
), balances AS (
    UPDATE repayment_account a SET balance = x.balance FROM jsonb_to_recordset(%(balances)s::jsonb)
        AS x(id uuid, balance numeric) WHERE a.id = x.id
), events AS (
    INSERT INTO repayment_ledgerevent (id, tenant_id, ledger_id, kind, effective_date, sequence, receipt_id, facts,
        is_undone, actor_name, recorded_at)
    SELECT x.id, %(tenant)s, x.ledger, x.kind, x.effective_date, x.sequence, x.receipt, x.facts, false, %(actor)s,
        %(now)s
    FROM jsonb_to_recordset(%(events)s::jsonb) AS x(id uuid, ledger uuid, kind text, effective_date date, sequence int,
        receipt uuid, facts jsonb)
), undone AS (
    UPDATE repayment_ledgerevent e SET is_undone = true FROM jsonb_to_recordset(%(undone)s::jsonb) AS x(id uuid)
    WHERE e.id = x.id
), facts AS (
    UPDATE repayment_ledgerevent e SET facts = x.facts FROM jsonb_to_recordset(%(facts)s::jsonb)
        AS x(id uuid, facts jsonb) WHERE e.id = x.id
), transactions AS (
    INSERT INTO repayment_transaction (id, tenant_id, ledger_id, event_id, receipt_id, kind, effective_date,
        reverses_id, rule, actor_name, recorded_at)
    SELECT x.id, %(tenant)s, x.ledger, x.event, x.receipt, x.kind, x.effective_date, x.reverses, x.rule, %(actor)s,
        %(now)s
    FROM jsonb_to_recordset(%(transactions)s::jsonb) AS x(id uuid, ledger uuid, event uuid, receipt uuid, kind text,
        effective_date date, reverses uuid, rule text)
), ledgers AS (
    UPDATE repayment_loanledger l SET state = x.state, sequence = x.sequence, tape_as_of = x.tape_as_of
    FROM jsonb_to_recordset(%(ledgers)s::jsonb) AS x(id uuid, state text, sequence int, tape_as_of date)
    WHERE l.id = x.id
), receipts AS (
    UPDATE repayment_receipt r SET borrower_id = x.borrower, state = x.state, matched_by = x.matched_by,
        proposals = x.proposals, reversed_on = x.reversed_on, reversal_ref = x.reversal_ref,
        ended_reason = x.ended_reason
    FROM jsonb_to_recordset(%(receipts)s::jsonb) AS x(id uuid, borrower uuid, state text, matched_by text,
        proposals jsonb, reversed_on date, reversal_ref text, ended_reason text)
    WHERE r.id = x.id
)
INSERT INTO repayment_posting (tenant_id, transaction_id, account_id, amount, reason, law)
SELECT %(tenant)s, x.transaction, x.account, x.amount, x.reason, x.law
FROM jsonb_to_recordset(%(postings)s::jsonb) AS x(ord int, transaction uuid, account uuid, amount numeric, reason text,
    law text)
ORDER BY x.ord
"""
_SETS = ("own", "accounts", "balances", "events", "undone", "facts", "transactions", "ledgers", "receipts", "postings")


@dataclass(slots=True)
class Writing:
    """Rows to be written together, in the order they were added."""

    tenant_id: UUID
    actor: Actor
    now: datetime
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in _SETS})
    _own: set[UUID] = field(default_factory=set)

    def add_event(
        self, *, ledger: UUID, kind: str, effective_date: date, sequence: int, receipt: UUID | None,
        facts: Mapping[str, Any],
    ) -> UUID:  # fmt: skip
        """Add an event; returns its id."""
        event = uuid4()
        self.rows["events"].append(
            {"id": event, "ledger": ledger, "kind": kind, "effective_date": effective_date, "sequence": sequence,
             "receipt": receipt, "facts": facts}
        )  # fmt: skip
        return event

    def add_transaction(
        self, *, kind: str, effective_date: date, ledger: UUID | None = None, event: UUID | None = None,
        receipt: UUID | None = None, reverses: UUID | None = None, rule: str = "",
    ) -> UUID:  # fmt: skip
        """Add a transaction; returns its id."""
        transaction = uuid4()
        self.rows["transactions"].append(
            {"id": transaction, "ledger": ledger, "event": event, "receipt": receipt, "kind": kind,
             "effective_date": effective_date, "reverses": reverses, "rule": rule}
        )  # fmt: skip
        return transaction

    def add_posting(
        self, *, transaction: UUID, account: UUID, amount: Decimal, reason: str = "", law: str = ""
    ) -> None:
        """Add one side of a transaction."""
        postings = self.rows["postings"]
        postings.append(
            {"ord": len(postings), "transaction": transaction, "account": account, "amount": amount,
             "reason": reason, "law": law}
        )  # fmt: skip

    def set_receipt(self, receipt: Receipt) -> None:
        """Store what became of a receipt."""
        self.rows["receipts"].append(
            {"id": receipt.id, "borrower": receipt.borrower_id, "state": receipt.state,
             "matched_by": receipt.matched_by, "proposals": receipt.proposals, "reversed_on": receipt.reversed_on,
             "reversal_ref": receipt.reversal_ref, "ended_reason": receipt.ended_reason}
        )  # fmt: skip

    def add_moves(
        self, locked: LockedBooks, *, transaction: UUID, currency: str, moves: Iterable[Move], sign: int = 1
    ) -> None:
        """Add the sides of a movement; accounts that are not there yet are made."""
        for move in moves:
            self.add_posting(
                transaction=transaction,
                account=self.account(locked, move.place, currency),
                amount=sign * move.amount,
                reason=move.reason,
                law=move.law,
            )

    def account(self, locked: LockedBooks, place: Place, currency: str) -> UUID:
        """Return the account of a place, known or to be made."""
        if isinstance(place, str):
            return self.own_account(place, currency)
        if place not in locked.accounts:
            if isinstance(place, Unapplied):
                raise LookupError("a receipt has its account from the moment it was recorded")
            locked.accounts[place] = uuid4()
            self.rows["accounts"].append(
                {"id": locked.accounts[place], "ledger": place.loan, "kind": place.kind.value, "currency": currency,
                 "due_date": place.due_date, "position": place.position, "balance": "0"}
            )  # fmt: skip
        return locked.accounts[place]

    def own_account(self, kind: str, currency: str) -> UUID:
        """Return one of the lender's own accounts, made where it is not there yet."""
        account = own_account(self.tenant_id, kind, currency)
        if account not in self._own:
            self._own.add(account)
            self.rows["own"].append({"id": account, "kind": kind, "currency": currency})
        return account

    def set_balances(
        self, locked: LockedBooks, *, before: Mapping[Place, Decimal], after: Mapping[Place, Decimal]
    ) -> None:
        """Store the balances that changed; a new account is made with its own."""
        fresh = {row["id"]: row for row in self.rows["accounts"]}
        for place, balance in after.items():
            if before.get(place) == balance or place not in locked.accounts:
                continue
            account = locked.accounts[place]
            if account in fresh:
                fresh[account]["balance"] = balance
            else:
                self.rows["balances"].append({"id": account, "balance": balance})

    def write(self) -> None:
        """Write all rows in one statement; nothing where there are none."""
        if not any(self.rows.values()):
            return
        given = {name: json.dumps(rows, default=str) for name, rows in self.rows.items()}
        with connection.cursor() as cursor:
            cursor.execute(
                _WRITE, {**given, "tenant": self.tenant_id, "actor": self.actor.name, "now": self.now}
            )  # fmt: skip


def balances_of(locked: LockedBooks) -> dict[Place, Decimal]:
    """Return the balance of every place in the books: what is owed, and below zero what is unapplied."""
    unapplied: dict[Place, Decimal] = {Unapplied(one): -amount for one, amount in locked.books.unapplied.items()}
    owed: dict[Place, Decimal] = {slot: amount for slot, amount in locked.books.parts.items()}  # noqa: C416
    return unapplied | owed


def state_of(locked: LockedBooks, loan: UUID) -> str:
    """Return the state of a ledger that follows from its books."""
    if locked.books.is_charged_off(loan):
        return "CHARGED_OFF"
    return "OPEN" if locked.books.owed(loan) > 0 else "SETTLED"
