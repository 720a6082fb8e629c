"""Which money there is to count: whole receipts, and loan by loan where a plan is about some of a debtor's loans only.

Towards such a plan only what stands on its loans counts; and what is left over of a receipt that stands on none but
these, since what a plan charges of its own is on no ledger. The rest is left to promises and to other plans.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.features.repayment.models import Plan, PlanLoan, Receipt
from qingshou.features.repayment.rules.counting import Money
from qingshou.kernel.money import ZERO
from qingshou.tenancy.bulk import read_rows

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


def moneys_of(
    *, borrower_ids: Collection[UUID], since: date, by_loan: Mapping[UUID, Sequence[frozenset[UUID]]]
) -> Mapping[tuple[UUID, str], list[Money]]:
    """Return (debtor, currency) -> the money that stands, from a value date on.

    Takes   by_loan  debtors whose money is told loan by loan, with the loans of each plan that is about some only
    """
    rows = Receipt.objects.filter(borrower__in=set(borrower_ids), state="APPLIED", value_date__gte=since)
    told = list(rows.values_list("id", "borrower_id", "currency", "value_date", "amount"))
    shares = _on_loans([row[0] for row in told if row[1] in by_loan])
    found: dict[tuple[UUID, str], list[Money]] = defaultdict(list)
    for receipt, borrower, currency, on, amount in told:
        on_loans = dict(shares.get(receipt, {}))
        left = amount - sum(on_loans.values(), ZERO)
        if on_loans and any(on_loans.keys() <= loans for loans in by_loan[borrower]):
            on_loans[min(on_loans)] += left
            left = ZERO
        found[borrower, currency] += [Money(receipt, on, part, loan) for loan, part in on_loans.items()]
        if left > 0:
            found[borrower, currency].append(Money(receipt, on, left))
    return found


def _on_loans(receipts: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, Decimal]]:
    found: dict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    if receipts:
        for receipt, loan, amount in read_rows(_APPLIED, {"receipts": list(receipts)}):
            found[receipt][loan] = amount
    return found
