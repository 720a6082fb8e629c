"""The statement of account of a loan: line by line, each with its parts, its reasons and the balance after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from qingshou.kernel.money import ZERO
from qingshou.tenancy.reading import Reading, Rows, read


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


# asked with every ledger that is shown: made by hand, since making the statement anew would be most of its cost
_POSTINGS = """
SELECT p.transaction_id, t.kind, t.effective_date, t.recorded_at, t.actor_name, t.rule, t.receipt_id, t.reverses_id,
    r.id, e.facts ->> 'reason', a.kind, a.due_date, a.position, p.amount, p.reason, p.law,
    CASE t.kind WHEN 'STANDSTILL' THEN (e.facts ->> 'from')::date END,
    CASE t.kind WHEN 'STANDSTILL' THEN (e.facts ->> 'days')::int END
FROM repayment_posting p
JOIN repayment_transaction t ON t.id = p.transaction_id
JOIN repayment_account a ON a.id = p.account_id
LEFT JOIN repayment_transaction r ON r.reverses_id = t.id
LEFT JOIN repayment_ledgerevent e ON e.id = t.event_id
WHERE t.ledger_id = %(loan)s AND a.ledger_id = %(loan)s
"""
_FULL = _POSTINGS + "ORDER BY p.id"
_HOLDING = _POSTINGS + "AND t.reverses_id IS NULL AND r.id IS NULL ORDER BY e.effective_date, e.sequence, p.id"


def statement_of_loan(*, loan_id: UUID, is_full: bool = False) -> list[StatementLine]:
    """Return the lines of a loan's ledger, the first first; none where no ledger is open.

    Takes   is_full  False: what holds now, in the order of its effect. True: everything that was ever posted, in the
                     order of recording, with what was reversed and what reversed it
    """
    return read(statement_reading(loan_id=loan_id, is_full=is_full))


def statement_reading(*, loan_id: UUID, is_full: bool = False) -> Reading[list[StatementLine]]:
    """Ask for the lines of a loan's ledger, together with other questions."""
    return Reading(_FULL if is_full else _HOLDING, {"loan": loan_id}, _lines)


# a law's posting cites the same few places over and over
@lru_cache(maxsize=1024)
def read_articles(law: str) -> tuple[CitedArticle, ...]:
    """Return the articles that a posting keeps."""
    return tuple(CitedArticle(*one.split("|", 2)) for one in law.split("; ") if one.count("|") == 2)


@lru_cache(maxsize=1024)
def read_reasons(reason: str) -> tuple[str, ...]:
    """Return the reason codes that a posting keeps."""
    return tuple(code for code in reason.split("/") if code)


def _lines(rows: Rows) -> list[StatementLine]:
    """Return the lines of postings, each with the balance after it: the first posting of one says where it stands."""
    pieces: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in rows:
        pieces.setdefault(row[0], []).append(row)
    balance, lines = ZERO, []
    for postings in pieces.values():
        amount = sum((row[13] for row in postings), ZERO)
        balance += amount
        lines.append(_line(postings, amount, balance))
    return lines


def _line(postings: Sequence[tuple[Any, ...]], amount: Decimal, balance: Decimal) -> StatementLine:
    transaction, kind, on, at, actor, rule, receipt, reverses, reversed_by, told = postings[0][:10]
    stood_from, stood_days = postings[0][-2:]
    parts = tuple(
        StatementPart(row[10], row[11], row[12], row[13], read_reasons(row[14]), read_articles(row[15]))
        for row in postings
    )
    return StatementLine(
        transaction, kind, on, at, actor, rule, receipt, reverses, reversed_by is not None, str(told or ""), amount,
        balance, parts, (stood_from, stood_days) if stood_days is not None else None,
    )  # fmt: skip
