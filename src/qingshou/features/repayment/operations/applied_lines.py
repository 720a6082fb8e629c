"""Where the cents of a receipt that was just put on debts went, told from what was done: nothing is read again."""

from collections.abc import Iterator

from qingshou.features.repayment.models.amounts import as_kept
from qingshou.features.repayment.operations.locked_books import LockedBooks
from qingshou.features.repayment.operations.replay import rule_of
from qingshou.features.repayment.queries.receipts import ExplainedLine
from qingshou.features.repayment.queries.statement import read_articles, read_reasons
from qingshou.features.repayment.rules.books import Done, Slot, Unapplied
from qingshou.features.repayment.rules.steps import Step


def lines_of(step: Step, done: Done, locked: LockedBooks) -> Iterator[ExplainedLine]:
    """Yield the lines of a new step in the order in which they were posted, as `explain_receipt` reads them back."""
    for loan, moves in done.items():
        for move in moves:
            if isinstance(move.place, Unapplied):
                continue
            slot = move.place if isinstance(move.place, Slot) else None
            yield ExplainedLine(
                loan_id=loan, loan_ref=locked.ledgers[loan].loan_ref,
                account=slot.kind.value if slot else str(move.place), due_date=slot.due_date if slot else None,
                amount=as_kept(-move.amount), rule=rule_of(step, locked, loan), reasons=read_reasons(move.reason),
                articles=read_articles(move.law),
            )  # fmt: skip
