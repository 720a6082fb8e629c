"""What the book says of each debtor of the working set today: one row a debtor, over all loans."""

# Open loans are those neither closed nor written off. An amount is the sum of the known ones, null where none is known,
# and null where the loans are in several currencies: such amounts have no sum. Product and branch are the most overdue
# loan's, the severity is that of the worst open loan.
_RANK = (
    "CASE l.severity WHEN 'SEVERE' THEN 4 WHEN 'MODERATE' THEN 3 WHEN 'MILD' THEN 2 WHEN 'UNKNOWN' THEN 1 ELSE 0 END"
)


def debtor_facts_sql() -> str:
    """Return the SELECT of the debtors' facts; `%(tenant)s` is the lender.

    Gives   borrower_id, borrower_ref, severity, outcome ('' or PAID_OFF, WRITTEN_OFF, CURED), overdue_days,
            loans_count, balance, arrears, currency, product, branch, is_never_paid,
            last_seen_on (the latest tape that had an open loan of the debtor)
    """
    return f"""
WITH ranked AS (
    SELECT l.borrower_id, l.currency, l.product, l.branch, l.balance, l.arrears, l.overdue_days, l.payments_made,
        l.is_closed, l.is_written_off, l.as_of, NOT (l.is_closed OR l.is_written_off) AS is_open, {_RANK} AS rank,
        row_number() OVER (PARTITION BY l.borrower_id
            ORDER BY l.is_closed OR l.is_written_off, l.overdue_days DESC NULLS LAST, l.loan_ref) AS place
    FROM book_loan l WHERE l.tenant_id = %(tenant)s),
summed AS (
    SELECT borrower_id,
        COALESCE(max(rank) FILTER (WHERE is_open), 0) AS rank,
        max(overdue_days) FILTER (WHERE is_open) AS overdue_days,
        count(*) FILTER (WHERE is_open)::int AS loans_count,
        CASE WHEN min(currency) = max(currency) THEN sum(balance) FILTER (WHERE is_open) END AS balance,
        CASE WHEN min(currency) = max(currency) THEN sum(arrears) FILTER (WHERE is_open) END AS arrears,
        max(currency) FILTER (WHERE place = 1) AS currency,
        max(product) FILTER (WHERE place = 1) AS product,
        max(branch) FILTER (WHERE place = 1) AS branch,
        COALESCE(bool_or(payments_made = 0 AND overdue_days > 0) FILTER (WHERE is_open), FALSE) AS is_never_paid,
        bool_or(is_written_off) AS has_written_off,
        max(as_of) FILTER (WHERE is_open) AS last_seen_on
    FROM ranked GROUP BY borrower_id)
SELECT s.borrower_id, b.borrower_ref,
    (ARRAY['NONE', 'UNKNOWN', 'MILD', 'MODERATE', 'SEVERE'])[s.rank + 1] AS severity,
    CASE WHEN s.loans_count = 0 AND s.has_written_off THEN 'WRITTEN_OFF' WHEN s.loans_count = 0 THEN 'PAID_OFF'
        WHEN s.rank = 0 THEN 'CURED' ELSE '' END AS outcome,
    s.overdue_days, s.loans_count, s.balance, s.arrears, s.currency, s.product, s.branch, s.is_never_paid,
    s.last_seen_on
FROM summed s JOIN book_borrower b ON b.id = s.borrower_id
"""  # noqa: S608  our own text only
