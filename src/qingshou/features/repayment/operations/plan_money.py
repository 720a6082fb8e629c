"""Which money there is to count: whole receipts, and loan by loan where a plan is about some of a debtor's loans only.

Towards such a plan only what stands on its loans counts; and what is left over of a receipt that stands on none but
these, since what a plan charges of its own is on no ledger. The rest is left to promises and to other plans. What only
the core system's tape knows stands on the loan it was booked on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.features.book.owing import PaymentRow
from qingshou.features.repayment.models import Plan, PlanLoan, Receipt
from qingshou.features.repayment.operations.tape_money import booked_by_core, listed_of
from qingshou.features.repayment.rules.counting import Money
from qingshou.features.repayment.rules.tape_payments import name_of
from qingshou.kernel.money import ZERO
from qingshou.tenancy.bulk import read_rows

_RECEIPT = (
    "id", "borrower_id", "currency", "state", "value_date", "amount", "external_ref", "payment_ref", "source_ref",
)  # fmt: skip
# what each receipt put on each loan, reversals taken off: the other side of these postings is the debt's
_APPLIED = """
SELECT t.receipt_id, t.ledger_id, sum(p.amount) FROM repayment_transaction t
JOIN repayment_posting p ON p.transaction_id = t.id JOIN repayment_account a ON a.id = p.account_id
WHERE t.receipt_id = ANY(%(receipts)s::uuid[]) AND t.ledger_id IS NOT NULL AND a.receipt_id = t.receipt_id
GROUP BY 1, 2 HAVING sum(p.amount) > 0 ORDER BY 1, 2
"""


def loans_of_partial(plans: Sequence[Plan]) -> Mapping[UUID, frozenset[UUID]]:
    """Return plan -> its loans, of those plans that are about some of the debtor's loans only."""
    if not plans:
        return {}
    partial = Plan.objects.filter(id__in=[one.id for one in plans], offer__terms__is_partial=True)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for plan, ledger in PlanLoan.objects.filter(plan__in=partial.values("id")).values_list("plan_id", "ledger_id"):
        found[plan].add(ledger)
    return {plan: frozenset(loans) for plan, loans in found.items()}


@dataclass(frozen=True, slots=True)
class Moneys:
    """The money there is to count by debtor and currency, and what of it only the core system knows, by its name."""

    found: Mapping[tuple[UUID, str], list[Money]]
    by_core: Mapping[UUID, PaymentRow]


def moneys_of(
    *, borrower_ids: Collection[UUID], since: date, by_loan: Mapping[UUID, Sequence[frozenset[UUID]]],
    before: Iterable[PaymentRow],
) -> Moneys:  # fmt: skip
    """Return the money of debtors that stands, from a value date on.

    Takes   by_loan  debtors whose money is told loan by loan, with the loans of each plan that is about some only
            before   what only the core system knew and counted until now
    """
    listed = listed_of(borrower_ids=borrower_ids, before=before)
    rows = Receipt.objects.filter(borrower__in=set(borrower_ids)).only(*_RECEIPT)
    # a payment of the tape may be a receipt of any day and state; without any only what counts is read
    receipts = list(rows if listed else rows.filter(state="APPLIED", value_date__gte=since))
    told = [one for one in receipts if one.state == "APPLIED" and one.value_date >= since]
    shares = _on_loans([one.id for one in told if one.borrower_id in by_loan])
    found: dict[tuple[UUID, str], list[Money]] = defaultdict(list)
    for one in told:
        on_loans = dict(shares.get(one.id, {}))
        left = one.amount - sum(on_loans.values(), ZERO)
        if on_loans and any(on_loans.keys() <= loans for loans in by_loan[one.borrower_id]):
            on_loans[min(on_loans)] += left
            left = ZERO
        own = found[one.borrower_id, one.currency]
        own += [Money(one.id, one.value_date, part, loan) for loan, part in on_loans.items()]
        if left > 0:
            own.append(Money(one.id, one.value_date, left))
    by_core = booked_by_core(listed=listed, receipts=receipts)
    for row in by_core:
        if row.paid_date >= since:
            found[row.borrower_id, row.currency].append(Money(name_of(row), row.paid_date, row.amount, row.loan_id))
    return Moneys(found, {name_of(row): row for row in by_core})


def _on_loans(receipts: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, Decimal]]:
    found: dict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    if receipts:
        for receipt, loan, amount in read_rows(_APPLIED, {"receipts": list(receipts)}):
            found[receipt][loan] = amount
    return found
