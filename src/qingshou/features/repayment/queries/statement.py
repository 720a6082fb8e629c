"""The statement of account of a loan: line by line, each with its parts, its reasons and the balance after it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from qingshou.kernel.money import ZERO
from qingshou.tenancy.reading import Reading, Rows, read_together


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """A place of law with our confidence in it."""

    instrument: str
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class StatementPart:
    """What one line did to one part of the debt: more owed where positive, less where negative."""

    kind: str
    due_date: date | None
    position: int
    amount: Decimal
    reasons: tuple[str, ...]  # codes: why this debt, then why this part
    articles: tuple[CitedArticle, ...]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement. `kind` is the event's, or REVERSAL; `is_reversed` lines show only in the full statement."""

    transaction_id: UUID
    kind: str
    effective_date: date
    recorded_at: datetime
    actor_name: str
    rule: str
    receipt_id: UUID | None
    reverses_id: UUID | None
    is_reversed: bool
    reason: str  # told with the act (a waiver's, a charge's)
    amount: Decimal
    balance: Decimal
    parts: tuple[StatementPart, ...]
    stood_still: tuple[date, int] | None = None  # the first day of a standstill, and how many it was up to this line


# Asked with every ledger that is shown, and put together here: joined in one statement the database would spend more on
# the choice of a plan than on all the rest. The transactions come first: what they tell is the state of one moment, and
# postings are only ever added, so that those asked for afterwards hold every one of theirs.
_TRANSACTIONS = """
SELECT t.id, t.kind, t.effective_date, t.recorded_at, t.actor_name, t.rule, t.receipt_id, t.reverses_id,
    e.facts ->> 'reason', e.effective_date, e.sequence,
    CASE t.kind WHEN 'STANDSTILL' THEN (e.facts ->> 'from')::date END,
    CASE t.kind WHEN 'STANDSTILL' THEN (e.facts ->> 'days')::int END
FROM repayment_transaction t LEFT JOIN repayment_ledgerevent e ON e.id = t.event_id
WHERE t.ledger_id = %(loan)s
"""
_POSTINGS = """
SELECT p.transaction_id, p.id, a.kind, a.due_date, a.position, p.amount, p.reason, p.law
FROM repayment_account a JOIN repayment_posting p ON p.account_id = a.id
WHERE a.ledger_id = %(loan)s ORDER BY p.id
"""
_LAST = (date.max, 0)  # where what belongs to no event stands


def statement_of_loan(*, loan_id: UUID, is_full: bool = False) -> list[StatementLine]:
    """Return the lines of a loan's ledger, the first first; none where no ledger is open.

    Takes   is_full  False: what holds now, in the order of its effect. True: everything that was ever posted, in the
                     order of recording, with what was reversed and what reversed it
    """
    return statement_lines(*read_together(*statement_readings(loan_id=loan_id)), is_full=is_full)


def statement_readings(*, loan_id: UUID) -> tuple[Reading[Rows], Reading[Rows]]:
    """Ask for what `statement_lines` puts together, in this order, together with other questions."""
    given = {"loan": loan_id}
    return Reading(_TRANSACTIONS, given, list), Reading(_POSTINGS, given, list)


def statement_lines(transactions: Rows, postings: Rows, *, is_full: bool = False) -> list[StatementLine]:
    """Return the lines of a ledger from its transactions and postings."""
    pieces: dict[UUID, Rows] = {}
    for row in postings:
        pieces.setdefault(row[0], []).append(row)
    reversed_ids = {row[7] for row in transactions if row[7] is not None}
    shown = [row for row in transactions if row[0] in pieces]
    if is_full:
        shown.sort(key=lambda row: pieces[row[0]][0][1])
    else:
        shown = [row for row in shown if row[7] is None and row[0] not in reversed_ids]
        shown.sort(key=lambda row: (*((row[9], row[10]) if row[9] else _LAST), pieces[row[0]][0][1]))
    balance, lines = ZERO, []
    for row in shown:
        amount = sum((piece[5] for piece in pieces[row[0]]), ZERO)
        balance += amount
        lines.append(_line(row, pieces[row[0]], row[0] in reversed_ids, amount, balance))
    return lines


# a law's posting cites the same few places over and over
@lru_cache(maxsize=1024)
def read_articles(law: str) -> tuple[CitedArticle, ...]:
    """Return the articles that a posting keeps."""
    return tuple(CitedArticle(*one.split("|", 2)) for one in law.split("; ") if one.count("|") == 2)


@lru_cache(maxsize=1024)
def read_reasons(reason: str) -> tuple[str, ...]:
    """Return the reason codes that a posting keeps."""
    return tuple(code for code in reason.split("/") if code)


def _line(row: tuple[Any, ...], postings: Rows, is_reversed: bool, amount: Decimal, balance: Decimal) -> StatementLine:
    parts = tuple(
        StatementPart(kind, due_date, position, moved, read_reasons(reason), read_articles(law))
        for _, _, kind, due_date, position, moved, reason, law in postings
    )
    transaction, kind, on, at, actor, rule, receipt, reverses, reason, _, _, stood_from, stood_days = row
    return StatementLine(
        transaction, kind, on, at, actor, rule, receipt, reverses, is_reversed, str(reason or ""), amount, balance,
        parts, (stood_from, stood_days) if stood_days is not None else None,
    )  # fmt: skip
