"""From what a reader noted to the frozen file: repeats found, lines named, balances proved, totals made."""

from pathlib import Path

from qingshou.features.repayment.statements.balances import balance_notice, totals_of
from qingshou.features.repayment.statements.drafts import Draft, Reading
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import AccountStatement, Format, Line, StatementFile
from qingshou.features.repayment.statements.identity import content_hash, named


def assembled(reading: Reading, *, path: Path, name: str, kind: Format, version: str, row_key: bytes) -> StatementFile:
    """Return the file as it is handed on.

    Stops   StatementRefused  no statement at all was found in it
    """
    if not reading.statements:
        raise StatementRefused("No account's statement was found in the file: give the bank's own file.", why="EMPTY")
    drafts = _told_once(reading)
    for draft in drafts:
        notice = balance_notice(draft)
        if notice is not None:
            reading.warnings.append(notice)
        if not draft.account:
            reading.warn("ACCOUNT_NOT_STATED", draft.line_no)
    lines = named((line for draft in drafts for line in draft.lines), row_key=row_key)
    _tell_repeated(reading, lines)
    return StatementFile(
        format=kind,
        version=version,
        name=name,
        content_hash=content_hash(path),
        accounts=_accounts(drafts, lines),
        rejected=tuple(sorted(reading.rejected, key=lambda one: one.line_no)),
        warnings=tuple(reading.warnings),
        totals=totals_of(lines),
    )


def _accounts(drafts: list[Draft], lines: list[Line]) -> tuple[AccountStatement, ...]:
    """Return the statements, each with its own of the named lines."""
    result, start = [], 0
    for draft in drafts:
        end = start + len(draft.lines)
        result.append(
            AccountStatement(
                account=draft.account,
                currency=draft.currency,
                statement_ref=draft.statement_ref,
                opening=draft.opening,
                closing=draft.closing,
                lines=tuple(lines[start:end]),
            )
        )
        start = end
    return tuple(result)


def _told_once(reading: Reading) -> list[Draft]:
    """Return the statements without those that stand in the file a second time, word by word."""
    seen: set[object] = set()
    kept = []
    for draft in reading.statements:
        said = tuple(named(draft.lines, row_key=b""))
        mark = (
            draft.account,
            draft.currency,
            draft.statement_ref,
            draft.opening,
            draft.closing,
            tuple(line.row_hash for line in said),
        )
        if draft.lines and draft.statement_ref and mark in seen:
            reading.warn("STATEMENT_REPEATED", draft.line_no, statement_ref=draft.statement_ref)
            continue
        seen.add(mark)
        kept.append(draft)
    return kept


def _tell_repeated(reading: Reading, lines: list[Line]) -> None:
    """Warn of bookings that the file holds twice by the bank's own number: the second is not a second payment."""
    seen: set[str] = set()
    for line in lines:
        if line.key in seen:
            reading.warn("REFERENCE_REPEATED", line.line_no, occurrence=line.occurrence)
        seen.add(line.key)
