"""A bank's file taken in: every line of it is a receipt, a repeat, no credit, or refused with its reason.

A file that was left half-way is taken again from its beginning: each line is known by its key, so that what was done is
not done twice, and the counts come out as if it had never stopped. A file that was taken to its end changes nothing,
save where it is now said how to read what was refused: then it is taken again, if all it brought keeps its key.
"""

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.repayment.faultpoints import reach
from qingshou.features.repayment.models import BankFile, Receipt
from qingshou.features.repayment.operations.bank_reversals import Reversed, take_back
from qingshou.features.repayment.operations.matching import Matched, match_receipts
from qingshou.features.repayment.operations.receipt_bulk import RecordedLine, record_receipts
from qingshou.features.repayment.operations.receipt_rows import Told
from qingshou.features.repayment.operations.told_twice import lock_bank_lines, told_before
from qingshou.features.repayment.rules.far_ahead import DATE_AHEAD, is_far_ahead
from qingshou.features.repayment.rules.references import find_references
from qingshou.features.repayment.statements.apart import read_statement_apart
from qingshou.features.repayment.statements.forms import Line, Rejected, StatementFile
from qingshou.kernel.money import ZERO
from qingshou.privacy.keys import current_index_key
from qingshou.tenancy.context import current_tenant_id

CHUNK = 500
SOURCE = "BANK_FILE"
REJECTS_KEPT_MAX = 10_000
_DIFFERS = "RECEIPT_DIFFERS"
# rows that were read and could not be booked, whatever is said of how to read them
_NOT_BOOKABLE = frozenset({_DIFFERS, *(one.value for one in Reversed)})
_WARNINGS_KEPT_MAX = 1_000
KINDS = ("accepted", "duplicate", "no_credit", "rejected")
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that is in. `is_repeat`: it had been taken in to its end before, and nothing was changed now."""

    row: BankFile
    matched: Matched
    is_repeat: bool = False


@dataclass(slots=True)
class Counts:
    """Rows and sums by what became of them, a currency each; refused rows without amount count as rows only."""

    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    sums: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(lambda: ZERO)))
    rejects: list[Rejected] = field(default_factory=list)

    def add(self, kind: str, line: Line, *, also: str = "") -> None:
        """Count a line."""
        self.rows[kind] += 1
        for name in (kind, also) if also else (kind,):
            self.sums[line.currency][name] += line.amount

    def reject(self, line: Line, column: str, code: str) -> None:
        """Count a line that was readable and cannot be booked."""
        self.add("rejected", line)
        self.rejects.append(Rejected(line.line_no, column, code))


def take_bank_file(
    *,
    path: Path,
    name: str,
    actor: Actor,
    now: datetime,
    mapping: Path | str | None = None,
    account: str = "",
    currency: str = "",
    progress: Progress | None = None,
) -> TakenFile:
    """Take a bank's file in: record what was credited, take back what the bank took back, match, put on debts.

    Takes   path, name         the file as it came, and what it was called
            mapping            how this bank's table is read, where its columns have no usual names
            account, currency  where a table does not name them
    Gives   TakenFile  rows_read = accepted + duplicate + no_credit + rejected, and the sums likewise, to the cent
    Stops   StatementRefused, MappingWrong  the file as a whole cannot be read; nothing was taken in
    """
    tell = progress or (lambda _step, _done, _total: None)
    tell("read", 0, None)
    read = read_statement_apart(
        path=path, name=name, mapping=mapping, account=account, currency=currency, row_key=_row_key(current_tenant_id())
    )
    row = _row_of(read, actor, now)
    again = row.ended_at
    if again is not None and not _is_read_better(row, read):
        return TakenFile(row, Matched(), is_repeat=True)
    counts = Counts()
    _record_credits(row, read.lines, counts, actor, now, tell)
    reach("credits_recorded")
    _take_back(row, read.lines, counts, actor, now)
    waiting = Receipt.objects.filter(bank_file=row, state="UNMATCHED").order_by("line_no", "id")
    matched = match_receipts(
        receipt_ids=list(waiting.values_list("id", flat=True)), actor=actor, now=now, progress=tell
    )
    return TakenFile(_end(row, read, counts, actor, now, again=again), matched)


def _row_key(tenant_id: UUID) -> bytes:
    """Return the lender's own secret, so that a stored key of a line tells nothing about its payer."""
    return hmac.digest(current_index_key(), b"bank line" + tenant_id.bytes, sha256)


def _row_of(read: StatementFile, actor: Actor, now: datetime) -> BankFile:
    row = BankFile(
        id=uuid4(), file_name=read.name[:200], content_hash=read.content_hash, format=read.format.value,
        taken_by=actor.name, taken_at=now,
    )  # fmt: skip
    BankFile.objects.bulk_create([row], ignore_conflicts=True)
    return BankFile.objects.get(content_hash=read.content_hash)


def _is_read_better(row: BankFile, read: StatementFile) -> bool:
    """Whether a file taken before gives rows now that could not be read then, and names its other rows as it did.

    With another account or currency the same rows would bear other keys, and be booked twice: it stays as it is.
    """
    unread = [one for one in row.rejects if one["code"] not in _NOT_BOOKABLE]
    if sum(not one.is_harmless for one in read.rejected) >= len(unread):
        return False
    held = set(Receipt.objects.filter(bank_file=row).values_list("external_ref", flat=True))
    return held <= {line.key for line in read.lines}


def _record_credits(
    row: BankFile, lines: Sequence[Line], counts: Counts, actor: Actor, now: datetime, tell: Progress
) -> None:
    """Record the credits in pieces; a piece is there as a whole or not at all."""
    seen: set[str] = set()
    claimed: set[object] = set()
    chunk: list[Line] = []
    for number, line in enumerate(lines, 1):
        if line.amount <= 0 or line.is_reversal:
            continue  # what went out, and what takes something back: not received from a debtor
        if line.key in seen:
            counts.add("duplicate", line)
            continue
        seen.add(line.key)
        chunk.append(line)
        if len(chunk) == CHUNK:
            _record_chunk(row, chunk, counts, claimed, actor, now)
            chunk = []
            tell("record", number, len(lines))
    _record_chunk(row, chunk, counts, claimed, actor, now)
    tell("record", len(lines), len(lines))


def _record_chunk(
    row: BankFile, chunk: Sequence[Line], counts: Counts, claimed: set[object], actor: Actor, now: datetime
) -> None:  # fmt: skip
    with transaction.atomic():
        lock_bank_lines()
        before = told_before(file=row, lines=chunk, claimed=claimed)
        fresh = [line for line in chunk if line.key not in before]
        done = record_receipts(told=[_told(row, line) for line in fresh], actor=actor, now=now)
    for line in chunk:
        if line.key in before:
            counts.add("duplicate", line)
    for line, one in zip(fresh, done, strict=True):
        if one.differs:
            counts.reject(line, "value_date", _DIFFERS)
        else:
            counts.add("accepted" if _is_ours(one, row) else "duplicate", line)
    reach("chunk_recorded")


def _is_ours(one: RecordedLine, row: BankFile) -> bool:
    """A line that this file brought, now or before it was left half-way."""
    return not one.is_repeat or one.bank_file_id == row.id


def _told(row: BankFile, line: Line) -> Told:
    text = "\n".join(part for part in (line.remittance, line.end_to_end_ref) if part)
    references = find_references(text)
    return Told(
        source=SOURCE, external_ref=line.key, amount=line.amount, currency=line.currency, value_date=line.value_date,
        payment_ref=references[0] if references else "", payer_name=line.payer_name, payer_account=line.payer_account,
        remittance=text, bank_file_id=row.id, line_no=line.line_no, source_ref=line.bank_ref,
    )  # fmt: skip


def _take_back(row: BankFile, lines: Iterable[Line], counts: Counts, actor: Actor, now: datetime) -> None:
    seen: set[str] = set()
    for line in lines:
        if line.amount > 0 and not line.is_reversal:
            continue
        if line.amount > 0 or not line.is_reversal:
            counts.add("no_credit", line)
            continue
        if line.key in seen:
            counts.add("duplicate", line)
            continue
        seen.add(line.key)
        done = take_back(line=line, bank_file_id=row.id, actor=actor, now=now)
        if done is Reversed.DONE:
            counts.add("no_credit", line, also="reversed")
        elif done is Reversed.REPEAT:
            counts.add("duplicate", line)
        else:
            counts.reject(line, "reverses_ref", done.value)


@transaction.atomic
def _end(
    row: BankFile, read: StatementFile, counts: Counts, actor: Actor, now: datetime, *, again: datetime | None
) -> BankFile:  # fmt: skip
    row = BankFile.objects.select_for_update(no_key=True).get(id=row.id)
    if row.ended_at != again:  # somebody took the same file at the same moment
        return row
    lost = [one for one in read.rejected if not one.is_harmless]
    rejects = sorted((*lost, *counts.rejects), key=lambda one: one.line_no)
    row.rows_read = len(read.lines) + len(read.rejected)
    row.rows_accepted, row.rows_duplicate = counts.rows["accepted"], counts.rows["duplicate"]
    row.rows_no_credit = counts.rows["no_credit"] + len(read.rejected) - len(lost)
    row.rows_rejected = counts.rows["rejected"] + len(lost)
    row.totals = _totals(read, counts)
    row.rejects = [_reject(one) for one in rejects[:REJECTS_KEPT_MAX]]
    doubts: list[dict[str, object]] = [
        {"code": one.code, "line": one.line_no, "fields": dict(one.fields)} for one in read.warnings
    ]
    doubts += [
        {"code": DATE_AHEAD, "line": one.line_no, "fields": {}}
        for one in read.lines
        if is_far_ahead(value_date=one.value_date, taken_on=now.date())
    ]
    row.warnings = doubts[:_WARNINGS_KEPT_MAX]
    row.ended_at = now
    row.save()
    facts = {"format": row.format, "read": row.rows_read, "accepted": row.rows_accepted,
             "duplicate": row.rows_duplicate, "no_credit": row.rows_no_credit, "rejected": row.rows_rejected,
             "content_hash": row.content_hash}  # fmt: skip
    record(subject_kind="BANK_FILE", subject_id=row.id, action="BANK_FILE_TAKEN", actor=actor, now=now, facts=facts)
    return row


def _totals(read: StatementFile, counts: Counts) -> dict[str, dict[str, str]]:
    """Return the sums by currency. `read` comes from the file and not from the parts, so that they can be compared."""
    return {
        one.currency: {"read": str(one.credits + one.debits)}
        | {name: str(counts.sums[one.currency][name]) for name in (*KINDS, "reversed")}
        for one in read.totals
    }


def _reject(one: Rejected) -> Mapping[str, object]:
    return {"line": one.line_no, "column": one.column, "code": one.code, "fields": dict(one.fields)}
