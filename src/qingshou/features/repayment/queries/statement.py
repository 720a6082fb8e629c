"""The statement of account of a loan: line by line, each with its parts, its reasons and the balance after it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.kernel.money import ZERO
from qingshou.tenancy.bulk import read_rows


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
    return _balanced(_lines(read_rows(_FULL if is_full else _HOLDING, {"loan": loan_id})))


def read_articles(law: str) -> tuple[CitedArticle, ...]:
    """Return the articles that a posting keeps."""
    return tuple(CitedArticle(*one.split("|", 2)) for one in law.split("; ") if one.count("|") == 2)


def read_reasons(reason: str) -> tuple[str, ...]:
    """Return the reason codes that a posting keeps."""
    return tuple(code for code in reason.split("/") if code)


def _lines(rows: Iterable[tuple[Any, ...]]) -> list[StatementLine]:
    found: dict[UUID, StatementLine] = {}
    for row in rows:
        transaction, kind, on, at, actor, rule, receipt, reverses, reversed_by, told, *part = row
        part_kind, due_date, position, amount, reason, law, stood_from, stood_days = part
        line = found.get(transaction) or StatementLine(
            transaction, kind, on, at, actor, rule, receipt, reverses, reversed_by is not None, str(told or ""), ZERO,
            ZERO, (), (stood_from, stood_days) if stood_days is not None else None,
        )  # fmt: skip
        piece = StatementPart(part_kind, due_date, position, amount, read_reasons(reason), read_articles(law))
        found[transaction] = replace(line, amount=line.amount + amount, parts=(*line.parts, piece))
    return list(found.values())


def _balanced(lines: Iterable[StatementLine]) -> list[StatementLine]:
    balance, made = ZERO, []
    for line in lines:
        balance += line.amount
        made.append(replace(line, balance=balance))
    return made
