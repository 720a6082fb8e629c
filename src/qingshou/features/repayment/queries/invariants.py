"""What must hold of money, asked in plain SQL and not of our models: the checker stands outside the ledger it checks.

I1 a transaction adds up to zero; I2 a stored balance is the sum of its postings; I3 of a receipt what went to debts,
what was given back and what is left is its amount, and the parts of one that was split are the whole of it; I4 no
balance passes its floor; I5 an id from outside acts once; I10 of a bank's file every row and cent is accounted for.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class MoneyInvariant:
    """One thing to count: 0 is right. `sql` takes `%(tenant)s`."""

    name: str
    invariant: str
    sql: str


_UNBALANCED = """
SELECT count(*) FROM (
    SELECT p.transaction_id FROM repayment_posting p JOIN repayment_account a ON a.id = p.account_id
    WHERE p.tenant_id = %(tenant)s GROUP BY p.transaction_id, a.currency HAVING sum(p.amount) <> 0) t
"""
_EMPTY = """
SELECT count(*) FROM repayment_transaction t WHERE t.tenant_id = %(tenant)s
  AND NOT EXISTS (SELECT 1 FROM repayment_posting p WHERE p.transaction_id = t.id)
"""
_BALANCES = """
SELECT count(*) FROM repayment_account a LEFT JOIN (
    SELECT account_id, sum(amount) AS amount FROM repayment_posting WHERE tenant_id = %(tenant)s GROUP BY account_id
) p ON p.account_id = a.id
WHERE a.tenant_id = %(tenant)s AND a.balance IS NOT NULL AND a.balance <> COALESCE(p.amount, 0)
"""
_MIRRORS = """
SELECT count(DISTINCT id) FROM (
    SELECT t.id FROM repayment_transaction t JOIN repayment_posting p ON p.transaction_id IN (t.id, t.reverses_id)
    WHERE t.tenant_id = %(tenant)s AND t.reverses_id IS NOT NULL
    GROUP BY t.id, p.account_id HAVING sum(p.amount) <> 0) t
"""
# what went to debts is counted on the debts' side, so that it does not follow from I1 and I2 alone
_RECEIPTS = """
SELECT count(*) FROM repayment_receipt r
LEFT JOIN repayment_account u ON u.receipt_id = r.id
LEFT JOIN (
    SELECT t.receipt_id, -sum(p.amount) FILTER (WHERE t.ledger_id IS NOT NULL) AS applied,
        -sum(p.amount) FILTER (WHERE a.kind = 'REFUNDED') AS refunded
    FROM repayment_transaction t JOIN repayment_posting p ON p.transaction_id = t.id
    JOIN repayment_account a ON a.id = p.account_id
    WHERE t.tenant_id = %(tenant)s AND t.receipt_id IS NOT NULL AND a.kind <> 'UNAPPLIED' GROUP BY t.receipt_id
) m ON m.receipt_id = r.id
WHERE r.tenant_id = %(tenant)s AND (u.id IS NULL
    OR CASE WHEN r.state IN ('REVERSED', 'SPLIT') THEN 0 ELSE r.amount END
       <> COALESCE(m.applied, 0) + COALESCE(m.refunded, 0) - u.balance
    OR (r.state IN ('REVERSED', 'SPLIT') AND (COALESCE(m.applied, 0) <> 0 OR u.balance <> 0)))
"""
# parts that were joined again are reversed
_PARTS = """
SELECT count(*) FROM repayment_receipt r LEFT JOIN (
    SELECT whole_id, sum(amount) AS amount, count(DISTINCT currency) AS currencies, min(currency) AS currency
    FROM repayment_receipt WHERE tenant_id = %(tenant)s AND whole_id IS NOT NULL AND state <> 'REVERSED'
    GROUP BY whole_id
) p ON p.whole_id = r.id
WHERE r.tenant_id = %(tenant)s AND (CASE WHEN r.state = 'SPLIT' THEN r.amount ELSE 0 END <> COALESCE(p.amount, 0)
    OR (p.whole_id IS NOT NULL AND (p.currencies <> 1 OR p.currency <> r.currency)))
"""
_FLOORS = """
SELECT count(*) FROM repayment_account WHERE tenant_id = %(tenant)s AND (
    (ledger_id IS NOT NULL AND (balance IS NULL OR balance < 0)) OR (receipt_id IS NOT NULL AND (balance IS NULL
        OR balance > 0)))
"""
_RECOVERED = """
SELECT count(*) FROM (
    SELECT t.ledger_id FROM repayment_transaction t JOIN repayment_posting p ON p.transaction_id = t.id
    JOIN repayment_account a ON a.id = p.account_id
    WHERE t.tenant_id = %(tenant)s AND a.kind IN ('CHARGED_OFF', 'RECOVERED') AND t.ledger_id IS NOT NULL
    GROUP BY t.ledger_id HAVING sum(p.amount) < 0) t
"""
_RECEIPTS_TWICE = """
SELECT count(*) FROM (
    SELECT source, external_ref FROM repayment_receipt WHERE tenant_id = %(tenant)s GROUP BY 1, 2 HAVING count(*) > 1
    UNION ALL
    SELECT source, reversal_ref FROM repayment_receipt WHERE tenant_id = %(tenant)s AND reversal_ref <> ''
    GROUP BY 1, 2 HAVING count(*) > 1
    UNION ALL
    SELECT receipt_id::text, kind FROM repayment_transaction WHERE tenant_id = %(tenant)s AND kind = 'RECEIPT'
    GROUP BY 1, 2 HAVING count(*) > 1) t
"""
_POSTED_TWICE = """
SELECT count(*) FROM (
    SELECT t.event_id FROM repayment_transaction t WHERE t.tenant_id = %(tenant)s AND t.event_id IS NOT NULL
      AND t.reverses_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM repayment_transaction r WHERE r.reverses_id = t.id)
    GROUP BY t.event_id HAVING count(*) > 1) t
"""
_UNDONE_POSTED = """
SELECT count(*) FROM repayment_ledgerevent e JOIN repayment_transaction t ON t.event_id = e.id
WHERE e.tenant_id = %(tenant)s AND e.is_undone AND t.reverses_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM repayment_transaction r WHERE r.reverses_id = t.id)
"""
# a file that is in: its rows and sums add up, and what it says it brought is there
_FILES = """
SELECT count(*) FROM repayment_bankfile f WHERE f.tenant_id = %(tenant)s AND f.ended_at IS NOT NULL AND (
    f.rows_read <> f.rows_accepted + f.rows_duplicate + f.rows_no_credit + f.rows_rejected
    OR f.rows_accepted <> (SELECT count(*) FROM repayment_receipt r WHERE r.bank_file_id = f.id)
    OR EXISTS (SELECT 1 FROM jsonb_each(f.totals) AS t(currency, sums)
        WHERE (sums->>'read')::numeric <> (sums->>'accepted')::numeric + (sums->>'duplicate')::numeric
            + (sums->>'no_credit')::numeric + (sums->>'rejected')::numeric
        OR (sums->>'accepted')::numeric <> COALESCE((SELECT sum(r.amount) FROM repayment_receipt r
            WHERE r.bank_file_id = f.id AND r.currency = t.currency), 0)))
"""
_STATES = """
SELECT count(*) FROM repayment_loanledger l LEFT JOIN (
    SELECT ledger_id, sum(balance) AS owed FROM repayment_account WHERE tenant_id = %(tenant)s
      AND ledger_id IS NOT NULL GROUP BY ledger_id) a ON a.ledger_id = l.id
WHERE l.tenant_id = %(tenant)s AND ((l.state = 'OPEN' AND COALESCE(a.owed, 0) = 0)
    OR (l.state = 'SETTLED' AND COALESCE(a.owed, 0) <> 0))
"""

INVARIANTS = (
    MoneyInvariant("transactions_not_balanced", "I1", _UNBALANCED),
    MoneyInvariant("transactions_without_postings", "I1", _EMPTY),
    MoneyInvariant("balances_not_sum_of_postings", "I2", _BALANCES),
    MoneyInvariant("reversals_that_do_not_mirror", "I2", _MIRRORS),
    MoneyInvariant("receipts_not_accounted_for", "I3", _RECEIPTS),
    MoneyInvariant("receipts_and_their_parts_differ", "I3", _PARTS),
    MoneyInvariant("balances_past_their_floor", "I4", _FLOORS),
    MoneyInvariant("recovered_more_than_charged_off", "I4", _RECOVERED),
    MoneyInvariant("ledgers_in_a_wrong_state", "I4", _STATES),
    MoneyInvariant("receipts_taken_twice", "I5", _RECEIPTS_TWICE),
    MoneyInvariant("events_posted_twice", "I5", _POSTED_TWICE),
    MoneyInvariant("events_undone_and_posted", "I5", _UNDONE_POSTED),
    MoneyInvariant("bank_files_not_balanced", "I10", _FILES),
)


def count_broken_money(*, tenant_id: UUID) -> dict[MoneyInvariant, int]:
    """Return how often each invariant is broken; 0 is right."""
    found = {}
    with connection.cursor() as cursor:
        for one in INVARIANTS:
            cursor.execute(one.sql, {"tenant": tenant_id})
            found[one] = int(cursor.fetchone()[0])
    return found
