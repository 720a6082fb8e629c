"""Money that only the core system's tape knows: a direct debit of its own, a payment at a branch.

It counts towards promises and plans as a receipt does, by the day the core system booked it for, and never beside its
own receipt. A later tape that withdraws it takes it away again. docs/algorithms/promises.md
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from qingshou.features.book.owing import PaymentRow, list_payment_rows
from qingshou.features.repayment.models import Counted, Receipt
from qingshou.features.repayment.rules.tape_payments import OurReceipt, beside_receipts, out_of_reach


def told_before(row: Counted, borrower_id: UUID, currency: str) -> PaymentRow | None:
    """Return what a row that counts keeps of an earlier tape; None: what counts is a receipt of ours."""
    if row.loan_id is None or row.paid_on is None or row.paid_amount is None:
        return None
    return PaymentRow(borrower_id, row.loan_id, currency, row.payment_ref, row.paid_on, row.paid_amount, "")


def listed_of(*, borrower_ids: Collection[UUID], before: Iterable[PaymentRow]) -> Mapping[UUID, list[PaymentRow]]:
    """Return debtor -> what the tape lists of their payments, the oldest first; one statement.

    Takes   before  what counted until now: it goes on where the tape does not reach back to it
    """
    listed: dict[UUID, list[PaymentRow]] = defaultdict(list)
    rows = list_payment_rows(borrower_ids=borrower_ids)
    kept = {(one.loan_id, one.payment_ref): one for one in before}
    for row in [*out_of_reach(kept=kept.values(), rows=rows), *rows]:
        listed[row.borrower_id].append(row)
    return listed


def booked_by_core(*, listed: Mapping[UUID, list[PaymentRow]], receipts: Sequence[Receipt]) -> list[PaymentRow]:
    """Return the payments that stand on the tape and that no receipt of ours tells.

    Takes   receipts  every one of these debtors, whatever its state
    """
    standing: dict[UUID, list[OurReceipt]] = defaultdict(list)
    ended: dict[UUID, list[OurReceipt]] = defaultdict(list)
    for one in receipts:
        ours = OurReceipt((one.external_ref, one.payment_ref, one.source_ref), one.value_date, one.amount)
        if one.borrower_id is not None:
            (standing if one.state == "APPLIED" else ended)[one.borrower_id].append(ours)
    found: list[PaymentRow] = []
    for debtor, rows in listed.items():
        found += beside_receipts(rows=rows, receipts=standing.get(debtor, ()), ended=ended.get(debtor, ()))
    return found
