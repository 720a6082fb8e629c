"""The statements of the day's step over the cases, in the order they run. All tables are temporary and gone at commit.

day_facts    one row a debtor of the working set: what the book says today
day_moves    what the process does for each (version, stage, severity, ...): rules.judge_day, written out
day_stages   what each stage brings: role, time allowed, first action
day_cases    one row a live case with its new values
day_new      one row a debtor who needs a case
day_dealt    who gets what
"""

# Nothing here is few rows against many: PostgreSQL, which knows nothing yet of tables filled in this very transaction,
# must not guess so and join row by row.
PREPARE = """
SET LOCAL lock_timeout = '120s';
SET LOCAL work_mem = '256MB';
SET LOCAL enable_nestloop = off;
"""

# NO KEY UPDATE in id order, as every operation on a case: people's changes wait, or we do
LOCK = """
SELECT count(*) FROM (
    SELECT id FROM cases_case WHERE tenant_id = %(tenant)s AND closed_on IS NULL ORDER BY id FOR NO KEY UPDATE) locked
"""

TABLES = """
CREATE TEMP TABLE day_moves (version int, stage text, severity text, outcome text, past boolean, held text,
    to_stage text, trigger text) ON COMMIT DROP;
CREATE TEMP TABLE day_stages (version int, stage text, role text, allowed_days int, action text, in_days int,
    late_action text, late_in_days int) ON COMMIT DROP;
CREATE TEMP TABLE day_holds (stage text, item text) ON COMMIT DROP;
CREATE TEMP TABLE day_dealt (case_id uuid, owner_id uuid, reason text) ON COMMIT DROP;
CREATE TEMP TABLE day_numbered (case_id uuid, borrower_id uuid, number text) ON COMMIT DROP;
"""

LIVE = """
CREATE TEMP TABLE day_cases ON COMMIT DROP AS
WITH held AS (
    SELECT e.case_id, e.stage, string_agg(e.item, ',' ORDER BY e.item) AS items
    FROM cases_stageevidence e JOIN day_holds h ON h.stage = e.stage AND h.item = e.item GROUP BY 1, 2)
SELECT c.id, c.borrower_id, c.process_version, c.stage AS old_stage, c.owner_id, c.next_action AS old_action,
    COALESCE(m.to_stage, c.stage) AS stage, m.trigger,
    CASE WHEN m.to_stage IS NULL THEN c.stage_entered_on ELSE %(as_of)s::date END AS stage_entered_on,
    CASE WHEN m.to_stage IS NULL THEN c.stage_due_on ELSE %(as_of)s::date + s.allowed_days END AS stage_due_on,
    m.to_stage IS NULL AND NOT COALESCE(f.last_seen_on < %(as_of)s::date, FALSE)
        AND c.stage_due_on < %(as_of)s::date AND s.late_action IS NOT NULL
        AND c.next_action NOT IN (s.late_action, 'ASSIGN') AS is_late,
    m.to_stage IS NULL AND COALESCE(f.last_seen_on < %(as_of)s::date, FALSE)
        AND c.next_action NOT IN ('CHECK_MISSING_LOAN', 'ASSIGN') AS is_gone,
    m.to_stage IS NULL AND NOT COALESCE(f.last_seen_on < %(as_of)s::date, FALSE)
        AND c.next_action = 'CHECK_MISSING_LOAN' AS is_back,
    CASE WHEN f.severity IN ('NONE', '') THEN c.severity ELSE f.severity END AS severity,
    f.overdue_days, f.loans_count, f.balance, f.arrears, f.currency, f.product, f.branch, f.is_never_paid,
    c.cures_count, c.promise_due_on, c.promise_broken_on, c.opened_on, c.next_action, c.next_action_on, s.role,
    c.owner_id AS old_owner_id,
    NULL::int AS queue_tier
FROM cases_case c
JOIN day_facts f ON f.borrower_id = c.borrower_id
LEFT JOIN held ON held.case_id = c.id AND held.stage = c.stage
LEFT JOIN day_moves m ON m.version = c.process_version AND m.stage = c.stage AND m.severity = f.severity
    AND m.outcome = f.outcome AND m.past = COALESCE(c.stage_due_on < %(as_of)s::date, FALSE)
    AND m.held = COALESCE(held.items, '')
JOIN day_stages s ON s.version = c.process_version AND s.stage = COALESCE(m.to_stage, c.stage)
WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL;
UPDATE day_cases d SET
    next_action = CASE WHEN d.is_late THEN s.late_action ELSE s.action END,
    next_action_on = %(as_of)s::date + CASE WHEN d.is_late THEN s.late_in_days ELSE s.in_days END
FROM day_stages s
WHERE s.version = d.process_version AND s.stage = d.stage AND s.action IS NOT NULL
  AND (d.trigger IS NOT NULL OR d.is_late OR d.is_back);
-- a debtor whose loans the tape no longer has: a person must ask the core system why, nothing is concluded from silence
UPDATE day_cases SET next_action = 'CHECK_MISSING_LOAN', next_action_on = %(as_of)s::date WHERE is_gone;
"""

NEW = """
CREATE TEMP TABLE day_new ON COMMIT DROP AS
SELECT f.borrower_id, f.borrower_ref, f.severity, f.overdue_days, f.loans_count, f.balance, f.arrears, f.currency,
    f.product, f.branch, f.is_never_paid,
    (SELECT count(*) FROM cases_case o
     WHERE o.borrower_id = f.borrower_id AND o.closed_reason = 'CURED') AS cures_count,
    NULL::date AS promise_due_on, NULL::date AS promise_broken_on,
    s.stage, s.role, %(as_of)s::date + s.allowed_days AS stage_due_on, %(as_of)s::date AS opened_on,
    s.action AS next_action, %(as_of)s::date + s.in_days AS next_action_on, NULL::int AS queue_tier
FROM day_facts f
JOIN day_stages s ON s.version = %(version)s AND s.stage = (%(opens)s::jsonb ->> f.severity)
WHERE (f.severity IN ('MILD', 'MODERATE', 'SEVERE') OR (f.severity = 'UNKNOWN' AND f.arrears > 0)) AND f.outcome = ''
  AND NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.borrower_id = f.borrower_id AND c.closed_on IS NULL);
"""

# Cases that need somebody: new ones, those whose stage now belongs to another role, those whose owner has left.
TO_DEAL = """
SELECT n.case_id, d.role, d.stage, d.severity, d.product, d.branch, d.queue_tier, {new_weight}, d.borrower_ref
FROM day_new d JOIN day_numbered n ON n.borrower_id = d.borrower_id
UNION ALL
SELECT d.id, d.role, d.stage, d.severity, d.product, d.branch, d.queue_tier, {live_weight}, d.id::text
FROM day_cases d
WHERE d.stage <> 'CLOSED' AND (
    (d.trigger IS NOT NULL AND NOT (d.owner_id = ANY(%(owners)s) AND d.role = (%(roles)s::jsonb ->> d.owner_id::text)))
    OR NOT d.owner_id = ANY(%(owners)s))
ORDER BY 7, 8 DESC, 9
"""

# Cases that wait with whoever assigns: as many as there is room for in the role they need.
WAITING = """
SELECT d.id, d.role, d.stage, d.severity, d.product, d.branch, d.queue_tier, {weight} AS weight, d.id::text
FROM day_cases d WHERE d.old_action = 'ASSIGN' AND d.stage <> 'CLOSED' AND d.trigger IS NULL AND d.role = %(role)s
    AND d.owner_id = ANY(%(owners)s)
ORDER BY 7, 8 DESC, 9 LIMIT %(room)s
"""

# What each carries after the moves and closings of this day, without what is about to be dealt anew.
LOADS = """
SELECT c.owner_id, count(*) FROM cases_case c LEFT JOIN day_cases d ON d.id = c.id
WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL AND c.next_action <> 'ASSIGN' AND (d.id IS NULL OR (
    d.stage <> 'CLOSED' AND (d.trigger IS NULL OR d.role = (%(roles)s::jsonb ->> d.owner_id::text))))
GROUP BY 1
"""

HANDS = """
ANALYZE day_dealt;
UPDATE day_cases d SET owner_id = h.owner_id,
    next_action = CASE WHEN h.reason = 'NOBODY_FREE' THEN 'ASSIGN'
        WHEN d.old_action = 'ASSIGN' THEN s.action ELSE d.next_action END,
    next_action_on = CASE WHEN h.reason = 'NOBODY_FREE' THEN %(as_of)s::date
        WHEN d.old_action = 'ASSIGN' THEN %(as_of)s::date + s.in_days ELSE d.next_action_on END
FROM day_dealt h, day_stages s
WHERE h.case_id = d.id AND s.version = d.process_version AND s.stage = d.stage;
"""

TIER = """
UPDATE {table} d SET queue_tier = {tier} FROM (SELECT {later}) later
"""

CLOSE = """
UPDATE cases_case c SET stage = 'CLOSED', stage_entered_on = %(as_of)s, stage_due_on = NULL, closed_on = %(as_of)s,
    closed_reason = d.trigger, next_action = '', next_action_on = NULL, as_of = %(as_of)s,
    overdue_days = d.overdue_days, overdue_since = %(as_of)s::date - d.overdue_days,
    loans_count = d.loans_count, balance = d.balance, arrears = d.arrears
FROM day_cases d WHERE d.id = c.id AND d.stage = 'CLOSED'
"""

UPDATE = """
UPDATE cases_case c SET stage = d.stage, stage_entered_on = d.stage_entered_on, stage_due_on = d.stage_due_on,
    severity = d.severity, overdue_days = d.overdue_days, overdue_since = %(as_of)s::date - d.overdue_days,
    loans_count = d.loans_count, balance = d.balance,
    arrears = d.arrears, currency = d.currency, product = d.product, branch = d.branch, owner_id = d.owner_id,
    next_action = d.next_action, next_action_on = d.next_action_on, is_never_paid = d.is_never_paid,
    queue_tier = d.queue_tier, queue_reason = {reason}, queue_weight = {weight}, as_of = %(as_of)s
FROM day_cases d WHERE d.id = c.id AND d.stage <> 'CLOSED' AND (
    c.as_of, c.stage, c.stage_entered_on, c.severity, c.overdue_days, c.loans_count, c.balance, c.arrears, c.currency,
    c.product, c.branch, c.owner_id, c.next_action, c.next_action_on, c.is_never_paid, c.queue_tier)
  IS DISTINCT FROM (
    %(as_of)s::date, d.stage, d.stage_entered_on, d.severity, d.overdue_days, d.loans_count, d.balance, d.arrears,
    d.currency, d.product, d.branch, d.owner_id, d.next_action, d.next_action_on, d.is_never_paid, d.queue_tier)
"""

INSERT = """
INSERT INTO cases_case (id, tenant_id, number, borrower_id, process_code, process_version, stage, stage_entered_on,
    stage_due_on, severity, overdue_days, overdue_since, loans_count, balance, arrears, currency, product, branch,
    owner_id, next_action, next_action_on, queue_tier, queue_reason, queue_weight, is_never_paid, cures_count,
    opened_on, as_of, closed_reason)
SELECT n.case_id, %(tenant)s, n.number, d.borrower_id, %(code)s, %(version)s, d.stage, d.opened_on, d.stage_due_on,
    d.severity, d.overdue_days, d.opened_on - d.overdue_days, d.loans_count, d.balance, d.arrears, d.currency,
    d.product, d.branch, h.owner_id,
    CASE WHEN h.reason = 'NOBODY_FREE' THEN 'ASSIGN' ELSE d.next_action END,
    CASE WHEN h.reason = 'NOBODY_FREE' THEN d.opened_on ELSE d.next_action_on END,
    d.queue_tier, {reason}, {weight}, d.is_never_paid, d.cures_count, d.opened_on, d.opened_on, ''
FROM day_new d JOIN day_numbered n ON n.borrower_id = d.borrower_id LEFT JOIN day_dealt h ON h.case_id = n.case_id
ORDER BY n.number
"""

# What is to be recorded of the cases that were there already.
CHANGES = """
SELECT d.id, d.old_stage, d.stage, d.trigger, d.is_late, d.severity, d.overdue_days, d.arrears, d.old_owner_id,
    d.owner_id, d.next_action, d.next_action_on, d.is_gone, d.is_back
FROM day_cases d
WHERE d.trigger IS NOT NULL OR d.is_late OR d.is_gone OR d.is_back OR d.owner_id IS DISTINCT FROM d.old_owner_id
ORDER BY d.id
"""
